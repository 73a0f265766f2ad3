//! `wecom-health job`: the details of a job.

use wecom_health::Client;

use crate::arguments::JobArguments;
use crate::failure::Failure;
use crate::view;

/// Fetches the job and prints it.
pub(crate) async fn run(client: &Client, arguments: JobArguments) -> Result<(), Failure> {
    let job = client.report_job_info(arguments.jobid, arguments.date).await?;
    let text = if arguments.json { view::json(&job)? } else { view::words(&job)? };
    view::print(&text)
}
