//! The access token: fetched when first needed, by one caller for all, and kept until shortly before it expires.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::error::Kind;
use crate::model::{AccessToken, ApiError, ErrCode, ResponseError, Token};

/// A token is replaced this long before it expires, so that it does not expire on the way.
const MARGIN: Duration = Duration::from_secs(300);

/// A refused secret is not tried again this long: the server bans an address for an hour after many.
const HOLD_REFUSAL: Duration = Duration::from_secs(60);

/// The token of one app, in memory.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<Known>);

/// What is known of the token.
#[derive(Default)]
enum Known {
    #[default]
    Nothing,
    Token {
        token: AccessToken,
        until: Instant,
    },
    /// The server refuses the app.
    Refused {
        error: ApiError,
        until: Instant,
    },
}

impl TokenCache {
    /// The current token, or a new one. While one caller fetches, the others wait for what it gets.
    pub(crate) async fn get(&self, fetch: impl Future<Output = Result<Token, Kind>>) -> Result<AccessToken, Kind> {
        let mut known = self.0.lock().await;
        match &*known {
            Known::Token { token, until } if Instant::now() < *until => return Ok(token.clone()),
            Known::Refused { error, until } if Instant::now() < *until => {
                return Err(Kind::Response(ResponseError::Api(error.clone())));
            }
            _ => {}
        }
        let fetched = fetch.await;
        *known = match &fetched {
            Ok(Token { access_token, expires_in, .. }) => {
                Known::Token { token: access_token.clone(), until: Instant::now() + lifetime(*expires_in) }
            }
            Err(Kind::Response(ResponseError::Api(error))) if is_final(error) => {
                Known::Refused { error: error.clone(), until: Instant::now() + HOLD_REFUSAL }
            }
            Err(_) => Known::Nothing,
        };
        fetched.map(|token| token.access_token)
    }

    /// Forgets a token that the server rejected, unless a newer one has taken its place.
    pub(crate) async fn forget(&self, rejected: &AccessToken) {
        let mut known = self.0.lock().await;
        if matches!(&*known, Known::Token { token, .. } if token == rejected) {
            *known = Known::Nothing;
        }
    }
}

/// Whether asking again is of no use: somebody has to change the credentials.
fn is_final(error: &ApiError) -> bool {
    matches!(error.errcode(), ErrCode::INVALID_SECRET | ErrCode::INVALID_CORP_ID)
}

/// How long a token is used: all but the margin, or half of it where that is longer.
fn lifetime(expires_in: i64) -> Duration {
    // A day at most: whatever the server says, the sum with the present must be a time.
    let granted = Duration::from_secs(u64::try_from(expires_in).unwrap_or(0)).min(Duration::from_secs(86_400));
    granted.saturating_sub(MARGIN).max(granted / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a fetch answers.
    async fn answer(token: &str, expires_in: i64) -> Result<Token, Kind> {
        let json = format!(r#"{{"access_token": "{token}", "expires_in": {expires_in}}}"#);
        Ok(crate::model::from_slice(json.as_bytes()).unwrap())
    }

    /// What the cache has, which must not be fetched.
    async fn cached(cache: &TokenCache) -> Option<String> {
        let token = cache.get(async { Err(Kind::NoConcurrency) }).await.ok();
        token.map(|token| token.expose().to_owned())
    }

    #[test]
    fn a_token_is_replaced_before_it_expires() {
        assert_eq!(lifetime(7200), Duration::from_secs(6900));
        assert_eq!(lifetime(10), Duration::from_secs(5));
        assert_eq!(lifetime(-1), Duration::ZERO);
        assert_eq!(lifetime(i64::MAX), Duration::from_secs(86_100));
    }

    #[tokio::test]
    async fn a_token_is_kept_until_then_and_no_longer() {
        let cache = TokenCache::default();
        cache.get(answer("first", 7200)).await.unwrap();
        assert_eq!(cached(&cache).await.as_deref(), Some("first"));
        let cache = TokenCache::default();
        cache.get(answer("expired", 0)).await.unwrap();
        assert_eq!(cached(&cache).await, None);
    }

    #[tokio::test]
    async fn a_late_rejection_of_an_old_token_does_not_discard_the_new_one() {
        let cache = TokenCache::default();
        let old = cache.get(answer("old", 7200)).await.unwrap();
        cache.forget(&old).await;
        cache.get(answer("new", 7200)).await.unwrap();
        cache.forget(&old).await;
        assert_eq!(cached(&cache).await.as_deref(), Some("new"));
    }
}
