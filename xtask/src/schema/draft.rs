//! Drafts of `cargo xtask import`: what a person has yet to write, and what stands in for it until then.

use serde_json::Value as Json;
use unicode_width::UnicodeWidthChar;

use super::document::{Document, Node, Value};
use super::rules::WIDEST_LABEL;
use super::{Breach, escape};

/// What the import writes where a person has to write something.
pub(super) const TODO: &str = "TODO";
/// How notes of the import begin.
const NOTE: &str = "import:";

/// Reports every `TODO` and every note of the import.
pub(super) fn find(json: &Json, pointer: &str, breaches: &mut Vec<Breach>) {
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                find(value, &format!("{pointer}/{}", escape(name)), breaches);
            }
        }
        Json::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                find(value, &format!("{pointer}/{index}"), breaches);
            }
        }
        Json::String(text) if text == TODO => {
            let message = "write it in place of TODO, as schema/README.md says, or use `codegen --draft`";
            breaches.push(Breach { pointer: pointer.to_owned(), message: message.to_owned() });
        }
        Json::String(text) if pointer.ends_with("/$comment") && text.starts_with(NOTE) => {
            let message = format!("look at the vendor's page, then delete this note: {text}");
            breaches.push(Breach { pointer: pointer.to_owned(), message });
        }
        _ => {}
    }
}

/// Writes names of the wire in place of labels and sentences that are missing.
pub(super) fn fill(document: &mut Document) {
    words("API", &mut document.title, &mut document.term, &mut document.description);
    for link in &mut document.links {
        words(&link.rel, &mut link.title, &mut link.term, &mut link.description);
    }
    for (name, definition) in &mut document.definitions {
        words(name, &mut definition.title, &mut definition.term, &mut definition.description);
        for (wire, field) in &mut definition.properties {
            words(wire, &mut field.title, &mut field.term, &mut field.description);
        }
        known_values(definition);
    }
}

fn known_values(definition: &mut Node) {
    for (index, known) in definition.known_values.iter_mut().flatten().enumerate() {
        let value = match &known.value {
            Value::Integer(value) => value.to_string(),
            Value::Text(text) => text.clone(),
        };
        words(&value, &mut known.title, &mut known.term, &mut String::new());
        if known.name.is_empty() {
            known.name = format!("Value{}", index + 1);
        }
    }
}

fn words(name: &str, title: &mut String, term: &mut String, description: &mut String) {
    if title == TODO {
        *title = label(name);
    }
    if term == TODO {
        *term = label(name);
    }
    if description == TODO {
        *description = "Not described yet.".to_owned();
    }
}

/// A name as a label.
fn label(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_control() || "()（）".contains(c) { ' ' } else { c }).collect();
    let mut label =
        if plain.starts_with(|first: char| first.is_ascii_alphabetic()) { plain } else { format!("Field {plain}") };
    label[..1].make_ascii_uppercase();
    let mut width = 0;
    label
        .chars()
        .take_while(|c| {
            width += c.width().unwrap_or(0);
            width <= WIDEST_LABEL
        })
        .collect()
}
