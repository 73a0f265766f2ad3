//! The commands, one file each.

use wecom_health::Client;

use crate::arguments::Request;
use crate::failure::Failure;
use crate::output::Output;

mod answers;
mod job;
mod jobs;
mod kept;
mod stat;

/// Runs the requested command.
pub(crate) async fn run(client: &Client, request: Request, output: Output) -> Result<(), Failure> {
    match request {
        Request::Jobs { format } => jobs::run(client, &format, output).await,
        Request::Job { job, format } => job::run(client, job, &format, output).await,
        Request::Answers { job, format } => answers::run(client, job, &format, output).await,
        Request::Stat { day, format } => stat::run(client, &day, &format, output).await,
    }
}
