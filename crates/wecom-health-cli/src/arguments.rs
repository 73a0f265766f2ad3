//! What can be asked for.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use wecom_health::model::JobId;

use crate::day;

/// WeCom's (企业微信) health reports.
///
/// The credentials are the environment variables WECOM_CORP_ID and WECOM_CORP_SECRET, or a file.
#[derive(Parser)]
#[command(name = "wecom-health", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) server: Server,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args)]
pub(crate) struct Server {
    /// Start the emulator inside this process and ask it: no credentials, no network, the data of the vendor's sample.
    #[arg(long, global = true, conflicts_with_all = ["base_url", "credentials"])]
    pub(crate) emulator: bool,
    /// Server to ask, if not the vendor's; https, or http on this machine.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// File with the lines WECOM_CORP_ID=… and WECOM_CORP_SECRET=…, instead of the environment.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show the details of a job.
    Job(JobArguments),
}

#[derive(Args)]
pub(crate) struct JobArguments {
    /// Id of the job.
    #[arg(value_parser = job_id)]
    pub(crate) jobid: JobId,
    /// The day, within the latest 14; today (UTC+8) if not given.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day::parse, default_value_t = day::today(), hide_default_value = true)]
    pub(crate) date: NaiveDate,
    /// Print the answer as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

fn job_id(text: &str) -> Result<JobId, &'static str> {
    if text.trim().is_empty() { Err("a job id is not empty") } else { Ok(JobId::from(text)) }
}
