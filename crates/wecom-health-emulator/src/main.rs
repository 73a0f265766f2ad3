//! `wecom-health-emulator`: a local server that behaves like WeCom's health-report API.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use wecom_health_emulator::program;

#[derive(Parser)]
#[command(name = "wecom-health-emulator", version)]
struct Program {
    #[command(flatten)]
    arguments: program::Arguments,
}

fn main() -> ExitCode {
    let Err(message) = run(Program::parse().arguments) else { return ExitCode::SUCCESS };
    // If stderr is closed, there is no place for the message.
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::from(2)
}

fn run(arguments: program::Arguments) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    runtime.block_on(program::run(arguments)).map_err(|error| error.to_string())
}
