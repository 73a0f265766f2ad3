//! `deviations.json`, beside the schema: the differences from the vendor's pages that are meant, each with its reason.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::Document;
use super::draft::TODO;
use super::{Breach, json, unescape};

/// An accepted difference between a page and the schema.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// JSON pointer to the place in the schema, or the file of a sample: `samples/gettoken.response.json`.
    pub at: String,
    /// What the page does there, as the audit says it.
    pub page: String,
    /// Why the schema differs.
    pub reason: String,
}

/// What a page does that describes a field which the schema leaves out.
pub const HAS_FIELD: &str = "has the field";

/// Reads the deviations beside a schema. Without the file there are none.
///
/// # Errors
///
/// The file cannot be read, or is no list of deviations.
pub fn read(schema: &Path) -> Result<Vec<Deviation>> {
    let file = schema.with_file_name("deviations.json");
    let name = file.display();
    let text = match std::fs::read_to_string(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.with_context(|| format!("cannot read {name}"))?,
    };
    let json = json::parse(&text).with_context(|| name.to_string())?;
    serde_path_to_error::deserialize(&json)
        .map_err(|error| anyhow::anyhow!("{name}: {}: {}", error.path(), error.inner()))
}

/// Writes the deviations beside a schema, and further ones whose reasons a person has to write.
///
/// # Errors
///
/// The file cannot be written.
pub fn add(schema: &Path, known: &[Deviation], more: &[Deviation]) -> Result<()> {
    let more = more.iter().map(|deviation| Deviation { reason: TODO.to_owned(), ..deviation.clone() });
    let all: Vec<Deviation> = known.iter().cloned().chain(more).collect();
    let file = schema.with_file_name("deviations.json");
    let text = serde_json::to_string_pretty(&all)? + "\n";
    std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
}

impl Deviation {
    /// Returns the place as people write it: `Definition.field`, or the file of a sample.
    pub fn place(&self) -> String {
        self.at.trim_start_matches("/$defs/").replacen("/properties/", ".", 1)
    }

    /// The definition and the field that the schema leaves out, if that is what it does.
    fn left_out(&self) -> Option<(String, String)> {
        let (definition, field) = self.at.strip_prefix("/$defs/")?.split_once("/properties/")?;
        (self.page == HAS_FIELD).then(|| (unescape(definition), unescape(field)))
    }
}

/// Checks deviations against a schema, and tells its objects which fields they leave out.
pub(super) fn apply(
    deviations: &[Deviation],
    folder: &Path,
    schema: &Value,
    document: &mut Document,
) -> Result<(), Vec<Breach>> {
    let mut breaches = Vec::new();
    for (index, deviation) in deviations.iter().enumerate() {
        let mut refuse = |message: &str| {
            let pointer = format!("/{index}");
            breaches.push(Breach { pointer, message: format!("{}: {message}", deviation.at) });
        };
        let is_twice = deviations[..index].iter().any(|other| other.at == deviation.at && other.page == deviation.page);
        if is_twice {
            refuse("is here twice: delete one");
        }
        if !deviation.reason.ends_with('.') {
            refuse("write the reason as a sentence");
        }
        let here = if deviation.at.starts_with('/') {
            schema.pointer(&deviation.at).is_some()
        } else {
            deviation.at.starts_with("samples/") && folder.join(&deviation.at).exists()
        };
        match deviation.left_out() {
            Some(_) if here => refuse("the schema has this field: delete the entry, or the field"),
            None if !here => refuse("there is no such place in the schema: write the JSON pointer of one"),
            Some((definition, field)) => match document.definitions.get_mut(&definition) {
                Some(definition) => definition.left_out.push(field),
                None => refuse("there is no such definition: write the name of one"),
            },
            None => {}
        }
    }
    if breaches.is_empty() { Ok(()) } else { Err(breaches) }
}
