//! What a schema describes of a value.

use serde_json::{Map, Value, json};

pub(crate) fn resolve<'a>(schema: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(target) => schema.pointer(target.trim_start_matches('#')).unwrap(),
        None => node,
    }
}

/// Whether the keys of an object are data.
pub(crate) fn is_map(node: &Value) -> bool {
    node.get("additionalProperties").is_some()
}

pub(crate) fn is_required(node: &Value, name: &str) -> bool {
    node["required"].as_array().is_some_and(|required| required.iter().any(|required| required == name))
}

/// Whether absent and empty mean the same: of lists and maps, and of objects that hold nothing else.
fn is_absent_when_empty(schema: &Value, node: &Value) -> bool {
    let node = resolve(schema, node);
    match node["type"].as_str() {
        Some("array") => true,
        Some("object") if is_map(node) => true,
        Some("object") => {
            let mut fields = node["properties"].as_object().unwrap().iter();
            fields.all(|(name, property)| !is_required(node, name) && is_absent_when_empty(schema, property))
        }
        _ => false,
    }
}

/// What the schema describes of a value, as the types write it: null is absent, so is an empty list that need not be
/// there, a default is written.
pub(crate) fn described(schema: &Value, node: &Value, value: &Value) -> Value {
    let node = resolve(schema, node);
    match (node["type"].as_str(), value) {
        (Some("array"), Value::Null) => json!([]),
        (Some("object"), Value::Null) if is_map(node) => json!({}),
        (Some("number"), value) => value.as_f64().map_or(Value::Null, Value::from),
        (Some("object"), Value::Object(entries)) if is_map(node) => {
            let inner = &node["additionalProperties"];
            entries.iter().map(|(key, value)| (key.clone(), described(schema, inner, value))).collect()
        }
        (Some("array"), Value::Array(items)) => {
            items.iter().map(|item| described(schema, &node["items"], item)).collect()
        }
        (Some("object"), Value::Object(fields)) => {
            let mut kept = Map::new();
            for (name, property) in node["properties"].as_object().unwrap() {
                let value = fields.get(name).filter(|value| !value.is_null());
                let value = value.map(|value| described(schema, property, value)).or(property.get("default").cloned());
                let is_empty = |value: &Value| *value == json!([]) || *value == json!({});
                let is_left_out = |value: &Value| {
                    !is_required(node, name) && is_absent_when_empty(schema, property) && is_empty(value)
                };
                kept.extend(value.filter(|value| !is_left_out(value)).map(|value| (name.clone(), value)));
            }
            Value::Object(kept)
        }
        _ => value.clone(),
    }
}
