//! The answers that count as given to a job on a day.

use chrono::Days;
use wecom_health::model::{Answer, JobId, JobInfo, NaiveDate, ReportType};
use wecom_health::{Client, Error};

use crate::commands::kept::Kept;
use crate::day;

/// How many pages of answers are fetched at once.
const CONCURRENCY: usize = 4;

/// Fetches the answers of a day, and hands each over; to a job that is reported once, those of every day that the server keeps, up to that
/// day.
pub(super) async fn visit(
    client: &Client,
    id: &JobId,
    job: &JobInfo,
    date: NaiveDate,
    mut visitor: impl FnMut(Answer),
) -> Result<(), Error> {
    let days = if job.report_type == ReportType::Once { window(date, day::today()).collect() } else { vec![date] };
    for date in days {
        let mut answers = client.report_answers(id.clone(), date).concurrency(CONCURRENCY).stream();
        while let Some(answer) = answers.try_next().await? {
            visitor(answer);
        }
    }
    Ok(())
}

/// Takes what was filled in out of an answer, which needs most of the memory. Who gave it stays.
pub(super) fn without_values(mut answer: Answer) -> Answer {
    answer.report_values = Vec::new();
    answer
}

/// The days that the server keeps up to a day; that day alone if it keeps neither this nor earlier ones.
fn window(date: NaiveDate, today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let first = today.checked_sub_days(Days::new(Kept::DAYS_OF_JOBS - 1)).unwrap_or(date).min(date);
    first.iter_days().take_while(move |day| *day <= date && *day <= today.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_the_days_that_the_server_keeps() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (date, first, last, count) in [
            ("2020-03-27", "2020-03-14", "2020-03-27", 14),
            ("2020-03-26", "2020-03-14", "2020-03-26", 13),
            ("2020-03-14", "2020-03-14", "2020-03-14", 1),
            ("2020-01-01", "2020-01-01", "2020-01-01", 1),
            ("2020-03-29", "2020-03-14", "2020-03-27", 14),
        ] {
            let days: Vec<_> = window(day(date), day("2020-03-27")).collect();
            assert_eq!((days[0], days[days.len() - 1], days.len()), (day(first), day(last), count), "{date}");
        }
    }
}
