//! The commands, one file each.

use wecom_health::Client;

use crate::arguments::Request;
use crate::failure::Failure;
use crate::output::Output;

mod absent;
mod address_book;
mod answers;
mod job;
mod jobs;
mod kept;
mod names;
mod roster;
mod stat;

/// Runs the requested command.
pub(crate) async fn run(client: &Client, request: Request, output: Output) -> Result<(), Failure> {
    match request {
        Request::Jobs { format } => jobs::run(client, &format, output).await,
        Request::Job { job, names, format } => job::run(client, job, &names, &format, output).await,
        Request::Answers { job, names, format } => answers::run(client, job, &names, &format, output).await,
        Request::Absent(arguments) => absent::run(client, arguments, output).await,
        Request::Stat { day, format } => stat::run(client, &day, &format, output).await,
    }
}
