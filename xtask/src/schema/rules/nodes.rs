//! Rules of a node: which keywords say what it is, and no others.

use super::super::document::{Format, JsonType, Node};
use super::Rules;

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Definition,
    /// A field of a request.
    Sent,
    /// `errcode` or `errmsg` of a response.
    Status,
    /// Another field.
    Field,
    /// What a list or a map holds.
    Item,
}

/// The keywords of a node that say what it is, in the order in which people write them.
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
        ("x-required-if", node.required_if.is_some()),
        ("x-name", node.name.is_some()),
        ("if", node.r#if.is_some()),
        ("then", node.then.is_some()),
        ("default", node.default.is_some()),
        ("minimum", node.minimum.is_some()),
        ("maximum", node.maximum.is_some()),
    ];
    present.into_iter().filter(|(_, present)| *present).map(|(keyword, _)| keyword).collect()
}

impl<'a> Rules<'a> {
    pub(super) fn node(&mut self, pointer: &str, node: &'a Node, place: Place) {
        let Some(of_kind) = self.of_kind(pointer, node, place) else { return };
        let of_place: &[&str] = match place {
            Place::Sent => &["x-required-if", "x-name"],
            Place::Status => &["default", "x-name"],
            Place::Field => &["x-name"],
            Place::Definition | Place::Item => &[],
        };
        for keyword in keywords(node).into_iter().chain(self.dropped_from(pointer)) {
            if !of_kind.contains(&keyword) && !of_place.contains(&keyword) {
                self.report(&format!("{pointer}/{keyword}"), advice(keyword, place));
            }
        }
        if place == Place::Item && (!node.title.is_empty() || !node.term.is_empty() || !node.description.is_empty()) {
            self.report(pointer, "an item has no label of its own: write it at the list");
        }
    }

    /// The keywords that a node of its kind may have; nothing where the kind itself is reported.
    fn of_kind(&mut self, pointer: &str, node: &'a Node, place: Place) -> Option<Vec<&'static str>> {
        let is_definition = place == Place::Definition;
        if let Some(target) = &node.reference {
            self.reference(pointer, target);
            return Some(vec!["$ref"]);
        }
        Some(match node.kind {
            Some(JsonType::Object) if is_definition => vec!["type", "properties", "required", "if", "then"],
            Some(JsonType::String) => self.string(pointer, node, place),
            Some(JsonType::Integer) => self.integer(pointer, node, place),
            Some(JsonType::Number | JsonType::Boolean) if !is_definition => vec!["type"],
            Some(JsonType::Array) if !is_definition => {
                self.inside(pointer, "items", node.items.as_deref());
                vec!["type", "items"]
            }
            Some(JsonType::Object) if node.additional_properties.is_some() => {
                self.inside(pointer, "additionalProperties", node.additional_properties.as_deref());
                vec!["type", "additionalProperties"]
            }
            None if node.undocumented && !is_definition => vec!["x-undocumented"],
            _ => {
                self.report(&format!("{pointer}/type"), no_kind(node, place));
                return None;
            }
        })
    }

    fn string(&mut self, pointer: &str, node: &Node, place: Place) -> Vec<&'static str> {
        let (format, advice) = match place {
            Place::Definition => (Format::Password, "write \"password\" for what must not be shown, or delete it"),
            _ => (Format::Date, "write \"date\" for a day, or delete it"),
        };
        if node.format.is_some_and(|found| found != format) {
            self.report(&format!("{pointer}/format"), advice);
        }
        let is_secret = node.format == Some(Format::Password);
        match place {
            Place::Definition if !is_secret => vec!["type", "format", "x-known-values"],
            _ => vec!["type", "format"],
        }
    }

    fn integer(&mut self, pointer: &str, node: &Node, place: Place) -> Vec<&'static str> {
        if node.format != Some(Format::Int64) {
            self.report(&format!("{pointer}/format"), "write \"int64\": ids, counts and times outgrow 32 bits");
        }
        if node.minimum.zip(node.maximum).is_some_and(|(minimum, maximum)| minimum > maximum) {
            self.report(&format!("{pointer}/maximum"), "write a number that is not below \"minimum\"");
        }
        match place {
            Place::Definition => vec!["type", "format", "x-known-values", "x-sparse"],
            Place::Sent => vec!["type", "format", "minimum", "maximum"],
            _ => vec!["type", "format"],
        }
    }

    fn inside(&mut self, pointer: &str, keyword: &str, node: Option<&'a Node>) {
        let pointer = format!("{pointer}/{keyword}");
        match node {
            Some(node) => self.node(&pointer, node, Place::Item),
            None => {
                self.report(&pointer, "write what the list holds, e.g. {\"type\": \"string\"}");
            }
        }
    }
}

/// What to write where the kind of a node is missing or not possible.
fn no_kind(node: &Node, place: Place) -> &'static str {
    match (place, node.kind) {
        (Place::Definition, _) => {
            "write \"object\", \"string\" or \"integer\", or describe it where it is used: nothing else has a type of its own"
        }
        (_, Some(JsonType::Object)) => {
            "write instead a \"$ref\" to a definition with these fields, or add \"additionalProperties\" where the keys are data"
        }
        _ => {
            "write \"string\", \"integer\", \"number\", \"boolean\" or \"array\", a \"$ref\", or instead \"x-undocumented\": true"
        }
    }
}

/// What to do about a keyword that its node cannot have.
fn advice(keyword: &str, place: Place) -> &'static str {
    match keyword {
        "minimum" | "maximum" => {
            "a limit would make responses unreadable, only an integer that is sent has one: delete it, and say it in the description"
        }
        "default" => "only the status of a response has one: delete it, and say it in the description",
        "additionalProperties" => "unknown fields are always skipped: delete it; a map is described where it is used",
        "x-required-if" => "only a field that is sent has it: delete it, and say it in the description",
        "x-known-values" if place != Place::Definition => {
            "write a definition with this type and these values, and instead of them a \"$ref\" to it here"
        }
        _ => "this keyword says nothing here: delete it",
    }
}
