//! `wecom-health`: WeCom's health reports on the command line.
//!
//! Answers go to stdout, everything else to stderr. The exit code is 0 for success, 1 for a failed call, and 2 for wrong
//! usage: arguments, credentials, environment.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;

mod answers;
mod arguments;
mod connect;
mod credentials;
mod day;
mod failure;
mod job;
mod jobs;
mod list;
mod stat;
mod view;

fn main() -> ExitCode {
    let outcome = Arguments::try_parse().map_err(Failure::from).and_then(run);
    let (text, code) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Help(help)) => (help, 2),
        Err(Failure::Usage(message)) => (format!("error: {message}\n"), 2),
        Err(Failure::Call(message)) => (format!("error: {message}\n"), 1),
    };
    // Nobody is left to tell if stderr is gone.
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::from(code)
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Call(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let session = connect::connect(&arguments.server).await?;
        match arguments.command {
            Command::Jobs { format } => jobs::run(&session.client, format).await,
            Command::Job { job, format } => job::run(&session.client, job, format).await,
            Command::Answers { job, format } => answers::run(&session.client, job, format).await,
            Command::Stat { day, format } => stat::run(&session.client, day, format).await,
        }
    })
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.exit(),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Self::Help(text),
            _ => {
                let told = ["\n\nUsage:", "\n\nFor more information"]
                    .iter()
                    .fold(&*text, |text, end| text.rsplit_once(end).map_or(text, |(told, _)| told));
                let told = told.trim_start_matches("error:");
                Self::Usage(format!(
                    "{}; see wecom-health --help",
                    told.split_whitespace().collect::<Vec<_>>().join(" ")
                ))
            }
        }
    }
}
