//! Corp id and secret, from a file or from the environment; never from an argument, which every user of the machine can read.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use wecom_health::Secret;

use crate::day::notice;
use crate::failure::Failure;

const CORP_ID: &str = "WECOM_CORP_ID";
const CORP_SECRET: &str = "WECOM_CORP_SECRET";
/// More bytes than a file of credentials has.
const LONGEST_FILE: u64 = 64 << 10;

/// What identifies the app.
pub(crate) struct Credentials {
    pub(crate) corp_id: String,
    pub(crate) secret: Secret,
}

/// Reads the credentials.
pub(crate) fn read(file: Option<&Path>) -> Result<Credentials, Failure> {
    match file {
        Some(file) => from_file(file),
        None => from_environment(),
    }
}

fn from_environment() -> Result<Credentials, Failure> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (variable(CORP_ID), variable(CORP_SECRET)) {
        (Some(corp_id), Some(secret)) => Ok(Credentials { corp_id, secret: Secret::new(secret) }),
        (corp_id, secret) => {
            let missing = [(corp_id, CORP_ID), (secret, CORP_SECRET)];
            let missing: Vec<_> = missing.iter().filter(|(value, _)| value.is_none()).map(|(_, name)| *name).collect();
            Err(Failure::Usage(format!(
                "no credentials: set {} in the environment, name a file with --credentials, or try --emulator",
                missing.join(" and ")
            )))
        }
    }
}

fn from_file(file: &Path) -> Result<Credentials, Failure> {
    let name = file.display();
    let text = read_some(file).map_err(|error| {
        let advice = format!("it needs the lines {CORP_ID}=… and {CORP_SECRET}=…");
        Failure::Usage(format!("cannot read the credentials in {name}: {error}; {advice}"))
    })?;
    let value = |wanted: &str| {
        let value = text.trim_start_matches('\u{feff}').lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            (name.trim().trim_start_matches("export").trim_start() == wanted).then(|| unquote(value.trim()))
        });
        match value {
            None | Some("") => Err(Failure::Usage(format!("there is no line {wanted}=… in {name}"))),
            Some(value) if value.contains(char::is_whitespace) => {
                let advice = "write the value alone, with comments on lines of their own";
                Err(Failure::Usage(format!("the value of {wanted} in {name} holds white space: {advice}")))
            }
            Some(value) => Ok(value.to_owned()),
        }
    };
    Ok(Credentials { corp_id: value(CORP_ID)?, secret: Secret::new(value(CORP_SECRET)?) })
}

/// The text of a file of credentials, which is short: one without end is not read to its end.
fn read_some(name: &Path) -> std::io::Result<String> {
    let file = File::open(name)?;
    warn_if_others_can_read(name, &file)?;
    let mut text = String::new();
    let length = file.take(LONGEST_FILE + 1).read_to_string(&mut text)?;
    if u64::try_from(length).is_ok_and(|length| length > LONGEST_FILE) {
        return Err(std::io::Error::other("it is longer than 64 KiB"));
    }
    Ok(text)
}

/// Warns if the file's mode lets others read the secret. A pipe has no such mode.
#[cfg(unix)]
fn warn_if_others_can_read(name: &Path, file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS_CAN_READ: u32 = 0o044;
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.permissions().mode() & OTHERS_CAN_READ != 0 {
        let name = name.display();
        notice(&format!("warning: other users of this machine can read the secret in {name}: run chmod 600 {name}"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_: &Path, _: &File) -> std::io::Result<()> {
    Ok(())
}

/// A value without the quotes around it.
fn unquote(value: &str) -> &str {
    let quotes = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    quotes.unwrap_or(value)
}
