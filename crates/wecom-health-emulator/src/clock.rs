//! The emulator's clock, which follows the machine's or stands still and can be advanced, and the vendor's days.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

/// The most by which a clock can be advanced in all: a century, so that no time overflows.
pub(crate) const MAX_ADVANCE: TimeDelta = TimeDelta::days(36_525);

/// The latest time at which a clock can stand: 9800-01-01, so that a century later has four digits too.
pub(crate) const LATEST_START: i64 = 247_090_953_600;

/// The vendor's days are those of China.
const UTC_OFFSET: TimeDelta = TimeDelta::hours(8);

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    stands_at: Option<DateTime<Utc>>,
    advanced: TimeDelta,
}

impl Clock {
    /// Creates a clock that moves only when advanced.
    pub(crate) fn standing_at(unix_seconds: i64) -> Self {
        let stands_at = DateTime::from_timestamp(unix_seconds.clamp(0, LATEST_START), 0);
        Self { stands_at, ..Self::default() }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.stands_at.unwrap_or_else(Utc::now) + self.advanced
    }

    /// Returns the day in China.
    pub(crate) fn today(&self) -> NaiveDate {
        (self.now() + UTC_OFFSET).date_naive()
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(MAX_ADVANCE).min(MAX_ADVANCE);
        self.advanced = (self.advanced + by).min(MAX_ADVANCE);
    }
}

/// Returns when a day begins in China, in Unix seconds.
pub(crate) fn start_of(day: NaiveDate) -> i64 {
    (day.and_time(NaiveTime::MIN) - UTC_OFFSET).and_utc().timestamp()
}

/// Returns whether a day is one of the latest `days`, including today.
pub(crate) fn is_among_latest(day: NaiveDate, days: u32, today: NaiveDate) -> bool {
    let before = today.checked_sub_days(Days::new(days.into()));
    day <= today && before.is_none_or(|before| day > before)
}

/// Reads a day as the vendor writes it, YYYY-MM-DD.
pub(crate) fn parse_day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|day: &NaiveDate| text.len() == 10 && day.to_string() == text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::Datelike;

    use super::Clock;

    #[test]
    fn years_keep_four_digits() {
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
