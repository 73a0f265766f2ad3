//! Fetches days into the spool: each whole, then synced, renamed and recorded.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::time::Duration;

use chrono::Utc;
use futures_util::{StreamExt, stream};
use hmac_sha256::Hash;
use wecom_health::model::{
    ErrCode, GetReportAnswerRequest, GetReportJobInfoRequest, Language, Localized, Raw, Verbatim,
};
use wecom_health::{Client, Error};

use super::folder::{Folder, Part};
use super::manifest::{Entry, Manifest, State, hex};
use super::plan::JobDay;
use super::progress::Progress;
use super::wait::{self, Wait};
use crate::disk::unwritable;
use crate::failure::Failure;

/// How many days are fetched at once, and how many pages of each.
const DAYS: usize = 4;
const PAGES: usize = 4;
/// How often a day is fetched whose answers could not be read for a passing reason.
const ROUNDS: usize = 3;

/// A day that is missing, and why.
pub(super) struct Missing {
    pub(super) day: JobDay,
    pub(super) reason: Reason,
}

/// Why a day is missing.
pub(super) enum Reason {
    Request(Error),
    /// The server has fewer answers than the spool, of a day that it need not keep any longer.
    Fewer,
    /// The same, and the file of the spool is lost.
    FewerThanLost,
    /// The server has no answers of a day that it need not keep any longer, though some were given.
    Gone,
}

impl Missing {
    /// Whether the server does not know the job.
    pub(super) fn is_unknown_job(&self) -> bool {
        let Reason::Request(error) = &self.reason else { return false };
        error.api().is_some_and(|refusal| refusal.errcode() == ErrCode::INVALID_JOB_ID)
    }

    /// Whether the spool has more than the server.
    pub(super) fn is_kept(&self) -> bool {
        matches!(self.reason, Reason::Fewer)
    }

    /// Whether it helps to run the export again.
    pub(super) fn is_retryable(&self) -> bool {
        matches!(&self.reason, Reason::Request(error) if error.is_transient() || error.is_rate_limited())
    }

    fn is_passing(&self) -> bool {
        matches!(&self.reason, Reason::Request(error) if error.is_transient())
    }

    fn hold(&self) -> Option<Duration> {
        if let Reason::Request(error) = &self.reason { wait::hold(error) } else { None }
    }
}

impl Localized for Reason {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, language) {
            (Self::Request(error), _) => error.fmt_in(language, f),
            (Self::Fewer, Language::English) => {
                f.write_str("the server has fewer answers than were fetched before; the earlier ones are kept")
            }
            (Self::Fewer, Language::Chinese) => f.write_str("服务器上的填报少于以前获取的数量，已保留以前的数据"),
            (Self::FewerThanLost, Language::English) => {
                f.write_str("the server has fewer answers than the file that is lost")
            }
            (Self::FewerThanLost, Language::Chinese) => f.write_str("服务器上的填报少于丢失的文件中的数量"),
            (Self::Gone, Language::English) => f.write_str("the server no longer has the answers of this day"),
            (Self::Gone, Language::Chinese) => f.write_str("服务器已不再保留这一天的填报"),
        }
    }
}

