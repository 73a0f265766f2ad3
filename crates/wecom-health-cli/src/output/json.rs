//! JSON, in the vendor's order, with hidden characters as escapes.

use std::io;

use serde::Serialize;

use super::text::escaped_json;

/// Returns a document on several lines.
pub(crate) fn document(value: &impl Serialize) -> io::Result<String> {
    Ok(escaped_json(&serde_json::to_string_pretty(value)?) + "\n")
}

/// Returns a document on one line.
pub(crate) fn line(value: &impl Serialize) -> io::Result<String> {
    Ok(escaped_json(&serde_json::to_string(value)?) + "\n")
}
