//! Values that a schema allows.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::described::{is_map, is_required, resolve};

/// No field of the schema starts like this.
pub(crate) const UNKNOWN: &str = "unknown_";

/// Values that a node of the schema allows.
pub(crate) fn values(schema: &Value, node: &Value) -> BoxedStrategy<Value> {
    let node = resolve(schema, node);
    match (node["type"].as_str(), node["format"].as_str()) {
        (Some("object"), _) if is_map(node) => {
            let entries = prop::collection::vec((text(), inside(schema, &node["additionalProperties"])), 0..4);
            entries.prop_map(|entries| Value::Object(entries.into_iter().collect())).boxed()
        }
        (Some("object"), _) => objects(schema, node),
        (Some("array"), _) => prop::collection::vec(inside(schema, &node["items"]), 0..4).prop_map(Value::from).boxed(),
        (Some("string"), Some("date")) => days(),
        (Some("string"), _) => texts(node),
        (Some("integer"), _) => integers(node),
        (Some("number"), _) => numbers(),
        (Some("boolean"), _) => any::<bool>().prop_map(Value::from).boxed(),
        _ => undocumented(),
    }
}

/// What is inside a list or a map: null is an empty list or map.
fn inside(schema: &Value, node: &Value) -> BoxedStrategy<Value> {
    let values = values(schema, node);
    if node["type"] == "array" || is_map(node) {
        prop_oneof![4 => values, 1 => Just(Value::Null)].boxed()
    } else {
        values
    }
}

/// What is required, what is not or is null, and what is in no schema.
fn objects(schema: &Value, node: &Value) -> BoxedStrategy<Value> {
    let mut fields: BoxedStrategy<Map<String, Value>> = Just(Map::new()).boxed();
    for (name, property) in node["properties"].as_object().unwrap() {
        let name = name.clone();
        let present = values(schema, property).prop_map(Some);
        let field = if is_required(node, &name) {
            present.boxed()
        } else {
            prop_oneof![3 => present, 1 => Just(None), 1 => Just(Some(Value::Null))].boxed()
        };
        fields = (fields, field)
            .prop_map(move |(mut fields, value)| {
                fields.extend(value.map(|value| (name.clone(), value)));
                fields
            })
            .boxed();
    }
    let unknown = prop::option::weighted(0.2, (0..9_u8, undocumented()));
    (fields, unknown)
        .prop_map(|(mut fields, unknown)| {
            fields.extend(unknown.map(|(number, value)| (format!("{UNKNOWN}{number}"), value)));
            Value::Object(fields)
        })
        .boxed()
}

/// Codes that the schema names, others, and the ends of 64 bits.
fn integers(node: &Value) -> BoxedStrategy<Value> {
    let known = node["x-known-values"].as_array().into_iter().flatten().map(|known| known["value"].clone());
    let ends = [i64::MIN, i64::from(i32::MAX) + 1, i64::from(u32::MAX) + 1, i64::MAX].map(Value::from);
    let picked: Vec<_> = known.take(1).chain(ends).chain([json!(0)]).collect();
    prop_oneof![2 => prop::sample::select(picked), 1 => any::<i64>().prop_map(Value::from), 1 => (-2..10_i64).prop_map(Value::from)]
        .boxed()
}

/// With and without a fraction.
fn numbers() -> BoxedStrategy<Value> {
    let quarters = any::<i32>().prop_map(|quarters| Value::from(f64::from(quarters) / 4.0));
    prop_oneof![quarters, any::<i32>().prop_map(Value::from)].boxed()
}

/// Texts that the schema names, and others.
fn texts(node: &Value) -> BoxedStrategy<Value> {
    let known: Vec<_> =
        node["x-known-values"].as_array().into_iter().flatten().map(|known| known["value"].clone()).collect();
    let any = text().prop_map(Value::from);
    if known.is_empty() { any.boxed() } else { prop_oneof![any, prop::sample::select(known)].boxed() }
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter)
}

fn days() -> BoxedStrategy<Value> {
    (0..10_000_u32, 1..13_u32, 1..29_u32)
        .prop_map(|(year, month, day)| Value::from(format!("{year:04}-{month:02}-{day:02}")))
        .boxed()
}

/// JSON of any structure.
fn undocumented() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|quarters| Value::from(f64::from(quarters) / 4.0)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
    .boxed()
}
