//! The JSON Schema that schemars derives from the generated types says what the source schema says: names, order,
//! requiredness, types and sizes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use schemars::SchemaGenerator;
use serde_json::Value;
use wecom_health_model::{Endpoint, for_each_endpoint};

fn source() -> Value {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/health.schema.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

macro_rules! derived {
    ($($request:ty),*) => {
        /// The derived schemas of all requests and responses, by name.
        fn derived() -> Vec<Value> {
            vec![$(
                SchemaGenerator::default().into_root_schema_for::<$request>().to_value(),
                SchemaGenerator::default().into_root_schema_for::<<$request as Endpoint>::Response>().to_value(),
            )*]
        }
    };
}
for_each_endpoint!(derived);

#[test]
fn the_types_say_what_the_schema_says() {
    let source = source();
    let derived = derived();
    let definitions = source["links"].as_array().unwrap().iter().flat_map(|link| {
        let request = link.get("submissionSchema").unwrap_or(&link["hrefSchema"]);
        [request, &link["targetSchema"]]
    });
    for (definition, derived) in definitions.zip(&derived) {
        assert_eq!(definition["$ref"].as_str().unwrap().trim_start_matches("#/$defs/"), derived["title"]);
        agree(&source, definition, derived, derived, derived["title"].as_str().unwrap());
    }
}

#[test]
fn a_difference_is_found() {
    let mut source = source();
    source["$defs"]["QuestionOption"]["properties"]["option_id"]["$ref"] = "#/$defs/UserId".into();
    let derived = derived();
    let root = derived.iter().find(|derived| derived["title"] == "GetReportJobInfoResponse").unwrap();
    let definition = source["$defs"]["GetReportJobInfoResponse"].clone();
    let found = std::panic::catch_unwind(|| agree(&source, &definition, root, root, "response"));
    let message = *found.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("response.job_info.question_templates[].option_list[].option_id"), "{message}");
}

/// Compares a source schema with a derived one, each with the root that its references start from.
fn agree(source_root: &Value, source: &Value, derived_root: &Value, derived: &Value, path: &str) {
    let (source, derived) = (resolve(source_root, source), resolve(derived_root, derived));
    if source.get("x-undocumented").is_some() {
        return;
    }
    assert_eq!(kind(source), kind(derived), "{path}: type");
    match kind(source) {
        "object" => {
            assert_eq!(names(source), names(derived), "{path}: properties");
            assert_eq!(required(source), required(derived), "{path}: required");
            for (name, property) in source["properties"].as_object().unwrap() {
                agree(source_root, property, derived_root, &derived["properties"][name], &format!("{path}.{name}"));
            }
        }
        "array" => agree(source_root, &source["items"], derived_root, &derived["items"], &format!("{path}[]")),
        "string" if source["format"] == "password" => {}
        _ => assert_eq!(source.get("format"), derived.get("format"), "{path}: format"),
    }
}

/// Follows references; an optional value is described by its inner schema.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return resolve(root, root.pointer(reference.trim_start_matches('#')).unwrap());
    }
    match schema["anyOf"].as_array() {
        Some(choices) => resolve(root, choices.iter().find(|choice| choice["type"] != "null").unwrap()),
        None => schema,
    }
}

/// The type, without the null of an optional value.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").unwrap().as_str().unwrap(),
        kind => kind.as_str().unwrap_or_else(|| panic!("a schema without type: {schema}")),
    }
}

fn names(schema: &Value) -> Vec<&String> {
    schema["properties"].as_object().unwrap().keys().collect()
}

fn required(schema: &Value) -> Vec<&str> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.map(|name| name.as_str().unwrap()).collect()
}
