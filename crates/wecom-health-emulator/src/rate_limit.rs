//! How many requests a corp may send to each endpoint.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::RateLimits;

/// The requests so far, by corp and endpoint.
#[derive(Default)]
pub(crate) struct RateLimiter(BTreeMap<(String, &'static str), [Window; 2]>);

impl RateLimiter {
    /// Counts a request. Returns `false` if it exceeds a limit, or falls into the block that follows.
    pub(crate) fn admit(
        &mut self,
        limits: RateLimits,
        corp_id: &str,
        endpoint: &'static str,
        now: DateTime<Utc>,
    ) -> bool {
        let [minute, hour] = self.0.entry((corp_id.to_owned(), endpoint)).or_default();
        // A request that one limit refuses does not count for the other.
        !hour.is_blocked(TimeDelta::hours(1), now)
            && minute.admit(limits.per_minute, TimeDelta::minutes(1), now)
            && hour.admit(limits.per_hour, TimeDelta::hours(1), now)
    }
}

/// A minute or an hour, which begins with its first request or with the one that exceeds the limit.
#[derive(Default)]
struct Window {
    since: Option<DateTime<Utc>>,
    requests: u32,
    is_blocked: bool,
}

impl Window {
    fn is_blocked(&self, length: TimeDelta, now: DateTime<Utc>) -> bool {
        self.is_blocked && self.since.is_some_and(|since| now - since < length)
    }

    fn admit(&mut self, limit: u32, length: TimeDelta, now: DateTime<Utc>) -> bool {
        if self.since.is_none_or(|since| now - since >= length) {
            *self = Self { since: Some(now), requests: 0, is_blocked: false };
        }
        if self.is_blocked {
            return false;
        }
        self.requests += 1;
        if self.requests > limit {
            *self = Self { since: Some(now), requests: 0, is_blocked: true };
        }
        !self.is_blocked
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use crate::config::RateLimits;

    use super::RateLimiter;

    /// Returns how many of the requests, which are `apart` seconds from each other, are admitted.
    fn admitted(limits: RateLimits, requests: usize, apart: i64) -> usize {
        let mut counted = RateLimiter::default();
        let times = (0..requests).scan(DateTime::UNIX_EPOCH, |now, _| {
            *now += TimeDelta::seconds(apart);
            Some(*now)
        });
        times.filter(|now| counted.admit(limits, "ww1", "gettoken", *now)).count()
    }

    #[test]
    fn rate_limits_default_to_the_vendors() {
        assert_eq!(admitted(RateLimits::default(), 12_000, 0), 10_000);
        // 6,000 a minute are allowed, until the hour is full after 25 minutes.
        let mut counted = RateLimiter::default();
        let mut admitted = 0;
        for minute in 0..59 {
            let now = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
            admitted += (0..6_000).filter(|_| counted.admit(RateLimits::default(), "ww1", "gettoken", now)).count();
        }
        assert_eq!(admitted, 150_000);
    }

    #[test]
    fn a_block_lasts_as_long_as_its_limit() {
        for (apart, expected) in [(59, 2), (60, 3)] {
            let mut counted = RateLimiter::default();
            let limits = RateLimits { per_minute: 1, ..RateLimits::NONE };
            let times = [0, 0, apart, 200];
            let now = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
            let count = times.iter().filter(|at| counted.admit(limits, "ww1", "gettoken", now(**at))).count();
            assert_eq!(count, expected, "{apart}");
        }
    }

    #[test]
    fn refused_by_the_hour_is_not_counted_by_the_minute() {
        let limits = RateLimits { per_minute: 3, per_hour: 3 };
        let mut counted = RateLimiter::default();
        let at = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let mut admitted =
            |count, seconds| (0..count).filter(|_| counted.admit(limits, "ww1", "gettoken", at(seconds))).count();
        assert_eq!([admitted(3, 0), admitted(1, 60), admitted(4, 3_659), admitted(3, 3_660)], [3, 0, 0, 3]);
    }

    #[test]
    fn refused_by_the_minute_is_not_counted_by_the_hour() {
        let limits = RateLimits { per_minute: 3, per_hour: 10 };
        let mut counted = RateLimiter::default();
        let at = |minute: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let mut round = |minute| (0..12).filter(|_| counted.admit(limits, "ww1", "gettoken", at(minute))).count();
        assert_eq!([round(0), round(2), round(4), round(6)], [3, 3, 3, 1]);
    }
}
