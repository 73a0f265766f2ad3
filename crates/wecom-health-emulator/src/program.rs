//! The emulator as a program: `wecom-health-emulator`, and `wecom-health emulator`.

use std::fmt;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use chrono::DateTime;
use clap::Args;

use crate::builder::EmulatorBuilder;
use crate::clock::LATEST_START;
use crate::config::{Choices, ClientConfig};
use crate::data::made_up::MAX_PEOPLE;
use crate::fault::rule::FaultRule;
use crate::text::one_line;

/// How many requests the program keeps, which is as many as `GET /_emulator/requests` shows.
const KEPT_REQUESTS: usize = 200;

/// No company has more jobs.
const MAX_JOBS: usize = 10_000;

/// How many lines may wait for a slow reader of stderr. Further ones are dropped.
const MAX_UNWRITTEN_LINES: usize = 1_000;

/// Run the emulator until Ctrl-C: a server that behaves like the vendor's, for tests in any language. Without --data, --members,
/// --jobs, --answers or --days it serves the vendor's samples.
#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// Port to listen on; 0 for a free one.
    #[arg(long, value_name = "PORT", default_value = "8765", allow_negative_numbers = true)]
    #[arg(value_parser = |text: &str| number::<u16>(text, "write a number from 0 to 65535"))]
    port: u16,
    /// Address to listen on. Anyone who reaches it can control the emulator.
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Apps, jobs, answers, usage figures and address book as JSON.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["members", "jobs", "answers", "days"])]
    data: Option<PathBuf>,
    /// Generate an address book of this many members and as many students, with a department for every 25 of them. Generated jobs
    /// are for all of them, and generated answers come from them.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = members)]
    members: Option<usize>,
    /// Generate this many jobs; 3 if only other data is to be generated.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = jobs)]
    jobs: Option<usize>,
    /// Generate this many answers to each job a day; else 100, or with --members one from four in five people.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(value_parser = |text: &str| number::<usize>(text, "write a whole number, e.g. 100"))]
    answers: Option<usize>,
    /// Generate answers for this many days up to today; 14 if only other data is to be generated.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    #[arg(value_parser = |text: &str| number::<u32>(text, "write a whole number, e.g. 14"))]
    days: Option<u32>,
    /// Seed of generated data, tokens and random faults.
    #[arg(long, value_name = "N", default_value = "0", allow_negative_numbers = true)]
    #[arg(value_parser = |text: &str| number::<u64>(text, "write a whole number, e.g. 7"))]
    seed: u64,
    /// Stop the clock at this time, e.g. 2020-03-27T12:00:00+08:00: all responses are then the same in each run.
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<i64>,
    /// Add a fault, [ENDPOINT:]FAULT[=VALUE][@HOW-OFTEN]: reset, get_report_answer:errcode=-1@3, http=502@5%, delay=2s@always.
    /// May be repeated.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultRule>,
    /// Choose behaviour that the vendor does not document, e.g. unknown_job=40058; see the README. May be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = choice)]
    choose: Vec<(String, String)>,
    /// Allow any number of requests, instead of 10,000 a minute and 150,000 an hour to each endpoint.
    #[arg(long)]
    no_rate_limits: bool,
}

/// An error from a program that cannot run, in one line.
#[derive(Debug)]
pub struct ProgramError(String);

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ProgramError {}

/// Runs the emulator until Ctrl-C or SIGTERM. Needs a Tokio runtime with I/O and time.
///
/// Prints the address, the credentials and a first `curl` command to stdout, and a line for each complete request to the API to
/// stderr.
///
/// # Errors
///
/// If the data cannot be used, or the address cannot be listened on.
pub async fn run(arguments: Arguments) -> Result<(), ProgramError> {
    // Before anything is printed, because a reader of the address may stop the program at once.
    let stopped = stopped().map_err(|error| ProgramError(format!("cannot wait for signals: {error}")))?;
    let address = SocketAddr::new(arguments.bind, arguments.port);
    let builder =
        builder(arguments).map_err(ProgramError)?.address(address).control_paths().keep_requests(KEPT_REQUESTS);
    let log = StderrLog::start();
    let lines = log.clone();
    let builder = builder.log(Arc::new(move |line| lines.write(format!("{line}\n"))));
    let emulator = builder.start().await.map_err(|error| ProgramError(cannot_listen(address, &error)))?;
    print(io::stdout(), &greeting(&emulator.client_config(), address.ip()));
    stopped.await;
    log.flush();
    Ok(())
}

