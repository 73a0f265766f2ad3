//! `wecom-health job`: the details of a job.

use wecom_health::Client;

use crate::arguments::{Format, JobOnDay};
use crate::day;
use crate::failure::Failure;
use crate::view;

/// How many days back the server tells of a job.
pub(crate) const WINDOW: i64 = 13;

/// Fetches the job and prints it.
pub(crate) async fn run(client: &Client, job: JobOnDay, format: Format) -> Result<(), Failure> {
    day::warn_outside(job.day.date, WINDOW)?;
    let info = client.report_job_info(job.jobid, job.day.date).await?;
    view::print(&if format.json { view::json(&info)? } else { view::words(&info)? })
}