/// Why a day did not get into the spool.
enum Trouble {
    Request(Error),
    Disk(io::Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Request(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Where days come from and go to.
pub(super) struct Spool<'a> {
    pub(super) client: &'a Client,
    pub(super) folder: &'a Folder,
    pub(super) manifest: &'a mut Manifest,
    pub(super) progress: &'a Progress,
}

impl Spool<'_> {
    /// Fetches days and records each as it is complete. Returns those that are missing.
    pub(super) async fn fill(&mut self, days: Vec<JobDay>, wait: &mut Wait) -> Result<Vec<Missing>, Failure> {
        let mut missing = Vec::new();
        let mut open = days;
        let mut round = 1;
        while !open.is_empty() {
            let failed = self.round(open).await?;
            let held = failed.iter().filter_map(Missing::hold).max().filter(|_| !wait.is_over());
            let (again, given_up): (Vec<_>, Vec<_>) = failed.into_iter().partition(|missing| {
                (held.is_some() && missing.hold().is_some()) || (round < ROUNDS && missing.is_passing())
            });
            missing.extend(given_up);
            open = again.into_iter().map(|missing| missing.day).collect();
            match held {
                Some(time) => wait.wait(time, self.progress).await,
                None => round += 1,
            }
        }
        missing.sort_by(|one, other| (one.day.0.as_ref(), one.day.1).cmp(&(other.day.0.as_ref(), other.day.1)));
        Ok(missing)
    }

    /// Fetches each day once. Returns those that are missing.
    async fn round(&mut self, days: Vec<JobDay>) -> Result<Vec<Missing>, Failure> {
        let Self { client, folder, manifest, progress } = self;
        let mut fetched = stream::iter(days).map(|day| fetch(client, day, folder, progress)).buffer_unordered(DAYS);
        let mut missing = Vec::new();
        while let Some((day, outcome)) = fetched.next().await {
            match outcome {
                Ok(entry) => match manifest.objection(&entry, folder) {
                    Some(reason) => {
                        manifest.remove(&entry, folder)?;
                        missing.push(Missing { day, reason });
                    }
                    None => {
                        progress.day(&entry);
                        manifest.record(entry, folder)?;
                    }
                },
                Err(Trouble::Disk(error)) => return Err(unwritable(&folder.spool_of(&day.0), &error)),
                Err(Trouble::Request(error)) => missing.push(Missing { day, reason: Reason::Request(error) }),
            }
        }
        Ok(missing)
    }
}

async fn fetch(client: &Client, day: JobDay, folder: &Folder, progress: &Progress) -> (JobDay, Result<Entry, Trouble>) {
    let outcome = write(client, &day, folder, progress).await;
    (day, outcome)
}

/// Writes the response with the job's details and then the answers, each on a line: as the server sent them, because what this
/// version does not know yet is gone from the server after some days.
async fn write(client: &Client, (job, date): &JobDay, folder: &Folder, progress: &Progress) -> Result<Entry, Trouble> {
    let begun = Utc::now();
    let details = client.send(&Raw::new(GetReportJobInfoRequest::new(job.clone(), *date))).await?;
    let mut part = Part::of(folder.spool_of(job).join(date.to_string()))?;
    let mut rows = 0;
    let sha256 = {
        let mut lines =
            Lines { file: BufWriter::with_capacity(1 << 16, part.file()), hash: Hash::new(), line: Vec::new() };
        lines.write(&details.body)?;
        let answers = Raw::new(GetReportAnswerRequest::new(job.clone(), *date));
        let mut answers = client.pages(answers).concurrency(PAGES).stream();
        while let Some(answer) = answers.try_next().await? {
            lines.write(&answer)?;
            rows += 1;
            progress.row();
        }
        lines.finish()?
    };
    let entry = Entry {
        jobid: job.clone(),
        date: *date,
        rows,
        finish_cnt: details.payload.finish_cnt,
        sha256,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        fetched: begun,
        state: State::of(*date, begun),
    };
    let part = part.with_name(&entry.file_name());
    // The disk may take its time, while other days are fetched.
    tokio::task::spawn_blocking(move || part.finish()).await.map_err(io::Error::other)??;
    Ok(entry)
}

/// JSON, each on a line, and the hash of all lines.
struct Lines<W: Write> {
    file: BufWriter<W>,
    hash: Hash,
    line: Vec<u8>,
}

impl<W: Write> Lines<W> {
    /// Writes JSON as it is, but without line breaks: in JSON they are only between values, never in a string.
    fn write(&mut self, json: &Verbatim) -> io::Result<()> {
        self.line.clear();
        for piece in json.get().split(['\n', '\r']) {
            self.line.extend_from_slice(piece.as_bytes());
        }
        self.line.push(b'\n');
        self.hash.update(&self.line);
        self.file.write_all(&self.line)
    }

    fn finish(mut self) -> io::Result<String> {
        self.file.flush()?;
        Ok(hex(&self.hash.finalize()))
    }
}
