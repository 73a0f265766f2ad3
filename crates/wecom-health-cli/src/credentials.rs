//! Corp id and secret, from a file or from the environment; never from an argument, which every user of the machine can read.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use wecom_health::Secret;

use crate::disk::reason;
use crate::failure::Failure;
use crate::output::Output;

const CORP_ID: &str = "WECOM_CORP_ID";
const CORP_SECRET: &str = "WECOM_CORP_SECRET";
/// The most bytes that are read of a credentials file.
const LONGEST_FILE: u64 = 64 << 10;
/// How long reading may take before the user is told what the program waits for.
const PATIENCE: Duration = Duration::from_secs(1);

/// What identifies the app.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) corp_id: String,
    pub(crate) secret: Secret,
}

/// Reads the credentials.
pub(crate) fn read(file: Option<&Path>, output: Output) -> Result<Credentials, Failure> {
    match file {
        Some(file) => from_file(file, output),
        None => from_environment(),
    }
}

fn from_environment() -> Result<Credentials, Failure> {
    match (variable(CORP_ID)?, variable(CORP_SECRET)?) {
        (Some(corp_id), Some(secret)) => Ok(Credentials { corp_id, secret: Secret::new(secret) }),
        (corp_id, secret) => {
            let missing = [(corp_id, CORP_ID), (secret, CORP_SECRET)];
            let missing: Vec<_> = missing.iter().filter(|(value, _)| value.is_none()).map(|(_, name)| *name).collect();
            Err(Failure::credentials("no credentials", "缺少凭据").advise(
                format!(
                    "set {} in the environment, name a file with --credentials, or try --emulator",
                    missing.join(" and ")
                ),
                format!(
                    "请设置环境变量 {}，或用 --credentials 指定凭据文件，或用 --emulator 试用",
                    missing.join(" 和 ")
                ),
            ))
        }
    }
}

/// Returns an environment variable that is set and not empty.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    let value = std::env::var_os(name).filter(|value| !value.is_empty());
    value.map(OsString::into_string).transpose().map_err(|_| {
        Failure::credentials(
            format!("the environment variable {name} is not UTF-8"),
            format!("环境变量 {name} 不是有效的 UTF-8 文本"),
        )
        .advise("copy its value again from the admin console", "请从管理后台重新复制")
    })
}

fn from_file(file: &Path, output: Output) -> Result<Credentials, Failure> {
    let name = file.display();
    let text = patiently(
        || read_some(file),
        || {
            output.notice(
                &format!("waiting until the credentials are written to {name}; Ctrl-C ends the program"),
                &format!("正在等待凭据写入 {name}，按 Ctrl-C 可退出"),
            );
        },
    );
    let text = text.map_err(|[english, chinese]| {
        Failure::credentials(
            format!("cannot read the credentials in {name}: {english}"),
            format!("无法从 {name} 读取凭据：{chinese}"),
        )
        .advise(
            format!("name a file that you can read, with the lines {CORP_ID}=… and {CORP_SECRET}=…"),
            format!("请指定可读取的文件，其中应包含 {CORP_ID}=… 和 {CORP_SECRET}=… 两行"),
        )
    })?;
    let value = |wanted: &str| {
        let value = text.trim_start_matches('\u{feff}').lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            (name.trim().trim_start_matches("export").trim_start() == wanted).then(|| unquote(value.trim()))
        });
        match value {
            None | Some("") => Err(Failure::credentials(
                format!("there is no line {wanted}=… in {name}, or it has no value"),
                format!("{name} 中缺少 {wanted}=… 这一行，或其值为空"),
            )
            .advise("write the line", "请补上")),
            // A comment behind the value would be taken for a part of it. What else is no value, the builder of the client refuses.
            Some(value) if value.contains(char::is_whitespace) && value.contains('#') => Err(Failure::credentials(
                format!("the value of {wanted} in {name} contains white space"),
                format!("{name} 中 {wanted} 的值含有空白字符"),
            )
            .advise("write only the value, and comments on separate lines", "请只写值，注释须另起一行")),
            Some(value) => Ok(value.to_owned()),
        }
    };
    Ok(Credentials { corp_id: value(CORP_ID)?, secret: Secret::new(value(CORP_SECRET)?) })
}

/// Reads, and notifies the user if that takes long: a pipe may have nobody who writes to it.
fn patiently<T>(read: impl FnOnce() -> T, notify: impl FnOnce() + Send) -> T {
    let (reading, read_or_not) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if read_or_not.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                notify();
            }
        });
        let text = read();
        drop(reading);
        text
    })
}

/// Reads the text of a credentials file, up to a limit, because a file such as a device may have no end. Fails with the problem
/// in English and in Chinese.
fn read_some(name: &Path) -> Result<String, [String; 2]> {
    let in_both = |error: io::Error| reason(&error);
    let file = File::open(name).map_err(in_both)?;
    let mut text = String::new();
    let length = file.take(LONGEST_FILE + 1).read_to_string(&mut text).map_err(in_both)?;
    if u64::try_from(length).is_ok_and(|length| length > LONGEST_FILE) {
        return Err(["it is longer than 64 KiB".to_owned(), "内容超过 64 KiB".to_owned()]);
    }
    Ok(text)
}

/// Warns if the file's mode lets others read the secret.
pub(crate) fn warn_if_others_can_read(file: Option<&Path>, output: Output) {
    if let Some(file) = file.filter(|file| others_can_read(file) == Some(true)) {
        let name = file.display();
        output.warning(
            &format!("other users of this machine can read the secret in {name}: run chmod 600 {name}"),
            &format!("本机其他用户可以读取 {name} 中的 Secret，请执行 chmod 600 {name}"),
        );
    }
}

/// Returns whether a file's mode lets others read it; `None` for what has no such mode, such as a pipe.
#[cfg(unix)]
pub(crate) fn others_can_read(file: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS_CAN_READ: u32 = 0o044;
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(metadata.permissions().mode() & OTHERS_CAN_READ != 0)
}

#[cfg(not(unix))]
pub(crate) fn others_can_read(_: &Path) -> Option<bool> {
    None
}

/// Removes the quotes around a value.
fn unquote(value: &str) -> &str {
    let quotes = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    quotes.unwrap_or(value)
}
