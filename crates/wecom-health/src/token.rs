//! The access token of a client: fetched when first needed, by one caller for all, and kept until shortly before it expires.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use crate::error::Kind;
use crate::model::{AccessToken, Endpoint, GetTokenRequest, Token};
use crate::token_store::{StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::{Error, trace};

/// A token is replaced this long before it expires, so that it does not expire on the way.
const MARGIN: Duration = Duration::from_secs(300);
/// Credentials that the server refused are not tried again this long: it bans an address for an hour after many tries.
const HOLD_REFUSAL: Duration = Duration::from_secs(60);
/// A client may take this long to fetch a token before another client of the same store takes over.
const LEASE: Duration = Duration::from_secs(10);
/// Of that, what is left for storing the token.
const RESERVE: Duration = Duration::from_secs(2);
/// How long a store may take for anything.
const PATIENCE: Duration = Duration::from_secs(3);
/// While the old token still does, a fetch that failed is not repeated for this long.
const HOLD_FAILURE: Duration = Duration::from_secs(10);
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
    token: Option<StoredToken>,
    /// The token that the server rejected last: it must not come back from the store.
    rejected: Option<AccessToken>,
    failure: Option<Failure>,
    /// What all callers wait for while a token is being fetched.
    refresh: Option<Refresh>,
}

/// A fetch under way: its result for all, and its task.
struct Refresh {
    result: Shared<BoxFuture<'static, Result<AccessToken, Error>>>,
    task: AbortHandle,
}

/// A fetch that failed, and until when there will be no other.
struct Failure {
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
    /// dropped or stands still: no caller can keep the others waiting. Within the margin before it expires, nobody waits: the
    /// old token still does.
    pub(crate) async fn get<F>(&self, fetch: impl FnOnce(Instant) -> F + Send + 'static) -> Result<AccessToken, Error>
    where
        F: Future<Output = Result<Token, Error>> + Send + 'static,
    {
        let mut fetch = Some(fetch);
        loop {
            let refresh = {
                let mut known = self.0.known();
                let now = SystemTime::now();
                let valid = known.token.as_ref().filter(|token| now < token.expires_at);
                if let Some(token) = valid.filter(|token| is_fresh(token)) {
                    return Ok(token.token.clone());
                }
                let valid = valid.cloned();
                match known.failure.as_ref().filter(|failure| Instant::now() < failure.until) {
                    Some(Failure { error, .. }) if error.is_refused_credentials() || valid.is_some() => {
                        return valid.map(|token| token.token).ok_or_else(|| error.clone());
                    }
                    // The token that let this wait is gone.
                    _ => {}
                }
                // One that has ended is here only if its task panicked, or its runtime was shut down.
                let result = match known.refresh.as_ref().filter(|refresh| !refresh.task.is_finished()) {
                    Some(refresh) => refresh.result.clone(),
                    None => {
                        let stopped = || Kind::Stopped.at(GetTokenRequest::PATH, 0);
                        let task = tokio::spawn(Arc::clone(&self.0).refresh(fetch.take().ok_or_else(stopped)?));
                        let abort = task.abort_handle();
                        let result = async move { task.await.unwrap_or_else(|_| Err(stopped())) }.boxed().shared();
                        known.refresh = Some(Refresh { result: result.clone(), task: abort });
                        result
                    }
                };
                if let Some(token) = valid {
                    return Ok(token.token);
                }
                result
            };
            match refresh.await {
                // It was somebody else's, of another runtime perhaps.
                Err(error) if error.is_stopped() && fetch.is_some() => {}
                result => return result,
            }
        }
    }

    /// Forgets a token that the server rejected, unless a newer one has taken its place.
    pub(crate) async fn forget(&self, rejected: &AccessToken) {
        {
            let mut known = self.0.known();
            if known.rejected.as_ref() == Some(rejected) {
                // Somebody else has seen to it.
                return;
            }
            if known.token.as_ref().is_some_and(|token| token.token != *rejected) {
                return;
            }
            known.token = None;
            known.rejected = Some(rejected.clone());
        }
        self.0.noting(self.0.store.forget(&self.0.key, rejected)).await;
    }
}

impl Inner {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gets a token and lets the others know.
    async fn refresh<F>(self: Arc<Self>, fetch: impl FnOnce(Instant) -> F) -> Result<AccessToken, Error>
    where
        F: Future<Output = Result<Token, Error>>,
    {
        let result = self.stored_or_fetched(fetch).await;
        let mut known = self.known();
        known.refresh = None;
        match result {
            Ok(token) => {
                let text = token.token.clone();
                if known.rejected.as_ref() == Some(&text) {
                    // The server hands it out again; it may reject it again.
                    known.rejected = None;
                }
                known.token = Some(token);
                known.failure = None;
                Ok(text)
            }
            Err(error) => {
                let valid = known.token.as_ref().filter(|token| SystemTime::now() < token.expires_at);
                let valid = valid.map(|token| token.token.clone());
                let hold = match (error.is_refused_credentials(), &valid) {
                    (true, _) => HOLD_REFUSAL,
                    (false, Some(_)) => HOLD_FAILURE,
                    // Those who waited share the failure; who asks later may try again.
                    (false, None) => Duration::ZERO,
                };
                known.failure = Some(Failure { error: error.clone(), until: Instant::now() + hold });
                valid.ok_or(error)
            }
        }
    }

