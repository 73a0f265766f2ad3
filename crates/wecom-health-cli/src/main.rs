//! `wecom-health`: WeCom's health reports on the command line.
//!
//! Data goes to stdout, everything else to stderr. The exit code is 0 for success, 1 for a failed request, 2 for wrong usage, 3 for
//! credentials or permission, 4 for the network, and 5 for an incomplete result.

use std::io;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use wecom_health::model::Language;
use wecom_health_emulator::program;

use crate::arguments::{Arguments, Command, Request, Server};
use crate::failure::Failure;
use crate::output::Output;

mod advice;
mod arguments;
mod commands;
mod connect;
mod credentials;
mod day;
mod disk;
mod failure;
mod interrupt;
mod locale;
mod output;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let language = match arguments.command {
        Command::Request(_) => arguments.language,
        Command::Emulator { .. } | Command::Completions { .. } => Some(Language::English),
    };
    let output = Output::detect(language, arguments.command.is_json());
    match run(arguments, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.error(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Reports wrong arguments, or shows the help. A script that asked for JSON gets an object.
fn refuse(error: &clap::Error) -> ExitCode {
    let is_json = std::env::args_os().any(|argument| argument == "--json" || argument == "--ndjson");
    let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !is_json || is_help {
        error.exit();
    }
    let text = error.render().to_string();
    // What conflicts or is missing stands below the first line.
    let lines: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let message = lines.join(" ");
    let message = message.trim_start_matches("error: ");
    let failure = Failure::usage(message, message);
    Output::detect(Some(Language::English), true).error(&failure);
    ExitCode::from(failure.exit_code())
}

fn run(arguments: Arguments, output: Output) -> Result<(), Failure> {
    let Arguments { server, command, .. } = arguments;
    match command {
        Command::Request(request) => start()?.block_on(until_interrupted(request, &server, output)),
        Command::Emulator { arguments } => {
            server.none_expected("emulator")?;
            start()?.block_on(program::run(arguments)).map_err(|error| Failure::emulator(&error.to_string()))
        }
        Command::Completions { shell } => {
            server.none_expected("completions")?;
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "wecom-health", &mut script);
            output::print(&String::from_utf8_lossy(&script))
        }
    }
}

fn start() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(cannot_start)
}

fn cannot_start(error: io::Error) -> Failure {
    Failure::failed(format!("cannot start the runtime: {error}"), format!("无法启动异步运行时：{error}"))
}

/// Runs a command until it ends, or until a signal ends it.
async fn until_interrupted(request: Request, server: &Server, output: Output) -> Result<(), Failure> {
    let interrupted = interrupt::watch().map_err(cannot_start)?;
    tokio::select! {
        outcome = commands::run(request, server, output) => outcome,
        Ok(code) = interrupted => Err(Failure::Interrupted(code)),
    }
}
