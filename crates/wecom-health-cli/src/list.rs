//! Lists: as one JSON document, or a line for each item as it comes.

use std::io::{self, BufWriter, Write};

use futures_util::FutureExt;
use serde::Serialize;
use wecom_health::Items;

use crate::arguments::ListFormat;
use crate::failure::Failure;
use crate::text::escaped_json;
use crate::view;

/// Prints all items. One document is printed when it is complete, so that it is never half of one.
pub(crate) async fn print<T: Serialize>(items: &mut Items<T>, format: &ListFormat) -> Result<(), Failure> {
    if format.ndjson {
        return lines(items, "", |item| Ok(escaped_json(&serde_json::to_string(item)?) + "\n")).await;
    }
    let mut all = Vec::new();
    while let Some(item) = items.try_next().await? {
        all.push(item);
    }
    view::print(&view::json(&all)?)
}

/// Prints a first line, and a line for each item as it comes.
pub(crate) async fn lines<T>(
    items: &mut Items<T>,
    first: &str,
    line: impl Fn(&T) -> io::Result<String>,
) -> Result<(), Failure> {
    let mut output = BufWriter::new(io::stdout().lock());
    let mut written = output.write_all(first.as_bytes());
    while written.is_ok() {
        let item = match items.try_next().now_or_never() {
            Some(item) => item,
            None => {
                // The next page takes its time: what is there is shown meanwhile.
                written = output.flush();
                items.try_next().await
            }
        };
        let Some(item) = item? else { break };
        written = written.and_then(|()| output.write_all(line(&item)?.as_bytes()));
    }
    view::unless_gone(written.and_then(|()| output.flush()))
}
