//! `wecom-health absent`: who has not reported.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use wecom_health::model::{ErrCode, JobId, JobInfo, NaiveDate};
use wecom_health::{Client, Error};
use wecom_health_report::{Absentees, Roster, absentees, is_day_off};

use crate::arguments::Absent;
use crate::commands::kept::Kept;
use crate::commands::{address_book, jobs, roster};
use crate::failure::Failure;
use crate::output::{Output, json, print};

mod answers;
mod rows;
mod unseen;
mod view;

/// How many jobs are fetched at once.
const CONCURRENCY: usize = 8;

/// A job and who is absent from it.
struct Listed {
    job: JobInfo,
    absentees: Absentees,
}

/// Fetches jobs, people and answers, and prints who has not reported.
pub(crate) async fn run(client: &Client, arguments: Absent, output: Output) -> Result<(), Failure> {
    let date = arguments.day.date;
    let file = arguments.roster.as_deref().map(roster::read).transpose()?;
    Kept::JOBS.warn_outside(date, output);
    let jobs = fetch_jobs(client, &arguments.jobids, date).await?;
    if jobs.is_empty() {
        jobs::notice_none(output);
    }
    let (roster, refused) = match file {
        Some(roster) => (roster, None),
        None => from_address_book(client, &jobs, date).await?,
    };
    let mut lists = Vec::new();
    for (jobid, job) in jobs {
        let answers = answers::fetch(client, &jobid, &job, date).await?;
        let mut absentees = absentees(&jobid, &job, date, &roster, answers);
        if !arguments.format.json {
            absentees.reported = Vec::new();
        }
        lists.push(Listed { job, absentees });
    }
    show(&lists, &arguments, refused, output)
}

async fn from_address_book(
    client: &Client,
    jobs: &[(JobId, JobInfo)],
    date: NaiveDate,
) -> Result<(Roster, Option<ErrCode>), Error> {
    let jobs: Vec<_> = jobs.iter().map(|(_, job)| job).filter(|job| !is_day_off(job, date)).collect();
    let book = address_book::read(client, &jobs).await?;
    Ok((book.roster, book.refused))
}

/// Fetches these jobs, or all that run now.
async fn fetch_jobs(client: &Client, ids: &[JobId], date: NaiveDate) -> Result<Vec<(JobId, JobInfo)>, Error> {
    let fetch = |id: JobId| async move {
        let job = client.report_job_info(id.clone(), date).await;
        job.map(|job| (id, job))
    };
    if !ids.is_empty() {
        let mut seen = BTreeSet::new();
        let ids: Vec<_> = ids.iter().filter(|id| seen.insert(id.as_ref().to_owned())).cloned().collect();
        return stream::iter(ids).map(fetch).buffered(CONCURRENCY).try_collect().await;
    }
    let mut running = client.report_job_ids().stream();
    let mut ids = Vec::new();
    while let Some(id) = running.try_next().await? {
        ids.push(id);
    }
    let mut fetched = stream::iter(ids).map(fetch).buffered(CONCURRENCY);
    let mut jobs = Vec::new();
    while let Some(job) = fetched.next().await {
        match job {
            Ok(job) => jobs.push(job),
            // A job that has ended since it was listed, or that had not begun on the day.
            Err(error) if error.is_invalid_request() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(jobs)
}

/// Prints the lists, unless nobody could be seen, and says what is missing.
fn show(lists: &[Listed], arguments: &Absent, refused: Option<ErrCode>, output: Output) -> Result<(), Failure> {
    if !lists.is_empty() && lists.iter().all(|list| unseen::is_all(&list.absentees)) {
        return Err(unseen::nobody(lists, refused));
    }
    for Listed { absentees, .. } in lists {
        note_difference(absentees, output);
    }
    let text = if arguments.format.json {
        json::document(&lists.iter().map(|list| &list.absentees).collect::<Vec<_>>())?
    } else if arguments.format.csv {
        rows::csv(lists, arguments.by_department)?
    } else {
        view::in_words(lists, arguments.by_department, output)
    };
    print(&text)?;
    unseen::failure(lists).map_or(Ok(()), Err)
}

/// Says if the server counts other people than there are answers.
fn note_difference(absentees: &Absentees, output: Output) {
    let (count, jobid) = (absentees.finish_count, &absentees.jobid);
    if count.difference != 0 {
        let (by_job, by_answers) = (count.by_job, count.by_answers);
        output.notice(
            &format!("note: {jobid}: the server counts {by_job} who have reported, and sends answers of {by_answers}"),
            &format!("提示：{jobid}：服务器统计已填报 {by_job} 人，实际返回 {by_answers} 人的填报内容"),
        );
    }
}
