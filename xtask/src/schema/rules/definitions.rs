//! Rules of types and their fields.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::json;

use super::super::document::{Format, JsonType, KnownValue, Node, definition_name};
use super::super::types::{Kind, STATUS, Type, output_name};
use super::{Rules, below, is_label, is_sentence, names, one_line};

/// The place of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Definition,
    /// A field of a request.
    Sent,
    /// `errcode` or `errmsg` of a response.
    Status,
    /// Another field.
    Field,
    /// What a list holds.
    Item,
}

/// Returns the keywords that define a node, in the order in which people write them.
fn keywords(node: &Node) -> Vec<&'static str> {
    let present = [
        ("$ref", node.reference.is_some()),
        ("type", node.kind.is_some()),
        ("format", node.format.is_some()),
        ("x-sparse", node.sparse),
        ("x-known-values", node.known_values.is_some()),
        ("x-undocumented", node.undocumented),
        ("items", node.items.is_some()),
        ("additionalProperties", node.additional_properties.is_some()),
        ("properties", !node.properties.is_empty()),
        ("required", !node.required.is_empty()),
        ("if", node.r#if.is_some()),
        ("then", node.then.is_some()),
        ("default", node.default.is_some()),
        ("minimum", node.minimum.is_some()),
        ("maximum", node.maximum.is_some()),
    ];
    present.into_iter().filter(|(_, present)| *present).map(|(keyword, _)| keyword).collect()
}

impl<'a> Rules<'a> {
    pub(super) fn definitions(&mut self) {
        for (name, definition) in &self.document.definitions {
            let pointer = below("/$defs", name);
            if !names::is_type(name) {
                let advice =
                    "write the name in upper camel case, and none that the generated code uses for something else";
                self.report(&pointer, advice);
            }
            self.words(&pointer, &definition.title, &definition.term, &definition.description);
            self.node(&pointer, definition, Place::Definition);
            match definition.kind {
                Some(JsonType::Object) => self.object(&pointer, name, definition),
                Some(JsonType::Integer) => self.known_values(&pointer, name, definition),
                Some(JsonType::String) => {}
                _ => {
                    let advice =
                        "write \"object\", \"string\" or \"integer\": other definitions have no Rust type of their own";
                    self.report(&format!("{pointer}/type"), advice);
                }
            }
            if !self.is_used(name) {
                self.report(&pointer, "nothing refers to this definition: use it or delete it");
            }
        }
    }

    fn is_used(&self, name: &str) -> bool {
        fn refers(node: &Node, name: &str) -> bool {
            node.reference.as_deref().and_then(definition_name) == Some(name)
                || node.items.as_deref().is_some_and(|items| refers(items, name))
                || node.properties.values().any(|field| refers(field, name))
        }
        self.uses().contains_key(name) || self.document.definitions.values().any(|definition| refers(definition, name))
    }

    /// Checks that a node has the keywords of its kind, and no others.
    fn node(&mut self, pointer: &str, node: &'a Node, place: Place) {
        let mut allowed = match (&node.reference, node.kind) {
            (Some(target), _) => {
                self.reference(pointer, target);
                vec!["$ref"]
            }
            (None, Some(JsonType::Object)) if place == Place::Definition => {
                vec!["type", "properties", "required", "if", "then"]
            }
            (None, Some(JsonType::String)) => {
                let (format, advice) = match place {
                    Place::Definition => {
                        (Format::Password, "write \"password\" for what must not be shown, or delete it")
                    }
                    _ => (Format::Date, "write \"date\" for a day, or delete it"),
                };
                if node.format.is_some_and(|found| found != format) {
                    self.report(&format!("{pointer}/format"), advice);
                }
                vec!["type", "format"]
            }
            (None, Some(JsonType::Integer)) => {
                if node.format != Some(Format::Int64) {
                    self.report(&format!("{pointer}/format"), "write \"int64\": ids, counts and times outgrow 32 bits");
                }
                self.range(pointer, node);
                match place {
                    Place::Definition => vec!["type", "format", "x-known-values", "x-sparse"],
                    Place::Sent => vec!["type", "format", "minimum", "maximum"],
                    _ => vec!["type", "format"],
                }
            }
            (None, Some(JsonType::Array)) if place != Place::Definition => {
                match &node.items {
                    Some(items) => self.node(&format!("{pointer}/items"), items, Place::Item),
                    None => {
                        let advice = "missing: write what the list holds, e.g. {\"$ref\": \"#/$defs/UserId\"}";
                        self.report(&format!("{pointer}/items"), advice);
                    }
                }
                vec!["type", "items"]
            }
            (None, None) if node.undocumented && place != Place::Definition => vec!["x-undocumented"],
            // A definition of another type is reported by its name.
            _ if place == Place::Definition => return,
            _ => {
                let advice = "write \"string\", \"integer\" or \"array\", a \"$ref\", or \"x-undocumented\": true";
                return self.report(&format!("{pointer}/type"), advice);
            }
        };
        if place == Place::Status {
            allowed.push("default");
        }
        for keyword in keywords(node).into_iter().filter(|keyword| !allowed.contains(keyword)) {
            let advice = match keyword {
                "minimum" | "maximum" => {
                    "a limit would make responses unreadable, only an integer that is sent has one: delete it, and say it in the description"
                }
                "default" => "only the status of a response has one: delete it, and say it in the description",
                "additionalProperties" => "unknown fields are always skipped: delete it",
                _ => "this keyword has no effect here: delete it",
            };
            self.report(&format!("{pointer}/{keyword}"), advice);
        }
        if place == Place::Item && (!node.title.is_empty() || !node.term.is_empty() || !node.description.is_empty()) {
            self.report(pointer, "an item has no label of its own: write it at the list");
        }
    }

