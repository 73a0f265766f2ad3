//! Which days of which jobs to fetch.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use futures_util::TryStreamExt;
use wecom_health::Client;
use wecom_health::model::JobId;

use super::manifest::{Manifest, State};
use super::progress::Progress;
use super::wait::{self, Wait};
use crate::arguments::{Export, ExportDays};
use crate::commands::kept::Kept;
use crate::day;
use crate::failure::Failure;
use crate::output::Output;

/// A day of a job.
pub(super) type JobDay = (JobId, NaiveDate);

/// What was asked for, and what is to be fetched for it.
pub(super) struct Plan {
    pub(super) asked: Vec<JobDay>,
    pub(super) to_fetch: Vec<JobDay>,
}

impl Plan {
    /// The jobs, each once.
    pub(super) fn jobs(&self) -> Vec<&JobId> {
        let mut jobs: Vec<&JobId> = Vec::new();
        for (job, _) in &self.asked {
            if jobs.last() != Some(&job) && !jobs.contains(&job) {
                jobs.push(job);
            }
        }
        jobs
    }
}

/// The days that the arguments name.
pub(super) fn days(arguments: &ExportDays, quiet: bool, output: Output) -> Result<Vec<NaiveDate>, Failure> {
    let today = day::today();
    let (from, to) = match (arguments.days, arguments.from, arguments.to) {
        (None, None, None) => (before(today, Kept::DAYS_OF_JOBS - 1), today),
        (Some(days), ..) => (before(today, u64::from(days) - 1), today),
        (None, from, to) => {
            let to = to.unwrap_or(today);
            (from.unwrap_or_else(|| before(to, Kept::DAYS_OF_JOBS - 1)), to)
        }
    };
    if from > to {
        return Err(Failure::usage(
            format!("--from {from} is after --to {to}: swap them"),
            format!("--from {from} 晚于 --to {to}，请对调"),
        ));
    }
    let days: Vec<_> = from.iter_days().take_while(|day| *day <= to).collect();
    let outside = days.iter().filter(|day| Kept::JOBS.outside(**day).is_some()).count();
    if outside > 0 && !quiet {
        let kept = Kept::DAYS_OF_JOBS;
        output.warning(
            &format!("days outside the {kept} that the vendor keeps, up to today: {outside}; asking anyway"),
            &format!("其中 {outside} 天不在官方保留的最近 {kept} 天之内，仍继续查询"),
        );
    }
    Ok(days)
}

fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// Plans which days to fetch: of the jobs that were named, or else of those that run now, and the days that are not final and that the
/// server still has.
pub(super) async fn plan(
    client: &Client,
    export: &Export,
    days: &[NaiveDate],
    manifest: &Manifest,
    (wait, progress): (&mut Wait, &Progress),
    output: Output,
) -> Result<Plan, Failure> {
    let jobs = &export.jobids;
    let (mut asked, mut seen) = (Vec::new(), HashSet::new());
    let mut add = |job: &JobId, date| {
        if seen.insert((job.clone(), date)) {
            asked.push((job.clone(), date));
        }
    };
    let running = if jobs.is_empty() { running(client, wait, progress, output).await? } else { Vec::new() };
    for job in jobs.iter().chain(&running) {
        days.iter().for_each(|date| add(job, *date));
    }
    if jobs.is_empty() {
        let has_range = export.days.from.is_some() || export.days.to.is_some();
        let is_asked = |date| Kept::JOBS.has(date) && (!has_range || days.contains(&date));
        let unfinished = manifest.unfinished().filter(|entry| is_asked(entry.date));
        unfinished.for_each(|entry| add(&entry.jobid, entry.date));
    }
    // What the server need not keep any longer stays as it is, complete or not.
    let stays = |(job, date): &JobDay| {
        manifest.entry(job, *date).is_some_and(|entry| entry.state == State::Final || !Kept::JOBS.has(*date))
    };
    let to_fetch = asked.iter().filter(|day| export.refetch || !stays(day)).cloned().collect();
    Ok(Plan { asked, to_fetch })
}

async fn running(client: &Client, wait: &mut Wait, progress: &Progress, output: Output) -> Result<Vec<JobId>, Failure> {
    let list = || client.report_job_ids().stream().try_collect();
    let mut jobs: Result<Vec<JobId>, _> = list().await;
    if let Some(time) = jobs.as_ref().err().and_then(wait::hold) {
        wait.wait(time, progress).await;
        jobs = list().await;
    }
    let jobs = jobs?;
    if jobs.is_empty() {
        crate::commands::jobs::notice_none(output);
    }
    Ok(jobs)
}
