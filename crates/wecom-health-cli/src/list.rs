//! Lists as JSON: one document, or a line for each item as it comes.

use std::io::{BufWriter, Write};

use futures_util::FutureExt;
use serde::Serialize;
use wecom_health::Items;

use crate::arguments::ListFormat;
use crate::failure::Failure;
use crate::view;

/// Prints all items. One document is printed when it is complete, so that it is never half of one.
pub(crate) async fn print<T: Serialize>(items: &mut Items<T>, format: &ListFormat) -> Result<(), Failure> {
    if format.ndjson {
        return lines(items).await;
    }
    let mut all = Vec::new();
    while let Some(item) = items.try_next().await? {
        all.push(item);
    }
    view::print(&view::json(&all)?)
}

async fn lines<T: Serialize>(items: &mut Items<T>) -> Result<(), Failure> {
    let mut output = BufWriter::new(std::io::stdout().lock());
    loop {
        let item = match items.try_next().now_or_never() {
            Some(item) => item,
            None => {
                // The next page takes its time: what is there is shown meanwhile.
                if let Err(error) = output.flush() {
                    return view::unless_gone(Err(error));
                }
                items.try_next().await
            }
        };
        let Some(item) = item? else { break };
        let line = serde_json::to_string(&item).map_err(std::io::Error::from)?;
        if let Err(error) = writeln!(output, "{line}") {
            return view::unless_gone(Err(error));
        }
    }
    view::unless_gone(output.flush())
}
