//! `wecom-health summary`: how the answers to a job are distributed, in the terminal, as JSON, or as a page for a browser.

use serde::Serialize;
use wecom_health::model::{JobId, JobInfo, NaiveDate};
use wecom_health::{Client, Error};
use wecom_health_report::{Absentees, Roster, absentees};

use self::file::NewFile;
use self::rows::Rows;
use crate::arguments;
use crate::commands::absent::note_difference;
use crate::commands::kept::Kept;
use crate::commands::{names, reported, roster, unseen};
use crate::failure::Failure;
use crate::output::{Output, json, print};

mod file;
mod head;
mod options;
mod page;
mod rows;
mod view;

/// A job's answers of a day, in numbers.
#[derive(Serialize)]
struct Summary<'a> {
    jobid: JobId,
    date: NaiveDate,
    #[serde(flatten)]
    counts: wecom_health_report::Summary,
    /// Who has reported and who has not, if a roster says who is expected.
    absentees: Option<Absentees>,
    #[serde(skip)]
    job: &'a JobInfo,
}

impl Summary<'_> {
    /// Who has reported and who has not, unless nobody could be seen.
    fn seen(&self) -> Option<&Absentees> {
        self.absentees.as_ref().filter(|absentees| !unseen::is_all(absentees))
    }
}

/// Fetches a job, its answers and people, and prints the numbers or writes the page.
pub(crate) async fn run(client: &Client, arguments: arguments::Summary, output: Output) -> Result<(), Failure> {
    let arguments::JobOnDay { jobid, day } = arguments.job;
    let date = day.date;
    let file = arguments.html.as_deref().map(|path| NewFile::at(path, arguments.force)).transpose()?;
    let roster = arguments.roster.as_deref().map(roster::read).transpose()?;
    Kept::JOBS.warn_outside(date, output);
    let job = client.report_job_info(jobid.clone(), date).await?;
    let roster = if arguments.names { Some(names::from_address_book(client, &job, output).await?) } else { roster };
    let mut rows = file.is_some().then(|| Rows::new(&job, roster.as_ref(), output));
    let (counts, absentees) = count(client, &jobid, &job, date, roster.as_ref(), rows.as_mut()).await?;
    let summary = Summary { jobid, date, counts, absentees, job: &job };
    if let Some(absentees) = &summary.absentees {
        note_difference(absentees, output);
    }
    if let (Some(file), Some(rows)) = (&file, &rows) {
        let (page, left_out) = page::page(&summary, rows, output);
        file.write(&page)?;
        left_out.tell(file, &summary, output);
    }
    if arguments.json {
        print(&json::document(&summary)?)?;
    } else if file.is_none() {
        print(&view::in_words(&summary, output))?;
    }
    finish(&summary)
}

/// Counts the answers as they arrive. Of the answers themselves, only the rows of the page are kept, and who gave them if there is a roster.
async fn count(
    client: &Client,
    id: &JobId,
    job: &JobInfo,
    date: NaiveDate,
    roster: Option<&Roster>,
    mut rows: Option<&mut Rows<'_>>,
) -> Result<(wecom_health_report::Summary, Option<Absentees>), Error> {
    let mut counts = wecom_health_report::Summary::new(job);
    let mut reporters = Vec::new();
    let visit = |answer| {
        counts.add(&answer);
        if let Some(rows) = &mut rows {
            rows.add(&answer);
        }
        if roster.is_some() {
            reporters.push(reported::without_values(answer));
        }
    };
    reported::visit(client, id, job, date, visit).await?;
    let absentees = roster.map(|roster| absentees(id, job, date, roster, reporters));
    Ok((counts, absentees))
}

/// Fails if people who are expected could not be seen.
fn finish(summary: &Summary<'_>) -> Result<(), Failure> {
    let Some(absentees) = &summary.absentees else { return Ok(()) };
    if unseen::is_all(absentees) {
        return Err(unseen::nobody(&[absentees], None));
    }
    unseen::failure(&[absentees]).map_or(Ok(()), Err)
}
