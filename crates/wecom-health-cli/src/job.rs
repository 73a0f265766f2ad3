//! `wecom-health job`: the details of a job.

use wecom_health::Client;

use crate::arguments::{Format, JobOnDay};
use crate::day;
use crate::failure::Failure;
use crate::view;

/// The days that the server tells of: the latest 14, today included, which is the sensible reading of the vendor's page.
pub(crate) const KEPT: day::Kept = day::Kept { days: 14, with_today: true };

/// Fetches the job and prints it.
pub(crate) async fn run(client: &Client, job: JobOnDay, format: Format) -> Result<(), Failure> {
    day::warn_outside(job.day.date, KEPT);
    let info = client.report_job_info(job.jobid, job.day.date).await?;
    view::print(&if format.json { view::json(&info)? } else { view::words(&info)? })
}
