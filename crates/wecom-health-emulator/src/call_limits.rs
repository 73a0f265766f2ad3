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
        // What one limit refuses does not count for the other.
        !hour.is_blocked(TimeDelta::hours(1), now)
            && minute.admit(limits.a_minute, TimeDelta::minutes(1), now)
            && hour.admit(limits.an_hour, TimeDelta::hours(1), now)
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
    fn is_blocked(&self, length: TimeDelta, now: DateTime<Utc>) -> bool {
        self.blocked && self.since.is_some_and(|since| now - since < length)
    }

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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{CallLimits, Calls};

    /// How many of so many calls, `apart` seconds from each other, are admitted.
    fn admitted(limits: CallLimits, calls: usize, apart: i64) -> usize {
        let mut counted = Calls::default();
        let times = (0..calls).scan(DateTime::UNIX_EPOCH, |now, _| {
            *now += TimeDelta::seconds(apart);
            Some(*now)
        });
        times.filter(|now| counted.admit(limits, "ww1", "gettoken", *now)).count()
    }

    #[test]
    fn the_limits_are_the_vendors() {
        assert_eq!(admitted(CallLimits::default(), 12_000, 0), 10_000);
        // 6,000 a minute are allowed, until the hour is full after 25 minutes.
        let mut counted = Calls::default();
        let mut admitted = 0;
        for minute in 0..59 {
            let now = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
            admitted += (0..6_000).filter(|_| counted.admit(CallLimits::default(), "ww1", "gettoken", now)).count();
        }
        assert_eq!(admitted, 150_000);
    }

    #[test]
    fn a_block_lasts_exactly_as_long_as_its_limit() {
        for (apart, expected) in [(59, 2), (60, 3)] {
            let mut counted = Calls::default();
            let limits = CallLimits { a_minute: Some(1), an_hour: None };
            let times = [0, 0, apart, 200];
            let now = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
            let count = times.iter().filter(|at| counted.admit(limits, "ww1", "gettoken", now(**at))).count();
            assert_eq!(count, expected, "{apart}");
        }
    }

    #[test]
    fn what_the_hour_refuses_does_not_count_for_the_minute() {
        let limits = CallLimits { a_minute: Some(3), an_hour: Some(3) };
        let mut counted = Calls::default();
        let at = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let mut calls =
            |count, seconds| (0..count).filter(|_| counted.admit(limits, "ww1", "gettoken", at(seconds))).count();
        assert_eq!([calls(3, 0), calls(1, 60), calls(4, 3_659), calls(3, 3_660)], [3, 0, 0, 3]);
    }

    #[test]
    fn what_the_minute_refuses_does_not_count_for_the_hour() {
        let limits = CallLimits { a_minute: Some(3), an_hour: Some(10) };
        let mut counted = Calls::default();
        let at = |minute: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let mut round = |minute| (0..12).filter(|_| counted.admit(limits, "ww1", "gettoken", at(minute))).count();
        assert_eq!([round(0), round(2), round(4), round(6)], [3, 3, 3, 1]);
    }
}
