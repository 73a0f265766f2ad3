//! The rules of `schema/README.md` that a program can check, each breach with its JSON pointer and what to write.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Map, Value};

use crate::schema::definition_name;

mod definitions;
mod links;
mod names;

/// A rule that the schema does not keep.
#[derive(Debug, PartialEq, Eq)]
pub struct Breach {
    /// JSON pointer to the place.
    pub pointer: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

/// Every breach in the schema, in the order of the file.
pub fn lint(schema: &Value) -> Vec<Breach> {
    let empty = Map::new();
    let definitions = schema.get("$defs").and_then(Value::as_object).unwrap_or(&empty);
    let mut lint = Lint {
        definitions,
        requests: links::targets(schema, &["submissionSchema", "hrefSchema"]),
        queries: links::targets(schema, &["hrefSchema"]).into_keys().collect(),
        responses: links::targets(schema, &["targetSchema"]),
        referenced: BTreeSet::new(),
        breaches: Vec::new(),
    };
    lint.root(schema);
    for (name, definition) in definitions {
        lint.definition(&format!("/$defs/{}", escape(name)), name, definition);
    }
    let unused: Vec<_> = definitions.keys().filter(|name| !lint.referenced.contains(*name)).collect();
    for name in unused {
        lint.report(&format!("/$defs/{}", escape(name)), "nothing refers to this definition: use it or delete it");
    }
    lint.breaches
}

struct Lint<'a> {
    definitions: &'a Map<String, Value>,
    /// Definitions that are sent, with the number of calls that send them.
    requests: BTreeMap<String, usize>,
    /// Definitions that are sent in a query.
    queries: BTreeSet<String>,
    /// Definitions that are received, with the number of calls that receive them.
    responses: BTreeMap<String, usize>,
    referenced: BTreeSet<String>,
    breaches: Vec<Breach>,
}

const ROOT: &[&str] = &["$schema", "$comment", "title", "description", "base", "links", "$defs"];
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Lint<'_> {
    fn report(&mut self, pointer: &str, message: impl Into<String>) {
        self.breaches.push(Breach { pointer: pointer.to_owned(), message: message.into() });
    }

    fn root(&mut self, schema: &Value) {
        self.keywords("", schema, ROOT);
        if schema.get("$schema").is_none_or(|dialect| dialect != DIALECT) {
            self.report("/$schema", format!("write \"{DIALECT}\""));
        }
        if !schema.get("base").and_then(Value::as_str).is_some_and(|base| base.starts_with("https://")) {
            self.report("/base", "write the server's address, e.g. \"https://qyapi.weixin.qq.com\"");
        }
        if schema.get("$defs").and_then(Value::as_object).is_none() {
            self.report("/$defs", "write an object with a definition for each type");
        }
        match schema.get("links").and_then(Value::as_array) {
            Some(links) => self.links(links),
            None => self.report("/links", "write a list with an entry for each call"),
        }
    }

    /// An English sentence that ends with the vendor's own term in brackets.
    fn description(&mut self, pointer: &str, schema: &Value) {
        let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let bracketed = text.strip_suffix(").").and_then(|text| text.rsplit_once(" (")).is_some();
        if !(bracketed && text.starts_with(|first: char| first.is_ascii_uppercase()) && one_line(text)) {
            let missing = if text.is_empty() { "missing: " } else { "" };
            let advice = "write an English sentence on one line that ends with the vendor's own term, e.g. \"Job title (任务名称).\"";
            self.report(&format!("{pointer}/description"), format!("{missing}{advice}"));
        }
    }

    fn reference(&mut self, pointer: &str, schema: &Value) {
        let pointer = format!("{pointer}/$ref");
        let target = schema.get("$ref").and_then(Value::as_str).unwrap_or_default();
        match definition_name(target) {
            Some(name) if self.definitions.contains_key(name) => {
                self.referenced.insert(name.to_owned());
            }
            Some(name) => {
                let advice = "write it under \"$defs\", or refer to one that is there";
                self.report(&pointer, format!("there is no definition \"{name}\": {advice}"));
            }
            None => self.report(&pointer, "refer to a definition of this file: write \"#/$defs/…\""),
        }
    }

    fn keywords(&mut self, pointer: &str, schema: &Value, allowed: &[&str]) {
        let Some(schema) = schema.as_object() else {
            return self.report(pointer, "write an object here");
        };
        for keyword in schema.keys().filter(|keyword| !allowed.contains(&keyword.as_str())) {
            let advice = match keyword.as_str() {
                "enum" | "const" | "oneOf" | "anyOf" => {
                    "the vendor adds values, so a closed list loses answers: write \"x-known-values\": [{\"value\": …, \"name\": …, \"description\": …}]"
                }
                "additionalProperties" | "unevaluatedProperties" => {
                    "the vendor adds fields, so none is refused: delete it"
                }
                "minLength" | "maxLength" | "pattern" | "minimum" | "maximum" | "minItems" | "maxItems" => {
                    "a limit would make answers unreadable: say it in the description; only an integer that is sent has a range"
                }
                "default" => {
                    "only a plain field of an answer reads as 0 or \"\" when it is absent: delete it, say it in the description"
                }
                _ => "the code generator would ignore this keyword here: delete it, or put it where it is known",
            };
            self.report(&format!("{pointer}/{}", escape(keyword)), advice);
        }
    }
}

/// The strings of a list, with their places.
fn strings(list: Option<&Value>) -> impl Iterator<Item = (usize, &str)> {
    let list = list.and_then(Value::as_array).into_iter().flatten().enumerate();
    list.filter_map(|(index, item)| Some((index, item.as_str()?)))
}

/// The definition that a schema refers to.
fn target(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str().and_then(definition_name)
}

fn is(schema: &Value, kind: &str) -> bool {
    schema.get("type").is_some_and(|found| found == kind)
}

fn one_line(text: &str) -> bool {
    !text.contains(char::is_control)
}

/// A name as a step of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
