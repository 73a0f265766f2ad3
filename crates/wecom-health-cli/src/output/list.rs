//! Items as they arrive: as one JSON document, or a line for each.

use std::io::{self, BufWriter, Write};

use futures_util::FutureExt;
use serde::Serialize;
use wecom_health::Items;

use super::{json, print, unless_gone};
use crate::failure::Failure;

/// Prints all items as one JSON document. It is printed only when complete, so that it is never cut off.
pub(crate) async fn print_json<T: Serialize>(items: &mut Items<T>) -> Result<(), Failure> {
    let mut all = Vec::new();
    while let Some(item) = items.try_next().await? {
        all.push(item);
    }
    print(&json::document(&all)?)
}

/// Prints each item as JSON on a line of its own, as it arrives.
pub(crate) async fn print_ndjson<T: Serialize>(items: &mut Items<T>) -> Result<(), Failure> {
    print_lines(items, "", json::line).await
}

/// Prints a first line, and the lines of each item as it arrives.
pub(crate) async fn print_lines<T>(
    items: &mut Items<T>,
    first: &str,
    mut lines: impl FnMut(&T) -> io::Result<String>,
) -> Result<(), Failure> {
    let mut output = BufWriter::new(io::stdout().lock());
    let mut written = output.write_all(first.as_bytes());
    while written.is_ok() {
        let item = match items.try_next().now_or_never() {
            Some(item) => item,
            None => {
                // The next page is not there yet: show what has been written so far.
                written = output.flush();
                items.try_next().await
            }
        };
        let Some(item) = item? else { break };
        written = written.and_then(|()| output.write_all(lines(&item)?.as_bytes()));
    }
    unless_gone(written.and_then(|()| output.flush()))
}
