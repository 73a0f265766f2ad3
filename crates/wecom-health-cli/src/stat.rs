//! `wecom-health stat`: how much the app was used.

use wecom_health::Client;

use crate::arguments::{Day, Format};
use crate::day;
use crate::failure::Failure;
use crate::view;

/// The days that the server tells of: 30 days back.
const KEPT: day::Kept = day::Kept { days: 30, with_today: false };

/// Fetches the figures and prints them.
pub(crate) async fn run(client: &Client, day: Day, format: Format) -> Result<(), Failure> {
    day::warn_outside(day.date, KEPT);
    let stat = client.report_stat(day.date).await?;
    view::print(&if format.json { view::json(&stat)? } else { view::words(&stat)? })
}
