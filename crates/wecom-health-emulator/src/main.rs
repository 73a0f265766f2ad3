//! `wecom-health-emulator`: a local server that answers like WeCom's health-report API.

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
    let outcome = match Program::try_parse() {
        Ok(Program { arguments }) => run(arguments),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => error.exit(),
        Err(error) => Err(program::wrong_arguments(&error, "wecom-health-emulator")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => {
            // Nobody is left to tell if stderr is gone.
            let _ = writeln!(std::io::stderr(), "error: {told}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: program::Arguments) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    runtime.block_on(program::run(arguments)).map_err(|error| error.to_string())
}
