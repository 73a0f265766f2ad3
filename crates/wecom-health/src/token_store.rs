//! Where tokens are kept: in this process, or in a place that several processes share.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::model::{AccessToken, CorpId};
use crate::{Secret, clock};

/// What a [`TokenStore`] returns: a future, boxed so that stores can be exchanged at run time.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps the token of each app, and lets one client at a time fetch a new one.
///
/// A store that fails, or takes longer than 3 seconds, does not fail a request: the client then fetches its own token. Requests
/// can use a new token before it is saved.
pub trait TokenStore: fmt::Debug + Send + Sync + 'static {
    /// Returns the token of an app, if there is one that has not expired.
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>>;

    /// Saves a token until it expires, replacing an older one, if `owner` still holds the lock. A client that was too slow must
    /// not overwrite the token of the one that took over.
    fn save<'a>(&'a self, key: &'a TokenKey, owner: &'a str, token: &'a StoredToken) -> StoreFuture<'a, ()>;

    /// Forgets a token that the server rejected. Must leave any other token in place.
    fn forget<'a>(&'a self, key: &'a TokenKey, rejected: &'a AccessToken) -> StoreFuture<'a, ()>;

    /// Gives `owner` the lock for `lease`; returns false while another owner holds it. If `owner` already holds it, the lease is renewed.
    fn lock<'a>(&'a self, key: &'a TokenKey, owner: &'a str, lease: Duration) -> StoreFuture<'a, bool>;

    /// Releases the lock of `owner`. Must leave any other owner's lock in place.
    fn unlock<'a>(&'a self, key: &'a TokenKey, owner: &'a str) -> StoreFuture<'a, ()>;
}

/// The app that a token belongs to: its corp id, and a fingerprint that does not reveal its secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenKey {
    corp_id: CorpId,
    fingerprint: String,
}

impl TokenKey {
    pub(crate) fn new(corp_id: &CorpId, secret: &Secret) -> Self {
        let hash = hmac_sha256::HMAC::mac(corp_id.as_ref(), secret.get().expose());
        let fingerprint = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        Self { corp_id: corp_id.clone(), fingerprint }
    }
}

/// Writes the key as text, to store the token under: `<corp id>:<32 hexadecimal digits>`.
impl fmt::Display for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.corp_id, self.fingerprint)
    }
}

/// A token and how long it is valid. `Debug` does not show the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredToken {
    /// The token.
    pub token: AccessToken,
    /// When to fetch a new one: some time before the server stops accepting this one.
    pub fresh_until: SystemTime,
    /// When the server stops accepting it.
    pub expires_at: SystemTime,
}

/// Why a store failed.
#[derive(Debug)]
pub struct StoreError(Box<dyn std::error::Error + Send + Sync>);

impl StoreError {
    /// Wraps the error of whatever is behind the store. Its text must not show tokens.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token store failed: {}", self.0)
    }
}

impl std::error::Error for StoreError {}

/// Keeps tokens in the memory of this process, which is the default. Clients of an app with the same store share its token.
#[derive(Default)]
pub struct MemoryTokenStore(Mutex<HashMap<TokenKey, Entry>>);

#[derive(Default)]
struct Entry {
    token: Option<StoredToken>,
    lock: Option<(String, SystemTime)>,
}

impl MemoryTokenStore {
    fn entries(&self) -> MutexGuard<'_, HashMap<TokenKey, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<'a, T: Send + 'a>(&self, key: &TokenKey, action: impl FnOnce(&mut Entry) -> T) -> StoreFuture<'a, T> {
        let result = action(self.entries().entry(key.clone()).or_default());
        Box::pin(std::future::ready(Ok(result)))
    }
}

impl TokenStore for MemoryTokenStore {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.with(key, |entry| entry.token.clone().filter(|token| clock::now() < token.expires_at))
    }

    fn save<'a>(&'a self, key: &'a TokenKey, owner: &'a str, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        self.with(key, |entry| {
            if entry.lock.as_ref().is_some_and(|(holder, until)| holder == owner && clock::now() < *until) {
                entry.token = Some(token.clone());
            }
        })
    }

    fn forget<'a>(&'a self, key: &'a TokenKey, rejected: &'a AccessToken) -> StoreFuture<'a, ()> {
        self.with(key, |entry| {
            if entry.token.as_ref().is_some_and(|stored| stored.token == *rejected) {
                entry.token = None;
            }
        })
    }

    fn lock<'a>(&'a self, key: &'a TokenKey, owner: &'a str, lease: Duration) -> StoreFuture<'a, bool> {
        self.with(key, |entry| {
            let now = clock::now();
            let free = entry.lock.as_ref().is_none_or(|(holder, until)| holder == owner || *until <= now);
            if free {
                entry.lock = Some((owner.to_owned(), now + lease));
            }
            free
        })
    }

    fn unlock<'a>(&'a self, key: &'a TokenKey, owner: &'a str) -> StoreFuture<'a, ()> {
        self.with(key, |entry| {
            if entry.lock.as_ref().is_some_and(|(holder, _)| holder == owner) {
                entry.lock = None;
            }
        })
    }
}

impl fmt::Debug for MemoryTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryTokenStore").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every store promises.
    #[tokio::test]
    async fn only_the_owner_of_the_lock_saves_and_unlocks() {
        let store = MemoryTokenStore::default();
        let key = TokenKey::new(&"ww1".into(), &Secret::new("secret"));
        let later = clock::now() + Duration::from_secs(60);
        let token = |text: &str| StoredToken { token: text.into(), fresh_until: later, expires_at: later };
        let lease = Duration::from_millis(50);
        assert!(store.lock(&key, "one", lease).await.unwrap());
        assert!(store.lock(&key, "one", lease).await.unwrap(), "the owner's lease starts anew");
        assert!(!store.lock(&key, "other", lease).await.unwrap());
        store.save(&key, "other", &token("other's")).await.unwrap();
        assert_eq!(store.load(&key).await.unwrap(), None);
        store.save(&key, "one", &token("one's")).await.unwrap();
        store.forget(&key, &"older".into()).await.unwrap();
        assert_eq!(store.load(&key).await.unwrap(), Some(token("one's")));
        store.unlock(&key, "other").await.unwrap();
        assert!(!store.lock(&key, "other", lease).await.unwrap());
        tokio::time::sleep(2 * lease).await;
        assert!(store.lock(&key, "other", lease).await.unwrap(), "a lease ends");
        store.save(&key, "one", &token("too late")).await.unwrap();
        assert_eq!(store.load(&key).await.unwrap(), Some(token("one's")));
        store.forget(&key, &"one's".into()).await.unwrap();
        assert_eq!(store.load(&key).await.unwrap(), None);
    }
}
