//! Rules of types and their fields.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::json;

use super::super::document::{JsonType, Node};
use super::super::names;
use super::super::types::{Kind, STATUS, TOKEN, Type};
use super::nodes::Place;
use super::{Rules, below};

impl<'a> Rules<'a> {
    pub(super) fn definitions(&mut self) {
        for (name, definition) in &self.document.definitions {
            let pointer = below("/$defs", name);
            if !names::is_type(name) {
                let advice = "write another name, in upper camel case: this one is not, or the generated code uses it for something else";
                self.report(&pointer, advice);
            }
            self.words(&pointer, &definition.title, &definition.term, &definition.description);
            self.node(&pointer, definition, Place::Definition);
            match definition.kind {
                Some(JsonType::Object) => self.object(&pointer, name, definition),
                Some(JsonType::Integer | JsonType::String) => self.known_values(&pointer, name, definition),
                _ => {}
            }
            if !self.document.is_used(name) {
                self.report(&pointer, "nothing refers to this definition: use it or delete it");
            }
        }
    }

    fn object(&mut self, pointer: &str, name: &str, object: &'a Node) {
        let is_response = self.document.response_of(name).is_some();
        if object.properties.is_empty() {
            return self.report(&format!("{pointer}/properties"), "write an object with at least one field");
        }
        self.fields(pointer, name, object);
        if self.reaches(name, name, &mut BTreeSet::new()) {
            return self.report(
                pointer,
                "this definition contains itself, which a response of WeCom never does: delete the field that leads back, or write \"x-undocumented\": true instead of its \"$ref\"",
            );
        }
        if is_response {
            self.response(pointer, name, object);
        } else {
            let is_received = self.document.is_received(name);
            self.required(&format!("{pointer}/required"), &object.required, &object.properties, is_received);
            if object.r#if.is_some() || object.then.is_some() {
                self.report(
                    &format!("{pointer}/if"),
                    "only a response says what a success must hold: delete \"if\" and \"then\"",
                );
            }
        }
    }

    fn fields(&mut self, pointer: &str, name: &str, object: &'a Node) {
        let sender = self.document.sender_of(name);
        let is_response = self.document.response_of(name).is_some();
        let mut idents = BTreeSet::new();
        for (field, node) in &object.properties {
            let pointer = below(&format!("{pointer}/properties"), field);
            let ident = names::field(field, node);
            if !names::is_field(&ident) || !idents.insert(ident) {
                let advice = "write a name for Rust as \"x-name\", in lower case with underscores, e.g. \"thing_name\": no keyword, no name of another field, and none that the generated code has";
                self.report(&format!("{pointer}/x-name"), advice);
            }
            self.words(&pointer, &node.title, &node.term, &node.description);
            let place = match (sender, is_response && STATUS.contains(&field.as_str())) {
                (Some(_), _) => Place::Sent,
                (None, true) => Place::Status,
                (None, false) => Place::Field,
            };
            self.node(&pointer, node, place);
            if node.required_if.is_some() && object.required.contains(field) {
                self.report(&format!("{pointer}/x-required-if"), "delete it, or the name in \"required\"");
            }
            if sender.is_some_and(|link| link.query() == Some(name)) {
                if !self.fits_query(node) {
                    self.report(&pointer, "a query has no lists and objects: write plain values, or send a body");
                }
                if field == TOKEN {
                    self.report(
                        &pointer,
                        "the client adds the token: delete this field, and keep its name in \"href\"",
                    );
                }
            }
        }
    }

    fn fits_query(&self, node: &Node) -> bool {
        match node.holds() {
            Type::Definition(_) => self.target(node).is_none_or(|target| target.kind() != Kind::Object),
            Type::List(_) | Type::Map(_) | Type::Undocumented => false,
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
        if !object.required.is_empty() || self.dropped_from(pointer) == Some("required") {
            let advice = "an error holds only its status: delete it, and write in \"then\" what a success must hold";
            self.report(&format!("{pointer}/required"), advice);
        }
        self.success(pointer, object);
    }

    fn response_name(&mut self, pointer: &str, name: &str) {
        if !name.ends_with("Response") {
            self.report(pointer, "name a response like its endpoint, with Response at the end");
        }
    }

    fn success(&mut self, pointer: &str, object: &'a Node) {
        let condition = json!({"properties": {"errcode": {"const": 0}}});
        match (&object.r#if, &object.then) {
            (None, None) => {}
            (Some(found), Some(then)) if *found == condition => {
                let pointer = format!("{pointer}/then/required");
                self.required(&pointer, &then.required, &object.properties, true);
                for (index, field) in then.required.iter().enumerate() {
                    if STATUS.contains(&field.as_str()) {
                        let advice = "a payload is what a response holds beside its status: delete this name";
                        self.report(&format!("{pointer}/{index}"), advice);
                    }
                }
            }
            _ => self.report(
                &format!("{pointer}/if"),
                "write \"if\": {\"properties\": {\"errcode\": {\"const\": 0}}}, \"then\": {\"required\": […]}: what a success must hold, or delete both",
            ),
        }
    }

    /// The names of what is required; of what is received, none for which absent and empty mean the same.
    fn required(
        &mut self,
        pointer: &str,
        required: &[String],
        properties: &'a IndexMap<String, Node>,
        is_received: bool,
    ) {
        let mut names = BTreeSet::new();
        for (index, field) in required.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            if !names.insert(field) {
                self.report(&pointer, "this name occurs twice: delete one");
            }
            match properties.get(field) {
                None => self.report(&pointer, format!("there is no field \"{field}\" here: write the name of one")),
                Some(node) if is_received && self.reads_empty(node) => {
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
            Type::List(_) | Type::Map(_) => true,
            // What contains itself is reported elsewhere.
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
}
