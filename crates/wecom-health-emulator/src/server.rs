//! Connections: as many as there is room for, none of which can keep the others out.

use std::collections::VecDeque;
use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use crate::activity::Activity;
use crate::service;
use crate::state::Shared;

/// With so many open, a new connection takes the place of the oldest on which nothing has been answered for a while.
const CONNECTIONS: usize = 512;

/// A head beyond this is answered with 431.
const HEAD_LIMIT: usize = 64 << 10;

/// How long to wait where nothing tells when to try again.
const MOMENT: Duration = Duration::from_millis(10);

/// A connection has this long to send a request, or the next one, before it may have to make room.
const GRACE: Duration = Duration::from_secs(1);

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
            Ok((connection, peer)) => {
                // Where nobody can make room, the next one waits.
                while !connections.make_room() {
                    tokio::select! {
                        () = &mut stopped => return,
                        () = tokio::time::sleep(MOMENT) => {}
                    }
                }
                connections.take_in(connection, peer.ip(), &state);
            }
            // A client that has gone already, or this process has no file descriptors left.
            Err(error) => {
                if error.kind() != std::io::ErrorKind::ConnectionAborted {
                    connections.close_oldest_idle();
                }
                tokio::select! {
                    () = &mut stopped => return,
                    () = tokio::time::sleep(MOMENT) => {}
                }
            }
        }
    }
}

/// The open connections, oldest first.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    open: VecDeque<(AbortHandle, Arc<Activity>)>,
}

impl Connections {
    /// Whether there is room for one more, if need be after closing another.
    fn make_room(&mut self) -> bool {
        self.open.retain(|(task, _)| !task.is_finished());
        self.open.len() < CONNECTIONS || self.close_oldest_idle()
    }

    /// Who has sent no request yet, sends one slowly or reads an answer slowly has to go.
    fn close_oldest_idle(&mut self) -> bool {
        let idle = |(_, activity): &(_, Arc<Activity>)| activity.idle_for().is_some_and(|time| time >= GRACE);
        match self.open.iter().position(idle).and_then(|index| self.open.remove(index)) {
            Some((task, _)) => {
                task.abort();
                true
            }
            None => false,
        }
    }

    fn take_in(&mut self, connection: TcpStream, peer: IpAddr, state: &Arc<Shared>) {
        let activity = Arc::new(Activity::new());
        let (state, doing) = (Arc::clone(state), Arc::clone(&activity));
        let patience = state.lock().settings.patience;
        let task = self.tasks.spawn(async move {
            let of_requests = Arc::clone(&state);
            let service =
                service_fn(move |request| service::handle(Arc::clone(&of_requests), Arc::clone(&doing), peer, request));
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(patience);
            http.max_header_size(HEAD_LIMIT).max_buf_size(2 * HEAD_LIMIT);
            // The date is the emulator's, not the machine's.
            http.auto_date_header(false);
            let connection = http.serve_connection(TokioIo::new(connection), service);
            // A client that breaks off, and a fault that does, end here. A panic is known before the client hears of it.
            let mut connection = std::pin::pin!(AssertUnwindSafe(connection).catch_unwind());
            if let Err(panic) = connection.as_mut().await {
                state.lock().panic.get_or_insert(panic);
            }
        });
        self.open.push_back((task, activity));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use crate::Emulator;
    use crate::data::Data;
    use crate::settings::Settings;

    #[tokio::test]
    async fn who_sends_nothing_more_is_closed_after_a_while() {
        let settings = Settings { patience: Duration::from_millis(200), ..Settings::default() };
        let emulator = Emulator::run(Data::default(), settings).await.unwrap();
        for part in ["", "POST / HT", "POST / HTTP/1.1\r\nhost: x\r\n", "POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nx"]
        {
            let mut connection = TcpStream::connect(emulator.base_url().trim_start_matches("http://")).await.unwrap();
            connection.write_all(part.as_bytes()).await.unwrap();
            let mut answer = String::new();
            let closed = tokio::time::timeout(Duration::from_secs(10), connection.read_to_string(&mut answer)).await;
            assert!(closed.is_ok(), "{part:?}: {answer}");
        }
        assert!(emulator.requests().is_empty());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_of_the_server_is_known_before_the_client_hears_of_it() {
        let settings = Settings { log: Some(Arc::new(|_| panic!("no log today"))), ..Settings::default() };
        let emulator = Emulator::run(Data::default(), settings).await.unwrap();
        let mut connection = TcpStream::connect(emulator.base_url().trim_start_matches("http://")).await.unwrap();
        connection.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        assert_eq!(connection.read_to_string(&mut answer).await.unwrap_or_default(), 0);
        let panic = catch_unwind(AssertUnwindSafe(|| drop(emulator))).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"no log today"));
    }
}
