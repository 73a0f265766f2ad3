//! The access token of a client: fetched when first needed, by one caller for all, and kept until shortly before it expires.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::Instant;

use crate::error::Kind;
use crate::model::{AccessToken, Endpoint, GetTokenRequest, Token};
use crate::token_store::{StoreError, StoredToken, TokenKey, TokenStore};
use crate::{Error, trace};

/// A token is replaced this long before it expires, so that it does not expire on the way.
const MARGIN: Duration = Duration::from_secs(300);
/// Credentials that the server refused are not tried again this long: it bans an address for an hour after many tries.
const HOLD_REFUSAL: Duration = Duration::from_secs(60);
/// A client may take this long to fetch a token before another client of the same store takes over.
pub(crate) const LEASE: Duration = Duration::from_secs(10);
/// How often to look whether another client has stored a token.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The token of one client.
pub(crate) struct Tokens(Arc<Inner>);

struct Inner {
    key: TokenKey,
    store: Arc<dyn TokenStore>,
    /// Tells this client from the others of the store.
    owner: String,
    known: Mutex<Known>,
    store_failed: AtomicBool,
}

#[derive(Default)]
struct Known {
    token: Option<Granted>,
    refused: Option<Refused>,
    /// What all callers wait for while a token is being fetched.
    refresh: Option<Refresh>,
}

type Refresh = Shared<BoxFuture<'static, Result<AccessToken, Error>>>;

/// A token, and when the server stops accepting it.
struct Granted {
    stored: StoredToken,
    expires_at: SystemTime,
}

/// Credentials that the server does not accept.
struct Refused {
    error: Error,
    until: Instant,
}

impl Tokens {
    pub(crate) fn new(key: TokenKey, store: Arc<dyn TokenStore>) -> Self {
        static CLIENTS: AtomicU64 = AtomicU64::new(0);
        let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let (process, client) = (std::process::id(), CLIENTS.fetch_add(1, Ordering::Relaxed));
        let owner = format!("{process}-{client}-{}", started.as_nanos());
        Self(Arc::new(Inner { key, store, owner, known: Mutex::default(), store_failed: AtomicBool::new(false) }))
    }

    /// The current token, or a new one. One fetch serves all who ask meanwhile. It is a task, which goes on when a caller is
    /// dropped or stands still: no caller can keep the others waiting.
    pub(crate) async fn get<F>(&self, fetch: impl FnOnce() -> F) -> Result<AccessToken, Error>
    where
        F: Future<Output = Result<Token, Error>> + Send + 'static,
    {
        let refresh = {
            let mut known = self.0.known();
            if let Some(Granted { stored, .. }) = known.token.as_ref().filter(|token| is_fresh(&token.stored)) {
                return Ok(stored.token.clone());
            }
            if let Some(refused) = known.refused.as_ref().filter(|refused| Instant::now() < refused.until) {
                return Err(refused.error.clone());
            }
            // One that has ended is here only if its task failed.
            match known.refresh.clone().filter(|refresh| refresh.peek().is_none()) {
                Some(refresh) => refresh,
                None => {
                    let task = tokio::spawn(Arc::clone(&self.0).refresh(fetch()));
                    let stopped = || Err(Kind::Stopped.at(GetTokenRequest::PATH, 0));
                    let refresh = async move { task.await.unwrap_or_else(|_| stopped()) }.boxed().shared();
                    known.refresh.insert(refresh).clone()
                }
            }
        };
        refresh.await
    }

    /// Forgets a token that the server rejected, unless a newer one has taken its place.
    pub(crate) async fn forget(&self, rejected: &AccessToken) {
        // First where others find it: who finds none here looks there.
        if let Err(error) = self.0.store.forget(&self.0.key, rejected).await {
            self.0.note(&error);
        }
        let mut known = self.0.known();
        if known.token.as_ref().is_some_and(|known| known.stored.token == *rejected) {
            known.token = None;
        }
    }
}

impl Inner {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gets a token and lets the others know.
    async fn refresh(
        self: Arc<Self>,
        fetch: impl Future<Output = Result<Token, Error>> + Send,
    ) -> Result<AccessToken, Error> {
        let result = self.stored_or_fetched(fetch).await;
        let mut known = self.known();
        known.refresh = None;
        match result {
            Ok(granted) => {
                let token = granted.stored.token.clone();
                known.token = Some(granted);
                known.refused = None;
                Ok(token)
            }
            Err(error) => {
                if error.is_refused_credentials() {
                    known.refused = Some(Refused { error: error.clone(), until: Instant::now() + HOLD_REFUSAL });
                }
                // Within the margin the old one still does.
                let valid = known.token.as_ref().filter(|token| SystemTime::now() < token.expires_at);
                valid.map(|old| old.stored.token.clone()).ok_or(error)
            }
        }
    }