    fn range(&mut self, pointer: &str, node: &Node) {
        if node.minimum.zip(node.maximum).is_some_and(|(minimum, maximum)| minimum > maximum) {
            self.report(&format!("{pointer}/maximum"), "write a number that is not below \"minimum\"");
        }
    }

    fn object(&mut self, pointer: &str, name: &str, object: &'a Node) {
        let request = self.document.request_of(name);
        let is_response = self.document.response_of(name).is_some();
        if object.properties.is_empty() {
            return self.report(&format!("{pointer}/properties"), "write an object with at least one field");
        }
        for (field, node) in &object.properties {
            let pointer = below(&format!("{pointer}/properties"), field);
            if !names::is_wire(field) || (request.is_some() && ["new", "check"].contains(&field.as_str())) {
                let advice = "a field is named in lower case with underscores, and not like a method of every request";
                self.report(&pointer, advice);
            }
            self.words(&pointer, &node.title, &node.term, &node.description);
            let place = match (request, is_response && STATUS.contains(&field.as_str())) {
                (Some(_), _) => Place::Sent,
                (None, true) => Place::Status,
                (None, false) => Place::Field,
            };
            self.node(&pointer, node, place);
            if request.is_some_and(|link| link.href_schema.is_some()) && !self.fits_query(node) {
                self.report(&pointer, "a query has no lists and objects: write plain values, or send a body");
            }
        }
        if self.reaches(name, name, &mut BTreeSet::new()) {
            return self.report(
                pointer,
                "this definition contains itself, which a response of WeCom never does: break the cycle",
            );
        }
        if is_response {
            self.response(pointer, name, object);
        } else {
            self.required(&format!("{pointer}/required"), &object.required, &object.properties);
            if object.r#if.is_some() || object.then.is_some() {
                self.report(
                    &format!("{pointer}/if"),
                    "only a response says what a success must hold: delete \"if\" and \"then\"",
                );
            }
        }
    }

    fn fits_query(&self, node: &Node) -> bool {
        match node.holds() {
            Type::Definition(_) => self.target(node).is_none_or(|target| target.kind() != Kind::Object),
            Type::List(_) | Type::Undocumented => false,
            _ => true,
        }
    }

    fn response(&mut self, pointer: &str, name: &str, object: &'a Node) {
        self.response_name(pointer, name);
        let status = |field: &str| object.properties.get(field).map(|node| (node.holds(), node.default.as_ref()));
        let code = status("errcode") == Some((Type::Definition("ErrCode"), Some(&json!(0))));
        let text = status("errmsg") == Some((Type::Text, Some(&json!(""))));
        if !(code && text) {
            self.report(
                &format!("{pointer}/properties"),
                "a response holds \"errcode\", a \"$ref\" to ErrCode with \"default\": 0, and \"errmsg\", a string with \"default\": \"\"",
            );
        }
        if object.payload().next().is_none() {
            let advice = "a response holds something beside its status: write what the page shows";
            self.report(&format!("{pointer}/properties"), advice);
        }
        if !object.required.is_empty() {
            let advice = "an error holds only its status: delete it, and write in \"then\" what a success must hold";
            self.report(&format!("{pointer}/required"), advice);
        }
        self.success(pointer, object);
    }

    fn response_name(&mut self, pointer: &str, name: &str) {
        let output = output_name(name);
        let is_shared = self.document.links.iter().filter(|link| output_name(link.response()) == output).count() > 1;
        let is_taken = self.document.definitions.contains_key(output) && self.document.single_payload(name).is_none();
        if !name.ends_with("Response") || !names::is_type(output) || is_shared || is_taken {
            let advice = "name a response like its endpoint, with Response at the end; what is before it must be free";
            self.report(pointer, advice);
        }
    }

    fn success(&mut self, pointer: &str, object: &'a Node) {
        let condition = json!({"properties": {"errcode": {"const": 0}}});
        match (&object.r#if, &object.then) {
            (None, None) => {}
            (Some(found), Some(then)) if *found == condition => {
                let pointer = format!("{pointer}/then/required");
                self.required(&pointer, &then.required, &object.properties);
                for (index, field) in then.required.iter().enumerate() {
                    if STATUS.contains(&field.as_str()) {
                        let advice = "a payload is what a response holds beside its status: delete this name";
                        self.report(&format!("{pointer}/{index}"), advice);
                    }
                }
            }
            _ => self.report(
                &format!("{pointer}/if"),
                "write \"if\": {\"properties\": {\"errcode\": {\"const\": 0}}}, \"then\": {\"required\": […]}: what a success must hold",
            ),
        }
    }

    fn required(&mut self, pointer: &str, required: &[String], properties: &'a IndexMap<String, Node>) {
        let mut names = BTreeSet::new();
        for (index, field) in required.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            if !names.insert(field) {
                self.report(&pointer, "this name occurs twice: delete one");
            }
            match properties.get(field) {
                None => self.report(&pointer, format!("there is no field \"{field}\" here: write the name of one")),
                Some(node) if self.reads_empty(node) => {
                    let advice =
                        "absent, null and empty mean the same for lists and objects of lists: delete this name";
                    self.report(&pointer, advice);
                }
                Some(_) => {}
            }
        }
    }

    /// Returns whether absent, null and empty mean the same: for a list, or an object of only such fields, none of them required.
    fn reads_empty(&self, node: &Node) -> bool {
        match node.holds() {
            Type::List(_) => true,
            // A definition that contains itself is reported elsewhere.
            Type::Definition(name) => {
                !self.reaches(name, name, &mut BTreeSet::new()) && self.document.is_defaultable(name)
            }
            _ => false,
        }
    }

    /// Returns whether a definition contains another, directly or indirectly.
    fn reaches(&self, from: &str, to: &str, seen: &mut BTreeSet<String>) -> bool {
        let Some(definition) = self.document.definitions.get(from) else { return false };
        definition.properties.values().any(|field| {
            field
                .holds()
                .definition()
                .is_some_and(|name| name == to || (seen.insert(name.to_owned()) && self.reaches(name, to, seen)))
        })
    }

    fn known_values(&mut self, pointer: &str, name: &str, definition: &'a Node) {
        let known = definition.known_values.as_deref();
        if definition.sparse && known.is_none() {
            self.report(&format!("{pointer}/x-sparse"), "write it beside \"x-known-values\", or delete it");
        }
        let is_ok = |known: &KnownValue| known.value == 0 && known.name == "Ok";
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
            if !values.insert(known.value) {
                self.report(&format!("{pointer}/value"), "write an integer that no other entry has");
            }
            if !names::is_variant(&known.name) || !variants.insert(&known.name) {
                let advice = "write a name in upper camel case that no other entry has, other than Unknown";
                self.report(&format!("{pointer}/name"), advice);
            }
            self.known_value(&pointer, known);
        }
    }

    fn known_value(&mut self, pointer: &str, known: &KnownValue) {
        if !is_label(&known.title) {
            self.report(
                &format!("{pointer}/title"),
                "write the meaning as a label of 28 columns at most, e.g. \"Yes\"",
            );
        }
        if !is_label(&known.term) {
            self.report(
                &format!("{pointer}/x-term"),
                "write the vendor's own term, of 28 columns at most, e.g. \"是\"",
            );
        }
        if !known.description.is_empty() && !is_sentence(&known.description) {
            let advice = "write English sentences on one line, without brackets, or delete it";
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
