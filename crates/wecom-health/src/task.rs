//! Work that goes on while its caller does something else, and ends with it.

use std::future::Future;

use tokio::task::JoinHandle;

use crate::trace;

/// A task that ends when it is dropped. It goes on while nobody waits for it: work that stood still could keep others waiting,
/// or run into its time-out.
pub(crate) struct Task<T>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    pub(crate) fn start(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(tokio::spawn(trace::here(work)))
    }

    /// What came of it; nothing if the runtime was shut down.
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
