//! `wecom-health job`: the details of a job.

use wecom_health::Client;

use crate::arguments::{Format, JobOnDay, Names};
use crate::commands::kept::Kept;
use crate::commands::names;
use crate::failure::Failure;
use crate::output::{Output, json, object, print};

/// Fetches the job and prints it.
pub(crate) async fn run(
    client: &Client,
    job: JobOnDay,
    names: &Names,
    format: &Format,
    output: Output,
) -> Result<(), Failure> {
    Kept::JOBS.warn_outside(job.day.date, output);
    let mut info = client.report_job_info(job.jobid, job.day.date).await?;
    names::into_job(client, &mut info, names, output).await?;
    print(&if format.json { json::document(&info)? } else { object::in_words(&info, output)? })
}