    async fn stored_or_fetched(&self, fetch: impl Future<Output = Result<Token, Error>>) -> Result<Granted, Error> {
        match self.wait_for_turn().await {
            Ok(Turn::Stored(stored)) => Ok(Granted { expires_at: stored.fresh_until, stored }),
            Ok(Turn::Mine) => {
                let fetched = fetch.await.map(granted);
                if let Ok(token) = &fetched
                    && let Err(error) = self.store.save(&self.key, &token.stored).await
                {
                    self.note(&error);
                }
                if let Err(error) = self.store.unlock(&self.key, &self.owner).await {
                    self.note(&error);
                }
                fetched
            }
            Err(error) => {
                self.note(&error);
                fetch.await.map(granted)
            }
        }
    }

    /// Waits until another client has stored a token, or it is this one's turn to fetch.
    async fn wait_for_turn(&self) -> Result<Turn, StoreError> {
        loop {
            let mine = self.store.lock(&self.key, &self.owner, LEASE).await?;
            // Also after locking: somebody may have stored a token just before.
            let token = self.store.load(&self.key).await?.filter(is_fresh);
            self.store_failed.store(false, Ordering::Relaxed);
            match (token, mine) {
                (Some(token), true) => {
                    self.store.unlock(&self.key, &self.owner).await?;
                    return Ok(Turn::Stored(token));
                }
                (Some(token), false) => return Ok(Turn::Stored(token)),
                (None, true) => return Ok(Turn::Mine),
                (None, false) => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// Says once that the store fails, until it works again.
    fn note(&self, error: &StoreError) {
        if !self.store_failed.swap(true, Ordering::Relaxed) {
            trace::store_failed(error);
        }
    }
}

/// How a new token comes about.
enum Turn {
    Stored(StoredToken),
    Mine,
}

fn granted(Token { access_token: token, expires_in, .. }: Token) -> Granted {
    let now = SystemTime::now();
    let granted = lifetime(expires_in);
    Granted { stored: StoredToken { token, fresh_until: now + freshness(granted) }, expires_at: now + granted }
}

/// How long the server accepts a token. A day at most: whatever it says, the sum with the present must be a time.
fn lifetime(expires_in: i64) -> Duration {
    Duration::from_secs(u64::try_from(expires_in).unwrap_or(0)).min(Duration::from_secs(86_400))
}

/// How long a token is used: all but the margin, or half of it where that is longer.
fn freshness(granted: Duration) -> Duration {
    granted.saturating_sub(MARGIN).max(granted / 2)
}

fn is_fresh(token: &StoredToken) -> bool {
    SystemTime::now() < token.fresh_until
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::{MemoryTokenStore, Secret, StoreFuture};

    fn tokens() -> Tokens {
        let key = TokenKey::new(&"ww1".into(), &Secret::new("secret"));
        Tokens::new(key, Arc::new(MemoryTokenStore::default()))
    }

    /// What a fetch answers.
    async fn answer(token: &'static str, expires_in: i64) -> Result<Token, Error> {
        let json = format!(r#"{{"access_token": "{token}", "expires_in": {expires_in}}}"#);
        Ok(crate::model::from_slice(json.as_bytes()).unwrap())
    }

    /// What is there, which must not be fetched.
    async fn known(tokens: &Tokens) -> Option<String> {
        let token = tokens.get(|| async { Err(Kind::EmptyToken.at("/cgi-bin/gettoken", 1)) }).await.ok();
        token.map(|token| token.expose().to_owned())
    }

    #[test]
    fn a_token_is_replaced_before_it_expires() {
        let used = |expires_in| freshness(lifetime(expires_in));
        assert_eq!(used(7200), Duration::from_secs(6900));
        assert_eq!(used(10), Duration::from_secs(5));
        assert_eq!(used(-1), Duration::ZERO);
        assert_eq!(used(i64::MAX), Duration::from_secs(86_100));
    }

    #[tokio::test]
    async fn a_token_is_kept_until_then_and_no_longer() {
        let fresh = tokens();
        fresh.get(|| answer("first", 7200)).await.unwrap();
        assert_eq!(known(&fresh).await.as_deref(), Some("first"));
        let expired = tokens();
        expired.get(|| answer("expired", 0)).await.unwrap();
        assert_eq!(known(&expired).await, None);
    }

    #[tokio::test]
    async fn a_valid_token_is_used_when_a_refresh_fails() {
        let tokens = tokens();
        tokens.get(|| answer("old", 4)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2_100)).await; // no longer fresh, still valid
        assert_eq!(known(&tokens).await.as_deref(), Some("old"));
        assert_eq!(tokens.get(|| answer("new", 7200)).await.unwrap().expose(), "new");
    }

    #[tokio::test]
    async fn a_late_rejection_of_an_old_token_does_not_discard_the_new_one() {
        let tokens = tokens();
        let old = tokens.get(|| answer("old", 7200)).await.unwrap();
        tokens.forget(&old).await;
        tokens.get(|| answer("new", 7200)).await.unwrap();
        tokens.forget(&old).await;
        assert_eq!(known(&tokens).await.as_deref(), Some("new"));
    }

    /// A store that is down.
    #[derive(Debug)]
    struct Down;

    fn down<'a, T: 'a>() -> StoreFuture<'a, T> {
        Box::pin(async { Err(StoreError::new("down")) })
    }

    impl TokenStore for Down {
        fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
            down()
        }
        fn save<'a>(&'a self, _: &'a TokenKey, _: &'a StoredToken) -> StoreFuture<'a, ()> {
            down()
        }
        fn forget<'a>(&'a self, _: &'a TokenKey, _: &'a AccessToken) -> StoreFuture<'a, ()> {
            down()
        }
        fn lock<'a>(&'a self, _: &'a TokenKey, _: &'a str, _: Duration) -> StoreFuture<'a, bool> {
            down()
        }
        fn unlock<'a>(&'a self, _: &'a TokenKey, _: &'a str) -> StoreFuture<'a, ()> {
            down()
        }
    }

    #[tokio::test]
    async fn without_its_store_a_client_keeps_its_token_from_late_rejections_too() {
        let tokens = Tokens::new(TokenKey::new(&"ww1".into(), &Secret::new("secret")), Arc::new(Down));
        let old = tokens.get(|| answer("old", 7200)).await.unwrap();
        tokens.forget(&old).await;
        tokens.get(|| answer("new", 7200)).await.unwrap();
        tokens.forget(&old).await;
        assert_eq!(known(&tokens).await.as_deref(), Some("new"));
    }

    #[tokio::test]
    async fn a_call_dropped_during_a_refresh_leaves_it_to_the_others() {
        let tokens = tokens();
        let slowly = || async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer("first", 7200).await
        };
        let dropped = tokio::time::timeout(Duration::from_millis(20), tokens.get(slowly));
        let (dropped, other) = tokio::join!(dropped, async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            tokens.get(|| answer("second", 7200)).await
        });
        assert!(dropped.is_err());
        assert_eq!(other.unwrap().expose(), "first");
    }

    #[tokio::test]
    async fn a_call_that_nobody_drives_does_not_keep_the_others_waiting() {
        let tokens = tokens();
        let mut standing_still = Box::pin(tokens.get(|| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            answer("first", 7200).await
        }));
        assert!(futures_util::poll!(&mut standing_still).is_pending());
        let other = tokio::time::timeout(Duration::from_secs(10), tokens.get(|| answer("second", 7200))).await;
        assert_eq!(other.unwrap().unwrap().expose(), "first");
        assert_eq!(standing_still.await.unwrap().expose(), "first");
    }

    #[tokio::test]
    async fn a_fetch_that_panics_does_not_spoil_the_next() {
        let tokens = tokens();
        let panics = tokens.get(|| async { panic!("as it should") });
        assert!(panics.await.is_err());
        assert_eq!(tokens.get(|| answer("next", 7200)).await.unwrap().expose(), "next");
    }

    #[test]
    fn the_key_tells_apps_apart_and_not_the_secret() {
        let key = |corp_id: &str, secret: &str| TokenKey::new(&corp_id.into(), &Secret::new(secret)).to_string();
        assert_eq!(key("ww1", "secret"), key("ww1", "secret"));
        assert_ne!(key("ww1", "secret"), key("ww1", "secret2"));
        assert_ne!(key("ww1", "secret"), key("ww2", "secret"));
        assert!(!key("ww1", "secret").contains("secret"));
    }
}
