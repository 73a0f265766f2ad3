//! The folder of an export: whose it is, who works in it, and how a file gets there whole.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use tempfile::{Builder, NamedTempFile};
use wecom_health::model::JobId;

use super::manifest::{Entry, Manifest};
use crate::disk::{unreadable, unwritable};
use crate::failure::Failure;

const LOCK: &str = ".wecom-health.lock";
const SPOOL: &str = ".spool";
/// How the names of files begin that are still being written.
const PART: &str = ".part-";

/// A folder that only this process works in.
pub(super) struct Folder {
    path: PathBuf,
    /// The operating system frees the lock when the process ends, however it ends.
    _lock: File,
}

impl Folder {
    /// Opens a folder, or creates it, for the user alone.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        refuse_others(path)?;
        let unusable = |error| unwritable(path, &error);
        create(path).map_err(unusable)?;
        let lock = open_lock(&path.join(LOCK)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(locked(path)),
            Err(TryLockError::Error(error)) => return Err(unwritable(path, &error)),
        }
        let folder = Self { path: path.to_owned(), _lock: lock };
        create(&folder.spool()).map_err(unusable)?;
        folder.remove_parts().map_err(unusable)?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn spool(&self) -> PathBuf {
        self.path.join(SPOOL)
    }

    /// The folder of a job's answers, as they were fetched.
    pub(super) fn spool_of(&self, job: &JobId) -> PathBuf {
        self.spool().join(file_name(job))
    }

    /// The file of a day that was recorded.
    pub(super) fn spooled(&self, entry: &Entry) -> PathBuf {
        self.spool_of(&entry.jobid).join(entry.file_name())
    }

    /// A file of the result.
    pub(super) fn result(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The days whose files the spool has, with the folder of their job.
    pub(super) fn spooled_days(&self) -> impl Iterator<Item = (PathBuf, NaiveDate)> {
        let jobs = fs::read_dir(self.spool()).into_iter().flatten().flatten().map(|job| job.path());
        jobs.flat_map(|job| {
            let files = fs::read_dir(&job).into_iter().flatten().flatten();
            files.filter_map(move |file| Some((job.clone(), date_of(&file.file_name().to_string_lossy())?)))
        })
    }

    /// How many answers the files of a day have, recorded or not: the most of them.
    pub(super) fn most_rows(&self, job: &JobId, date: NaiveDate) -> u64 {
        let files = fs::read_dir(self.spool_of(job)).into_iter().flatten().flatten();
        let files = files.filter(|file| date_of(&file.file_name().to_string_lossy()) == Some(date));
        // The first line has the job's details.
        let rows = |file: File| BufReader::new(file).split(b'\n').map_while(Result::ok).count().saturating_sub(1);
        let most = files.filter_map(|file| File::open(file.path()).ok()).map(rows).max();
        most.and_then(|rows| u64::try_from(rows).ok()).unwrap_or_default()
    }

    /// Removes what an earlier run left half-written.
    fn remove_parts(&self) -> io::Result<()> {
        let mut folders = vec![self.path.clone(), self.spool()];
        for entry in fs::read_dir(self.spool())? {
            folders.extend(Some(entry?.path()).filter(|path| path.is_dir()));
        }
        for folder in folders {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                if entry.file_name().to_string_lossy().starts_with(PART) {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }
}

/// The day of a file of the spool, by its name.
pub(super) fn date_of(name: &str) -> Option<NaiveDate> {
    name.split('.').next().and_then(|date| date.parse().ok())
}

/// Refuses what is no folder of an export, before anything is created.
fn refuse_others(path: &Path) -> Result<(), Failure> {
    let name = path.display();
    let mut entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(Failure::usage(
                format!("{name} is a file: name a folder with --out"),
                format!("{name} 是文件，请用 --out 指定文件夹"),
            ));
        }
        Err(error) => return Err(unreadable(path, &error)),
    };
    let is_ours = path.join(LOCK).is_file() || path.join(SPOOL).is_dir() || Manifest::is_in(path);
    if !is_ours && entries.next().is_some() {
        return Err(Failure::usage(
            format!("{name} has other files: name an empty folder with --out, or that of an earlier export"),
            format!("{name} 中有其他文件，请用 --out 指定空文件夹或以前导出所用的文件夹"),
        ));
    }
    Ok(())
}

fn locked(path: &Path) -> Failure {
    let name = path.display();
    Failure::failed(format!("another export works in {name}"), format!("另一个导出正在使用 {name}"))
        .advise("wait until it ends, or name another folder with --out", "请等待其结束，或用 --out 指定其他文件夹")
        .retryable()
}

/// Opens the file whose lock keeps other exports out. It stays, so that nobody locks another file of its name.
fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a folder that only the user can open. Its name survives a power failure.
fn create(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    sync_folder_of(path)
}

/// Syncs the folder in which a file or a folder got its name. Only Unix can.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// A file that gets its name when it is complete. Only the user can read it. Without a name it vanishes with this value.
pub(super) struct Part {
    file: NamedTempFile,
    path: PathBuf,
}

impl Part {
    /// Starts a file, and creates its folder.
    pub(super) fn of(path: PathBuf) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("."));
        create(folder)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let file = Builder::new().prefix(&format!("{PART}{name}-")).tempfile_in(folder)?;
        Ok(Self { file, path })
    }

    /// Changes the name that the file will get.
    pub(super) fn with_name(mut self, name: &str) -> Self {
        self.path.set_file_name(name);
        self
    }

    pub(super) fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives the file its name. For files that can be made again: a power failure may lose it.
    pub(super) fn rename(self) -> io::Result<()> {
        self.file.persist(&self.path)?;
        Ok(())
    }

    /// Gives the file its name, once its contents are on the disk.
    pub(super) fn finish(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path)?;
        sync_folder_of(&self.path)
    }
}

/// A job id as a part of a file name: letters, digits, `-` and `_` stay, and other bytes become `%` and two digits.
pub(super) fn file_name(job: &JobId) -> String {
    const LONGEST: usize = 150;
    let mut name = String::new();
    for byte in job.as_ref().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => name.push(byte.into()),
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    if name.len() > LONGEST {
        name.truncate(LONGEST);
        name.push_str(&super::manifest::hex(&hmac_sha256::Hash::hash(job.as_ref().as_bytes()))[..16]);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_id_cannot_leave_the_folder() {
        let name = |job: &str| file_name(&JobId::from(job));
        assert_eq!(name("aZ0-_"), "aZ0-_");
        assert_eq!(name("../a b.c"), "%2E%2E%2Fa%20b%2Ec");
        assert_eq!(name("任"), "%E4%BB%BB");
        let (one, other) = (name(&"x".repeat(151)), name(&"x".repeat(152)));
        assert!(one.len() == 166 && other.len() == 166 && one != other, "{one}");
    }
}
