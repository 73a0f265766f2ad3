//! The access token of a client: fetched when first needed, by one caller for all, and kept until shortly before it expires.
//!
//! [`cache`] holds this client's token and how long it must not request another. [`refresh`] fetches a new one in a task that all
//! callers wait for. [`turn`] agrees with the other clients of a store on who fetches.

mod cache;
mod refresh;
#[cfg(test)]
mod tests;
mod turn;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, Shared};

use self::cache::{Cache, Usable};
use self::turn::SharedStore;
use crate::Error;
use crate::model::{AccessToken, ApiError, Token};
use crate::token_store::{TokenKey, TokenStore};

/// What all callers of a refresh wait for.
type SharedResult = Shared<BoxFuture<'static, Result<AccessToken, Error>>>;

/// The token of one client.
pub(crate) struct Tokens(Arc<Inner>);

struct Inner {
    store: SharedStore,
    cache: Mutex<Cache>,
    /// Whether the server has rejected a token since it last accepted one.
    rejected: AtomicBool,
    /// How long a request may take in all.
    timeout: Duration,
}

impl Tokens {
    pub(crate) fn new(key: TokenKey, store: Arc<dyn TokenStore>, timeout: Duration) -> Self {
        let store = SharedStore::new(key, store);
        Self(Arc::new(Inner { store, cache: Mutex::default(), rejected: AtomicBool::new(false), timeout }))
    }

    /// Returns the current token, or fetches a new one. Shortly before it expires, the old one is returned while it is refreshed.
    pub(crate) async fn get<F>(
        &self,
        fetch: impl FnOnce(tokio::time::Instant) -> F + Send + 'static,
    ) -> Result<AccessToken, Error>
    where
        F: Future<Output = Result<Token, Error>> + Send + 'static,
    {
        let mut fetch = Some(fetch);
        loop {
            let refresh = {
                let mut cache = self.0.cache();
                let usable = cache.usable();
                if let Usable::Fresh(token) = usable {
                    return Ok(token);
                }
                let refresh = if let Some(error) = cache.hold() {
                    Err(error)
                } else if let Some(refresh) = cache.join() {
                    Ok(refresh)
                } else {
                    refresh::start(&self.0, &mut cache, &mut fetch)
                };
                match usable {
                    Usable::Stale(token) => return Ok(token),
                    _ => refresh?,
                }
            };
            match refresh.await {
                // It was started by another caller, on a runtime that has been shut down.
                Err(error) if error.is_stopped() && fetch.is_some() => {}
                result => return result,
            }
        }
    }

    /// Forgets a token that the server rejected, unless a newer one has taken its place. Returns how long no new one is requested.
    pub(crate) fn forget(&self, token: &AccessToken, reason: &ApiError) -> Option<Duration> {
        let mut cache = self.0.cache();
        if cache.forget(token) {
            // One rejection is normal: a token may become invalid early. After two in a row, the next token would be rejected too.
            if self.0.rejected.swap(true, Ordering::Relaxed) {
                cache.hold_after_rejection(reason);
            }
            // In a task, because a store that hangs must not cost the request its time. The cache refuses the token meanwhile.
            let (tokens, token) = (Arc::clone(&self.0), token.clone());
            tokio::spawn(async move { tokens.store.forget(&token).await });
        }
        cache.hold().and_then(|error| error.retry_after())
    }

    /// Notes that the server accepted a token.
    pub(crate) fn accepted(&self) {
        if self.0.rejected.load(Ordering::Relaxed) {
            self.0.rejected.store(false, Ordering::Relaxed);
        }
    }
}

impl Inner {
    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
