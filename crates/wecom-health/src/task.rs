//! Tasks that end with their owner.

use std::future::Future;

use tokio::task::JoinHandle;

use crate::trace;

/// A task that is aborted when this is dropped. Unlike a future, it continues while its owner is not polled: stalled work could
/// keep others waiting, or run into its timeout.
pub(crate) struct Task<T>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    pub(crate) fn start(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(tokio::spawn(trace::here(work)))
    }

    /// Waits for the result; `None` if the runtime was shut down.
    pub(crate) async fn result(mut self) -> Option<T> {
        match (&mut self.0).await {
            Ok(result) => Some(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => None,
            },
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
