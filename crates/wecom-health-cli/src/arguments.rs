//! The arguments of the command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use wecom_health::model::{JobId, Language};
use wecom_health_emulator::program;

use crate::day;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  wecom-health --emulator job jobid1             the vendor's samples, without credentials
  wecom-health jobs                              the running jobs
  wecom-health answers jobid1 --date yesterday   everybody's answers
  wecom-health answers jobid1 --ndjson           a line of JSON for each answer
  wecom-health absent                            who has not reported today
  wecom-health summary jobid1 --html page.html   the answers as charts, for a browser
  wecom-health export --out answers              everybody's answers as files
  wecom-health doctor                            why it does not work: a report without secrets

Exit codes: 0 success, 1 failed, 2 usage, 3 credentials or permission, 4 network, 5 incomplete.
With --json or --ndjson, each line of stderr is a JSON object.";

const EXPORT_EXAMPLES: &str = "\
Examples:
  wecom-health export --out answers                            what is not final of the latest 14 days, as CSV
  wecom-health export --out answers --format csv,xlsx --names  with names, and as a workbook
  wecom-health export jobid1 --out answers --from -7 --to -1   a week of a job

Exit codes: 0 complete, 5 if a day is missing or lost, 3 or 4 if credentials, permission or network let nothing through, 2 usage, 1 failed.
The folder .spool in DIR has what was fetched. Do not delete it: the server keeps 14 days.";

/// WeCom's (企业微信) health reports.
///
/// The credentials are the environment variables WECOM_CORP_ID and WECOM_CORP_SECRET, or a file.
#[derive(Parser)]
#[command(name = "wecom-health", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Language of the output: en or zh. Defaults to that of the locale (LC_ALL, LC_MESSAGES, LANG). The command emulator is English.
    #[arg(long = "lang", global = true, value_name = "LANG", value_parser = language)]
    pub(crate) language: Option<Language>,
    #[command(flatten)]
    pub(crate) server: Server,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args)]
pub(crate) struct Server {
    /// Use an emulator inside this process: no credentials, no network, the vendor's sample data.
    #[arg(long, global = true, conflicts_with_all = ["base_url", "credentials"])]
    pub(crate) emulator: bool,
    /// Server to use instead of the vendor's; https, or http on this machine.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// How many requests a minute are sent to each endpoint; 0 for any number. Defaults to 10,000, the vendor's limit for an enterprise.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) requests_per_minute: Option<u32>,
    /// File with the lines WECOM_CORP_ID=… and WECOM_CORP_SECRET=…, instead of the environment.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
}

impl Server {
    /// Fails if a server was named, for a command that uses none.
    pub(crate) fn none_expected(&self, command: &str) -> Result<(), Failure> {
        if self.emulator || self.requests_per_minute.is_some() || self.base_url.is_some() || self.credentials.is_some()
        {
            let message =
                format!("the command {command} uses no server: leave out --emulator, --base-url and --credentials");
            return Err(Failure::emulator(&message));
        }
        Ok(())
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Request(Request),
    #[command(
        about = "Run the emulator until Ctrl-C: a server that behaves like the vendor's, for tests in any language"
    )]
    Emulator {
        #[command(flatten)]
        arguments: program::Arguments,
    },
    /// Write the completions for a shell to stdout.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

impl Command {
    /// Whether errors are for a script.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Self::Request(Request::Jobs { format } | Request::Answers { format, .. }) => format.json || format.ndjson,
            Self::Request(Request::Export(export)) => export.json,
            Self::Request(Request::Absent(absent)) => absent.format.json,
            Self::Request(Request::Summary(summary)) => summary.json,
            Self::Request(
                Request::Job { format, .. } | Request::Stat { format, .. } | Request::Doctor { format, .. },
            ) => format.json,
            Self::Emulator { .. } | Self::Completions { .. } => false,
        }
    }
}

#[derive(Subcommand)]
pub(crate) enum Request {
    /// List the jobs that are running now, with their titles.
    Jobs {
        #[command(flatten)]
        format: ListFormat,
    },
    /// Show the details of a job.
    Job {
        #[command(flatten)]
        job: JobOnDay,
        #[command(flatten)]
        names: Names,
        #[command(flatten)]
        format: Format,
    },
    /// Show everybody's answers to a job.
    Answers {
        #[command(flatten)]
        job: JobOnDay,
        #[command(flatten)]
        names: Names,
        #[command(flatten)]
        format: ListFormat,
    },
    /// Write everybody's answers to files, complete: what is final is fetched once.
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(Export),
    /// Show who has not reported on a day, by the address book or by a file.
    Absent(Absent),
    /// Show how the answers to a job are distributed, question by question; as a page for a browser, too.
    Summary(Summary),
    /// Check credentials, network and permissions, and say what to do. The report holds no secret and no answer.
    ///
    /// Exit codes: 2 configuration, 4 network, 3 credentials or permission, 1 another failure, 5 if something could not be told; of
    /// several the first in this order. Warnings have 0.
    Doctor {
        /// Check only what needs no network.
        #[arg(long)]
        offline: bool,
        #[command(flatten)]
        format: Format,
    },
    /// Show how much the app was used.
    Stat {
        #[command(flatten)]
        day: Day,
        #[command(flatten)]
        format: Format,
    },
}

