//! `wecom-health-emulator`: a local server that behaves like WeCom's health-report API.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use wecom_health_emulator::program;

#[derive(Parser)]
#[command(name = "wecom-health-emulator", version)]
struct Program {
    #[command(flatten)]
    arguments: program::Arguments,
}

fn main() -> ExitCode {
    let Err(message) = arguments().and_then(run) else { return ExitCode::SUCCESS };
    // If stderr is closed, there is no place for the message.
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::from(2)
}

fn arguments() -> Result<program::Arguments, String> {
    Program::try_parse().map(|program| program.arguments).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.exit(),
        _ => program::wrong_arguments(&error, "wecom-health-emulator"),
    })
}

fn run(arguments: program::Arguments) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    runtime.block_on(program::run(arguments)).map_err(|error| error.to_string())
}
