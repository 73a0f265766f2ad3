//! Which days the server keeps.

use chrono::NaiveDate;

use crate::day;
use crate::output::Output;

/// The days for which the server has data.
#[derive(Clone, Copy)]
pub(crate) struct Kept {
    days: i64,
    /// Whether today is one of them.
    with_today: bool,
}

impl Kept {
    /// How many days of jobs and answers the server keeps.
    pub(crate) const DAYS_OF_JOBS: u64 = 14;
    /// Of jobs and answers: the latest 14, today included, which is the sensible reading of the vendor's page.
    pub(crate) const JOBS: Self = Self { days: 14, with_today: true };
    /// Of usage figures: 30 days back.
    pub(crate) const USAGE: Self = Self { days: 30, with_today: false };

    /// Whether the server probably still has a day.
    pub(crate) fn has(self, date: NaiveDate) -> bool {
        (day::today() - date).num_days() <= self.days - i64::from(self.with_today)
    }

    /// Warns if the server probably has nothing for a day.
    pub(crate) fn warn_outside(self, date: NaiveDate, output: Output) {
        if let Some([english, chinese]) = self.outside(date) {
            output.warning(&format!("{english}; asking anyway"), &format!("{chinese}，仍继续查询"));
        }
    }

    /// Returns why the server probably has nothing for a day, if so, in both languages.
    pub(crate) fn outside(self, date: NaiveDate) -> Option<[String; 2]> {
        let days = self.days;
        let today = day::today();
        let ago = (today - date).num_days();
        if ago < 0 {
            Some([
                format!("{date} is in the future (today is {today}, UTC+8)"),
                format!("{date} 晚于今天（{today}，UTC+8）"),
            ])
        } else if !self.has(date) {
            Some([
                format!("{date} is {ago} days ago, and the vendor keeps {days} days"),
                format!("{date} 是 {ago} 天前，官方只保留 {days} 天的数据"),
            ])
        } else {
            None
        }
    }
}
