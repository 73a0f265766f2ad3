//! Days as the server counts them.

use chrono::{Days, FixedOffset, NaiveDate, Utc};

/// Returns the server's time zone. The vendor does not document it; UTC+8 is the sensible reading.
pub(crate) fn time_zone() -> FixedOffset {
    const EIGHT_HOURS: i32 = 8 * 3_600;
    FixedOffset::east_opt(EIGHT_HOURS).unwrap_or_else(|| chrono::Offset::fix(&Utc))
}

/// How far this machine's clock may be off.
pub(crate) const CLOCK_TOLERANCE: std::time::Duration = std::time::Duration::from_secs(5 * 60);

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