    async fn stored_or_fetched<F>(&self, fetch: impl FnOnce(Instant) -> F) -> Result<StoredToken, Error>
    where
        F: Future<Output = Result<Token, Error>>,
    {
        let (deadline, locked) = match self.wait_for_turn().await {
            Ok(Turn::Stored(token)) => return Ok(token),
            Ok(Turn::Mine { until }) => (until, true),
            Err(error) => {
                self.note(&error);
                (Instant::now() + LEASE, false)
            }
        };
        let fetched = fetch(deadline).await.map(stored);
        if locked {
            if let Ok(token) = &fetched {
                self.noting(self.store.save(&self.key, &self.owner, token)).await;
            }
            self.noting(self.store.unlock(&self.key, &self.owner)).await;
        }
        fetched
    }

    /// Waits until another client has stored a token, or it is this one's turn to fetch.
    async fn wait_for_turn(&self) -> Result<Turn, StoreError> {
        let start = Instant::now();
        loop {
            if start.elapsed() > 3 * LEASE {
                return Err(StoreError::new("others hold the lock and store no token"));
            }
            let until = Instant::now() + LEASE.saturating_sub(RESERVE);
            let mine = in_time(self.store.lock(&self.key, &self.owner, LEASE)).await?;
            // Also after locking: somebody may have stored a token just before.
            let token = match in_time(self.store.load(&self.key)).await {
                Ok(token) => token,
                Err(error) => {
                    if mine {
                        self.noting(self.store.unlock(&self.key, &self.owner)).await;
                    }
                    return Err(error);
                }
            };
            let rejected = self.known().rejected.clone();
            let token = token.filter(|token| is_fresh(token) && Some(&token.token) != rejected.as_ref());
            self.store_failed.store(false, Ordering::Relaxed);
            match (token, mine) {
                (Some(token), true) => {
                    self.noting(self.store.unlock(&self.key, &self.owner)).await;
                    return Ok(Turn::Stored(token));
                }
                (Some(token), false) => return Ok(Turn::Stored(token)),
                (None, true) => return Ok(Turn::Mine { until }),
                (None, false) => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// What the store fails to do after the token is there is not the caller's concern.
    async fn noting(&self, work: StoreFuture<'_, ()>) {
        if let Err(error) = in_time(work).await {
            self.note(&error);
        }
    }

    /// Says once that the store fails, until it works again.
    fn note(&self, error: &StoreError) {
        if !self.store_failed.swap(true, Ordering::Relaxed) {
            trace::store_failed(error);
        }
    }
}

/// A store that does not answer fails.
async fn in_time<T>(work: StoreFuture<'_, T>) -> Result<T, StoreError> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(StoreError::new("it does not answer")))
}

/// How a new token comes about.
enum Turn {
    Stored(StoredToken),
    /// To be done by then, before another client may take over.
    Mine {
        until: Instant,
    },
}

fn stored(Token { access_token: token, expires_in, .. }: Token) -> StoredToken {
    let now = SystemTime::now();
    let granted = lifetime(expires_in);
    StoredToken { token, fresh_until: now + freshness(granted), expires_at: now + granted }
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
    use crate::model::{GetTokenResponse, Response};
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
        let token = tokens.get(|_| async { Err(Kind::EmptyToken.at("/cgi-bin/gettoken", 1)) }).await.ok();
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
        fresh.get(|_| answer("first", 7200)).await.unwrap();
        assert_eq!(known(&fresh).await.as_deref(), Some("first"));
        let expired = tokens();
        expired.get(|_| answer("expired", 0)).await.unwrap();
        assert_eq!(known(&expired).await, None);
    }

    #[tokio::test]
    async fn a_token_that_still_does_is_used_while_a_refresh_hangs_or_fails() {
        let tokens = tokens();
        tokens.get(|_| answer("old", 4)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2_100)).await; // no longer fresh, still valid
        let fetches = Arc::new(AtomicU64::new(0));
        let failing = || {
            let fetches = Arc::clone(&fetches);
            move |_: Instant| async move {
                fetches.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(50)).await;
                Err(Kind::EmptyToken.at("/cgi-bin/gettoken", 1))
            }
        };
        for _ in 0..5 {
            assert_eq!(tokens.get(failing()).await.unwrap().expose(), "old");
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        assert_eq!(fetches.load(Ordering::Relaxed), 1, "a fetch that failed is not repeated at once");
    }

    #[tokio::test]
    async fn a_token_that_the_server_hands_out_again_can_be_rejected_again() {
        let tokens = tokens();
        for _ in 0..3 {
            let token = tokens.get(|_| answer("the same", 7200)).await.unwrap();
            assert_eq!(known(&tokens).await.as_deref(), Some("the same"));
            tokens.forget(&token).await;
            assert_eq!(known(&tokens).await, None);
        }
    }

    #[tokio::test]
    async fn a_failed_refresh_holds_nothing_up_once_the_old_token_is_rejected() {
        let tokens = tokens();
        let old = tokens.get(|_| answer("old", 4)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        assert_eq!(known(&tokens).await.as_deref(), Some("old"));
        tokio::time::sleep(Duration::from_millis(50)).await;
        tokens.forget(&old).await;
        assert_eq!(tokens.get(|_| answer("new", 7200)).await.unwrap().expose(), "new");
    }

    #[tokio::test]
    async fn within_the_margin_the_new_token_takes_over_when_it_is_there() {
        let tokens = tokens();
        tokens.get(|_| answer("old", 4)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        assert_eq!(tokens.get(|_| answer("new", 7200)).await.unwrap().expose(), "old");
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(known(&tokens).await.as_deref(), Some("new"));
    }

    #[tokio::test]
    async fn a_late_rejection_of_an_old_token_does_not_discard_the_new_one() {
        let tokens = tokens();
        let old = tokens.get(|_| answer("old", 7200)).await.unwrap();
        tokens.forget(&old).await;
        tokens.get(|_| answer("new", 7200)).await.unwrap();
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
        fn save<'a>(&'a self, _: &'a TokenKey, _: &'a str, _: &'a StoredToken) -> StoreFuture<'a, ()> {
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
        let old = tokens.get(|_| answer("old", 7200)).await.unwrap();
        tokens.forget(&old).await;
        tokens.get(|_| answer("new", 7200)).await.unwrap();
        tokens.forget(&old).await;
        assert_eq!(known(&tokens).await.as_deref(), Some("new"));
    }

    #[tokio::test]
    async fn a_call_dropped_during_a_refresh_leaves_it_to_the_others() {
        let tokens = tokens();
        let slowly = |_| async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer("first", 7200).await
        };
        let dropped = tokio::time::timeout(Duration::from_millis(20), tokens.get(slowly));
        let (dropped, other) = tokio::join!(dropped, async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            tokens.get(|_| answer("second", 7200)).await
        });
        assert!(dropped.is_err());
        assert_eq!(other.unwrap().expose(), "first");
    }

    #[tokio::test]
    async fn a_call_that_nobody_drives_does_not_keep_the_others_waiting() {
        let tokens = tokens();
        let mut standing_still = Box::pin(tokens.get(|_| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            answer("first", 7200).await
        }));
        assert!(futures_util::poll!(&mut standing_still).is_pending());
        let other = tokio::time::timeout(Duration::from_secs(10), tokens.get(|_| answer("second", 7200))).await;
        assert_eq!(other.unwrap().unwrap().expose(), "first");
        assert_eq!(standing_still.await.unwrap().expose(), "first");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_secret_is_held_back_for_a_minute_and_no_longer() {
        let tokens = tokens();
        let body = br#"{"errcode": 40001, "errmsg": "invalid credential"}"#;
        let refused = GetTokenResponse::from_slice(body).unwrap_err();
        tokens.get(|_| async { Err(Kind::Response(refused).at("/cgi-bin/gettoken", 1)) }).await.unwrap_err();
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(tokens.get(|_| answer("too soon", 7200)).await.unwrap_err().is_refused_credentials());
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(tokens.get(|_| answer("mended", 7200)).await.unwrap().expose(), "mended");
    }

    #[tokio::test]
    async fn a_refresh_that_panics_within_the_margin_is_tried_again() {
        let tokens = tokens();
        tokens.get(|_| answer("old", 4)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2_100)).await;
        assert_eq!(tokens.get(|_| async { panic!("as it should") }).await.unwrap().expose(), "old");
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(tokens.get(|_| answer("new", 7200)).await.unwrap().expose(), "old");
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(known(&tokens).await.as_deref(), Some("new"));
    }

    /// A store that never answers.
    #[derive(Debug)]
    struct Hanging;

    impl TokenStore for Hanging {
        fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
            Box::pin(std::future::pending())
        }
        fn save<'a>(&'a self, _: &'a TokenKey, _: &'a str, _: &'a StoredToken) -> StoreFuture<'a, ()> {
            Box::pin(std::future::pending())
        }
        fn forget<'a>(&'a self, _: &'a TokenKey, _: &'a AccessToken) -> StoreFuture<'a, ()> {
            Box::pin(std::future::pending())
        }
        fn lock<'a>(&'a self, _: &'a TokenKey, _: &'a str, _: Duration) -> StoreFuture<'a, bool> {
            Box::pin(std::future::pending())
        }
        fn unlock<'a>(&'a self, _: &'a TokenKey, _: &'a str) -> StoreFuture<'a, ()> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_never_answers_does_not_fail_the_call() {
        let tokens = Tokens::new(TokenKey::new(&"ww1".into(), &Secret::new("secret")), Arc::new(Hanging));
        let token = tokio::time::timeout(Duration::from_secs(20), tokens.get(|_| answer("own", 7200))).await;
        assert_eq!(token.unwrap().unwrap().expose(), "own");
    }

    #[tokio::test]
    async fn a_fetch_that_panics_does_not_spoil_the_next() {
        let tokens = tokens();
        let panics = tokens.get(|_| async { panic!("as it should") });
        assert!(panics.await.is_err());
        assert_eq!(tokens.get(|_| answer("next", 7200)).await.unwrap().expose(), "next");
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
