//! `wecom-health`: WeCom's health reports on the command line.
//!
//! Data goes to stdout, everything else to stderr. The exit code is 0 for success, 1 for a failed request, and 2 for wrong usage:
//! arguments, credentials, environment.

use std::process::ExitCode;

use clap::Parser;
use wecom_health::model::Language;
use wecom_health_emulator::program;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::output::Output;

mod arguments;
mod commands;
mod connect;
mod credentials;
mod day;
mod failure;
mod locale;
mod output;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let language = match arguments.command {
        Command::Emulator { .. } => Some(Language::English),
        Command::Request(_) => arguments.language,
    };
    let output = Output::detect(language);
    match run(arguments, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.error(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(arguments: Arguments, output: Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        Failure::failed(format!("cannot start the runtime: {error}"), format!("无法启动异步运行时：{error}"))
    })?;
    runtime.block_on(async {
        match arguments.command {
            Command::Emulator { arguments: emulator } => {
                arguments.server.none_expected()?;
                program::run(emulator).await.map_err(|error| Failure::Emulator(error.to_string()))
            }
            Command::Request(request) => {
                let session = connect::connect(&arguments.server, output).await?;
                commands::run(&session.client, request, output).await
            }
        }
    })
}
