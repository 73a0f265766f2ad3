//! The emulator's own clock: it goes with the machine's or stands still, and tests put it forward.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// No clock is put forward by more than this in all, so that no time overflows.
pub(crate) const CENTURY: TimeDelta = TimeDelta::days(36_525);

/// 9800-01-01: a century later still has four digits.
pub(crate) const LATEST: i64 = 247_090_953_600;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    stands_at: Option<DateTime<Utc>>,
    advanced: TimeDelta,
}

impl Default for Clock {
    fn default() -> Self {
        Self { stands_at: None, advanced: TimeDelta::zero() }
    }
}

impl Clock {
    /// A clock that moves only when it is put forward.
    pub(crate) fn standing_at(unix_seconds: i64) -> Self {
        let stands_at = DateTime::from_timestamp(unix_seconds.clamp(0, LATEST), 0);
        Self { stands_at, ..Self::default() }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.stands_at.unwrap_or_else(Utc::now) + self.advanced
    }

    /// The day in China.
    pub(crate) fn today(&self) -> NaiveDate {
        (self.now() + TimeDelta::hours(8)).date_naive()
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(CENTURY).min(CENTURY);
        self.advanced = (self.advanced + by).min(CENTURY);
    }
}

/// When a day begins in China, in unix seconds.
pub(crate) fn start_of(day: NaiveDate) -> i64 {
    (day.and_time(chrono::NaiveTime::MIN) - TimeDelta::hours(8)).and_utc().timestamp()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::Datelike;

    use super::Clock;

    #[test]
    fn no_step_takes_a_clock_beyond_what_can_be_written() {
        for start in [i64::MIN, 0, i64::MAX] {
            let mut clock = Clock::standing_at(start);
            let year = clock.now().year();
            assert!(year == 1970 || year == 9800, "{year}");
            for _ in 0..3 {
                clock.advance(Duration::MAX);
            }
            assert_eq!((clock.now().year() - year, clock.today().year() - year), (100, 100));
        }
    }
}
