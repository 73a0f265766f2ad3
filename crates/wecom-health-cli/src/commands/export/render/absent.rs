//! The sheet of those who have not reported.

use wecom_health::model::{Answer, NaiveDate, ReportType};
use wecom_health_report::rows::Cell;
use wecom_health_report::{Absentees, Person, Roster, absentees};

use super::xlsx::Book;
use super::{Note, Rendering};
use crate::commands::export::manifest::Entry;
use crate::failure::Failure;

/// Writes a row for each day and each person who was expected and has not reported.
pub(super) async fn sheet(book: &mut Book<'_>, roster: &Roster) -> Result<(), Failure> {
    let titles = ["jobid", "date", "userid", "name", "department"].map(str::to_owned);
    let mut sheet = book.sheet("absent", titles.into())?;
    let rendering = book.rendering;
    for days in rendering.manifest.jobs().into_values() {
        let mut incomplete: Vec<NaiveDate> = Vec::new();
        for (index, entry) in days.iter().enumerate() {
            let list = of_day(rendering, entry, &days[..=index], roster)?;
            for person in &list.absent {
                book.row(&mut sheet, &row(entry, person)).await?;
            }
            if !list.is_complete() {
                incomplete.push(entry.date);
            }
            // A signal may end the program here.
            tokio::task::yield_now().await;
        }
        if let (Some(entry), Some(last)) = (days.first(), incomplete.last()) {
            book.sheets.notes.push(incomplete_note(entry, incomplete.len(), *last));
        }
    }
    book.finish(sheet)
}

fn row<'a>(entry: &'a Entry, person: &'a Person) -> [Cell<'a>; 5] {
    [
        Cell::Text(entry.jobid.as_ref().into()),
        Cell::Date(entry.date),
        Cell::Text(person.userid.as_ref().into()),
        person.name.clone().map_or(Cell::Empty, |name| Cell::Text(name.into())),
        Cell::Text(person.department_names().into()),
    ]
}

fn incomplete_note(Entry { jobid, .. }: &Entry, count: usize, last: NaiveDate) -> Note {
    Note {
        english: format!(
            "answers.xlsx: the sheet absent is incomplete for {jobid} on {count} days, last on {last}: \
             `wecom-health absent {jobid} --date {last}` says why"
        ),
        chinese: format!(
            "answers.xlsx：{jobid} 有 {count} 天的 absent 工作表不完整，最近一次为 {last}，原因见 `wecom-health absent {jobid} --date {last}`"
        ),
    }
}

/// Who has not reported on the last of these days; to a job that is reported once, on any of them.
fn of_day(rendering: &Rendering<'_>, last: &Entry, days: &[&Entry], roster: &Roster) -> Result<Absentees, Failure> {
    let job = rendering.open(last)?.job;
    let days = if job.report_type == ReportType::Once { days } else { &days[days.len() - 1..] };
    let mut failed = None;
    let answers = days.iter().flat_map(|entry| {
        let spooled = rendering.open(entry).map_err(|error| failed = Some(error)).ok();
        spooled.into_iter().flat_map(|mut spooled| std::iter::from_fn(move || spooled.next().transpose()))
    });
    let mut broken = None;
    let answers =
        answers.map_while(|answer: Result<Answer, Failure>| answer.map_err(|error| broken = Some(error)).ok());
    let list = absentees(&last.jobid, &job, last.date, roster, answers);
    match failed.or(broken) {
        Some(error) => Err(error),
        None => Ok(list),
    }
}
