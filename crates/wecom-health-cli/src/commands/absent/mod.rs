//! `wecom-health absent`: who has not reported.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use wecom_health::model::{Answer, ErrCode, JobId, JobInfo, NaiveDate};
use wecom_health::{Client, Error};
use wecom_health_report::{Absentees, Roster, absentees, is_day_off};

use crate::arguments::Absent;
use crate::commands::kept::Kept;
use crate::commands::{address_book, jobs, reported, roster, unseen};
use crate::failure::Failure;
use crate::output::text::printable;
use crate::output::{Output, json, print};

mod rows;
pub(super) mod view;

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
    let jobs = fetch_jobs(client, &arguments.jobids, date, output).await?;
    if file.is_some() && arguments.jobids.is_empty() && jobs.len() > 1 {
        return Err(Failure::usage(
            "the file says who is expected at one job, and several are running: name the job before --roster",
            "名单只对应一个任务，而进行中的任务不止一个，请在 --roster 之前指定任务",
        ));
    }
    let (roster, refused) = match file {
        Some(roster) => (roster, None),
        None => from_address_book(client, &jobs, date).await?,
    };
    let mut lists = Vec::new();
    for (jobid, job) in jobs {
        let answers = fetch_answers(client, &jobid, &job, date).await?;
        let mut absentees = absentees(&jobid, &job, date, &roster, answers);
        if !arguments.format.json {
            absentees.reported = Vec::new();
        }
        lists.push(Listed { job, absentees });
    }
    show(&lists, &arguments, refused, output)
}

/// Fetches the answers, without what people filled in: nobody asks for it here.
async fn fetch_answers(client: &Client, id: &JobId, job: &JobInfo, date: NaiveDate) -> Result<Vec<Answer>, Error> {
    let mut answers = Vec::new();
    reported::visit(client, id, job, date, |answer| answers.push(reported::without_values(answer))).await?;
    Ok(answers)
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
async fn fetch_jobs(
    client: &Client,
    ids: &[JobId],
    date: NaiveDate,
    output: Output,
) -> Result<Vec<(JobId, JobInfo)>, Error> {
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
    if ids.is_empty() {
        jobs::notice_none(output);
    }
    let fetch = |id: JobId| async move { (id.clone(), client.report_job_info(id, date).await) };
    let mut fetched = stream::iter(ids).map(fetch).buffered(CONCURRENCY);
    let mut jobs = Vec::new();
    while let Some((id, job)) = fetched.next().await {
        match job {
            Ok(job) => jobs.push((id, job)),
            Err(error) if has_ended(&error) => {
                let id = printable(id.as_ref());
                output.notice(
                    &format!("left out: {id}: it has ended since it was listed, or had not begun on {date}"),
                    &format!("未列出 {id}：任务刚刚结束，或在 {date} 尚未开始"),
                );
            }
            Err(error) => return Err(error),
        }
    }
    Ok(jobs)
}

/// Whether the server does not know a job, though it listed it.
fn has_ended(error: &Error) -> bool {
    error.api().is_some_and(|refusal| refusal.errcode() == ErrCode::INVALID_JOB_ID)
}

/// Prints the lists, unless nobody could be seen, and says what is missing.
fn show(lists: &[Listed], arguments: &Absent, refused: Option<ErrCode>, output: Output) -> Result<(), Failure> {
    let all: Vec<_> = lists.iter().map(|list| &list.absentees).collect();
    if !all.is_empty() && all.iter().all(|list| unseen::is_all(list)) {
        return Err(unseen::nobody(&all, refused));
    }
    for Listed { absentees, .. } in lists {
        note_difference(absentees, output);
    }
    let text = if arguments.format.json {
        json::document(&all)?
    } else if arguments.format.csv {
        rows::csv(lists, arguments.by_department)?
    } else {
        view::in_words(lists, arguments.by_department, output)
    };
    print(&text)?;
    unseen::failure(&all).map_or(Ok(()), Err)
}

/// Says if the server counts other people than there are answers.
pub(super) fn note_difference(absentees: &Absentees, output: Output) {
    let (count, jobid) = (absentees.finish_count, &absentees.jobid);
    if count.difference != 0 {
        let (by_job, by_answers) = (count.by_job, count.by_answers);
        output.note(
            &format!("{jobid}: the server counts {by_job} who have reported, and sends answers of {by_answers}"),
            &format!("{jobid}：服务器统计已填报 {by_job} 人，实际返回 {by_answers} 人的填报内容"),
        );
    }
}
