//! `--into`: adds to a schema what the pages have and it lacks, and lists what differs. What is there stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::definitions::same_shape;
use super::draft::Draft;
use super::layout;
use super::text_edit::Edit;

/// What came of it.
#[derive(Debug)]
pub struct Merged {
    /// The schema with what was added.
    pub text: String,
    /// What was added and what differs: page line, JSON pointer, and what it is.
    pub findings: Vec<String>,
}

/// Adds what a draft has and a schema lacks.
///
/// # Errors
///
/// The text is no schema.
pub fn merge(text: &str, draft: &Draft) -> Result<Merged> {
    let schema: Value = serde_json::from_str(text).context("the schema is no JSON")?;
    let definitions = schema["$defs"].as_object().context("the schema has no \"$defs\"")?;
    let links = schema["links"].as_array().context("the schema has no \"links\"")?;
    let mut merger = Merger {
        definitions,
        draft,
        edit: Edit::new(text),
        names: BTreeMap::new(),
        compared: BTreeSet::new(),
        findings: Vec::new(),
    };
    for (at, link) in draft.schema["links"].as_array().into_iter().flatten().enumerate() {
        let place = format!("/links/{at}");
        match links.iter().position(|known| path(known) == path(link)) {
            Some(known) => merger.compare_links(known, &links[known], link, &place),
            None => merger.add_link(link, &place),
        }
    }
    let Merger { edit, findings, .. } = merger;
    Ok(Merged { text: edit.finish(), findings })
}

struct Merger<'a> {
    definitions: &'a Map<String, Value>,
    draft: &'a Draft,
    edit: Edit<'a>,
    /// The names that definitions of the draft have in the schema.
    names: BTreeMap<String, String>,
    /// Pairs of definitions that were compared.
    compared: BTreeSet<(String, String)>,
    findings: Vec<String>,
}

impl Merger<'_> {
    fn find(&mut self, place: &str, pointer: &str, what: &str) {
        let line = self.draft.lines.get(place).map_or("", String::as_str);
        self.findings.push(format!("{line}: {pointer}: {what}"));
    }

    fn add_link(&mut self, link: &Value, place: &str) {
        let link = self.renamed(link);
        self.find(place, "/links", &format!("{} is added", path(&link)));
        self.edit.add(&["links"], layout::entry(&link, 4));
    }

    /// A node of the draft, with the names that its definitions have in the schema. Definitions that the schema lacks are added.
    fn renamed(&mut self, node: &Value) -> Value {
        match node {
            Value::Object(members) => {
                let renamed =
                    members.iter().map(|(key, value)| match (key.as_str(), value.as_str().and_then(definition)) {
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

    fn compare_links(&mut self, at: usize, known: &Value, link: &Value, place: &str) {
        let pointer = format!("/links/{at}");
        for key in ["targetHints", "submissionSchema", "hrefSchema", "targetSchema"] {
            match (reference(&known[key]), reference(&link[key])) {
                (Some(known), Some(draft)) => self.compare(known, draft),
                (None, None) if known[key] == link[key] => {}
                (_, _) => self.find(place, &format!("{pointer}/{key}"), &format!("the page has {}", shown(&link[key]))),
            }
        }
        let (names, more) = (query(known), query(link));
        if names != more {
            self.find(place, &format!("{pointer}/href"), &format!("the page has {}", shown(&link["href"])));
        }
    }

    /// Compares two definitions of objects, and adds the fields that the schema's lacks.
    fn compare(&mut self, known: &str, draft: &str) {
        if !self.compared.insert((known.to_owned(), draft.to_owned())) {
            return;
        }
        let (Some(ours), theirs) = (self.definitions.get(known), &self.draft.schema["$defs"][draft]) else { return };
        let pointer = format!("/$defs/{}", escaped(known));
        let place = format!("/$defs/{}", escaped(draft));
        let none = Map::new();
        let fields = ours["properties"].as_object().unwrap_or(&none);
        let drafted = theirs["properties"].as_object().unwrap_or(&none);
        for (name, node) in drafted {
            let place = format!("{place}/properties/{}", escaped(name));
            let pointer = format!("{pointer}/properties/{}", escaped(name));
            match fields.get(name) {
                Some(field) => {
                    self.compare_nodes(field, node, &pointer, &place);
                    let required = requires(theirs, name);
                    if requires(ours, name) != required {
                        let what = if required { "required on the page" } else { "not required on the page" };
                        self.find(&place, &pointer, what);
                    }
                }
                None => {
                    let member = format!("{}: {}", Value::from(name.as_str()), layout::line(&self.renamed(node)));
                    let added = self.edit.add(&["$defs", known, "properties"], member);
                    self.find(&place, &pointer, if added { "is added" } else { "is on the page" });
                }
            }
        }
        for name in fields.keys().filter(|name| !drafted.contains_key(*name)) {
            self.find(&place, &format!("{pointer}/properties/{}", escaped(name)), "is not on the page");
        }
    }

    fn compare_nodes(&mut self, ours: &Value, theirs: &Value, pointer: &str, place: &str) {
        let (our_name, their_name) = (reference(ours), reference(theirs));
        let our = our_name.and_then(|name| self.definitions.get(name)).unwrap_or(ours);
        let their = their_name.map_or(theirs, |name| &self.draft.schema["$defs"][name]);
        if our["x-undocumented"] == true || (their["x-undocumented"] == true && our.get("type").is_some()) {
            return;
        }
        if our["type"] != their["type"] {
            self.find(place, pointer, &format!("the page has {}", shown(&their["type"])));
            return;
        }
        let (known, drafted) = (values(our), values(their));
        if known != drafted && our_name != Some("ErrCode") {
            let list = drafted.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            self.find(place, pointer, &format!("the page gives these values a meaning: {list}"));
        }
        match (our_name, their_name) {
            (Some(our_name), Some(their_name)) if our["type"] == "object" => self.compare(our_name, their_name),
            _ if our["type"] == "array" => self.compare_nodes(&our["items"], &their["items"], pointer, place),
            _ => {}
        }
    }
}

/// Whether a definition requires a field, be it only in a success.
fn requires(definition: &Value, name: &str) -> bool {
    let lists = [&definition["required"], &definition["then"]["required"]];
    lists.into_iter().filter_map(Value::as_array).flatten().any(|required| required == name)
}

fn values(definition: &Value) -> BTreeSet<String> {
    definition["x-known-values"].as_array().into_iter().flatten().map(|known| shown(&known["value"])).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        value => value.to_string(),
    }
}

fn path(link: &Value) -> &str {
    link["href"].as_str().unwrap_or("").split('{').next().unwrap_or("")
}

fn query(link: &Value) -> BTreeSet<&str> {
    let href = link["href"].as_str().unwrap_or("");
    let names = href.split_once("{?").map_or("", |(_, names)| names.trim_end_matches('}'));
    names.split(',').filter(|name| !name.is_empty()).collect()
}

fn reference(node: &Value) -> Option<&str> {
    node["$ref"].as_str().and_then(definition)
}

fn definition(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/$defs/")
}

/// A name as a part of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
