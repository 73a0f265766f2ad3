//! Connections: as many as there is room for, none of which can keep the others out.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use crate::service;
use crate::state::Shared;

/// With so many open, a new connection takes the place of the oldest on which nothing is being answered.
const CONNECTIONS: usize = 512;

/// A head beyond this is answered with 431.
const HEAD_LIMIT: usize = 64 << 10;

/// A head must be there this long after its connection or the answer before; then the connection is closed.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// Answers requests until `stopped`, and then breaks all connections off.
pub(crate) async fn serve(
    listener: TcpListener,
    state: Arc<Shared>,
    stopped: impl Future<Output = ()> + Send + 'static,
) {
    let mut connections = Connections::default();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => return,
            Some(_) = connections.tasks.join_next(), if !connections.tasks.is_empty() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((connection, _)) => connections.take_in(connection, &state),
            // Out of file descriptors, or a client that has gone already: the next one may do better.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

/// The open connections, oldest first.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    open: VecDeque<(AbortHandle, Arc<AtomicBool>)>,
}

impl Connections {
    fn take_in(&mut self, connection: TcpStream, state: &Arc<Shared>) {
        self.open.retain(|(task, _)| !task.is_finished());
        if self.open.len() >= CONNECTIONS {
            // Who has sent no request yet, sends one slowly or reads an answer slowly has to make room.
            let idle = self.open.iter().position(|(_, answering)| !answering.load(Ordering::Relaxed));
            match idle.and_then(|index| self.open.remove(index)) {
                Some((task, _)) => task.abort(),
                None => return,
            }
        }
        let answering = Arc::new(AtomicBool::new(false));
        let (state, flag) = (Arc::clone(state), Arc::clone(&answering));
        let task = self.tasks.spawn(async move {
            let service = service_fn(move |request| service::handle(Arc::clone(&state), Arc::clone(&flag), request));
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIME)
                .max_header_size(HEAD_LIMIT)
                .max_buf_size(2 * HEAD_LIMIT);
            // The date is the emulator's, not the machine's.
            http.auto_date_header(false);
            // A client that breaks off, and a fault that does, end here.
            let _ = http.serve_connection(TokioIo::new(connection), service).await;
        });
        self.open.push_back((task, answering));
    }
}
