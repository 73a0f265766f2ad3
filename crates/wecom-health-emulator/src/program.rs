//! The emulator as a program: `wecom-health-emulator`, and `wecom-health emulator`.

use std::fmt;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use chrono::DateTime;
use clap::Args;

use crate::builder::EmulatorBuilder;
use crate::clock::LATEST_START;
use crate::config::Choices;
use crate::fault::rule::FaultRule;
use crate::text::one_line;

/// How many requests the program tells of by `GET /_emulator/requests`.
const REMEMBERED: usize = 200;

/// More jobs than these are no company's.
const MOST_JOBS: usize = 10_000;

/// Run the emulator until Ctrl-C: a server that answers like the vendor's, for tests in any language.
///
/// Without --data, --jobs, --answers or --days it has the vendor's samples.
#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// Port to listen on; 0 for a free one.
    #[arg(long, value_name = "PORT", default_value = "8765", allow_negative_numbers = true)]
    #[arg(value_parser = |text: &str| number::<u16>(text, "a port is a number from 0 to 65535"))]
    port: u16,
    /// Address to listen on. Whoever reaches it can control the emulator.
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Apps, jobs, answers and usage figures as JSON.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["jobs", "answers", "days"])]
    data: Option<PathBuf>,
    /// Make up so many jobs; 3 if only --answers or --days is given.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = jobs)]
    jobs: Option<usize>,
    /// Make up so many answers to each job a day; 100 if only --jobs or --days is given.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(value_parser = |text: &str| number::<usize>(text, "a count is a whole number, e.g. 100"))]
    answers: Option<usize>,
    /// Make up answers for so many days up to today; 14 if only --jobs or --answers is given.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(value_parser = |text: &str| number::<u32>(text, "a count of days is a whole number, e.g. 14"))]
    days: Option<u32>,
    /// What is made up, tokens and random faults are the same for the same seed.
    #[arg(long, value_name = "N", default_value = "0", allow_negative_numbers = true)]
    #[arg(value_parser = |text: &str| number::<u64>(text, "a seed is a whole number, e.g. 7"))]
    seed: u64,
    /// Stop the clock at this time, e.g. 2020-03-27T12:00:00+08:00: then all answers are the same in each run.
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<i64>,
    /// A fault to come, [CALL:]FAULT[=VALUE][@HOW-OFTEN]: reset, get_report_answer:errcode=-1@3, http=502@5%, delay=2s@always.
    /// May be repeated.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultRule>,
    /// Choose what the vendor does not say, e.g. unknown_job=40058; the README lists all. May be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = choice)]
    choose: Vec<(String, String)>,
    /// Answer any number of calls, instead of 10,000 a minute and 150,000 an hour to each API.
    #[arg(long)]
    no_call_limits: bool,
}

/// Why the program cannot run, in one line.
#[derive(Debug)]
pub struct ProgramError(String);

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ProgramError {}

/// Runs the emulator until Ctrl-C or SIGTERM. Needs a tokio runtime with I/O and time.
///
/// The address, the credentials and a first `curl` line go to stdout, a line for each request to the API that arrives whole
/// to stderr.
///
/// # Errors
///
/// The data cannot be used, or the address cannot be listened on.
pub async fn run(arguments: Arguments) -> Result<(), ProgramError> {
    // Asked for before anything is printed: who reads the address may stop the program at once.
    let stopped = stopped().map_err(|error| ProgramError(format!("cannot wait for signals: {error}")))?;
    let address = SocketAddr::new(arguments.bind, arguments.port);
    let builder = builder(arguments).map_err(ProgramError)?.address(address).control_paths().remember(REMEMBERED);
    let log = StderrLog::start();
    let lines = log.clone();
    let builder = builder.log(Arc::new(move |line| lines.line(format!("{line}\n"))));
    let emulator = builder.start().await.map_err(|error| ProgramError(cannot_listen(address, &error)))?;
    let (base_url, corp_id, secret) = (emulator.base_url(), emulator.corp_id(), emulator.secret());
    let everywhere = match address.ip() {
        ip if ip.is_unspecified() => format!(" and at every other address of this machine (--bind {ip})"),
        _ => String::new(),
    };
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("corpid", corp_id)
        .append_pair("corpsecret", secret)
        .finish();
    print(
        io::stdout(),
        &format!(
            "emulator at {base_url}{everywhere}\ncorp id:  {}\nsecret:   {}\n\ncurl '{base_url}/cgi-bin/gettoken?{query}'\n",
            one_line(corp_id),
            one_line(secret)
        ),
    );
    stopped.await;
    log.flush();
    Ok(())
}

