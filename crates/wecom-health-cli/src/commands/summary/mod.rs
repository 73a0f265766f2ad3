//! `wecom-health summary`: how the answers to a job are distributed, in the terminal, as JSON, or as a page for a browser.

use serde::Serialize;
use wecom_health::model::{Answer, JobId, JobInfo, NaiveDate};
use wecom_health::{Client, Error};
use wecom_health_report::{Absentees, Roster, absentees};

use self::file::NewFile;
use self::rows::Rows;
use crate::arguments;
use crate::commands::kept::Kept;
use crate::commands::{address_book, names, reported, roster, unseen};
use crate::failure::Failure;
use crate::output::{Output, json, print};

mod file;
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

/// Fetches a job, its answers and people, and prints the numbers or writes the page.
pub(crate) async fn run(client: &Client, arguments: arguments::Summary, output: Output) -> Result<(), Failure> {
    let arguments::JobOnDay { jobid, day } = arguments.job;
    let date = day.date;
    let file = arguments.html.as_deref().map(|path| NewFile::at(path, arguments.force)).transpose()?;
    let roster = arguments.roster.as_deref().map(roster::read).transpose()?;
    Kept::JOBS.warn_outside(date, output);
    let job = client.report_job_info(jobid.clone(), date).await?;
    let roster = if arguments.names { Some(from_address_book(client, &job, output).await?) } else { roster };
    let rows = file.is_some().then(|| Rows::new(&job, roster.as_ref(), output));
    let (counts, rows, absentees) = count(client, &jobid, &job, date, roster.as_ref(), rows).await?;
    let summary = Summary { jobid, date, counts, absentees, job: &job };
    if let (Some(file), Some(rows)) = (&file, rows) {
        let (page, left_out) = page::page(&summary, &rows, output);
        file.write(&page)?;
        left_out.tell(file, &summary, output);
    }
    if arguments.json {
        print(&json::document(&summary)?)?;
    } else if file.is_none() {
        print(&view::in_words(&summary, output))?;
    }
    let lists: Vec<_> = summary.absentees.iter().collect();
    unseen::failure(&lists).map_or(Ok(()), Err)
}

async fn from_address_book(client: &Client, job: &JobInfo, output: Output) -> Result<Roster, Error> {
    let book = address_book::read(client, &[job]).await?;
    names::warn_of_missing(&book, output);
    Ok(book.roster)
}

type Counted<'a> = (wecom_health_report::Summary, Option<Rows<'a>>, Option<Absentees>);

/// Counts the answers as they arrive. Of the answers themselves, only the rows of the page are kept, and who gave them if there is a roster.
async fn count<'a>(
    client: &Client,
    id: &JobId,
    job: &JobInfo,
    date: NaiveDate,
    roster: Option<&Roster>,
    mut rows: Option<Rows<'a>>,
) -> Result<Counted<'a>, Error> {
    let mut counts = wecom_health_report::Summary::new(job);
    let mut reporters = Vec::new();
    let visit = |mut answer: Answer| {
        counts.add(&answer);
        if let Some(rows) = &mut rows {
            rows.add(&answer);
        }
        if roster.is_some() {
            answer.report_values = Vec::new();
            reporters.push(answer);
        }
    };
    reported::visit(client, id, job, date, visit).await?;
    let absentees = roster.map(|roster| absentees(id, job, date, roster, reporters));
    Ok((counts, rows, absentees))
}
