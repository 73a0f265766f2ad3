//! `cargo xtask`: the tasks of this workspace.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks of this workspace")]
struct Arguments {
    /// Workspace to use instead of the one that this was built from.
    #[arg(long, global = true, value_name = "DIRECTORY")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// Generate Rust from schema/health.schema.json.
    Codegen {
        /// Write nothing; fail if a generated file is not current.
        #[arg(long)]
        check: bool,
    },
    /// Compare the schema with the vendor's pages, given as Markdown files.
    Audit {
        /// The pages.
        #[arg(required = true, value_name = "PAGE.md")]
        pages: Vec<PathBuf>,
    },
    /// Measure cold builds of the model crate and the client against an empty crate with serde, serde_json and chrono.
    Weight {
        /// How often each is built; they take turns.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
        rounds: u32,
    },
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the terminal's side of the tasks")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let root = arguments.root.unwrap_or_else(workspace);
    let outcome = match arguments.task {
        None => Arguments::command().print_help().map_err(Into::into),
        Some(Task::Codegen { check: true }) => xtask::codegen::check(&root).map(|summary| println!("{summary}")),
        Some(Task::Codegen { check: false }) => xtask::codegen::write(&root).map(|summary| println!("{summary}")),
        Some(Task::Audit { pages }) => xtask::audit::audit(&root, &pages).map(|summary| println!("{summary}")),
        Some(Task::Weight { rounds }) => xtask::weight::weight(&root, rounds).map(|table| println!("{table}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the workspace that this program was built from.
fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
