//! What a cell of a table holds.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, FixedOffset, Offset, Utc};
use wecom_health_model::{Answer, NaiveDate};

/// What a cell of a table holds. `Debug` leaves out the contents, which may be an answer.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text, an id among them: ids are never numbers, because a spreadsheet rounds long ones.
    Text(Cow<'a, str>),
    /// A number.
    Integer(i64),
    /// A day.
    Date(NaiveDate),
    /// A time of UTC+8.
    Time(DateTime<FixedOffset>),
}

impl<'a> Cell<'a> {
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn id(id: Option<&'a (impl AsRef<str> + 'a)>) -> Self {
        id.map_or(Self::Empty, |id| Self::text(id.as_ref()))
    }
}

/// The text of a cell in a file: a day is written like 2020-03-27, a time like 2020-03-27T08:00:00+08:00.
impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Time(time) => time.format("%Y-%m-%dT%H:%M:%S%:z").fmt(f),
        }
    }
}

impl fmt::Debug for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Text(_) => "Text(…)",
            Self::Integer(_) => "Integer(…)",
            Self::Date(_) => "Date(…)",
            Self::Time(_) => "Time(…)",
        })
    }
}

/// When an answer was given, in the vendor's time zone; its number where that is beyond the calendar.
pub(crate) fn time(answer: &Answer) -> Cell<'static> {
    const EIGHT_HOURS: i32 = 8 * 3_600;
    let zone = FixedOffset::east_opt(EIGHT_HOURS).unwrap_or_else(|| Utc.fix());
    match (answer.reported_at(), answer.report_time) {
        (Some(time), _) => Cell::Time(time.with_timezone(&zone)),
        (None, Some(number)) => Cell::Integer(number),
        (None, None) => Cell::Empty,
    }
}
