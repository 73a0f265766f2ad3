//! Whatever the schema allows is decoded, and what it describes comes back: any value, with fields and codes that nobody knows yet.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::cell::Cell;
use std::fmt::Debug;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use wecom_health_model::{Endpoint, ErrCode, Response, ResponseError, for_each_endpoint, from_slice};

/// No field of the schema starts like this.
const UNKNOWN: &str = "unknown_";
const CASES: u32 = 300;

fn schema() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/health.schema.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn resolve<'a>(schema: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(target) => schema.pointer(target.trim_start_matches('#')).unwrap(),
        None => node,
    }
}

/// Values that a node of the schema allows.
fn values(schema: &Value, node: &Value) -> BoxedStrategy<Value> {
    let node = resolve(schema, node);
    match (node["type"].as_str(), node["format"].as_str()) {
        (Some("object"), _) => objects(schema, node),
        (Some("array"), _) => prop::collection::vec(values(schema, &node["items"]), 0..4).prop_map(Value::from).boxed(),
        (Some("string"), Some("date")) => days(),
        (Some("string"), _) => text().prop_map(Value::from).boxed(),
        (Some("integer"), _) => integers(node),
        _ => undocumented(),
    }
}

/// What is required, what is not or is null, and what is in no schema.
fn objects(schema: &Value, node: &Value) -> BoxedStrategy<Value> {
    let required: Vec<_> = node["required"].as_array().into_iter().flatten().collect();
    let mut fields: BoxedStrategy<Map<String, Value>> = Just(Map::new()).boxed();
    for (name, property) in node["properties"].as_object().unwrap() {
        let name = name.clone();
        let present = values(schema, property).prop_map(Some);
        let field = if required.contains(&&Value::from(&*name)) {
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

/// Whether absent and empty mean the same: of lists, and of objects that hold nothing else.
fn is_absent_when_empty(schema: &Value, node: &Value) -> bool {
    let node = resolve(schema, node);
    match node["type"].as_str() {
        Some("array") => true,
        Some("object") => {
            node["properties"].as_object().unwrap().values().all(|property| is_absent_when_empty(schema, property))
        }
        _ => false,
    }
}

/// What the schema describes of a value, as the types write it: null is absent, so is an empty list, a default is written.
fn described(schema: &Value, node: &Value, value: &Value) -> Value {
    let node = resolve(schema, node);
    match (node["type"].as_str(), value) {
        (Some("array"), Value::Array(items)) => {
            items.iter().map(|item| described(schema, &node["items"], item)).collect()
        }
        (Some("object"), Value::Object(fields)) => {
            let mut kept = Map::new();
            for (name, property) in node["properties"].as_object().unwrap() {
                let value = fields.get(name).filter(|value| !value.is_null());
                let value = value.map(|value| described(schema, property, value)).or(property.get("default").cloned());
                let is_empty = |value: &Value| *value == json!([]) || *value == json!({});
                let is_left_out = |value: &Value| is_absent_when_empty(schema, property) && is_empty(value);
                kept.extend(value.filter(|value| !is_left_out(value)).map(|value| (name.clone(), value)));
            }
            Value::Object(kept)
        }
        _ => value.clone(),
    }
}

/// Decodes, encodes and decodes again.
fn comes_back<T>(schema: &Value, node: &Value, value: &Value) -> Result<T, TestCaseError>
where
    T: DeserializeOwned + Serialize + PartialEq + Debug,
{
    let decoded: T = from_slice(value.to_string().as_bytes())?;
    let encoded = serde_json::to_value(&decoded)?;
    prop_assert_eq!(&encoded, &described(schema, node, value));
    prop_assert_eq!(&from_slice::<T>(encoded.to_string().as_bytes())?, &decoded);
    Ok(decoded)
}

fn check<E>(schema: &Value)
where
    E: Endpoint + DeserializeOwned + PartialEq + Debug,
    E::Response: Serialize + PartialEq + Debug,
{
    let link = schema["links"].as_array().unwrap().iter().find(|link| link["rel"] == E::NAME).unwrap();
    let request = link.get("submissionSchema").unwrap_or(&link["hrefSchema"]);
    always::<E>(&values(schema, request), |value| comes_back::<E>(schema, request, &value).map(drop));

    let response = &link["targetSchema"];
    always::<E>(&values(schema, response), |value| {
        let decoded = comes_back::<E::Response>(schema, response, &value)?;
        match (E::Response::from_slice(value.to_string().as_bytes()), decoded.errcode()) {
            (Ok(success), ErrCode::OK) => prop_assert_eq!(success, decoded),
            (Err(ResponseError::Api(error)), code) => prop_assert!(code != ErrCode::OK && error.errcode() == code),
            (other, code) => prop_assert!(false, "{:?} of {}", other, code),
        }
        Ok(())
    });
}

/// A runner is for one run: it counts its cases, and does nothing in a second.
fn always<E: Endpoint>(values: &BoxedStrategy<Value>, test: impl Fn(Value) -> Result<(), TestCaseError>) {
    let done = Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(values, |value| {
        done.set(done.get() + 1);
        test(value)
    });
    outcome.unwrap_or_else(|error| panic!("{}: {error}", E::NAME));
    assert_eq!(done.get(), CASES);
}

macro_rules! check_all {
    ($($request:ty),*) => {
        #[test]
        fn what_the_schema_describes_survives_decoding() {
            let schema = schema();
            $( check::<$request>(&schema); )*
        }
    };
}
for_each_endpoint!(check_all);

#[test]
fn the_values_are_of_every_sort() {
    let schema = schema();
    let link = schema["links"].as_array().unwrap().iter().find(|link| link["rel"] == "get_report_answer").unwrap();
    let values = values(&schema, &link["targetSchema"]);
    let mut runner = TestRunner::deterministic();
    let mut seen = String::new();
    for _ in 0..300 {
        seen += &values.new_tree(&mut runner).unwrap().current().to_string();
    }
    for sort in ["null", UNKNOWN, "\"high_risk_area\":{", "\"fileid\":[\"", "\"errcode\":0", &i64::MIN.to_string()] {
        assert!(seen.contains(sort), "{sort}");
    }
}
