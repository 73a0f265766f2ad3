//! A client's token, and how long it must not request another.

use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::SharedResult;
use crate::error::Kind;
use crate::model::{AccessToken, ApiError, Endpoint, GetTokenRequest, Token};
use crate::token_store::StoredToken;
use crate::{Error, clock};

/// A token is refreshed this long before it expires, so that it does not expire on its way to the server.
const REFRESH_BEFORE_EXPIRY: Duration = Duration::from_secs(300);
/// The server bans an address for an hour after many attempts with wrong credentials.
const HOLD_AFTER_WRONG_CREDENTIALS: Duration = Duration::from_secs(60);
/// The server blocks for a minute when the limit of requests a minute is exceeded.
const HOLD_AFTER_RATE_LIMIT: Duration = Duration::from_secs(60);
/// Any other failure.
const HOLD_AFTER_FAILURE: Duration = Duration::from_secs(10);
/// A token is used at least this long, even if the server says less: another one would be no better.
const SHORTEST_LIFETIME: Duration = Duration::from_secs(10);
/// Caps what the server says, because adding it to the present time must not overflow.
const LONGEST_LIFETIME: Duration = Duration::from_secs(86_400);

#[derive(Default)]
pub(super) struct Cache {
    token: Option<StoredToken>,
    /// The token that the server rejected last: it must not be taken from the store again.
    rejected: Option<AccessToken>,
    hold: Option<Hold>,
    refresh: Option<Refresh>,
}

/// A refresh under way.
pub(super) struct Refresh {
    pub(super) result: SharedResult,
    pub(super) task: AbortHandle,
}

/// Until when no new token is requested, and why.
struct Hold {
    error: Error,
    until: Instant,
    /// Whether the failure is transient: the hold then applies only while there is a token to use meanwhile.
    passing: bool,
}

/// The token to use, if there is one.
pub(super) enum Usable {
    Fresh(AccessToken),
    /// Still valid, but to be refreshed.
    Stale(AccessToken),
    None,
}

impl Cache {
    pub(super) fn usable(&self) -> Usable {
        match self.token.as_ref().filter(|token| clock::now() < token.expires_at) {
            Some(token) if is_fresh(token) => Usable::Fresh(token.token.clone()),
            Some(token) => Usable::Stale(token.token.clone()),
            None => Usable::None,
        }
    }

    /// Returns why no new token is requested now.
    pub(super) fn hold(&self) -> Option<Error> {
        let hold = self.hold.as_ref().filter(|hold| !hold.passing || self.has_token())?;
        let left = hold.until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
        Some(hold.error.repeated(left))
    }

    pub(super) fn hold_after_rejection(&mut self, reason: &ApiError) {
        let error = Kind::TokensRejected(reason.clone()).into_error(GetTokenRequest::PATH, 0);
        let until = Instant::now() + HOLD_AFTER_FAILURE;
        if self.hold.as_ref().is_none_or(|hold| hold.until <= until) {
            self.hold = Some(Hold { error, until, passing: false });
        }
    }

    /// Returns the refresh under way. A finished task that is still here panicked, or its runtime was shut down.
    pub(super) fn join(&self) -> Option<SharedResult> {
        self.refresh.as_ref().filter(|refresh| !refresh.task.is_finished()).map(|refresh| refresh.result.clone())
    }

    pub(super) fn started(&mut self, refresh: Refresh) {
        self.refresh = Some(refresh);
    }

    /// Stores the result of a refresh, and returns what its callers get: after a failure the old token, while it is valid.
    pub(super) fn ended(&mut self, result: Result<StoredToken, Error>) -> Result<AccessToken, Error> {
        self.refresh = None;
        match result {
            Ok(token) => {
                let text = token.token.clone();
                if self.rejected.as_ref() == Some(&text) {
                    // The server has issued it again, and may reject it again.
                    self.rejected = None;
                }
                self.token = Some(token);
                self.hold = None;
                Ok(text)
            }
            Err(error) => {
                let passing = error.is_transient() || error.is_stopped();
                let time = hold_after(&error);
                let error = if passing { error } else { error.holding(time) };
                self.hold = Some(Hold { error: error.clone(), until: Instant::now() + time, passing });
                match self.usable() {
                    Usable::Fresh(token) | Usable::Stale(token) => Ok(token),
                    Usable::None => Err(error),
                }
            }
        }
    }

    /// Forgets a token; returns whether it was the current one.
    pub(super) fn forget(&mut self, token: &AccessToken) -> bool {
        let other = self.token.as_ref().is_some_and(|current| current.token != *token);
        if other || self.rejected.as_ref() == Some(token) {
            return false;
        }
        self.token = None;
        self.rejected = Some(token.clone());
        true
    }

    /// Returns whether a token from the store can be used.
    pub(super) fn accepts(&self, token: &StoredToken) -> bool {
        is_fresh(token) && self.rejected.as_ref() != Some(&token.token)
    }

    fn has_token(&self) -> bool {
        !matches!(self.usable(), Usable::None)
    }
}

fn hold_after(error: &Error) -> Duration {
    if error.is_refused_credentials() {
        HOLD_AFTER_WRONG_CREDENTIALS
    } else if error.is_rate_limited() {
        HOLD_AFTER_RATE_LIMIT
    } else {
        HOLD_AFTER_FAILURE
    }
}

/// Returns a new token with the times until which it is fresh and valid.
pub(super) fn stored(Token { access_token: token, expires_in, .. }: Token) -> StoredToken {
    let now = clock::now();
    let lifetime = lifetime(expires_in);
    StoredToken { token, fresh_until: now + freshness(lifetime), expires_at: now + lifetime }
}

/// Returns how long a token is considered valid.
fn lifetime(expires_in: i64) -> Duration {
    let seconds = Duration::from_secs(u64::try_from(expires_in).unwrap_or(0));
    seconds.clamp(SHORTEST_LIFETIME, LONGEST_LIFETIME)
}

/// Returns how long a token is used before it is refreshed: at least half of its lifetime.
fn freshness(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(REFRESH_BEFORE_EXPIRY).max(lifetime / 2).max(SHORTEST_LIFETIME)
}

fn is_fresh(token: &StoredToken) -> bool {
    clock::now() < token.fresh_until
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_refreshed_before_it_expires() {
        let used = |expires_in| freshness(lifetime(expires_in));
        assert_eq!(used(7200), Duration::from_secs(6900));
        assert_eq!(used(60), Duration::from_secs(30));
        assert_eq!(used(i64::MAX), Duration::from_secs(86_100));
    }

    #[test]
    fn a_token_is_used_for_10_seconds_at_least() {
        for expires_in in [i64::MIN, -1, 0, 1, 10, 15] {
            assert_eq!(freshness(lifetime(expires_in)), Duration::from_secs(10));
        }
    }
}
