//! The server's state: its data, the tokens it issued, the fault rules and the requests so far.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::{App, Settings};
use crate::data::Data;
use crate::endpoints::ENDPOINTS;
use crate::fault::Fault;
use crate::fault::rules::FaultRules;
use crate::http::connections::Panic;
use crate::http::history::RequestHistory;
use crate::random::rng;
use crate::rate_limit::RateLimiter;

/// The most tokens that are valid at the same time. The oldest are forgotten.
const MAX_TOKENS: usize = 10_000;

/// The state behind its lock.
pub(crate) struct Shared(Mutex<State>);

impl Shared {
    pub(crate) fn new(data: Data, settings: Settings) -> Self {
        Self(Mutex::new(State::new(data, settings)))
    }

    /// Locks the state, also after a panic: conditions, which may panic, run without the lock.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes all faults, and drops their conditions without the lock, because those may call the emulator.
    pub(crate) fn clear_faults(&self) {
        let rules = self.lock().faults.clear();
        drop(rules);
    }
}

/// A token that was issued.
pub(crate) struct Issued {
    pub(crate) expires: DateTime<Utc>,
    /// The index of the app.
    pub(crate) app: usize,
}

pub(crate) struct State {
    pub(crate) data: Data,
    pub(crate) settings: Settings,
    /// The tokens that were issued and not revoked, oldest first.
    pub(crate) tokens: BTreeMap<String, Issued>,
    pub(crate) faults: FaultRules,
    pub(crate) rate_limiter: RateLimiter,
    pub(crate) requests: RequestHistory,
    /// Each request in progress holds a clone.
    in_progress: Arc<()>,
    /// The most requests that were in progress at the same time.
    pub(crate) most_in_progress: usize,
    /// The first panic of a condition or of the server.
    pub(crate) panic: Option<Panic>,
    tokens_issued: u64,
    /// The number of requests to each endpoint, and to all other paths.
    requests_to: [u64; ENDPOINTS.len() + 1],
}

impl State {
    fn new(mut data: Data, mut settings: Settings) -> Self {
        data.prepare(settings.seed);
        if settings.apps.is_empty() {
            settings.apps.push(App::default());
        }
        let mut faults = FaultRules::default();
        settings.faults.drain(..).for_each(|rule| faults.add(rule));
        Self {
            data,
            tokens: BTreeMap::new(),
            faults,
            rate_limiter: RateLimiter::default(),
            requests: RequestHistory::new(settings.history_capacity),
            in_progress: Arc::default(),
            most_in_progress: 0,
            panic: None,
            tokens_issued: 0,
            requests_to: [0; ENDPOINTS.len() + 1],
            settings,
        }
    }

    /// Returns the time of the emulator's clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.settings.clock.now()
    }

    /// Counts a request as in progress until the returned value is dropped.
    pub(crate) fn start_request(&mut self) -> Arc<()> {
        let in_progress = Arc::clone(&self.in_progress);
        // One clone is the state's own.
        self.most_in_progress = self.most_in_progress.max(Arc::strong_count(&in_progress) - 1);
        in_progress
    }

    /// Issues a token to the app with this index.
    pub(crate) fn issue_token(&mut self, app: usize) -> String {
        self.tokens_issued += 1;
        let mut rng = rng(self.settings.seed, &format!("token {}", self.tokens_issued));
        let noise: String = std::iter::repeat_with(|| rng.alphanumeric()).take(120).collect();
        // The number makes the map's order the order of issue.
        let token = format!("emulated_access-token_{:012}_{noise}", self.tokens_issued);
        let expires = self.now() + TimeDelta::seconds(self.settings.expires_in.into());
        self.tokens.insert(token.clone(), Issued { expires, app });
        if self.tokens.len() > MAX_TOKENS {
            self.tokens.pop_first();
        }
        token
    }

    /// Expires or revokes a token, if the fault says so.
    pub(crate) fn end_token(&mut self, token: &str, fault: Option<&Fault>) {
        let now = self.now();
        match fault {
            Some(Fault::ExpiredToken) => {
                self.tokens.entry(token.to_owned()).and_modify(|issued| issued.expires = now);
            }
            Some(Fault::RevokedToken) => drop(self.tokens.remove(token)),
            _ => {}
        }
    }

    /// Counts a request and returns how many there were to its endpoint. All other paths count as one.
    pub(crate) fn count(&mut self, endpoint: &str) -> u64 {
        let index = ENDPOINTS.iter().position(|known| known.name == endpoint).unwrap_or(ENDPOINTS.len());
        self.requests_to[index] += 1;
        self.requests_to[index]
    }
}

#[cfg(test)]
mod tests {
    use super::{Data, MAX_TOKENS, Settings, Shared};

    #[test]
    fn the_oldest_of_more_than_10_000_tokens_is_forgotten() {
        let state = Shared::new(Data::default(), Settings::default());
        let mut state = state.lock();
        let tokens: Vec<_> = (0..MAX_TOKENS + 3).map(|_| state.issue_token(0)).collect();
        assert_eq!(state.tokens.len(), MAX_TOKENS);
        assert!(tokens[..3].iter().all(|token| !state.tokens.contains_key(token)));
        assert!(tokens[3..].iter().all(|token| state.tokens.contains_key(token)));
    }
}
