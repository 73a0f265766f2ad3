//! Fetches days into the spool: each whole, then synced, renamed and recorded.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use chrono::Utc;
use futures_util::{StreamExt, stream};
use hmac_sha256::Hash;
use wecom_health::model::ErrCode;
use wecom_health::{Client, Error};

use super::folder::{Folder, Part};
use super::manifest::{Entry, Manifest, State, hex};
use super::plan::JobDay;
use super::progress::Progress;

/// How many days are fetched at once, and how many pages of each.
const DAYS: usize = 4;
const PAGES: usize = 4;
/// How often a day is fetched whose answers could not be read for a passing reason.
const ROUNDS: usize = 3;

/// A day that is missing, and why.
pub(super) struct Missing {
    pub(super) day: JobDay,
    pub(super) error: Error,
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

/// Fetches days and records each as it is complete. Returns those that are missing.
pub(super) async fn fill(
    client: &Client,
    days: Vec<JobDay>,
    folder: &Folder,
    manifest: &mut Manifest,
    progress: &Progress,
) -> io::Result<Vec<Missing>> {
    let mut missing = Vec::new();
    let mut open = days;
    let mut has_waited = false;
    for round in 1..=ROUNDS {
        let mut fetched =
            stream::iter(open.drain(..)).map(|day| fetch(client, day, folder, progress)).buffer_unordered(DAYS);
        let mut held = None;
        let mut again = Vec::new();
        while let Some((day, outcome)) = fetched.next().await {
            match outcome {
                Ok(entry) => {
                    progress.day(&entry);
                    manifest.record(entry, folder)?;
                }
                Err(Trouble::Disk(error)) => return Err(error),
                Err(Trouble::Request(error)) => {
                    let hold = hold(&error).filter(|_| !has_waited);
                    held = held.max(hold);
                    let list = if hold.is_some() || (error.is_transient() && round < ROUNDS) {
                        &mut again
                    } else {
                        &mut missing
                    };
                    list.push(Missing { day, error });
                }
            }
        }
        drop(fetched);
        if again.is_empty() {
            break;
        }
        if let Some(time) = held {
            has_waited = true;
            progress.waits(time);
            tokio::time::sleep(time).await;
        }
        if round == ROUNDS {
            missing.append(&mut again);
        }
        open = again.into_iter().map(|missing| missing.day).collect();
    }
    missing.sort_by(|one, other| (one.day.0.as_ref(), one.day.1).cmp(&(other.day.0.as_ref(), other.day.1)));
    Ok(missing)
}

/// How long no token is requested after an error, if waiting helps: the credentials may be right.
pub(super) fn hold(error: &Error) -> Option<Duration> {
    const WRONG: [ErrCode; 2] = [ErrCode::INVALID_SECRET, ErrCode::INVALID_CORP_ID];
    error.retry_after().filter(|_| !error.api().is_some_and(|refusal| WRONG.contains(&refusal.errcode())))
}

async fn fetch(client: &Client, day: JobDay, folder: &Folder, progress: &Progress) -> (JobDay, Result<Entry, Trouble>) {
    let outcome = write(client, &day, folder, progress).await;
    (day, outcome)
}

/// Writes the job's details and then its answers, each on a line.
async fn write(client: &Client, (job, date): &JobDay, folder: &Folder, progress: &Progress) -> Result<Entry, Trouble> {
    let begun = Utc::now();
    let details = client.report_job_info(job.clone(), *date).await?;
    let mut part = Part::of(folder.spool_of(job).join(date.to_string()))?;
    let mut rows = 0;
    let sha256 = {
        let mut lines =
            Lines { file: BufWriter::with_capacity(1 << 16, part.file()), hash: Hash::new(), line: Vec::new() };
        lines.write(&details)?;
        let mut answers = client.report_answers(job.clone(), *date).concurrency(PAGES).stream();
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
        finish_cnt: details.finish_cnt,
        sha256,
        schema: env!("CARGO_PKG_VERSION").to_owned(),
        fetched: begun,
        state: State::of(*date, begun),
    };
    let part = part.with_name(&entry.file_name());
    // The disk may take its time, while other days are fetched.
    tokio::task::spawn_blocking(move || part.finish()).await.map_err(io::Error::other)??;
    Ok(entry)
}

/// Values as lines of JSON, and their hash.
struct Lines<W: Write> {
    file: BufWriter<W>,
    hash: Hash,
    line: Vec<u8>,
}

impl<W: Write> Lines<W> {
    fn write(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value)?;
        self.line.push(b'\n');
        self.hash.update(&self.line);
        self.file.write_all(&self.line)
    }

    fn finish(mut self) -> io::Result<String> {
        self.file.flush()?;
        Ok(hex(&self.hash.finalize()))
    }
}
