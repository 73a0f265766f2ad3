//! `manifest.json`: which days of which jobs are in the spool.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use wecom_health::model::JobId;

use super::folder::{self, Folder, Part};
use super::spool::Reason;
use super::spooled;
use crate::commands::kept::Kept;
use crate::day;
use crate::disk::{unreadable, unwritable};
use crate::failure::Failure;

pub(super) const NAME: &str = "manifest.json";
/// Of the form of manifest and spool.
const VERSION: u32 = 1;

/// What the spool has.
#[derive(Serialize, Deserialize)]
pub(super) struct Manifest {
    version: u32,
    days: Vec<Entry>,
}

/// A day of a job in the spool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) jobid: JobId,
    pub(super) date: NaiveDate,
    /// How many answers there are.
    pub(super) rows: u64,
    /// How many people had reported by the job's details.
    pub(super) finish_cnt: i64,
    /// Of the file in the spool.
    pub(super) sha256: String,
    /// The version of the program that fetched it.
    pub(super) program: String,
    /// When fetching began.
    pub(super) fetched: DateTime<Utc>,
    pub(super) state: State,
}

/// Whether a day can still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// The day had not ended when it was fetched.
    Open,
    /// The day had ended.
    Final,
    /// Its file is gone from the spool or was changed. The server may have the day no longer.
    Lost,
}

impl Entry {
    /// The file in the spool. It is named by its contents, so that a day that is fetched again never takes the place of the recorded one.
    pub(super) fn file_name(&self) -> String {
        let Self { date, sha256, .. } = self;
        format!("{date}.{}.ndjson", sha256.get(..16).unwrap_or(sha256))
    }

    fn is_same_day(&self, other: &Self) -> bool {
        self.date == other.date && self.jobid == other.jobid
    }
}

impl State {
    /// The state of a day that was fetched from this time on. This machine's clock may be some minutes fast.
    pub(super) fn of(date: NaiveDate, fetched: DateTime<Utc>) -> Self {
        let next = date.checked_add_days(Days::new(1)).map(|next| next.and_time(NaiveTime::MIN));
        let end = next.and_then(|end| end.and_local_timezone(day::time_zone()).single());
        if end.is_some_and(|end| end + day::CLOCK_TOLERANCE <= fetched) { Self::Final } else { Self::Open }
    }
}

impl Manifest {
    /// Reads the manifest of a folder. A new folder gets an empty one before anything is fetched: so a spool without a manifest is one that
    /// lost it, and its days must not vanish from the files.
    pub(super) fn read(folder: &Folder) -> Result<Self, Failure> {
        let path = folder.result(NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && folder.spooled_days().next().is_some() => {
                return Err(unusable(&path, "it is gone".to_owned(), "文件已不存在".to_owned()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut manifest = Self { version: VERSION, days: Vec::new() };
                manifest.write(folder).map_err(|error| unwritable(&path, &error))?;
                return Ok(manifest);
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(unusable(&path, "it is not UTF-8".to_owned(), "不是有效的 UTF-8 文本".to_owned()));
            }
            Err(error) => return Err(unreadable(&path, &error)),
        };
        let manifest: Self = serde_json::from_str(&text).map_err(|error| {
            let line = error.line();
            unusable(
                &path,
                format!("line {line} is not what an export writes"),
                format!("第 {line} 行不是导出写入的内容"),
            )
        })?;
        if manifest.version != VERSION {
            let version = manifest.version;
            return Err(unusable(&path, format!("its version is {version}"), format!("版本为 {version}")));
        }
        let mut seen = HashSet::new();
        if let Some(Entry { jobid, date, .. }) = manifest.days.iter().find(|day| !seen.insert((&day.jobid, day.date))) {
            return Err(unusable(&path, format!("it has {jobid}, {date} twice"), format!("{jobid}，{date} 出现两次")));
        }
        Ok(manifest)
    }

    /// Whether a folder has a manifest of an export.
    pub(super) fn is_in(folder: &Path) -> bool {
        let text = fs::read_to_string(folder.join(NAME));
        text.is_ok_and(|text| serde_json::from_str::<Self>(&text).is_ok())
    }

    /// The days that are in the spool, by job and date.
    pub(super) fn days(&self) -> impl Iterator<Item = &Entry> {
        self.days.iter().filter(|entry| entry.state != State::Lost)
    }

    /// The days that are not final.
    pub(super) fn unfinished(&self) -> impl Iterator<Item = &Entry> {
        self.days.iter().filter(|entry| entry.state != State::Final)
    }

    /// The days that were fetched before they ended, and that the server has no longer.
    pub(super) fn never_finished(&self) -> impl Iterator<Item = &Entry> {
        self.days().filter(|entry| entry.state == State::Open && !Kept::JOBS.has(entry.date))
    }

    /// The days that were in the spool and whose files are gone or were changed.
    pub(super) fn lost(&self) -> impl Iterator<Item = &Entry> {
        self.days.iter().filter(|entry| entry.state == State::Lost)
    }

    /// The days by job, jobs and days in order.
    pub(super) fn jobs(&self) -> BTreeMap<&str, Vec<&Entry>> {
        let mut jobs: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in self.days() {
            jobs.entry(entry.jobid.as_ref()).or_default().push(entry);
        }
        jobs
    }

    /// The day of a job, if it is in the spool.
    pub(super) fn entry(&self, job: &JobId, date: NaiveDate) -> Option<&Entry> {
        self.days().find(|entry| entry.date == date && entry.jobid == *job)
    }

    /// Records a day, writes the manifest, and removes the file that the day had before.
    pub(super) fn record(&mut self, entry: Entry, folder: &Folder) -> Result<(), Failure> {
        let before = self.days.iter().position(|known| known.is_same_day(&entry));
        let before = before.map(|index| self.days.swap_remove(index));
        self.days.push(entry);
        self.write(folder).map_err(|error| unwritable(&folder.result(NAME), &error))?;
        before.map_or(Ok(()), |before| self.remove(&before, folder))
    }

    /// Removes a file of the spool, unless the manifest has it.
    pub(super) fn remove(&self, entry: &Entry, folder: &Folder) -> Result<(), Failure> {
        if self.file_names().contains(&entry.file_name()) {
            return Ok(());
        }
        let path = folder.spooled(entry);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(&path, &error)),
            _ => Ok(()),
        }
    }

