//! What the server knows: the app, the tokens it gave out, its data, the faults to come and the requests so far.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::data::Data;
use crate::fault::Fault;
use crate::request::RecordedRequest;
use crate::settings::Settings;

pub(crate) const CORP_ID: &str = "ww0emulator00000000";
pub(crate) const SECRET: &str = "emulator-secret-that-guards-nothing";

/// The state behind a lock that a panic elsewhere does not spoil.
pub(crate) struct Shared(Mutex<State>);

impl Shared {
    pub(crate) fn new(data: Data, settings: Settings) -> Self {
        Self(Mutex::new(State {
            data,
            settings,
            tokens: BTreeMap::new(),
            advanced: TimeDelta::zero(),
            faults: VecDeque::new(),
            requests: Vec::new(),
            at_once: AtOnce::default(),
            tokens_made: 0,
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

pub(crate) struct State {
    pub(crate) data: Data,
    pub(crate) settings: Settings,
    /// Tokens given out, with the time at which they expire.
    pub(crate) tokens: BTreeMap<String, DateTime<Utc>>,
    /// How far the clock has been put forward.
    pub(crate) advanced: TimeDelta,
    pub(crate) faults: VecDeque<(String, Fault)>,
    pub(crate) requests: Vec<RecordedRequest>,
    pub(crate) at_once: AtOnce,
    tokens_made: u64,
}

impl State {
    /// The time on the emulator's clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.advanced
    }

    /// A token that was never given out before.
    pub(crate) fn make_token(&mut self) -> String {
        self.tokens_made += 1;
        let token = format!("emulated_access-token_{:04}_{}", self.tokens_made, "x7Qk".repeat(30));
        let expires = self.now() + TimeDelta::seconds(self.settings.expires_in.into());
        self.tokens.insert(token.clone(), expires);
        token
    }

    /// The next fault for this call.
    pub(crate) fn take_fault(&mut self, call: &str) -> Option<Fault> {
        let index = self.faults.iter().position(|(name, _)| name == call)?;
        self.faults.remove(index).map(|(_, fault)| fault)
    }
}
