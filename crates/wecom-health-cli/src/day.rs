//! Days as the server counts them.

use chrono::{NaiveDate, TimeDelta, Utc};

/// Today where the server is. The vendor does not say which time zone counts; UTC+8 is the sensible reading.
pub(crate) fn today() -> NaiveDate {
    (Utc::now() + TimeDelta::hours(8)).date_naive()
}

/// Reads a day from an argument.
pub(crate) fn parse(text: &str) -> Result<NaiveDate, &'static str> {
    text.parse().map_err(|_| "not a day of the calendar, write it as YYYY-MM-DD")
}
