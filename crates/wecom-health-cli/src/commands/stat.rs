//! `wecom-health stat`: how much the app was used.

use wecom_health::Client;

use crate::arguments::{Day, Format};
use crate::commands::kept::Kept;
use crate::failure::Failure;
use crate::output::{Output, json, object, print};

/// Fetches the usage figures and prints them.
pub(crate) async fn run(client: &Client, day: &Day, format: &Format, output: Output) -> Result<(), Failure> {
    Kept::USAGE.warn_outside(day.date, output);
    let stat = client.report_stat(day.date).await?;
    print(&if format.json { json::document(&stat)? } else { object::in_words(&stat, output)? })
}
