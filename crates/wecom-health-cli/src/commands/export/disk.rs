//! What a disk refuses, with the file and what to do.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::failure::Failure;

pub(super) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let (name, reason) = (path.display(), chinese(error));
    Failure::disk(
        format!("cannot write {name}: {error}; check the folder, its permissions and the free space"),
        format!("无法写入 {name}：{reason}，请检查文件夹、权限和剩余空间"),
    )
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let (name, reason) = (path.display(), chinese(error));
    Failure::disk(
        format!("cannot read {name}: {error}; check its permissions and the disk, and run the export again"),
        format!("无法读取 {name}：{reason}，请检查权限和磁盘，然后重新运行"),
    )
}

/// Says of a file of the spool that it is what was written, and that this program cannot read it. serde's message would quote an answer.
pub(super) fn of_another_version(path: &Path) -> Failure {
    let name = path.display();
    Failure::disk(
        format!("cannot read {name}: another version of this program wrote it; use that one, or a newer one"),
        format!("无法读取 {name}：它由本程序的其他版本写入，请使用该版本或更新的版本"),
    )
}

/// The operating system speaks English.
fn chinese(error: &io::Error) -> String {
    let known = match error.kind() {
        ErrorKind::StorageFull => "磁盘空间不足",
        ErrorKind::QuotaExceeded => "超出磁盘配额",
        ErrorKind::FileTooLarge => "文件过大",
        ErrorKind::PermissionDenied => "没有权限",
        ErrorKind::ReadOnlyFilesystem => "文件系统为只读",
        ErrorKind::NotFound => "文件不存在",
        _ => return error.to_string(),
    };
    known.to_owned()
}
