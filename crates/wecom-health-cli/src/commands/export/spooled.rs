//! Reads a day from the spool.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use hmac_sha256::Hash;
use wecom_health::model::{Answer, GetReportJobInfoResponse, JobInfo, Response};

use super::folder::Folder;
use super::manifest::{Entry, hex};

/// A day of a job, as it was fetched.
pub(super) struct Spooled {
    pub(super) job: JobInfo,
    lines: BufReader<File>,
    hash: Hash,
    expected: String,
    /// The file, for messages.
    name: String,
    line: Vec<u8>,
}

impl Spooled {
    /// Opens a day and reads the response with the job's details.
    pub(super) fn open(folder: &Folder, entry: &Entry) -> io::Result<Self> {
        let path = folder.spooled(&entry.jobid, entry.date);
        let name = path.display().to_string();
        let file = File::open(path)?;
        let mut lines = BufReader::with_capacity(1 << 16, file);
        let (mut hash, mut line) = (Hash::new(), Vec::new());
        lines.read_until(b'\n', &mut line)?;
        hash.update(&line);
        let job = GetReportJobInfoResponse::from_slice(&line).and_then(Response::into_result);
        let job = job.map_err(|_| damaged(&name))?;
        Ok(Self { name, job, lines, hash, expected: entry.sha256.clone(), line })
    }

    /// Returns the next answer's line, with its end. At the end, fails if the file is not what was written.
    pub(super) fn next_line(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        self.lines.read_until(b'\n', &mut self.line)?;
        if self.line.is_empty() {
            return if hex(&self.hash.finalize()) == self.expected { Ok(None) } else { Err(damaged(&self.name)) };
        }
        self.hash.update(&self.line);
        Ok(Some(&self.line))
    }

    /// Returns the next answer.
    pub(super) fn next(&mut self) -> io::Result<Option<Answer>> {
        let answer = self.next_line()?.map(serde_json::from_slice).transpose();
        answer.map_err(|_| damaged(&self.name))
    }
}

/// Says that a file is not what was written. serde's message would quote an answer.
fn damaged(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{name} was changed: put it back from a backup, or delete it"))
}
