//! The commands, one file each.

use crate::arguments::{Request, Server};
use crate::connect;
use crate::failure::Failure;
use crate::output::Output;

mod absent;
mod address_book;
mod answer_words;
mod answers;
mod department_names;
mod doctor;
mod export;
mod job;
mod jobs;
mod kept;
mod names;
mod reported;
mod roster;
mod stat;
mod summary;
mod unseen;

/// Runs the requested command.
pub(crate) async fn run(request: Request, server: &Server, output: Output) -> Result<(), Failure> {
    // It has to run where no client can be built.
    if let Request::Doctor { offline, format } = request {
        return doctor::run(server, offline, &format, output).await;
    }
    let session = connect::connect(server, output).await?;
    let client = &session.client;
    match request {
        Request::Jobs { format } => jobs::run(client, &format, output).await,
        Request::Export(arguments) => export::run(client, arguments, output).await,
        Request::Job { job, names, format } => job::run(client, job, &names, &format, output).await,
        Request::Answers { job, names, format } => answers::run(client, job, &names, &format, output).await,
        Request::Absent(arguments) => absent::run(client, arguments, output).await,
        Request::Summary(arguments) => summary::run(client, arguments, output).await,
        Request::Stat { day, format } => stat::run(client, &day, &format, output).await,
        Request::Doctor { .. } => Ok(()),
    }
}
