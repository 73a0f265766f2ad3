//! `cargo xtask`: the tasks of this workspace.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use xtask::schema::Stage;

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
    /// Generate Rust, OpenAPI and the reference from schema/health.schema.json.
    Codegen {
        /// Write nothing; fail if a generated file is not current.
        #[arg(long)]
        check: bool,
        /// Another schema. Needs --out.
        #[arg(long, value_name = "FILE", requires = "out")]
        schema: Option<PathBuf>,
        /// Write a model crate that stands alone into this folder, instead of the files of the workspace.
        #[arg(long, value_name = "DIRECTORY")]
        out: Option<PathBuf>,
        /// Accept a draft of the import: names of the wire stand in for TODO, and notes are ignored.
        #[arg(long, requires = "out")]
        draft: bool,
    },
    /// Compare the schema with the vendor's pages, given as Markdown files.
    Audit {
        /// The pages.
        #[arg(required = true, value_name = "PAGE.md")]
        pages: Vec<PathBuf>,
        /// Write the differences into schema/deviations.json, where you give the reason of each.
        #[arg(long)]
        record: bool,
    },
    /// Draft a schema from the vendor's pages, given as Markdown files.
    Import {
        /// The pages.
        #[arg(required = true, value_name = "PAGE.md")]
        pages: Vec<PathBuf>,
        /// The file to write.
        #[arg(long, value_name = "FILE", required_unless_present = "into", conflicts_with = "into")]
        out: Option<PathBuf>,
        /// The folder for the samples that the pages print.
        #[arg(long, value_name = "DIRECTORY")]
        samples: Option<PathBuf>,
        /// The schema to add to: what is there is kept, and what differs is listed.
        #[arg(long, value_name = "SCHEMA")]
        into: Option<PathBuf>,
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
        Some(Task::Codegen { check, schema, out, draft }) => {
            let source = xtask::codegen::Source {
                schema: schema.unwrap_or_else(|| root.join(xtask::schema::PATH)),
                stage: if draft { Stage::Draft } else { Stage::Finished },
                out,
            };
            let run = if check { xtask::codegen::check } else { xtask::codegen::write };
            run(&root, &source).map(|summary| println!("{summary}"))
        }
        Some(Task::Audit { pages, record }) => {
            xtask::audit::audit(&root, &pages, record).map(|summary| println!("{summary}"))
        }
        Some(Task::Import { pages, out, samples, into }) => {
            import(&pages, out.as_deref(), samples.as_deref(), into.as_deref())
        }
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

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the terminal's side of the tasks")]
fn import(pages: &[PathBuf], out: Option<&Path>, samples: Option<&Path>, into: Option<&Path>) -> anyhow::Result<()> {
    let (findings, doubts) = match (out, into) {
        (_, Some(schema)) => xtask::import::add(pages, schema, samples)?,
        (Some(out), None) => (Vec::new(), xtask::import::write(pages, out, samples)?),
        (None, None) => anyhow::bail!("name a file with --out, or a schema with --into"),
    };
    for finding in findings {
        println!("{finding}");
    }
    for doubt in doubts {
        eprintln!("{doubt}");
    }
    Ok(())
}

/// Returns the workspace that this program was built from.
fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
