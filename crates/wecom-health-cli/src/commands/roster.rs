//! The list of people that a user gives as a file.

use std::path::Path;

use wecom_health::model::{Language, Localized};
use wecom_health_report::Roster;

use crate::disk::reason;
use crate::failure::Failure;

/// The most bytes that are read of a roster: some million people.
const LONGEST_FILE: u64 = 256 << 20;

/// Reads a roster.
pub(crate) fn read(file: &Path) -> Result<Roster, Failure> {
    use std::io::Read;
    let name = file.display();
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(LONGEST_FILE + 1).read_to_end(&mut bytes));
    read.map_err(|error| {
        let [english, chinese] = reason(&error);
        Failure::usage(format!("cannot read the roster {name}: {english}"), format!("无法读取名单 {name}：{chinese}"))
    })?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LONGEST_FILE) {
        return Err(Failure::usage(
            format!("the roster {name} is longer than 256 MiB: leave out the columns that nobody needs"),
            format!("名单 {name} 超过 256 MiB，请删去不需要的列"),
        ));
    }
    Roster::from_csv(&bytes).map_err(|error| {
        let (english, chinese) = (error.in_language(Language::English), error.in_language(Language::Chinese));
        Failure::usage(format!("{name}: {english}"), format!("{name}：{chinese}"))
    })
}
