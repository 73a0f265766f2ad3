//! Whatever the schema allows is decoded, and what it describes comes back: any value, with fields and codes that nobody knows yet.
//! What the schema does not allow is an error with its path and without its value.
//!
//! `own_schema.rs` runs this file in a workspace whose schema has every kind of the dialect, too.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::cell::Cell;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wecom_health_model::{Endpoint, ErrCode, Response, ResponseError, for_each_endpoint, from_slice};

use self::described::{described, is_map, resolve};
use self::values::{UNKNOWN, values};

mod described;
mod values;

const CASES: u32 = 300;

fn schema() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/health.schema.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
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

/// Marks what cannot be read.
const MARK: &str = "marked";

/// The places of a value that have a kind: a JSON pointer, the path that an error has, and a value of another kind.
type Places = Vec<(String, String, Value)>;

fn places(schema: &Value, node: &Value, value: &Value, at: (String, String), places: &mut Places) {
    let node = resolve(schema, node);
    let (pointer, path) = &at;
    let step = |name: &str| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        _ if node.get("type").is_none() => return,
        Value::Object(entries) if is_map(node) => {
            for (key, value) in entries {
                self::places(schema, &node["additionalProperties"], value, (step(key), below("*")), places);
            }
        }
        Value::Object(fields) => {
            for (name, property) in node["properties"].as_object().unwrap() {
                if let Some(value) = fields.get(name) {
                    self::places(schema, property, value, (step(name), below(name)), places);
                }
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let at = (step(&index.to_string()), format!("{path}[{index}]"));
                self::places(schema, &node["items"], value, at, places);
            }
        }
        _ => {}
    }
    if !path.is_empty() {
        let wrong = if node["type"] == "string" { json!({ MARK: MARK }) } else { json!(MARK) };
        places.push((at.0, at.1, wrong));
    }
}

/// Whatever is put in place of a value, the error has its path, and neither the value nor a key of a map.
fn fails_with_its_path<T: DeserializeOwned + Debug>(
    schema: &Value,
    node: &Value,
    value: &Value,
    pick: prop::sample::Index,
) -> Result<(), TestCaseError> {
    let mut all = Vec::new();
    places(schema, node, value, (String::new(), String::new()), &mut all);
    if all.is_empty() {
        return Ok(());
    }
    let (pointer, path, wrong) = pick.get(&all);
    let mut broken = value.clone();
    *broken.pointer_mut(pointer).unwrap() = wrong.clone();
    let error = from_slice::<T>(broken.to_string().as_bytes()).unwrap_err();
    prop_assert_eq!(error.path(), path);
    prop_assert!(!error.to_string().contains(MARK) && !format!("{error:?}").contains(MARK), "{}", error);
    Ok(())
}

/// Checks a type against its definition.
fn check_type<T>(schema: &Value, node: &Value)
where
    T: DeserializeOwned + Serialize + PartialEq + Debug,
{
    let name = node["$ref"].as_str().unwrap();
    always(name, &values(schema, node), |value| comes_back::<T>(schema, node, &value).map(drop));
    let broken = (values(schema, node), any::<prop::sample::Index>());
    always(name, &broken.boxed(), |(value, pick)| fails_with_its_path::<T>(schema, node, &value, pick));
}

fn link_of<E: Endpoint>(schema: &Value) -> &Value {
    schema["links"].as_array().unwrap().iter().find(|link| link["rel"] == E::NAME).unwrap()
}

/// A request that is one definition: a body or a query.
trait OneDefinition {
    fn check(&self, schema: &Value);
}

/// A request of body and query, or of neither.
#[allow(dead_code, reason = "the schema of this workspace has no such request, that of `own_schema.rs` does")]
trait NotOneDefinition {
    fn check(&self, schema: &Value);
}

struct Request<E>(PhantomData<E>);

impl<E: Endpoint + DeserializeOwned + PartialEq + Debug> OneDefinition for Request<E> {
    fn check(&self, schema: &Value) {
        let link = link_of::<E>(schema);
        check_type::<E>(schema, link.get("submissionSchema").unwrap_or(&link["hrefSchema"]));
    }
}

// The method of a reference is found last: only where the request is not one definition.
impl<E: Endpoint> NotOneDefinition for &Request<E> {
    fn check(&self, schema: &Value) {
        let link = link_of::<E>(schema);
        assert_eq!(link.get("submissionSchema").is_some(), link.get("hrefSchema").is_some(), "{}", E::NAME);
    }
}

fn check_response<E: Endpoint>(schema: &Value)
where
    E::Response: Serialize + PartialEq + Debug,
{
    let response = &link_of::<E>(schema)["targetSchema"];
    check_type::<E::Response>(schema, response);
    always(E::NAME, &values(schema, response), |value| {
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
fn always<V: Debug>(name: &str, values: &BoxedStrategy<V>, test: impl Fn(V) -> Result<(), TestCaseError>) {
    let done = Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(values, |value| {
        done.set(done.get() + 1);
        test(value)
    });
    outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(done.get(), CASES);
}

macro_rules! check_all {
    ($($request:ty),*) => {
        #[test]
        fn what_the_schema_describes_survives_decoding() {
            let schema = schema();
            $(
                (&Request::<$request>(PhantomData)).check(&schema);
                check_response::<$request>(&schema);
            )*
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
