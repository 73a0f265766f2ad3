//! The rules that serde cannot check itself. Each breach is reported with its place and what to write instead.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use super::document::{Document, Node, definition_name};
use super::draft::TODO;
use super::{Breach, escape};

mod definitions;
mod known_values;
mod links;
mod nodes;
mod paging;

/// Labels stand beside values, in a terminal of 80 columns.
pub(super) const WIDEST_LABEL: usize = 28;
/// How serde names a keyword that it does not know.
pub(super) const UNKNOWN: &str = "unknown field `";
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Every breach in the document, in its order. A keyword that was taken out, because its value has the wrong type, is given as a
/// pointer: it is a breach where it says nothing.
pub(super) fn check<'a>(document: &'a Document, dropped: Option<&'a str>) -> Vec<Breach> {
    let mut rules = Rules { document, dropped, uses: uses(document), breaches: Vec::new() };
    rules.root();
    rules.links();
    rules.definitions();
    rules.breaches
}

/// Returns what to do about an error of serde.
pub(super) fn advice(error: &str) -> String {
    let keyword = error.strip_prefix(UNKNOWN).and_then(|rest| rest.split('`').next());
    let words = [
        ("type: sequence", "type: list"),
        ("type: map", "type: object"),
        ("expected a sequence", "expected a list"),
        ("expected a map", "expected an object"),
        ("expected i64", "expected an integer"),
    ];
    let error = words.into_iter().fold(error.to_owned(), |text, (serde, json)| text.replace(serde, json));
    match keyword {
        Some("enum" | "const" | "oneOf" | "anyOf") => {
            "the vendor adds values, so a closed list loses answers: delete it, and write what is known as \"x-known-values\" of a definition".to_owned()
        }
        Some("minLength" | "maxLength" | "pattern" | "minItems" | "maxItems" | "exclusiveMinimum" | "exclusiveMaximum") => {
            "a limit would make responses unreadable: delete it, and say it in the description".to_owned()
        }
        Some(_) => format!("{error}: delete it, or write the one that was meant"),
        None => format!("{error}: write such a value here"),
    }
}

struct Rules<'a> {
    document: &'a Document,
    dropped: Option<&'a str>,
    /// How many endpoints send or receive each definition.
    uses: BTreeMap<&'a str, usize>,
    breaches: Vec<Breach>,
}

impl<'a> Rules<'a> {
    fn report(&mut self, pointer: &str, message: impl Into<String>) {
        self.breaches.push(Breach { pointer: pointer.to_owned(), message: message.into() });
    }

    /// Returns the keyword that was taken out of the node at a pointer.
    fn dropped_from(&self, pointer: &str) -> Option<&'a str> {
        self.dropped?.strip_prefix(pointer)?.strip_prefix('/').filter(|keyword| !keyword.contains('/'))
    }

    fn root(&mut self) {
        let Document { dialect, base, title, term, description, .. } = self.document;
        if dialect != DIALECT {
            self.report("/$schema", format!("write \"{DIALECT}\""));
        }
        if !base.starts_with("https://") {
            self.report("/base", "write the server's https address, e.g. \"https://qyapi.weixin.qq.com\"");
        }
        self.words("", title, term, description);
    }

    /// Checks label, term and description of a place.
    ///
    /// A `TODO` is reported with those of the whole draft.
    fn words(&mut self, pointer: &str, title: &str, term: &str, description: &str) {
        if !is_label(title) || !title.starts_with(|first: char| first.is_ascii_uppercase()) {
            let advice = "write an English label that begins with a capital, without brackets, of 28 columns at most, e.g. \"Job title\"";
            self.report(&format!("{pointer}/title"), advice);
        }
        if !is_label(term) {
            let advice = "write the vendor's own term, without brackets, of 28 columns at most, e.g. \"任务名称\"";
            self.report(&format!("{pointer}/x-term"), advice);
        }
        if description != TODO && !is_sentence(description) {
            let advice = "write English sentences with capital and full stop, on one line, without brackets, e.g. \"Title of the job.\"";
            self.report(&format!("{pointer}/description"), advice);
        }
    }

    fn reference(&mut self, pointer: &str, target: &str) {
        let pointer = format!("{pointer}/$ref");
        match definition_name(target) {
            Some(name) if self.document.definitions.contains_key(name) => {}
            Some(name) => self
                .report(&pointer, format!("there is no definition \"{name}\": write \"#/$defs/\" and the name of one")),
            None => self.report(&pointer, "write \"#/$defs/\" and the name of a definition"),
        }
    }

    /// Returns the definition that a field refers to.
    fn target(&self, node: &Node) -> Option<&'a Node> {
        let name = node.reference.as_deref().and_then(definition_name)?;
        self.document.definitions.get(name)
    }
}

/// Returns how many endpoints send or receive each definition.
fn uses(document: &Document) -> BTreeMap<&str, usize> {
    let mut uses = BTreeMap::new();
    for link in &document.links {
        for name in [link.body(), link.query(), Some(link.response())].into_iter().flatten() {
            *uses.entry(name).or_default() += 1;
        }
    }
    uses
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.width() <= WIDEST_LABEL && one_line(text) && !text.contains(['(', ')', '（', '）'])
}

fn is_sentence(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first.is_ascii_uppercase() || first.is_ascii_digit());
    begins && text.ends_with('.') && one_line(text) && !text.contains(['(', ')', '（', '）'])
}

fn one_line(text: &str) -> bool {
    !text.contains(char::is_control)
}

/// Appends a step to a JSON pointer.
fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", escape(name))
}
