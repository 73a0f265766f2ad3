//! `wecom-health`: WeCom's health reports on the command line.
//!
//! Answers go to stdout, everything else to stderr. The exit code is 0 for success, 1 for a failed call, and 2 for wrong
//! usage: arguments, credentials, environment.

use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use wecom_health_emulator::program;

use crate::arguments::{Arguments, Call, Command};
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
mod text;
mod view;

fn main() -> ExitCode {
    let outcome = Arguments::try_parse().map_err(Failure::from).and_then(run);
    let (line, code) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Help(help)) => (help, 2),
        Err(Failure::Usage(message)) => (format!("error: {}\n", text::printable(&message)), 2),
        Err(Failure::Call(message)) => (format!("error: {}\n", text::printable(&message)), 1),
    };
    // Nobody is left to tell if stderr is gone.
    let _ = std::io::stderr().write_all(line.as_bytes());
    ExitCode::from(code)
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Call(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let call = match arguments.command {
            Command::Call(call) => call,
            Command::Emulator { arguments: emulator } => {
                arguments.server.none_expected()?;
                return program::run(emulator).await.map_err(|error| Failure::Usage(error.to_string()));
            }
        };
        let session = connect::connect(&arguments.server).await?;
        match call {
            Call::Jobs { format } => jobs::run(&session.client, format).await,
            Call::Job { job, format } => job::run(&session.client, job, format).await,
            Call::Answers { job, format } => answers::run(&session.client, job, format).await,
            Call::Stat { day, format } => stat::run(&session.client, day, format).await,
        }
    })
}

/// The command whose help has the options that were meant.
fn asked_for() -> String {
    let first = std::env::args().nth(1).unwrap_or_default();
    match Arguments::command().find_subcommand(&first) {
        Some(command) => format!("wecom-health {}", command.get_name()),
        None => "wecom-health".to_owned(),
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.exit(),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Self::Help(error.render().to_string()),
            _ => Self::Usage(program::wrong_arguments(&error, &asked_for())),
        }
    }
}
