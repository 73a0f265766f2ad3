//! Rules of known values.

use std::collections::BTreeSet;

use super::super::document::{JsonType, KnownValue, Node, Value};
use super::super::names;
use super::{Rules, is_label, is_sentence, one_line};

impl<'a> Rules<'a> {
    pub(super) fn known_values(&mut self, pointer: &str, name: &str, definition: &'a Node) {
        let known = definition.known_values.as_deref();
        let is_text = definition.kind == Some(JsonType::String);
        if definition.sparse && known.is_none() && !is_text {
            self.report(&format!("{pointer}/x-sparse"), "write it beside \"x-known-values\", or delete it");
        }
        let is_ok = |known: &KnownValue| known.value == Value::Integer(0) && known.name == "Ok";
        if name == "ErrCode" && (!definition.sparse || !definition.known_values().iter().any(is_ok)) {
            let advice = "ErrCode has \"x-sparse\": true and a value {\"value\": 0, \"name\": \"Ok\", …}: add them";
            self.report(&format!("{pointer}/x-known-values"), advice);
        }
        let Some(known) = known else { return };
        if known.is_empty() {
            self.report(&format!("{pointer}/x-known-values"), "write a list with at least one value, or delete it");
        }
        let (mut values, mut variants) = (BTreeSet::new(), BTreeSet::new());
        for (index, known) in known.iter().enumerate() {
            let pointer = format!("{pointer}/x-known-values/{index}");
            if matches!(known.value, Value::Text(_)) != is_text || !values.insert(&known.value) {
                let kind = if is_text { "a string" } else { "an integer" };
                self.report(&format!("{pointer}/value"), format!("write {kind} that no other entry has"));
            }
            if !names::is_variant(&known.name) || !variants.insert(&known.name) {
                let advice = "write a name in upper camel case that no other entry has, and neither Unknown nor a keyword, e.g. \"NotSure\"";
                self.report(&format!("{pointer}/name"), advice);
            }
            self.known_value(&pointer, known);
        }
    }

    fn known_value(&mut self, pointer: &str, known: &KnownValue) {
        if !is_label(&known.title) {
            self.report(
                &format!("{pointer}/title"),
                "write the meaning as a label without brackets, of 28 columns at most, e.g. \"Yes\"",
            );
        }
        if !is_label(&known.term) {
            self.report(
                &format!("{pointer}/x-term"),
                "write the vendor's own term, without brackets, of 28 columns at most, e.g. \"是\"",
            );
        }
        if !known.description.is_empty() && !is_sentence(&known.description) {
            let advice =
                "write English sentences with capital and full stop, on one line, without brackets, or delete it";
            self.report(&format!("{pointer}/description"), advice);
        }
        if known.advice.is_some() != known.advice_zh.is_some() {
            let missing = if known.advice.is_some() { "x-advice-zh" } else { "advice" };
            self.report(&format!("{pointer}/{missing}"), "missing: write in both languages what the caller can do");
        }
        for (key, advice) in [("advice", &known.advice), ("x-advice-zh", &known.advice_zh)] {
            if advice.as_deref().is_some_and(|advice| advice.is_empty() || !one_line(advice)) {
                self.report(&format!("{pointer}/{key}"), "write on one line what the caller can do");
            }
        }
    }
}
