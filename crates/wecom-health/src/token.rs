//! The access token: fetched when first needed, by one caller for all, and kept until shortly before it expires.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::model::{AccessToken, Token};

/// A token is replaced this long before it expires, so that it does not expire on the way.
const MARGIN: Duration = Duration::from_secs(300);

/// The token of one app, in memory.
#[derive(Default)]
pub(crate) struct TokenCache(Mutex<Option<Cached>>);

struct Cached {
    token: AccessToken,
    fresh_until: Instant,
}

impl TokenCache {
    /// The current token, or a new one. While one caller fetches, the others wait for what it gets.
    pub(crate) async fn get<E>(&self, fetch: impl Future<Output = Result<Token, E>>) -> Result<AccessToken, E> {
        let mut cached = self.0.lock().await;
        if let Some(current) = cached.as_ref().filter(|current| Instant::now() < current.fresh_until) {
            return Ok(current.token.clone());
        }
        let Token { access_token, expires_in, .. } = fetch.await?;
        *cached = Some(Cached { token: access_token.clone(), fresh_until: Instant::now() + lifetime(expires_in) });
        Ok(access_token)
    }

    /// Forgets a token that the server rejected, unless a newer one has taken its place.
    pub(crate) async fn forget(&self, rejected: &AccessToken) {
        let mut cached = self.0.lock().await;
        if cached.as_ref().is_some_and(|current| current.token == *rejected) {
            *cached = None;
        }
    }
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

    #[test]
    fn a_token_is_replaced_before_it_expires() {
        assert_eq!(lifetime(7200), Duration::from_secs(6900));
        assert_eq!(lifetime(10), Duration::from_secs(5));
        assert_eq!(lifetime(-1), Duration::ZERO);
        assert_eq!(lifetime(i64::MAX), Duration::from_secs(86_100));
    }
}
