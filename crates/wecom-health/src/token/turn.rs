//! Agreeing with the other clients of a store on who fetches a token. The lock only saves requests: where it cannot be had in
//! time, or the store fails, a client fetches a token of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep, timeout};

use crate::model::AccessToken;
use crate::token_store::{StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::trace;

/// How long a lock lasts: after that, another client takes over.
const LOCK_LEASE: Duration = Duration::from_secs(10);
/// What of the lease is left for saving the token.
const TIME_TO_SAVE: Duration = Duration::from_secs(2);
/// How long a store may take for one operation.
const STORE_TIMEOUT: Duration = Duration::from_secs(3);
/// How often to look whether another client has stored a token.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A store as one client sees it.
pub(super) struct SharedStore {
    key: TokenKey,
    store: Arc<dyn TokenStore>,
    /// Tells this client from the others of the store.
    owner: String,
    failed: AtomicBool,
}

/// Who fetches the token.
pub(super) enum Turn {
    /// Another client has stored one.
    Stored(StoredToken),
    /// This client, which has the lock until then.
    Locked { until: Instant },
    /// This client, without the lock.
    Alone,
}

impl SharedStore {
    pub(super) fn new(key: TokenKey, store: Arc<dyn TokenStore>) -> Self {
        static CLIENTS: AtomicU64 = AtomicU64::new(0);
        let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let (process, client) = (std::process::id(), CLIENTS.fetch_add(1, Ordering::Relaxed));
        let owner = format!("{process}-{client}-{}", started.as_nanos());
        Self { key, store, owner, failed: AtomicBool::new(false) }
    }

    /// Waits until another client has stored a token that is accepted, or it is this one's turn to fetch one.
    pub(super) async fn wait_for_turn(&self, at_most: Duration, accepts: impl Fn(&StoredToken) -> bool) -> Turn {
        let turn = timeout(at_most.min(LOCK_LEASE), self.turn(accepts)).await;
        match turn.unwrap_or_else(|_| Err(StoreError::new("others hold the lock and store no token"))) {
            Ok(turn) => {
                self.failed.store(false, Ordering::Relaxed);
                turn
            }
            Err(error) => {
                self.report(&error);
                Turn::Alone
            }
        }
    }

    async fn turn(&self, accepts: impl Fn(&StoredToken) -> bool) -> Result<Turn, StoreError> {
        loop {
            let until = Instant::now() + (LOCK_LEASE - TIME_TO_SAVE);
            let locked = in_time(self.store.lock(&self.key, &self.owner, LOCK_LEASE)).await?;
            // Also with the lock: somebody may have stored a token just before.
            let token = in_time(self.store.load(&self.key)).await;
            let token = token.map(|token| token.filter(&accepts));
            if locked && !matches!(token, Ok(None)) {
                self.unlock().await;
            }
            match token? {
                Some(token) => return Ok(Turn::Stored(token)),
                None if locked => return Ok(Turn::Locked { until }),
                None => sleep(POLL_INTERVAL).await,
            }
        }
    }

    pub(super) async fn save(&self, token: &StoredToken) {
        self.attempt(self.store.save(&self.key, &self.owner, token)).await;
    }

    pub(super) async fn forget(&self, token: &AccessToken) {
        self.attempt(self.store.forget(&self.key, token)).await;
    }

    pub(super) async fn unlock(&self) {
        self.attempt(self.store.unlock(&self.key, &self.owner)).await;
    }

    /// What the store fails to do beside the token is not the caller's concern.
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

async fn in_time<T>(work: StoreFuture<'_, T>) -> Result<T, StoreError> {
    timeout(STORE_TIMEOUT, work).await.unwrap_or_else(|_| Err(StoreError::new("it does not answer")))
}
