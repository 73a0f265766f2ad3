//! The file of a page.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::disk::unwritable;
use crate::failure::Failure;

/// A file that is not there yet, or that may be replaced.
pub(super) struct NewFile {
    path: PathBuf,
    replaces: bool,
}

impl NewFile {
    /// Refuses a file that is there, before anything is fetched.
    pub(super) fn at(path: &Path, replaces: bool) -> Result<Self, Failure> {
        let name = path.display();
        if path.is_dir() || path.file_name().is_none() {
            return Err(Failure::usage(
                format!("{name} is a folder: name a file with --html"),
                format!("{name} 是文件夹，请用 --html 指定文件"),
            ));
        }
        match path.metadata() {
            Ok(there) if !there.is_file() => return Err(no_file(path)),
            Ok(_) if !replaces => return Err(exists(path)),
            // A link that leads nowhere is there, too.
            Err(_) if !replaces && path.symlink_metadata().is_ok() => return Err(exists(path)),
            _ => {}
        }
        Ok(Self { path: path.to_owned(), replaces })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file whole or not at all. Only the user can read it.
    pub(super) fn write(&self, text: &str) -> Result<(), Failure> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unwritable = |error: io::Error| unwritable(&self.path, &error);
        let mut file = Builder::new().prefix(".part-").tempfile_in(folder).map_err(unwritable)?;
        file.write_all(text.as_bytes()).map_err(unwritable)?;
        let persisted = if self.replaces { file.persist(&self.path) } else { file.persist_noclobber(&self.path) };
        match persisted {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&self.path)),
            Err(error) => Err(unwritable(error.error)),
        }
    }
}

fn no_file(path: &Path) -> Failure {
    let name = path.display();
    Failure::usage(
        format!("{name} is a device or the like: name a file with --html"),
        format!("{name} 不是普通文件，请用 --html 指定文件"),
    )
}

fn exists(path: &Path) -> Failure {
    let name = path.display();
    Failure::usage(
        format!("{name} is there already: name another file, or add --force to replace it"),
        format!("{name} 已存在，请指定其他文件，或加上 --force 覆盖"),
    )
}