/// What to export, and how.
#[derive(Args)]
pub(crate) struct Export {
    /// Ids of jobs. Defaults to all that run now, and those with days that were not final.
    #[arg(value_name = "JOBID", value_parser = job_id)]
    pub(crate) jobids: Vec<JobId>,
    #[command(flatten)]
    pub(crate) days: ExportDays,
    /// Folder for the files: empty, or that of an earlier export.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Formats of the files, repeated or separated by commas.
    #[arg(long = "format", value_name = "FORMAT", value_enum, value_delimiter = ',', default_value = "csv")]
    pub(crate) formats: Vec<ExportFormat>,
    /// Fetch final days again, too.
    #[arg(long)]
    pub(crate) refetch: bool,
    /// Leave cells as they are that a spreadsheet would run as formulas.
    #[arg(long)]
    pub(crate) raw: bool,
    /// Add names and departments to the answers, from the address book.
    #[arg(long, conflicts_with = "roster")]
    pub(crate) names: bool,
    /// Add names and departments to the answers, from a CSV file with the columns userid, name and department.
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<PathBuf>,
    /// Add a sheet with those who have not reported to the workbook. Needs --format xlsx, and --names or --roster.
    #[arg(long)]
    pub(crate) absent: bool,
    /// Print nothing but errors, and what does not fit into a workbook.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Print what was exported as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which days to export. Defaults to the latest 14.
#[derive(Args)]
pub(crate) struct ExportDays {
    /// The latest N days, today included.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=3_660), conflicts_with_all = ["from", "to"])]
    pub(crate) days: Option<u16>,
    /// First day: YYYY-MM-DD, today, yesterday, or -3 for three days ago. Defaults to 14 days that end with --to.
    #[arg(long, value_name = "DAY", value_parser = day::parse, allow_negative_numbers = true)]
    pub(crate) from: Option<NaiveDate>,
    /// Last day. Defaults to today.
    #[arg(long, value_name = "DAY", value_parser = day::parse, allow_negative_numbers = true)]
    pub(crate) to: Option<NaiveDate>,
}

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Comma-separated values, for spreadsheets and databases.
    Csv,
    /// A line of JSON for each answer.
    Ndjson,
    /// A workbook of Excel.
    Xlsx,
}

/// Whose absence to show, and how.
#[derive(Args)]
pub(crate) struct Absent {
    /// Ids of jobs. Defaults to all that run now.
    #[arg(value_name = "JOBID", value_parser = job_id)]
    pub(crate) jobids: Vec<JobId>,
    #[command(flatten)]
    pub(crate) day: Day,
    /// File with the columns userid, name and department, as CSV: all in it are expected. Needs no permission for the address book.
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<PathBuf>,
    /// Also count by department; with --csv, count instead of listing people.
    #[arg(long)]
    pub(crate) by_department: bool,
    #[command(flatten)]
    pub(crate) format: AbsentFormat,
}

/// What to summarise, and how.
#[derive(Args)]
pub(crate) struct Summary {
    #[command(flatten)]
    pub(crate) job: JobOnDay,
    /// Also say how many are expected, from the address book. Page and JSON name who has not reported.
    #[arg(long, conflicts_with = "roster")]
    pub(crate) names: bool,
    /// Also say how many are expected, from a CSV file with the columns userid, name and department. Page and JSON name who has not reported.
    #[arg(long, value_name = "FILE")]
    pub(crate) roster: Option<PathBuf>,
    /// Write a page for a browser, with everybody's answers in it, to this new file. Only you can read it, and it loads nothing.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Replace the file of --html if there is one.
    #[arg(long, requires = "html")]
    pub(crate) force: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct AbsentFormat {
    /// Print one JSON list, with an object for each job.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print comma-separated values, with a row for each absent person.
    #[arg(long)]
    pub(crate) csv: bool,
}

/// Where names come from.
#[derive(Args)]
pub(crate) struct Names {
    /// Show names beside userids, from the address book.
    #[arg(long, conflicts_with_all = ["roster", "for_scripts"])]
    pub(crate) names: bool,
    /// Show names beside userids, from a CSV file with the columns userid, name and department.
    #[arg(long, value_name = "FILE", conflicts_with = "for_scripts")]
    pub(crate) roster: Option<PathBuf>,
}

/// A job on a day; the server keeps the latest 14 days.
#[derive(Args)]
pub(crate) struct JobOnDay {
    /// Id of the job.
    #[arg(value_parser = job_id)]
    pub(crate) jobid: JobId,
    #[command(flatten)]
    pub(crate) day: Day,
}

#[derive(Args)]
pub(crate) struct Day {
    /// The day (UTC+8): YYYY-MM-DD, today, yesterday, or -3 for three days ago. Defaults to today.
    #[arg(
        long,
        value_name = "DAY",
        value_parser = day::parse,
        allow_negative_numbers = true,
        default_value = "today",
        hide_default_value = true
    )]
    pub(crate) date: NaiveDate,
}

#[derive(Args)]
#[group(id = "for_scripts")]
pub(crate) struct Format {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
#[group(id = "for_scripts")]
pub(crate) struct ListFormat {
    /// Print the items as one JSON list.
    #[arg(long, conflicts_with = "ndjson")]
    pub(crate) json: bool,
    /// Print each item as JSON on its own line, as it arrives.
    #[arg(long)]
    pub(crate) ndjson: bool,
}

fn language(text: &str) -> Result<Language, &'static str> {
    match text {
        "en" => Ok(Language::English),
        "zh" => Ok(Language::Chinese),
        _ => Err("write en or zh"),
    }
}

fn job_id(text: &str) -> Result<JobId, &'static str> {
    if text.trim().is_empty() { Err("the job id must not be empty") } else { Ok(JobId::from(text)) }
}