    /// Returns why a day that was fetched is not recorded: the server need not keep it any longer, and sends less than there was.
    ///
    /// What there was may also be a file of the spool that the manifest does not have.
    pub(super) fn objection(&self, entry: &Entry, folder: &Folder) -> Option<Reason> {
        if Kept::JOBS.has(entry.date) {
            return None;
        }
        match self.days.iter().find(|known| known.is_same_day(entry)) {
            Some(known) if known.rows <= entry.rows => None,
            Some(known) if known.state == State::Lost => Some(Reason::FewerThanLost),
            Some(_) => Some(Reason::Fewer),
            None if folder.most_rows(&entry.jobid, entry.date) > entry.rows => Some(Reason::Fewer),
            None => (entry.rows == 0 && entry.finish_cnt > 0).then_some(Reason::Gone),
        }
    }

    /// Counts the days of the spool that the manifest does not have and that the server need not keep any longer: then the manifest is older
    /// than the spool.
    pub(super) fn unrecorded(&self, folder: &Folder) -> usize {
        let days: HashSet<_> = self.days.iter().map(|entry| (folder.spool_of(&entry.jobid), entry.date)).collect();
        let is_unrecorded =
            |(job, date): &(PathBuf, NaiveDate)| !Kept::JOBS.has(*date) && !days.contains(&(job.clone(), *date));
        folder.spooled_days().filter(is_unrecorded).collect::<HashSet<_>>().len()
    }

    /// Reads the files of the spool, and notes which are gone or were changed, and which are there again.
    pub(super) async fn check_files(&mut self, folder: &Folder) {
        for entry in &mut self.days {
            let is_whole = spooled::is_whole(folder, entry).await;
            entry.state = match (entry.state, is_whole) {
                (_, false) => State::Lost,
                (State::Lost, true) => State::of(entry.date, entry.fetched),
                (state, true) => state,
            };
        }
    }

    /// Removes what a killed run fetched and did not record, of days that are there.
    ///
    /// Nothing else is removed: if the manifest was lost, files of older days may be the only copies.
    pub(super) fn remove_leftovers(&self, folder: &Folder) -> Result<(), Failure> {
        for days in self.jobs().into_values() {
            let Some(first) = days.first() else { continue };
            let spool = folder.spool_of(&first.jobid);
            self.remove_leftovers_of(&days, &spool).map_err(|error| unwritable(&spool, &error))?;
        }
        Ok(())
    }

    /// Removes them from the folder of a job with these days.
    fn remove_leftovers_of(&self, days: &[&Entry], spool: &Path) -> io::Result<()> {
        let names = self.file_names();
        for file in fs::read_dir(spool)? {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            let date = folder::date_of(&name);
            let is_there = |date| Kept::JOBS.has(date) && days.iter().any(|entry| entry.date == date);
            if date.is_some_and(is_there) && !names.contains(&name) {
                fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }

    fn file_names(&self) -> HashSet<String> {
        self.days.iter().map(Entry::file_name).collect()
    }

    fn write(&mut self, folder: &Folder) -> io::Result<()> {
        self.days.sort_by(|one, other| (one.jobid.as_ref(), one.date).cmp(&(other.jobid.as_ref(), other.date)));
        let mut part = Part::of(folder.result(NAME))?;
        let mut text = format!("{{\n\"version\": {VERSION},\n\"days\": [\n").into_bytes();
        for (index, entry) in self.days.iter().enumerate() {
            if index > 0 {
                text.extend_from_slice(b",\n");
            }
            serde_json::to_writer(&mut text, entry)?;
        }
        text.extend_from_slice(b"\n]\n}\n");
        io::Write::write_all(part.file(), &text)?;
        part.finish()
    }
}

fn unusable(path: &Path, english: String, chinese: String) -> Failure {
    let name = path.display();
    Failure::failed(format!("cannot use {name}: {english}"), format!("无法使用 {name}：{chinese}")).advise(
        "put it back from a backup, together with .spool, or name another folder with --out",
        "请从备份恢复（与 .spool 一起），或用 --out 指定其他文件夹",
    )
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_final_five_minutes_after_midnight_in_china() {
        let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
        for (begun, state) in [
            ("2020-03-27T16:04:59Z", State::Open),
            ("2020-03-27T16:05:00Z", State::Final),
            ("2020-03-28T00:00:00Z", State::Final),
        ] {
            assert_eq!(State::of(date, begun.parse().unwrap()), state, "{begun}");
        }
    }
}
