//! Days as the server counts them.

use chrono::{Days, FixedOffset, NaiveDate, Utc};

use crate::output::Output;

/// Returns the server's time zone. The vendor does not document it; UTC+8 is the sensible reading.
pub(crate) fn time_zone() -> FixedOffset {
    const EIGHT_HOURS: i32 = 8 * 3_600;
    FixedOffset::east_opt(EIGHT_HOURS).unwrap_or_else(|| chrono::Offset::fix(&Utc))
}

/// Returns the current day in the server's time zone.
pub(crate) fn today() -> NaiveDate {
    Utc::now().with_timezone(&time_zone()).date_naive()
}

/// Reads a day from an argument.
pub(crate) fn parse(text: &str) -> Result<NaiveDate, &'static str> {
    const ADVICE: &str = "not a day; write it as YYYY-MM-DD, today, yesterday, or -3 for three days ago";
    let ago = match text {
        "today" => 0,
        "yesterday" => 1,
        _ => match text.strip_prefix('-') {
            Some(days) if days.starts_with(|first: char| first.is_ascii_digit()) => days.parse().map_err(|_| ADVICE)?,
            Some(_) => return Err(ADVICE),
            None => return date(text).ok_or(ADVICE),
        },
    };
    today().checked_sub_days(Days::new(ago)).ok_or(ADVICE)
}

/// Reads a day written in full: chrono alone would also accept blanks, signs and other numbers of digits.
fn date(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|date: &NaiveDate| text.len() == 10 && date.to_string() == text)
}

/// Which days the server keeps.
#[derive(Clone, Copy)]
pub(crate) struct Kept {
    days: i64,
    /// Whether today is one of them.
    with_today: bool,
}

impl Kept {
    /// Of jobs and answers: the latest 14, including today, which is the sensible reading of the vendor's page.
    pub(crate) const JOBS: Self = Self { days: 14, with_today: true };
    /// Of usage figures: 30 days back.
    pub(crate) const USAGE: Self = Self { days: 30, with_today: false };

    /// Warns if the server probably has no data for a day.
    pub(crate) fn warn_outside(self, date: NaiveDate, output: Output) {
        let Self { days, with_today } = self;
        let today = today();
        let ago = (today - date).num_days();
        if ago < 0 {
            output.notice(
                &format!("warning: {date} is in the future (today is {today}, UTC+8); asking anyway"),
                &format!("警告：{date} 晚于今天（{today}，UTC+8），仍继续查询"),
            );
        } else if ago > days - i64::from(with_today) {
            output.notice(
                &format!("warning: {date} is {ago} days ago, and the vendor keeps {days} days; asking anyway"),
                &format!("警告：{date} 是 {ago} 天前，官方只保留 {days} 天的数据，仍继续查询"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates_words_or_days_ago() {
        assert_eq!(parse("2020-03-27").unwrap().to_string(), "2020-03-27");
        assert_eq!(parse("today").unwrap(), today());
        assert_eq!(parse("yesterday").unwrap(), parse("-1").unwrap());
        assert_eq!((today() - parse("-3").unwrap()).num_days(), 3);
        for wrong in [
            "",
            "-",
            "3",
            "2020-13-01",
            "20200327",
            "tomorrow",
            "--3",
            "-99999999999999999999",
            "-9999999999",
            " 2020-03-27",
            "2020-3-27",
            "+12020-01-01",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
