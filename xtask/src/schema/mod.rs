//! Reads `schema/health.schema.json`, checks it, and tells what it becomes in Rust. Code generation and the audit of the vendor's
//! pages build on this module.

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

/// The path of the schema from the root of the workspace.
pub const PATH: &str = "schema/health.schema.json";

/// A place where the schema breaks a rule of `schema/README.md`.
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
/// The file cannot be read, is not JSON, or breaks rules: all breaches are listed.
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
/// Every breach of a rule; or only the first keyword that is unknown or has a value of the wrong type.
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

/// Escapes a name for a JSON pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