fn greeting(ClientConfig { base_url, corp_id, secret }: &ClientConfig, bind: IpAddr) -> String {
    let everywhere = if bind.is_unspecified() {
        format!(" and at every other address of this machine (--bind {bind})")
    } else {
        String::new()
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    let query = query.append_pair("corpid", corp_id).append_pair("corpsecret", secret).finish();
    let (corp_id, secret) = (one_line(corp_id), one_line(secret));
    format!(
        "emulator at {base_url}{everywhere}\ncorp id:  {corp_id}\nsecret:   {secret}\n\n\
         curl '{base_url}/cgi-bin/gettoken?{query}'\n"
    )
}

/// Returns a future that ends on Ctrl-C or SIGTERM.
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

/// Returns a future that ends on Ctrl-C.
#[cfg(not(unix))]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Writes lines to stderr in a separate thread, so that a slow reader does not block the emulator.
#[derive(Clone)]
struct StderrLog {
    lines: mpsc::SyncSender<String>,
    unwritten: Arc<AtomicUsize>,
    left_out: Arc<AtomicUsize>,
}

impl StderrLog {
    fn start() -> Self {
        let (lines, queue) = mpsc::sync_channel::<String>(MAX_UNWRITTEN_LINES);
        let log = Self { lines, unwritten: Arc::default(), left_out: Arc::default() };
        let (unwritten, left_out) = (Arc::clone(&log.unwritten), Arc::clone(&log.left_out));
        std::thread::spawn(move || {
            for line in queue {
                let missing = left_out.swap(0, Ordering::Relaxed);
                if missing > 0 {
                    print(io::stderr(), &format!("{missing} lines left out: stderr was not read\n"));
                }
                print(io::stderr(), &line);
                unwritten.fetch_sub(1, Ordering::Relaxed);
            }
        });
        log
    }

    fn write(&self, line: String) {
        self.unwritten.fetch_add(1, Ordering::Relaxed);
        if self.lines.try_send(line).is_err() {
            self.unwritten.fetch_sub(1, Ordering::Relaxed);
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits at most a second until all lines are written.
    fn flush(&self) {
        let deadline = Instant::now() + Duration::from_secs(1);
        while self.unwritten.load(Ordering::Relaxed) > 0 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Prints a text if it can: the emulator keeps running when its output is closed.
fn print(mut out: impl Write, text: &str) {
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn builder(arguments: Arguments) -> Result<EmulatorBuilder, String> {
    let Arguments { members, jobs, answers, days, .. } = arguments;
    let mut builder = EmulatorBuilder::default().seed(arguments.seed);
    builder = if let Some(file) = &arguments.data {
        builder.data_file(file).map_err(|error| error.to_string())?
    } else if members.is_some() || jobs.is_some() || answers.is_some() || days.is_some() {
        let answers = answers.unwrap_or_else(|| members.map_or(100, |members| members - members / 5));
        builder.synthetic(jobs.unwrap_or(3), answers, days.unwrap_or(14))
    } else {
        builder.samples()
    };
    if let Some(people) = members {
        builder = with_people(builder, people);
    }
    let mut choices = Choices::default();
    for (name, value) in &arguments.choose {
        choices.set(name, value)?;
    }
    builder = builder.choose(|chosen| *chosen = choices);
    if let Some(now) = arguments.now {
        builder = builder.fixed_clock(now);
    }
    if arguments.no_rate_limits {
        builder = builder.no_rate_limits();
    }
    Ok(arguments.fault.into_iter().fold(builder, EmulatorBuilder::fault))
}

/// Adds people in departments of 25, which are nested the deeper the more there are: 50,000 people in 2,000, nested 12 deep.
fn with_people(builder: EmulatorBuilder, people: usize) -> EmulatorBuilder {
    let departments = people.div_ceil(25).max(1);
    builder.synthetic_people(people, departments, departments.ilog2() as usize + 2)
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> String {
    let (ip, port) = (address.ip(), address.port());
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("port {port} of {ip} is in use; choose another with --port, or any free one with --port 0")
        }
        io::ErrorKind::PermissionDenied => {
            format!("port {port} needs privileges that you do not have; choose 1024 or higher")
        }
        _ => format!("cannot listen on {address}: {error}; check --bind"),
    }
}

fn number<N: std::str::FromStr>(text: &str, advice: &'static str) -> Result<N, &'static str> {
    text.parse().map_err(|_| advice)
}

fn jobs(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|jobs| *jobs <= MAX_JOBS).ok_or("write a whole number from 0 to 10000, e.g. 20")
}

fn members(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|members| *members <= MAX_PEOPLE).ok_or("write a whole number from 0 to 1000000, e.g. 500")
}

fn time(text: &str) -> Result<i64, &'static str> {
    let time = DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp());
    time.filter(|time| (0..=LATEST_START).contains(time))
        .ok_or("write it like 2020-03-27T12:00:00+08:00, from 1970 to 9800")
}

/// Splits a choice, and checks it here so that clap's message names the option.
fn choice(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it like unknown_job=40058")?;
    Choices::default().set(name, value)?;
    Ok((name.to_owned(), value.to_owned()))
}
