//! When a token is fetched, kept, shared and forgotten.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::Tokens;
use crate::error::Kind;
use crate::model::{
    AccessToken, ApiError, Endpoint, GetTokenRequest, GetTokenResponse, Response, ResponseError, Token,
};
use crate::{Error, MemoryTokenStore, Secret, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};

fn tokens() -> Tokens {
    with_store(Arc::new(MemoryTokenStore::default()), Duration::from_secs(60))
}

fn with_store(store: Arc<dyn TokenStore>, timeout: Duration) -> Tokens {
    Tokens::new(TokenKey::new(&"ww1".into(), &Secret::new("secret")), store, timeout)
}

/// A refusal of the server.
fn refusal(errcode: i64) -> ApiError {
    let body = format!(r#"{{"errcode": {errcode}, "errmsg": "no"}}"#);
    match GetTokenResponse::from_slice(body.as_bytes()) {
        Err(ResponseError::Api(error)) => error,
        other => panic!("{other:?}"),
    }
}

async fn refused(errcode: i64) -> Result<Token, Error> {
    Err(Kind::Response(ResponseError::Api(refusal(errcode))).into_error(GetTokenRequest::PATH, 1))
}

async fn forget(tokens: &Tokens, token: &AccessToken) -> Option<Duration> {
    let held = tokens.forget(token, &refusal(40014));
    // The store forgets it in a task.
    tokio::task::yield_now().await;
    held
}

/// What a fetch returns.
async fn fetched(token: &'static str, expires_in: i64) -> Result<Token, Error> {
    let json = format!(r#"{{"access_token": "{token}", "expires_in": {expires_in}}}"#);
    Ok(crate::model::from_slice(json.as_bytes()).unwrap())
}

/// The token that is there without a fetch.
async fn known(tokens: &Tokens) -> Option<String> {
    let token = tokens.get(|_| async { Err(Kind::Timeout.into_error(GetTokenRequest::PATH, 1)) }).await.ok();
    token.map(|token| token.expose().to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_until_it_expires_and_no_longer() {
    let fresh = tokens();
    fresh.get(|_| fetched("first", 7200)).await.unwrap();
    assert_eq!(known(&fresh).await.as_deref(), Some("first"));
    let expired = tokens();
    expired.get(|_| fetched("expired", 1)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(known(&expired).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_fresh_token_is_not_refreshed() {
    let tokens = with_store(Arc::new(Down), Duration::from_secs(60));
    tokens.get(|_| fetched("first", 7200)).await.unwrap();
    tokens.get(|_| fetched("second", 7200)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(known(&tokens).await.as_deref(), Some("first"));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_not_left_to_the_others() {
    let store = Arc::new(MemoryTokenStore::default());
    let [one, other] = [(); 2].map(|()| with_store(Arc::clone(&store) as Arc<dyn TokenStore>, Duration::from_secs(60)));
    let rejected = one.get(|_| fetched("rejected", 7200)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await; // saved and unlocked
    forget(&one, &rejected).await;
    assert_eq!(other.get(|_| fetched("new", 7200)).await.unwrap().expose(), "new");
}

#[tokio::test(start_paused = true)]
async fn callers_of_a_failed_refresh_share_its_error() {
    let tokens = tokens();
    let slow = |_: Instant| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Err(Kind::Timeout.into_error(GetTokenRequest::PATH, 1))
    };
    let (first, second) = tokio::join!(tokens.get(slow), tokens.get(|_| fetched("not fetched", 7200)));
    assert_eq!(first.unwrap_err().to_string(), second.unwrap_err().to_string());
}

#[test]
fn a_refresh_whose_runtime_was_shut_down_is_started_again() {
    let tokens = Arc::new(with_store(Arc::new(Down), Duration::from_secs(60)));
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let (started, is_started) = std::sync::mpsc::channel();
    let others = Arc::clone(&tokens);
    first.spawn(async move {
        others
            .get(move |_| async move {
                started.send(()).unwrap();
                std::future::pending().await
            })
            .await
    });
    is_started.recv().unwrap();
    let waiting = second.spawn(async move { tokens.get(|_| fetched("another", 7200)).await });
    std::thread::sleep(Duration::from_millis(50)); // until it waits for the first one's refresh
    first.shutdown_background();
    assert_eq!(second.block_on(waiting).unwrap().unwrap().expose(), "another");
}

#[tokio::test(start_paused = true)]
async fn a_valid_token_is_used_while_a_refresh_fails() {
    let tokens = tokens();
    tokens.get(|_| fetched("old", 20)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(11)).await; // no longer fresh, still valid
    let fetches = Arc::new(AtomicU64::new(0));
    let failing = || {
        let fetches = Arc::clone(&fetches);
        move |_: Instant| async move {
            fetches.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(50)).await;
            Err(Kind::Timeout.into_error(GetTokenRequest::PATH, 1))
        }
    };
    for _ in 0..5 {
        assert_eq!(tokens.get(failing()).await.unwrap().expose(), "old");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    assert_eq!(fetches.load(Ordering::Relaxed), 1, "a fetch that failed is not repeated at once");
}

#[tokio::test(start_paused = true)]
async fn a_token_given_out_twice_can_be_rejected_twice() {
    let tokens = tokens();
    for _ in 0..3 {
        let token = tokens.get(|_| fetched("the same", 7200)).await.unwrap();
        assert_eq!(known(&tokens).await.as_deref(), Some("the same"));
        tokens.accepted();
        forget(&tokens, &token).await;
        assert_eq!(known(&tokens).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_passing_failure_does_not_hold_without_a_token() {
    let tokens = tokens();
    let old = tokens.get(|_| fetched("old", 20)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(known(&tokens).await.as_deref(), Some("old"));
    tokio::time::sleep(Duration::from_millis(50)).await;
    forget(&tokens, &old).await;
    assert_eq!(tokens.get(|_| fetched("new", 7200)).await.unwrap().expose(), "new");
}

#[tokio::test(start_paused = true)]
async fn a_valid_token_is_used_until_the_new_one_is_there() {
    let tokens = tokens();
    tokens.get(|_| fetched("old", 20)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(tokens.get(|_| fetched("new", 7200)).await.unwrap().expose(), "old");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(known(&tokens).await.as_deref(), Some("new"));
}

#[tokio::test(start_paused = true)]
async fn a_late_rejection_of_an_old_token_spares_the_new_one() {
    let tokens = tokens();
    let old = tokens.get(|_| fetched("old", 7200)).await.unwrap();
    forget(&tokens, &old).await;
    tokens.get(|_| fetched("new", 7200)).await.unwrap();
    forget(&tokens, &old).await;
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

#[tokio::test(start_paused = true)]
async fn without_a_store_late_rejections_spare_the_new_token() {
    let tokens = with_store(Arc::new(Down), Duration::from_secs(60));
    let old = tokens.get(|_| fetched("old", 7200)).await.unwrap();
    forget(&tokens, &old).await;
    tokens.get(|_| fetched("new", 7200)).await.unwrap();
    forget(&tokens, &old).await;
    assert_eq!(known(&tokens).await.as_deref(), Some("new"));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_request_leaves_its_refresh_to_the_others() {
    let tokens = tokens();
    let slowly = |_| async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        fetched("first", 7200).await
    };
    let dropped = tokio::time::timeout(Duration::from_millis(20), tokens.get(slowly));
    let (dropped, other) = tokio::join!(dropped, async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        tokens.get(|_| fetched("second", 7200)).await
    });
    assert!(dropped.is_err());
    assert_eq!(other.unwrap().expose(), "first");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_not_polled_keeps_nobody_waiting() {
    let tokens = tokens();
    let mut standing_still = Box::pin(tokens.get(|_| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        fetched("first", 7200).await
    }));
    assert!(futures_util::poll!(&mut standing_still).is_pending());
    let other = tokio::time::timeout(Duration::from_secs(10), tokens.get(|_| fetched("second", 7200))).await;
    assert_eq!(other.unwrap().unwrap().expose(), "first");
    assert_eq!(standing_still.await.unwrap().expose(), "first");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_holds_for_its_time_and_no_longer() {
    for (errcode, seconds) in
        [(40001, 60), (40013, 60), (45009, 60), (60020, 10), (41004, 10), (40014, 10), (99_999, 10)]
    {
        let tokens = tokens();
        let first = tokens.get(move |_| refused(errcode)).await.unwrap_err();
        assert_eq!(first.retry_after(), Some(Duration::from_secs(seconds)), "{errcode}");
        tokio::time::advance(Duration::from_secs(seconds - 1)).await;
        let held = tokens.get(|_| fetched("too soon", 7200)).await.unwrap_err();
        assert_eq!(held.api().map(ApiError::errcode), Some(errcode.into()));
        assert_eq!(held.retry_after(), Some(Duration::from_secs(1)));
        assert!(held.to_string().ends_with(" (no new token is requested for 1 s)"), "{held}");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(tokens.get(|_| fetched("mended", 7200)).await.unwrap().expose(), "mended");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_that_pass_do_not_hold_and_others_do() {
    let tokens = tokens();
    let busy = tokens.get(|_| refused(-1)).await.unwrap_err();
    assert_eq!(busy.retry_after(), None);
    let empty = tokens.get(|_| async { Err(Kind::EmptyToken.into_error(GetTokenRequest::PATH, 1)) }).await.unwrap_err();
    assert_eq!(empty.retry_after(), Some(Duration::from_secs(10)));
}

#[tokio::test(start_paused = true)]
async fn two_rejections_in_a_row_hold_for_10_seconds() {
    let tokens = tokens();
    let first = tokens.get(|_| fetched("first", 7200)).await.unwrap();
    assert_eq!(forget(&tokens, &first).await, None);
    let second = tokens.get(|_| fetched("second", 7200)).await.unwrap();
    assert_eq!(forget(&tokens, &second).await, Some(Duration::from_secs(10)));
    let held = tokens.get(|_| fetched("too soon", 7200)).await.unwrap_err();
    assert!(held.is_auth() && held.to_string().contains("rejects every token"), "{held}");
    tokio::time::advance(Duration::from_secs(10)).await;
    let third = tokens.get(|_| fetched("third", 7200)).await.unwrap();
    // It is no better.
    assert_eq!(forget(&tokens, &third).await, Some(Duration::from_secs(10)));
    tokio::time::advance(Duration::from_secs(10)).await;
    let fourth = tokens.get(|_| fetched("fourth", 7200)).await.unwrap();
    tokens.accepted();
    assert_eq!(forget(&tokens, &fourth).await, None, "one after an acceptance is the first again");
}

#[tokio::test(start_paused = true)]
async fn of_two_holds_the_longer_one_counts() {
    let timed_out = Err(Kind::Timeout.into_error(GetTokenRequest::PATH, 1));
    let cases = [
        (refused(45009).await, 0, 60), // longer than that of a rejection
        (refused(40014).await, 5, 10),
        (timed_out, 0, 10), // holds only while there is a token
    ];
    for (failure, pause, seconds) in cases {
        let tokens = tokens();
        let first = tokens.get(|_| fetched("first", 7200)).await.unwrap();
        assert_eq!(forget(&tokens, &first).await, None);
        let second = tokens.get(|_| fetched("second", 40)).await.unwrap();
        tokio::time::sleep(Duration::from_secs(21)).await; // no longer fresh, still valid
        tokens.get(|_| async { failure }).await.unwrap();
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_secs(pause)).await;
        assert_eq!(forget(&tokens, &second).await, Some(Duration::from_secs(seconds)));
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_refresh_that_panics_there_is_another() {
    let tokens = tokens();
    tokens.get(|_| fetched("old", 60)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(31)).await;
    assert_eq!(tokens.get(|_| async { panic!("as it should") }).await.unwrap().expose(), "old");
    // It leaves its lock behind, which lasts for 10 seconds.
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(tokens.get(|_| fetched("new", 7200)).await.unwrap().expose(), "old");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(known(&tokens).await.as_deref(), Some("new"));
}

/// A store that never finishes anything.
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
async fn a_store_that_hangs_costs_half_of_the_timeout() {
    for (timeout, waited) in [(1, 500), (5, 2_500), (60, 3_000)] {
        let tokens = with_store(Arc::new(Hanging), Duration::from_secs(timeout));
        let start = Instant::now();
        let token = tokens.get(|_| fetched("own", 7200)).await;
        assert_eq!(token.unwrap().expose(), "own");
        assert!((waited..waited + 10).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_does_not_delay_a_rejection() {
    for seconds in [1, 5, 60] {
        let timeout = Duration::from_secs(seconds);
        let tokens = with_store(Arc::new(Hanging), timeout);
        let first = tokens.get(|_| fetched("first", 7200)).await.unwrap();
        let start = Instant::now();
        forget(&tokens, &first).await;
        assert_eq!(tokens.get(|_| fetched("second", 7200)).await.unwrap().expose(), "second");
        assert!(start.elapsed() <= timeout / 2 + Duration::from_millis(10), "{:?}", start.elapsed());
    }
}

/// A store whose lock somebody else has for ever, or that takes for ever to save.
#[derive(Debug)]
struct Stuck {
    locked_by_another: bool,
}

impl TokenStore for Stuck {
    fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async { Ok(None) })
    }
    fn save<'a>(&'a self, _: &'a TokenKey, _: &'a str, _: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(std::future::pending())
    }
    fn forget<'a>(&'a self, _: &'a TokenKey, _: &'a AccessToken) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
    fn lock<'a>(&'a self, _: &'a TokenKey, _: &'a str, _: Duration) -> StoreFuture<'a, bool> {
        Box::pin(async { Ok(!self.locked_by_another) })
    }
    fn unlock<'a>(&'a self, _: &'a TokenKey, _: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_nobody_gives_back_costs_no_request() {
    for (timeout, waited) in [(1, 500), (5, 2_500), (60, 10_000)] {
        let tokens = with_store(Arc::new(Stuck { locked_by_another: true }), Duration::from_secs(timeout));
        let start = Instant::now();
        let token = tokio::time::timeout(Duration::from_secs(timeout), tokens.get(|_| fetched("own", 7200))).await;
        assert_eq!(token.unwrap().unwrap().expose(), "own");
        assert!((waited..waited + 100).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_token_to_be_saved() {
    let tokens = with_store(Arc::new(Stuck { locked_by_another: false }), Duration::from_secs(5));
    let start = Instant::now();
    assert_eq!(tokens.get(|_| fetched("own", 7200)).await.unwrap().expose(), "own");
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_has_a_deadline_of_its_own() {
    let tokens = with_store(Arc::new(Down), Duration::from_secs(5));
    let start = Instant::now();
    let left = tokens.get(move |deadline| async move {
        assert_eq!(deadline - start, Duration::from_millis(4_900));
        fetched("own", 7200).await
    });
    left.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_panics_does_not_spoil_the_next() {
    let tokens = tokens();
    let panics = tokens.get(|_| async { panic!("as it should") });
    assert!(panics.await.is_err());
    assert_eq!(tokens.get(|_| fetched("next", 7200)).await.unwrap().expose(), "next");
}

#[test]
fn the_key_differs_by_app_and_hides_the_secret() {
    let key = |corp_id: &str, secret: &str| TokenKey::new(&corp_id.into(), &Secret::new(secret)).to_string();
    assert_eq!(key("ww1", "secret"), key("ww1", "secret"));
    assert_ne!(key("ww1", "secret"), key("ww1", "secret2"));
    assert_ne!(key("ww1", "secret"), key("ww2", "secret"));
    assert!(!key("ww1", "secret").contains("secret"));
}
