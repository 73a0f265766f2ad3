//! Ctrl-C and SIGTERM end the program between two lines of output, with the exit code that shells use.

use std::io;
use std::process;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

/// How long the program may take to end. It may be writing to a pipe that nobody reads.
const GRACE: Duration = Duration::from_secs(1);

/// Watches for signals in a thread of its own, and passes on the exit code of the first one.
pub(crate) fn watch() -> io::Result<oneshot::Receiver<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (sender, receiver) = oneshot::channel();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let Ok(code) = signal().await else { return };
            let _ = sender.send(code);
            tokio::time::sleep(GRACE).await;
            process::exit(code.into());
        });
    })?;
    Ok(receiver)
}

/// Waits for a signal and returns the exit code: 128 and its number.
#[cfg(unix)]
async fn signal() -> io::Result<u8> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => Ok(130),
        _ = terminate.recv() => Ok(143),
    }
}

#[cfg(not(unix))]
async fn signal() -> io::Result<u8> {
    tokio::signal::ctrl_c().await.map(|()| 130)
}
