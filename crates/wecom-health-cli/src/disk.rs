//! What a disk refuses, with the file and what to do.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::failure::Failure;

pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let (name, [english, chinese]) = (path.display(), reason(error));
    Failure::disk(format!("cannot write {name}: {english}"), format!("无法写入 {name}：{chinese}"))
        .advise("check the folder, its permissions and the free space", "请检查文件夹、权限和剩余空间")
}

pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let (name, [english, chinese]) = (path.display(), reason(error));
    Failure::disk(format!("cannot read {name}: {english}"), format!("无法读取 {name}：{chinese}"))
        .advise("check its permissions and the disk, and run it again", "请检查权限和磁盘，然后重新运行")
}

/// Says of a file of the spool that it is what was written, and that this program cannot read it. serde's message would quote an answer.
pub(crate) fn of_another_version(path: &Path) -> Failure {
    let name = path.display();
    Failure::disk(
        format!("cannot read {name}: another version of this program wrote it"),
        format!("无法读取 {name}：它由本程序的其他版本写入"),
    )
    .advise("use that one, or a newer one", "请使用该版本或更新的版本")
}

/// Why, in both languages. Not the whole text of the error: it may have the path of a temporary file.
pub(crate) fn reason(error: &io::Error) -> [String; 2] {
    let english = match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code).to_string(),
        None if error.kind() == ErrorKind::Other => error.to_string(),
        None if error.kind() == ErrorKind::NotFound => "file or folder not found".to_owned(),
        None => error.kind().to_string(),
    };
    let chinese = match error.kind() {
        ErrorKind::StorageFull => "磁盘空间不足",
        ErrorKind::QuotaExceeded => "超出磁盘配额",
        ErrorKind::FileTooLarge => "文件过大",
        ErrorKind::PermissionDenied => "没有权限",
        ErrorKind::ReadOnlyFilesystem => "文件系统为只读",
        ErrorKind::NotFound => "文件或文件夹不存在",
        ErrorKind::NotADirectory => "路径中有一部分不是文件夹",
        ErrorKind::IsADirectory => "这是文件夹",
        ErrorKind::InvalidData => "不是有效的 UTF-8 文本",
        _ => return [english.clone(), english],
    };
    [english, chinese.to_owned()]
}
