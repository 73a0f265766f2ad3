//! Definitions and fields as JSON Schema of OpenAPI 3.1.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::insert_some;
use crate::schema::{Document, Kind, KnownValue, Node, Type, Value};

/// The definitions that bodies and responses are made of. Queries are parameters instead.
pub(super) fn all(document: &Document) -> Map<String, Json> {
    let is_only_query = |name: &str| {
        let is = |found: Option<&str>| found == Some(name);
        document.links.iter().any(|link| is(link.query())) && !document.links.iter().any(|link| is(link.body()))
    };
    let definitions = document.definitions.iter().filter(|(name, _)| !is_only_query(name));
    definitions.map(|(name, node)| (name.clone(), definition(document, name, node))).collect()
}

fn definition(document: &Document, name: &str, node: &Node) -> Json {
    let mut schema = match node.kind() {
        Kind::Object => object(document, name, node),
        Kind::Text | Kind::CodedText => map(json!({ "type": "string" })),
        Kind::Secret => map(json!({ "type": "string", "format": "password" })),
        Kind::Integer | Kind::Coded | Kind::Sparse => map(json!({ "type": "integer", "format": "int64" })),
    };
    let mut description = node.description.clone();
    known_values(&mut description, node.known_values());
    let _ = write!(description, "{}", on_success(node.success()));
    words(&mut schema, node, description);
    if !node.known_values().is_empty() {
        let values: Vec<_> = node.known_values().iter().map(known_value).collect();
        schema.insert("x-known-values".to_owned(), values.into());
    }
    schema.into()
}

fn object(document: &Document, name: &str, node: &Node) -> Map<String, Json> {
    let is_received = document.is_received(name);
    let fields = node.properties.iter().map(|(wire, node)| (wire.clone(), field(document, node, is_received)));
    let mut schema = map(json!({ "type": "object", "properties": fields.collect::<Map<_, _>>() }));
    if !node.required.is_empty() {
        schema.insert("required".to_owned(), json!(node.required));
    }
    if !node.success().is_empty() {
        schema.insert("if".to_owned(), json!({ "properties": { "errcode": { "const": 0 } } }));
        schema.insert("then".to_owned(), json!({ "required": node.success() }));
    }
    schema
}

/// Returns the schema of a field, with its labels.
pub(super) fn field(document: &Document, node: &Node, is_received: bool) -> Json {
    let may_be_null = is_received && is_empty_if_null(document, node);
    let mut schema = value(&node.holds());
    if may_be_null {
        schema = nullable(schema);
    }
    let mut description = node.description.clone();
    if may_be_null {
        description.push_str(" Absent, null and empty mean the same.");
    }
    // As "default", generators would take it for a promise that the field is always there.
    if let Some(default) = &node.default {
        let _ = write!(description, " Absent means `{default}`.");
    }
    if let Some(condition) = &node.required_if {
        let _ = write!(description, " Needed if {condition}");
        schema.insert("x-required-if".to_owned(), condition.as_str().into());
    }
    insert_some(&mut schema, "minimum", node.minimum);
    insert_some(&mut schema, "maximum", node.maximum);
    if node.holds() == Type::Undocumented {
        schema.insert("x-undocumented".to_owned(), true.into());
    }
    words(&mut schema, node, description);
    schema.into()
}

/// Whether a field of what is received reads null as empty.
fn is_empty_if_null(document: &Document, node: &Node) -> bool {
    match node.holds() {
        Type::List(_) | Type::Map(_) => true,
        Type::Definition(name) => document.is_defaultable(name),
        _ => false,
    }
}

fn nullable(mut schema: Map<String, Json>) -> Map<String, Json> {
    match schema.get_mut("type") {
        Some(kind) => *kind = json!([kind.take(), "null"]),
        None => schema = map(json!({ "anyOf": [schema, { "type": "null" }] })),
    }
    schema
}

fn value(holds: &Type<'_>) -> Map<String, Json> {
    map(match holds {
        Type::Definition(name) => json!({ "$ref": reference(name) }),
        Type::Text => json!({ "type": "string" }),
        Type::Date => json!({ "type": "string", "format": "date" }),
        Type::Integer => json!({ "type": "integer", "format": "int64" }),
        Type::Number => json!({ "type": "number" }),
        Type::Boolean => json!({ "type": "boolean" }),
        Type::List(items) => json!({ "type": "array", "items": value(items) }),
        Type::Map(values) => json!({ "type": "object", "additionalProperties": value(values) }),
        Type::Undocumented => json!({}),
    })
}

/// Returns what refers to a definition.
pub(super) fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

fn words(schema: &mut Map<String, Json>, node: &Node, description: String) {
    insert_some(schema, "description", Some(description));
    insert_some(schema, "x-title", Some(node.title.as_str()));
    insert_some(schema, "x-term", Some(node.term.as_str()));
}

/// Adds the known values to a description, for tools that do not read `x-known-values`.
fn known_values(description: &mut String, values: &[KnownValue]) {
    if !values.is_empty() {
        description.push_str("\n\nKnown values; others may come:\n");
    }
    for KnownValue { value, title, term, .. } in values {
        let _ = write!(description, "\n- `{value}`: {title} ({term})");
    }
}

/// What a success holds, for tools that do not read `if` and `then`.
fn on_success(fields: &[String]) -> String {
    let names: Vec<_> = fields.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!(" A success holds {}.", names.join(", ")) }
}

fn known_value(known: &KnownValue) -> Json {
    let value = match &known.value {
        Value::Integer(value) => json!(value),
        Value::Text(text) => json!(text),
    };
    let mut object = map(json!({ "value": value, "name": known.name, "title": known.title, "x-term": known.term }));
    insert_some(&mut object, "description", Some(known.description.as_str()).filter(|text| !text.is_empty()));
    insert_some(&mut object, "advice", known.advice.as_deref());
    insert_some(&mut object, "x-advice-zh", known.advice_zh.as_deref());
    object.into()
}

/// Returns the fields of an object.
pub(super) fn map(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}
