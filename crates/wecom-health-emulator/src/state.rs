//! What the server knows: apps, the tokens it gave out, its data, the faults to come and the requests so far.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::call_limits::Calls;
use crate::data::{Data, synthetic};
use crate::fault::Fault;
use crate::fault::rule::ENDPOINTS;
use crate::fault::rules::FaultRules;
use crate::http::connections::Panic;
use crate::http::history::RequestHistory;
use crate::random::rng;
use crate::settings::Settings;

/// Beyond so many tokens the oldest are no longer known.
const TOKENS: usize = 10_000;

/// The state behind a lock that a panic elsewhere does not spoil.
pub(crate) struct Shared(Mutex<State>);

impl Shared {
    pub(crate) fn new(mut data: Data, mut settings: Settings) -> Self {
        for (id, job) in &mut data.jobs {
            job.info.get_or_insert_with(|| synthetic::job(settings.seed, id));
        }
        if settings.apps.is_empty() {
            settings.apps.push(App::default());
        }
        let mut faults = FaultRules::default();
        settings.faults.drain(..).for_each(|rule| faults.add(rule));
        Self(Mutex::new(State {
            data,
            tokens: BTreeMap::new(),
            faults,
            calls: Calls::default(),
            requests: RequestHistory::new(settings.remembered),
            at_once: AtOnce::default(),
            panic: None,
            tokens_made: 0,
            requests_to: [0; ENDPOINTS.len() + 1],
            settings,
        }))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many requests are being answered.
#[derive(Default)]
pub(crate) struct AtOnce {
    pub(crate) now: usize,
    pub(crate) most: usize,
}

/// A token that was given out.
pub(crate) struct Issued {
    pub(crate) expires: DateTime<Utc>,
    /// Which of the apps it was given to.
    pub(crate) app: usize,
}

pub(crate) struct State {
    pub(crate) data: Data,
    pub(crate) settings: Settings,
    /// The tokens that were given out and not taken back.
    pub(crate) tokens: BTreeMap<String, Issued>,
    pub(crate) faults: FaultRules,
    pub(crate) calls: Calls,
    pub(crate) requests: RequestHistory,
    pub(crate) at_once: AtOnce,
    /// The first panic of a condition or of the server, which the test gets to see.
    pub(crate) panic: Option<Panic>,
    tokens_made: u64,
    /// How many requests there were to each call, and to anything else.
    requests_to: [u64; ENDPOINTS.len() + 1],
}

impl State {
    /// The time on the emulator's clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.settings.clock.now()
    }

    /// A token that was never given out before.
    pub(crate) fn make_token(&mut self, app: usize) -> String {
        self.tokens_made += 1;
        let mut rng = rng(self.settings.seed, &format!("token {}", self.tokens_made));
        let noise: String = std::iter::repeat_with(|| rng.alphanumeric()).take(120).collect();
        // The number comes first, so that the first token of the map is the oldest.
        let token = format!("emulated_access-token_{:012}_{noise}", self.tokens_made);
        let expires = self.now() + TimeDelta::seconds(self.settings.expires_in.into());
        self.tokens.insert(token.clone(), Issued { expires, app });
        if self.tokens.len() > TOKENS {
            self.tokens.pop_first();
        }
        token
    }

    /// Makes a token expire or revokes it, if the fault says so.
    pub(crate) fn end_token(&mut self, token: &str, fault: Option<&Fault>) {
        let now = self.now();
        match fault {
            Some(Fault::ExpiredToken) => {
                if let Some(issued) = self.tokens.get_mut(token) {
                    issued.expires = now;
                }
            }
            Some(Fault::RevokedToken) => drop(self.tokens.remove(token)),
            _ => {}
        }
    }

    /// Counts a request and returns how many there were to its endpoint. All other paths count as one.
    pub(crate) fn count(&mut self, endpoint: &str) -> u64 {
        let index = ENDPOINTS.iter().position(|name| *name == endpoint).unwrap_or(ENDPOINTS.len());
        self.requests_to[index] += 1;
        self.requests_to[index]
    }
}

#[cfg(test)]
mod tests {
    use crate::data::Data;
    use crate::settings::Settings;

    use super::{Shared, TOKENS};

    #[test]
    fn beyond_ten_thousand_tokens_the_oldest_is_forgotten() {
        let state = Shared::new(Data::default(), Settings::default());
        let mut state = state.lock();
        let tokens: Vec<_> = (0..TOKENS + 3).map(|_| state.make_token(0)).collect();
        assert_eq!(state.tokens.len(), TOKENS);
        assert!(tokens[..3].iter().all(|token| !state.tokens.contains_key(token)));
        assert!(tokens[3..].iter().all(|token| state.tokens.contains_key(token)));
    }
}
