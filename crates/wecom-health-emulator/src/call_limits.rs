//! How often a corp may make a call.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

/// The most calls of one corp to one API; none if `None`. The defaults are the vendor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallLimits {
    pub(crate) a_minute: Option<u32>,
    pub(crate) an_hour: Option<u32>,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self { a_minute: Some(10_000), an_hour: Some(150_000) }
    }
}

/// The calls so far. There are as many entries as corps times calls.
#[derive(Debug, Default)]
pub(crate) struct Calls(BTreeMap<(String, &'static str), [Window; 2]>);

impl Calls {
    /// Counts a call; `false` if it is one too many, or if the block after one too many still lasts.
    pub(crate) fn admit(&mut self, limits: CallLimits, corp_id: &str, call: &'static str, now: DateTime<Utc>) -> bool {
        let [minute, hour] = self.0.entry((corp_id.to_owned(), call)).or_default();
        // Both count, so no short circuit.
        let admitted = [
            minute.admit(limits.a_minute, TimeDelta::minutes(1), now),
            hour.admit(limits.an_hour, TimeDelta::hours(1), now),
        ];
        admitted == [true, true]
    }
}

/// A minute or an hour that began with a call, or with one call too many.
#[derive(Debug, Default)]
struct Window {
    since: Option<DateTime<Utc>>,
    calls: u32,
    blocked: bool,
}

impl Window {
    fn admit(&mut self, limit: Option<u32>, length: TimeDelta, now: DateTime<Utc>) -> bool {
        let Some(limit) = limit else { return true };
        if self.since.is_none_or(|since| now - since >= length) {
            *self = Self { since: Some(now), calls: 0, blocked: false };
        }
        if self.blocked {
            return false;
        }
        self.calls += 1;
        if self.calls > limit {
            // The block lasts as long as the window, from now on.
            *self = Self { since: Some(now), calls: 0, blocked: true };
        }
        !self.blocked
    }
}
