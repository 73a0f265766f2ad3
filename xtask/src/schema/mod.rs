//! Reads `schema/health.schema.json`, checks it, and tells what it becomes in Rust. Code generation and the audit of the vendor's
//! pages build on this module.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde_path_to_error::Segment;

pub mod deviations;
mod document;
mod draft;
pub mod json;
mod names;
mod rules;
pub mod samples;
mod types;

pub use deviations::Deviation;
pub use document::{Document, KnownValue, Link, Method, Node, Paged, Value, definition_name};
pub use names::is_type as is_type_name;
pub use samples::{Sample, Side};
pub use types::{Kind, Output, STATUS, TOKEN, Type};

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

/// Whether a schema is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// As `cargo xtask import` writes it: labels may be `TODO`, and notes of the import may be left.
    Draft,
    /// Ready to be published.
    Finished,
}

/// Reads the schema in a file.
///
/// # Errors
///
/// The file cannot be read, is no JSON, or breaks rules: all of them.
pub fn load(root: &Path, file: &Path, stage: Stage) -> Result<Document> {
    let name = file.strip_prefix(root).unwrap_or(file).display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let json =
        json::parse(&text).map_err(|error| anyhow::anyhow!("{name}:{}:{}: {error}", error.line(), error.column()))?;
    let mut document = parse(&json, stage).map_err(|breaches| refusal(&name, &breaches))?;
    let deviations = deviations::read(file)?;
    let folder = file.parent().unwrap_or(root);
    deviations::apply(&deviations, folder, &json, &mut document).map_err(|breaches| {
        refusal(&file.with_file_name("deviations.json").strip_prefix(root).unwrap_or(file).display(), &breaches)
    })?;
    document.deviations = deviations;
    Ok(document)
}

fn refusal(file: &dyn fmt::Display, breaches: &[Breach]) -> anyhow::Error {
    let lines: Vec<_> = breaches.iter().map(|breach| format!("{file}#{breach}")).collect();
    anyhow::anyhow!("the schema breaks {} of its rules; nothing was written\n{}", lines.len(), lines.join("\n"))
}

/// Reads the schema from JSON.
///
/// # Errors
///
/// Every rule that it breaks. Where a keyword is unknown or has a value of another type, that alone.
pub fn parse(json: &serde_json::Value, stage: Stage) -> Result<Document, Vec<Breach>> {
    let mut document = read(json).map_err(|error| vec![breach(json, &error)])?;
    let mut breaches = Vec::new();
    match stage {
        Stage::Draft => draft::fill(&mut document),
        Stage::Finished => draft::find(json, "", &mut breaches),
    }
    // What is not written yet needs no other advice.
    let unwritten: Vec<_> = breaches.iter().map(|breach| breach.pointer.clone()).collect();
    breaches.extend(rules::check(&document, None).into_iter().filter(|breach| !unwritten.contains(&breach.pointer)));
    if breaches.is_empty() { Ok(document) } else { Err(breaches) }
}

fn read(json: &serde_json::Value) -> Result<Document, serde_path_to_error::Error<serde_json::Error>> {
    serde_path_to_error::deserialize(json)
}

/// What to do about JSON that is no document. Where a value has the wrong type and its keyword would be refused anyway, the rules have
/// the better advice.
fn breach(json: &serde_json::Value, error: &serde_path_to_error::Error<serde_json::Error>) -> Breach {
    let steps = error.path().iter().filter_map(|segment| match segment {
        Segment::Map { key } => Some(format!("/{}", escape(key))),
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    let (pointer, text) = (steps.collect::<String>(), error.inner().to_string());
    let of_rules = || {
        let Some(Segment::Map { key }) = error.path().iter().next_back() else { return None };
        let mut without = json.clone();
        let parent = &pointer[..pointer.rfind('/')?];
        without.pointer_mut(parent)?.as_object_mut()?.shift_remove(key)?;
        let document = read(&without).ok()?;
        rules::check(&document, Some(&pointer)).into_iter().find(|breach| breach.pointer == pointer)
    };
    let of_rules = if text.starts_with(rules::UNKNOWN) { None } else { of_rules() };
    of_rules.unwrap_or_else(|| Breach { message: rules::advice(&text), pointer: pointer.clone() })
}

impl Node {
    /// The name of a field in Rust.
    pub fn field_name(&self, wire: &str) -> String {
        names::field(wire, self)
    }
}

/// A name as a step of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A step of a JSON pointer as a name.
pub(crate) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
