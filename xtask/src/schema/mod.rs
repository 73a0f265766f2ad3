//! `schema/health.schema.json`: read, checked, and seen as what it becomes in Rust. Nothing here knows of code generation or of
//! the vendor's pages; both stand on it.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde_path_to_error::Segment;

mod document;
pub mod json;
mod rules;
mod types;

pub use document::{Document, KnownValue, Link, Method, Node, Paged, definition_name};
pub use types::{Kind, STATUS, Type, output_name};

/// Where the schema is, from the root of the workspace.
pub const PATH: &str = "schema/health.schema.json";

/// A rule of `schema/README.md` that the schema does not keep.
#[derive(Debug, PartialEq, Eq)]
pub struct Breach {
    /// JSON pointer to the place.
    pub pointer: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

/// Reads the schema of a workspace.
///
/// # Errors
///
/// The file cannot be read, is no JSON, or breaks rules: all of them.
pub fn load(root: &Path) -> Result<Document> {
    let text = std::fs::read_to_string(root.join(PATH)).with_context(|| format!("cannot read {PATH}"))?;
    let json =
        json::parse(&text).map_err(|error| anyhow::anyhow!("{PATH}:{}:{}: {error}", error.line(), error.column()))?;
    parse(&json).map_err(|breaches| {
        let lines: Vec<_> = breaches.iter().map(|breach| format!("{PATH}#{breach}")).collect();
        anyhow::anyhow!("the schema breaks {} of its rules; nothing was written\n{}", lines.len(), lines.join("\n"))
    })
}

/// Reads the schema from JSON.
///
/// # Errors
///
/// Every rule that it breaks. Where a keyword is unknown or has a value of another type, that alone.
pub fn parse(json: &serde_json::Value) -> Result<Document, Vec<Breach>> {
    let document: Document = serde_path_to_error::deserialize(json).map_err(|error| {
        let steps = error.path().iter().filter_map(|segment| match segment {
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Enum { .. } | Segment::Unknown => None,
        });
        vec![Breach { pointer: steps.collect(), message: rules::advice(&error.inner().to_string()) }]
    })?;
    let breaches = rules::check(&document);
    if breaches.is_empty() { Ok(document) } else { Err(breaches) }
}

/// A name as a step of a JSON pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
