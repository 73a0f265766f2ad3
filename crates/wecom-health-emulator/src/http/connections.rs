//! Connections: a bounded number, none of which can block the others.

use std::any::Any;
use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::http::request::{READ_TIMEOUT, RecordedRequest};
use crate::http::response::{Body, plain};

/// When this many connections are open, a new one takes the place of the oldest idle one.
const MAX_CONNECTIONS: usize = 512;

/// A connection keeps its place for at least this long after it was opened or got a response.
const IDLE_GRACE: Duration = Duration::from_secs(1);

/// How long to wait before checking for room again.
const ROOM_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// A request with a longer head gets status 431.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// The payload of a panic.
pub(crate) type Panic = Box<dyn Any + Send>;

/// Responds to the requests of all connections.
pub(crate) trait Handler: Send + Sync + 'static {
    /// Responds to a request. An error closes the connection without a response.
    fn handle(
        self: Arc<Self>,
        request: RecordedRequest,
        busy: Busy,
    ) -> impl Future<Output = io::Result<Response<Body>>> + Send;

    /// Notes a panic that happened while connections were served.
    fn panicked(&self, panic: Panic);
}

/// Serves connections until the future is dropped, which closes all of them.
pub(crate) async fn serve(listener: TcpListener, handler: Arc<impl Handler>) {
    let accepting = AssertUnwindSafe(accept_all(listener, &handler)).catch_unwind();
    if let Err(panic) = accepting.await {
        handler.panicked(panic);
    }
}

async fn accept_all(listener: TcpListener, handler: &Arc<impl Handler>) {
    let mut open = OpenConnections::default();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                while !open.make_room() {
                    tokio::time::sleep(ROOM_POLL_INTERVAL).await;
                }
                open.add(stream, peer.ip(), handler);
            }
            // The client is gone already.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            // This process has no file descriptors left.
            Err(_) => {
                open.close_oldest_idle();
                tokio::time::sleep(ROOM_POLL_INTERVAL).await;
            }
        }
    }
}

/// The open connections, oldest first.
#[derive(Default)]
struct OpenConnections(VecDeque<Connection>);

struct Connection {
    task: JoinHandle<()>,
    idle_since: IdleSince,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl OpenConnections {
    /// Makes room for one more connection. Returns `false` if all are busy.
    fn make_room(&mut self) -> bool {
        self.0.retain(|connection| !connection.task.is_finished());
        self.0.len() < MAX_CONNECTIONS || self.close_oldest_idle()
    }

    /// Closes a connection that has sent no request yet, sends one slowly, or reads a response slowly.
    fn close_oldest_idle(&mut self) -> bool {
        let is_idle = |connection: &Connection| {
            let idle_since = *connection.idle_since.lock().unwrap_or_else(PoisonError::into_inner);
            idle_since.is_some_and(|since| since.elapsed() >= IDLE_GRACE)
        };
        let oldest = self.0.iter().position(is_idle);
        oldest.and_then(|index| self.0.remove(index)).is_some()
    }

    fn add(&mut self, stream: TcpStream, peer: IpAddr, handler: &Arc<impl Handler>) {
        let idle_since = Arc::new(Mutex::new(Some(Instant::now())));
        let task = tokio::spawn(serve_connection(stream, peer, Arc::clone(&idle_since), Arc::clone(handler)));
        self.0.push_back(Connection { task, idle_since });
    }
}

async fn serve_connection<H: Handler>(stream: TcpStream, peer: IpAddr, idle_since: IdleSince, handler: Arc<H>) {
    let service = service_fn(|request| {
        let (handler, idle_since) = (Arc::clone(&handler), Arc::clone(&idle_since));
        async move {
            match RecordedRequest::read(request, peer).await? {
                Some(request) => handler.handle(request, Busy::new(idle_since)).await,
                None => Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "")),
            }
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(READ_TIMEOUT);
    http.max_header_size(MAX_HEAD_BYTES).max_buf_size(2 * MAX_HEAD_BYTES);
    // The `Date` header comes from the emulator's clock instead.
    http.auto_date_header(false);
    let connection = http.serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(AssertUnwindSafe(connection).catch_unwind());
    // An error means that the client or a fault closed the connection. A panic is noted before `connection` is dropped and the
    // client sees it close.
    if let Err(panic) = connection.as_mut().await {
        handler.panicked(panic);
    }
}

/// Since when a connection has been idle, or `None` while it is busy.
type IdleSince = Arc<Mutex<Option<Instant>>>;

fn set(idle_since: &IdleSince, value: Option<Instant>) {
    *idle_since.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

/// Protects a connection from being closed to make room, until this is dropped.
pub(crate) struct Busy(IdleSince);

impl Busy {
    fn new(idle_since: IdleSince) -> Self {
        set(&idle_since, None);
        Self(idle_since)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        set(&self.0, Some(Instant::now()));
    }
}
