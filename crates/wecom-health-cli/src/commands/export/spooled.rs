//! Reads a day from the spool.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::PathBuf;

use hmac_sha256::Hash;
use wecom_health::model::{Answer, GetReportJobInfoResponse, JobInfo, Response};

use super::folder::Folder;
use super::manifest::{Entry, hex};
use crate::disk::{of_another_version, unreadable};
use crate::failure::Failure;

/// A day of a job, as it was fetched.
pub(super) struct Spooled {
    pub(super) job: JobInfo,
    lines: BufReader<File>,
    /// The file, for messages.
    path: PathBuf,
    line: Vec<u8>,
}

impl Spooled {
    /// Opens a day and reads the response with the job's details.
    pub(super) fn open(folder: &Folder, entry: &Entry) -> Result<Self, Failure> {
        let path = folder.spooled(entry);
        let file = File::open(&path).map_err(|error| unreadable(&path, &error))?;
        let mut lines = BufReader::with_capacity(1 << 16, file);
        let mut line = Vec::new();
        lines.read_until(b'\n', &mut line).map_err(|error| unreadable(&path, &error))?;
        let job = GetReportJobInfoResponse::from_slice(&line).and_then(Response::into_result);
        let job = job.map_err(|_| of_another_version(&path))?;
        Ok(Self { path, job, lines, line })
    }

    /// Returns the next answer's line, with its end.
    pub(super) fn next_line(&mut self) -> Result<Option<&[u8]>, Failure> {
        self.line.clear();
        self.lines.read_until(b'\n', &mut self.line).map_err(|error| unreadable(&self.path, &error))?;
        Ok(Some(&*self.line).filter(|line| !line.is_empty()))
    }

    /// Returns the next answer.
    pub(super) fn next(&mut self) -> Result<Option<Answer>, Failure> {
        let answer = self.next_line()?.map(serde_json::from_slice).transpose();
        answer.map_err(|_| of_another_version(&self.path))
    }
}

/// Whether the file of a day is there, and what was written.
pub(super) async fn is_whole(folder: &Folder, entry: &Entry) -> bool {
    let Ok(mut file) = File::open(folder.spooled(entry)) else { return false };
    let mut hash = Hash::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return hex(&hash.finalize()) == entry.sha256,
            Ok(length) => hash.update(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
        // A signal may end the program here.
        tokio::task::yield_now().await;
    }
}
