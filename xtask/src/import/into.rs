//! `--into`: adds to a schema what the pages have and it lacks, and lists what differs. What is there stays as it is.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use super::compare::compare;
use super::definitions::same_shape;
use super::draft::Draft;
use super::layout;
use super::text_edit::Edit;
use crate::schema::{Deviation, definition_name, unescape};

/// What came of it.
#[derive(Debug)]
pub struct Merged {
    /// The schema with what was added.
    pub text: String,
    /// What was added and what differs: page line, JSON pointer, and what it is.
    pub findings: Vec<String>,
}

/// Adds what a draft has and a schema lacks, but for what deviations record.
///
/// # Errors
///
/// The text is no schema.
pub fn merge(text: &str, draft: &Draft, deviations: &[Deviation]) -> Result<Merged> {
    let schema: Value = serde_json::from_str(text).context("the schema is no JSON")?;
    let definitions = schema["$defs"].as_object().context("the schema has no \"$defs\"")?;
    ensure!(schema["links"].is_array(), "the schema has no \"links\"");
    let mut merger = Merger { definitions, draft, edit: Edit::new(text), names: BTreeMap::new() };
    let mut findings = Vec::new();
    for difference in compare(&schema, draft).differences {
        if deviations.iter().any(|deviation| difference.is_recorded_as(deviation)) {
            continue;
        }
        let added = difference.lacking.as_deref().is_some_and(|place| merger.add(&difference.at, place));
        findings.push(if added { format!("{difference}: added") } else { difference.to_string() });
    }
    Ok(Merged { text: merger.edit.finish(), findings })
}

struct Merger<'a> {
    definitions: &'a Map<String, Value>,
    draft: &'a Draft,
    edit: Edit<'a>,
    /// The names that definitions of the draft have in the schema.
    names: BTreeMap<String, String>,
}

impl Merger<'_> {
    /// Adds the link or the field at a place of the draft. Returns whether the schema has an object for it.
    fn add(&mut self, pointer: &str, place: &str) -> bool {
        let Some(node) = self.draft.schema.pointer(place) else { return false };
        let node = self.renamed(node);
        let keys: Vec<String> = pointer.split('/').skip(1).map(unescape).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        match keys.as_slice() {
            ["links"] => self.edit.add(&["links"], layout::entry(&node, 4)),
            [object @ .., name] => self.edit.add(object, format!("{}: {}", Value::from(*name), layout::line(&node))),
            [] => false,
        }
    }

    /// A node of the draft, with the names that its definitions have in the schema. Definitions that the schema lacks are added.
    fn renamed(&mut self, node: &Value) -> Value {
        match node {
            Value::Object(members) => {
                let renamed =
                    members.iter().map(|(key, value)| match (key.as_str(), value.as_str().and_then(definition_name)) {
                        ("$ref", Some(name)) => (key.clone(), format!("#/$defs/{}", self.added(name)).into()),
                        _ => (key.clone(), self.renamed(value)),
                    });
                Value::Object(renamed.collect())
            }
            Value::Array(items) => items.iter().map(|item| self.renamed(item)).collect(),
            value => value.clone(),
        }
    }

    /// The name in the schema of a definition of the draft.
    fn added(&mut self, name: &str) -> String {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let draft = self.draft.schema["$defs"][name].clone();
        let renamed = self.renamed(&draft);
        let kept = name == "ErrCode" || self.definitions.get(name).is_some_and(|known| same_shape(known, &renamed));
        let taken =
            |name: &String| self.definitions.contains_key(name) || self.names.values().any(|known| known == name);
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default();
        let new = if kept && self.definitions.contains_key(name) { name.to_owned() } else { free };
        if !self.definitions.contains_key(&new) {
            let member = format!("{}: {}", Value::from(new.as_str()), layout::entry(&renamed, 4));
            self.edit.add(&["$defs"], member);
        }
        self.names.insert(name.to_owned(), new.clone());
        new
    }
}
