//! The sheet of those who have not reported.

use std::io;

use wecom_health::model::{Answer, NaiveDate, ReportType};
use wecom_health_report::rows::Cell;
use wecom_health_report::{Absentees, Roster, absentees};

use super::xlsx::{Book, Sheet, io_error};
use super::{Note, Rendering};
use crate::commands::export::manifest::Entry;

/// Writes a row for each day and each person who was expected and has not reported.
pub(super) fn sheet(book: &mut Book<'_>, roster: &Roster) -> io::Result<()> {
    let titles = ["jobid", "date", "userid", "name", "department"].map(str::to_owned);
    let mut sheet = Sheet::new(book, "absent", titles.into()).map_err(io_error)?;
    for days in book.rendering.manifest.jobs().into_values() {
        let mut incomplete: Vec<NaiveDate> = Vec::new();
        for (index, entry) in days.iter().enumerate() {
            let list = of_day(book.rendering, &days[..=index], roster)?;
            for person in &list.absent {
                let name = person.name.clone().map_or(Cell::Empty, |name| Cell::Text(name.into()));
                let cells = [
                    Cell::Text(entry.jobid.as_ref().into()),
                    Cell::Text(entry.date.to_string().into()),
                    Cell::Text(person.userid.as_ref().into()),
                    name,
                    Cell::Text(person.department_names().into()),
                ];
                sheet.row(book, &cells).map_err(io_error)?;
            }
            if !list.is_complete() {
                incomplete.push(entry.date);
            }
        }
        if let (Some(entry), Some(last)) = (days.first(), incomplete.last()) {
            let (job, count) = (&entry.jobid, incomplete.len());
            book.notes.push(Note {
                english: format!(
                    "answers.xlsx: the sheet absent is incomplete for {job} on {count} days, last on {last}: \
                     `wecom-health absent {job} --date {last}` says why"
                ),
                chinese: format!(
                    "answers.xlsx：{job} 有 {count} 天的 absent 工作表不完整，最近一次为 {last}，原因见 `wecom-health absent {job} --date {last}`"
                ),
            });
        }
    }
    sheet.finish(book).map_err(io_error)
}

/// Who has not reported on the last of these days; to a job that is reported once, on any of them.
fn of_day(rendering: &Rendering<'_>, days: &[&Entry], roster: &Roster) -> io::Result<Absentees> {
    let Some((last, _)) = days.split_last() else { return Err(io::Error::other("a job without days")) };
    let job = rendering.open(last)?.job;
    let days = if job.report_type == ReportType::Once { days } else { &days[days.len() - 1..] };
    let mut failed = None;
    let answers = days.iter().flat_map(|entry| {
        let spooled = rendering.open(entry).map_err(|error| failed = Some(error)).ok();
        spooled.into_iter().flat_map(|mut spooled| std::iter::from_fn(move || spooled.next().transpose()))
    });
    let mut broken = None;
    let answers = answers.map_while(|answer: io::Result<Answer>| answer.map_err(|error| broken = Some(error)).ok());
    let list = absentees(&last.jobid, &job, last.date, roster, answers);
    match failed.or(broken) {
        Some(error) => Err(error),
        None => Ok(list),
    }
}
