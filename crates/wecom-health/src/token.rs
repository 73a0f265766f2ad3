//! The access token of a client: fetched when first needed, by one caller for all, and kept until shortly before it expires.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::model::{AccessToken, Token};
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
pub(crate) struct Tokens {
    key: TokenKey,
    store: Arc<dyn TokenStore>,
    /// Tells this client from the others of the store.
    owner: String,
    /// Whoever holds this gets the token for all others of the process.
    known: Mutex<Known>,
    store_failed: AtomicBool,
}

#[derive(Default)]
struct Known {
    token: Option<Granted>,
    failure: Option<Failure>,
}

/// A token, and when the server stops accepting it.
struct Granted {
    stored: StoredToken,
    expires_at: SystemTime,
}

/// A fetch that failed.
struct Failure {
    error: Error,
    at: Instant,
}

impl Tokens {
    pub(crate) fn new(key: TokenKey, store: Arc<dyn TokenStore>) -> Self {
        static CLIENTS: AtomicU64 = AtomicU64::new(0);
        let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let (process, client) = (std::process::id(), CLIENTS.fetch_add(1, Ordering::Relaxed));
        let owner = format!("{process}-{client}-{}", started.as_nanos());
        Self { key, store, owner, known: Mutex::default(), store_failed: AtomicBool::new(false) }
    }

    /// The current token, or a new one. While one caller fetches, the others wait for what it gets; if it is dropped, the
    /// next one fetches.
    pub(crate) async fn get(&self, fetch: impl Future<Output = Result<Token, Error>>) -> Result<AccessToken, Error> {
        let since = Instant::now();
        let mut known = self.known.lock().await;
        if let Some(failure) = &known.failure {
            // Those who waited share the failure; a refused secret is held back from the later ones too.
            if failure.at >= since || (failure.error.is_refused_credentials() && failure.at.elapsed() < HOLD_REFUSAL) {
                return Err(failure.error.clone());
            }
        }
        if let Some(Granted { stored, .. }) = known.token.as_ref().filter(|token| is_fresh(&token.stored)) {
            return Ok(stored.token.clone());
        }
        match self.stored_or_fetched(fetch).await {
            Ok(granted) => {
                let token = granted.stored.token.clone();
                *known = Known { token: Some(granted), failure: None };
                Ok(token)
            }
            Err(error) => match known.token.as_ref().filter(|token| SystemTime::now() < token.expires_at) {
                // Within the margin the old one still does.
                Some(old) => Ok(old.stored.token.clone()),
                None => {
                    known.failure = Some(Failure { error: error.clone(), at: Instant::now() });
                    Err(error)
                }
            },
        }
    }

    /// Forgets a token that the server rejected, unless a newer one has taken its place.
    pub(crate) async fn forget(&self, rejected: &AccessToken) {
        let mut known = self.known.lock().await;
        if known.token.as_ref().is_some_and(|known| known.stored.token == *rejected) {
            known.token = None;
        }
        if let Err(error) = self.store.forget(&self.key, rejected).await {
            self.note(&error);
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
    async fn answer(token: &str, expires_in: i64) -> Result<Token, Error> {
        let json = format!(r#"{{"access_token": "{token}", "expires_in": {expires_in}}}"#);
        Ok(crate::model::from_slice(json.as_bytes()).unwrap())
    }

    /// What is there, which must not be fetched.
    async fn known(tokens: &Tokens) -> Option<String> {
        let token = tokens.get(async { Err(Kind::EmptyToken.at("/cgi-bin/gettoken", 1)) }).await.ok();
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
        fresh.get(answer("first", 7200)).await.unwrap();
        assert_eq!(known(&fresh).await.as_deref(), Some("first"));
        let expired = tokens();
        expired.get(answer("expired", 0)).await.unwrap();
        assert_eq!(known(&expired).await, None);
    }

    #[tokio::test]
    async fn a_valid_token_is_used_when_a_refresh_fails() {
        let tokens = tokens();
        tokens.get(answer("old", 4)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2_100)).await; // no longer fresh, still valid
        assert_eq!(known(&tokens).await.as_deref(), Some("old"));
        assert_eq!(tokens.get(answer("new", 7200)).await.unwrap().expose(), "new");
    }

    #[tokio::test]
    async fn a_late_rejection_of_an_old_token_does_not_discard_the_new_one() {
        let tokens = tokens();
        let old = tokens.get(answer("old", 7200)).await.unwrap();
        tokens.forget(&old).await;
        tokens.get(answer("new", 7200)).await.unwrap();
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
        let old = tokens.get(answer("old", 7200)).await.unwrap();
        tokens.forget(&old).await;
        tokens.get(answer("new", 7200)).await.unwrap();
        tokens.forget(&old).await;
        assert_eq!(known(&tokens).await.as_deref(), Some("new"));
    }

    #[tokio::test]
    async fn a_call_dropped_during_a_refresh_leaves_the_others_to_finish_it() {
        let tokens = tokens();
        let dropped = tokio::time::timeout(Duration::from_millis(20), tokens.get(std::future::pending()));
        let (dropped, other) = tokio::join!(dropped, async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            tokens.get(answer("second", 7200)).await
        });
        assert!(dropped.is_err());
        assert_eq!(other.unwrap().expose(), "second");
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