/// Ends on Ctrl-C or SIGTERM.
#[cfg(unix)]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends on Ctrl-C.
#[cfg(not(unix))]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Lines are written by a thread of their own: who does not read them holds nothing up. Those that do not fit are left out.
#[derive(Clone)]
struct StderrLog {
    lines: mpsc::SyncSender<Entry>,
    left_out: Arc<AtomicU64>,
}

enum Entry {
    Line(String),
    /// All lines before are written.
    Flushed(mpsc::Sender<()>),
}

impl StderrLog {
    fn start() -> Self {
        let (lines, written) = mpsc::sync_channel(1_000);
        let left_out = Arc::new(AtomicU64::new(0));
        let missing = Arc::clone(&left_out);
        std::thread::spawn(move || {
            for entry in written {
                let missing = missing.swap(0, Ordering::Relaxed);
                if missing > 0 {
                    print(io::stderr(), &format!("{missing} lines left out: nobody read them\n"));
                }
                match entry {
                    Entry::Line(line) => print(io::stderr(), &line),
                    // Whoever waited may have given up.
                    Entry::Flushed(done) => drop(done.send(())),
                }
            }
        });
        Self { lines, left_out }
    }

    fn line(&self, line: String) {
        if self.lines.try_send(Entry::Line(line)).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until all lines are written, but not for a reader who does not read.
    fn flush(&self) {
        let (done, written) = mpsc::channel();
        let end = Instant::now() + Duration::from_secs(1);
        while self.lines.try_send(Entry::Flushed(done.clone())).is_err() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = written.recv_timeout(end.saturating_duration_since(Instant::now()));
    }
}

/// The emulator goes on if nobody reads what it prints.
fn print(mut out: impl Write, text: &str) {
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn builder(arguments: Arguments) -> Result<EmulatorBuilder, String> {
    let made_up = arguments.jobs.is_some() || arguments.answers.is_some() || arguments.days.is_some();
    let mut builder = EmulatorBuilder::default().seed(arguments.seed);
    builder = match (&arguments.data, made_up) {
        (Some(file), _) => builder.data_file(file).map_err(|error| error.to_string())?,
        (None, true) => {
            let (jobs, answers) = (arguments.jobs.unwrap_or(3), arguments.answers.unwrap_or(100));
            builder.synthetic(jobs, answers, arguments.days.unwrap_or(14))
        }
        (None, false) => builder.samples(),
    };
    let mut choices = Choices::default();
    for (name, value) in &arguments.choose {
        choices.set(name, value)?;
    }
    builder = builder.choose(|chosen| *chosen = choices);
    if let Some(now) = arguments.now {
        builder = builder.clock_stands_at(now);
    }
    if arguments.no_call_limits {
        builder = builder.no_call_limits();
    }
    Ok(arguments.fault.into_iter().fold(builder, EmulatorBuilder::fault))
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> String {
    let port = address.port();
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!(
                "port {port} of {} is in use; take another one with --port, or a free one with --port 0",
                address.ip()
            )
        }
        io::ErrorKind::PermissionDenied => format!("port {port} needs rights that you do not have; take one from 1024"),
        _ => format!("cannot listen on {address}: {error}; check --bind"),
    }
}

fn number<N: std::str::FromStr>(text: &str, told: &'static str) -> Result<N, &'static str> {
    text.parse().map_err(|_| told)
}

fn jobs(text: &str) -> Result<usize, &'static str> {
    let told = "a count of jobs is a whole number from 0 to 10000, e.g. 20";
    number(text, told).and_then(|jobs| if jobs <= MOST_JOBS { Ok(jobs) } else { Err(told) })
}

fn time(text: &str) -> Result<i64, &'static str> {
    let time = DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp());
    time.filter(|time| (0..=LATEST_START).contains(time))
        .ok_or("a time is written like 2020-03-27T12:00:00+08:00, from 1970 to 9800")
}

/// Checked here, so that the message names the option.
fn choice(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a choice is written like unknown_job=40058")?;
    Choices::default().set(name, value)?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What is wrong with the arguments, in one line; the help and the version are printed by clap itself.
pub fn wrong_arguments(error: &clap::Error, program: &str) -> String {
    let text = error.render().to_string();
    let told = ["\n\nUsage:", "\n\nFor more information"]
        .iter()
        .fold(&*text, |text, end| text.rsplit_once(end).map_or(text, |(told, _)| told));
    let told = told.trim_start_matches("error:");
    one_line(&format!("{}; see {program} --help", told.split_whitespace().collect::<Vec<_>>().join(" ")))
}
