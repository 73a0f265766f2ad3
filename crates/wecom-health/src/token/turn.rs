//! Agreeing with the other clients of a store on who fetches a token. The lock only saves requests: if it cannot be taken in
//! time, or the store fails, a client fetches its own token.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::{sleep, timeout};

use crate::model::AccessToken;
use crate::token_store::{StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::trace;

/// How long a lock lasts before another client takes over.
const LOCK_LEASE: Duration = Duration::from_secs(10);
/// How long a store may take for one operation.
const STORE_TIMEOUT: Duration = Duration::from_secs(3);
/// How often to check whether another client has stored a token.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A store as one client sees it.
pub(super) struct SharedStore {
    key: TokenKey,
    store: Arc<dyn TokenStore>,
    failed: AtomicBool,
}

/// Who fetches the token.
pub(super) enum Turn {
    /// Another client has stored one.
    Stored(StoredToken),
    /// This client, under this name; perhaps without the lock.
    Mine { owner: String },
}

impl SharedStore {
    pub(super) fn new(key: TokenKey, store: Arc<dyn TokenStore>) -> Self {
        Self { key, store, failed: AtomicBool::new(false) }
    }

    /// Waits until another client has stored a token that is accepted, or it is this one's turn to fetch one.
    pub(super) async fn wait_for_turn(&self, at_most: Duration, accepts: impl Fn(&StoredToken) -> bool) -> Turn {
        let owner = new_owner();
        let stored = timeout(at_most.min(LOCK_LEASE), self.stored_or_lock(&owner, accepts)).await;
        match stored.unwrap_or_else(|_| Err(StoreError::new("another client holds the lock and stores no token"))) {
            Ok(stored) => {
                self.failed.store(false, Ordering::Relaxed);
                stored.map_or(Turn::Mine { owner }, Turn::Stored)
            }
            Err(error) => {
                self.report(&error);
                Turn::Mine { owner }
            }
        }
    }

    /// Returns the token that another client has stored; `None` once this one has the lock.
    async fn stored_or_lock(
        &self,
        owner: &str,
        accepts: impl Fn(&StoredToken) -> bool,
    ) -> Result<Option<StoredToken>, StoreError> {
        loop {
            let locked = in_time(self.store.lock(&self.key, owner, LOCK_LEASE)).await?;
            // Even with the lock: another client may just have stored a token.
            match in_time(self.store.load(&self.key)).await?.filter(&accepts) {
                Some(token) => {
                    if locked {
                        self.unlock(owner).await;
                    }
                    return Ok(Some(token));
                }
                None if locked => return Ok(None),
                None => sleep(POLL_INTERVAL).await,
            }
        }
    }

    /// Saves a token, if this owner still has the lock.
    pub(super) async fn save(&self, owner: &str, token: &StoredToken) {
        self.attempt(self.store.save(&self.key, owner, token)).await;
    }

    pub(super) async fn forget(&self, token: &AccessToken) {
        self.attempt(self.store.forget(&self.key, token)).await;
    }

    pub(super) async fn unlock(&self, owner: &str) {
        self.attempt(self.store.unlock(&self.key, owner)).await;
    }

    /// Runs an operation and reports a failure, which does not concern the caller.
    async fn attempt(&self, work: StoreFuture<'_, ()>) {
        if let Err(error) = in_time(work).await {
            self.report(&error);
        }
    }

    /// Reports once that the store fails, until it works again.
    fn report(&self, error: &StoreError) {
        if !self.failed.swap(true, Ordering::Relaxed) {
            trace::store_failed(error);
        }
    }
}

/// Returns a unique name for one refresh: a late save or unlock of an earlier one must not affect its lock.
fn new_owner() -> String {
    static REFRESHES: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("{}-{}-{}", std::process::id(), REFRESHES.fetch_add(1, Ordering::Relaxed), now.as_nanos())
}

async fn in_time<T>(work: StoreFuture<'_, T>) -> Result<T, StoreError> {
    timeout(STORE_TIMEOUT, work).await.unwrap_or_else(|_| Err(StoreError::new("it does not reply")))
}
