//! Schema, samples and types say the same: each sample is valid, fully described, and comes back from its type unchanged.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;

use described::find_undescribed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wecom_health_model::{Endpoint, for_each_endpoint, from_slice};
use xtask::schema::{Kind, Stage, definition_name, parse};

mod described;

fn schema_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema")
}

fn schema() -> Value {
    serde_json::from_str(&std::fs::read_to_string(schema_folder().join("health.schema.json")).unwrap()).unwrap()
}

/// Name, without `.json`, and text of each sample.
fn samples() -> BTreeMap<String, String> {
    let files = std::fs::read_dir(schema_folder().join("samples")).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// The samples of an endpoint: `get_report_job_info.request`, or with a variant, `….request.variant`.
fn samples_of(endpoint: &str, side: &str) -> BTreeMap<String, String> {
    let mut samples = samples();
    let prefix = format!("{endpoint}.{side}");
    samples.retain(|name, _| *name == prefix || name.starts_with(&format!("{prefix}.")));
    samples
}

/// Each sample with the name of its definition.
fn samples_with_definitions() -> Vec<(String, String, Value)> {
    let document = parse(&schema(), Stage::Finished).unwrap();
    let sides = document.links.iter().flat_map(|link| {
        [("request", link.body().or(link.query())), ("response", Some(link.response()))]
            .into_iter()
            .filter_map(|(side, definition)| Some((samples_of(&link.rel, side), definition?.to_owned())))
    });
    sides
        .flat_map(|(samples, definition)| {
            assert!(!samples.is_empty(), "no sample of {definition}");
            samples.into_iter().map(move |(name, text)| {
                let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
                (name, definition.clone(), value)
            })
        })
        .collect()
}

#[test]
fn every_sample_belongs_to_an_endpoint() {
    let known: Vec<_> = samples_with_definitions().into_iter().map(|(name, ..)| name).collect();
    let strays: Vec<_> = samples().into_keys().filter(|name| !known.contains(name)).collect();
    assert!(strays.is_empty(), "samples of no endpoint: {strays:?}");
}

#[test]
fn every_sample_is_valid_by_an_independent_validator() {
    let definitions = schema()["$defs"].take();
    for (name, definition, sample) in samples_with_definitions() {
        let validator = validator(&definitions, &definition);
        let errors: Vec<_> =
            validator.iter_errors(&sample).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn the_validator_refuses_what_the_schema_refuses() {
    let definitions = schema()["$defs"].take();
    let validator = validator(&definitions, "GetReportJobInfoResponse");
    assert!(validator.is_valid(&json!({"errcode": 40014, "errmsg": "no payload in a refusal"})));
    assert!(!validator.is_valid(&json!({"errcode": 0, "errmsg": "a success without its payload"})));
    assert!(!validator.is_valid(&json!({"errmsg": "neither code nor payload"})));
}

fn validator(definitions: &Value, name: &str) -> jsonschema::Validator {
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/$defs/{name}"),
        "$defs": definitions,
    });
    jsonschema::options().should_validate_formats(true).build(&root).unwrap()
}

#[test]
fn the_schema_describes_every_property_of_every_sample() {
    let schema = schema();
    for (name, definition, sample) in samples_with_definitions() {
        let mut undescribed = Vec::new();
        find_undescribed(&schema, &schema["$defs"][&definition], &sample, "", &mut undescribed);
        assert!(undescribed.is_empty(), "{name}: not in the schema: {undescribed:?}");
    }
}

#[test]
fn the_samples_show_every_property_of_the_schema() {
    let schema = schema();
    let document = parse(&schema, Stage::Finished).unwrap();
    let samples = samples_with_definitions();
    let mut missing = Vec::new();
    for (owner, definition) in document.definitions.iter().filter(|(_, definition)| definition.kind() == Kind::Object) {
        for property in definition.properties.keys() {
            if !samples.iter().any(|(_, root, sample)| shows(&schema, root, sample, owner, property)) {
                missing.push(format!("{owner}.{property}"));
            }
        }
    }
    assert!(missing.is_empty(), "in no sample: {missing:?}");
}

/// Whether a value of a definition holds a property of an owner somewhere.
fn shows(schema: &Value, definition: &str, value: &Value, owner: &str, property: &str) -> bool {
    match value {
        Value::Array(values) => values.iter().any(|value| shows(schema, definition, value, owner, property)),
        Value::Object(fields) => {
            (definition == owner && fields.contains_key(property))
                || fields.iter().any(|(name, value)| {
                    let described = &schema["$defs"][definition]["properties"][name];
                    let target = described["$ref"].as_str().or(described["items"]["$ref"].as_str());
                    let inner = target.and_then(definition_name);
                    inner.is_some_and(|inner| shows(schema, inner, value, owner, property))
                })
        }
        _ => false,
    }
}

#[test]
fn the_copies_of_the_samples_in_other_crates_are_equal() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read =
        |path: &str| -> Value { serde_json::from_str(&std::fs::read_to_string(crates.join(path)).unwrap()).unwrap() };
    let sample = |name: &str| -> Value { serde_json::from_str(&samples()[name]).unwrap() };
    let (job, answers) = (&sample("get_report_job_info.response"), &sample("get_report_answer.response"));
    let emulator = read("wecom-health-emulator/data/sample.json");
    assert_eq!(emulator["jobs"][0]["job_info"], job["job_info"]);
    assert_eq!(emulator["jobs"][0]["answers"], answers["answers"]);
    assert_eq!(read("wecom-health-cli/tests/job_info.json"), job["job_info"]);
    assert_eq!(read("wecom-health-cli/tests/answers.json"), answers["answers"]);
}

macro_rules! round_trips {
    ($($request:ty),*) => {
        #[test]
        fn every_sample_comes_back_from_its_type_unchanged() {
            $(
                round_trip::<$request>(<$request as Endpoint>::NAME, "request");
                round_trip::<<$request as Endpoint>::Response>(<$request as Endpoint>::NAME, "response");
            )*
        }
    };
}
for_each_endpoint!(round_trips);

fn round_trip<T: Serialize + DeserializeOwned + Debug>(endpoint: &str, side: &str) {
    for (name, text) in samples_of(endpoint, side) {
        let decoded: T = from_slice(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let encoded: Value = serde_json::from_str(&serde_json::to_string(&decoded).unwrap()).unwrap();
        // In the order of the type, with white space as in the file.
        let encoded = serde_json::to_string_pretty(&encoded).unwrap() + "\n";
        let mut changed = Vec::new();
        find_changes(&serde_json::from_str(&text).unwrap(), &serde_json::from_str(&encoded).unwrap(), "", &mut changed);
        assert!(changed.is_empty(), "{name}: lost or changed by the type: {changed:?}");
        assert_eq!(encoded, text, "{name}: same values, other order");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_debug_snapshot!(name, decoded);
        });
    }
}

fn find_changes(before: &Value, after: &Value, path: &str, changed: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let names: Vec<_> = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))).collect();
            for name in names {
                let value = |fields: &serde_json::Map<String, Value>| fields.get(name).cloned().unwrap_or_default();
                find_changes(&value(before), &value(after), &format!("{path}/{name}"), changed);
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                find_changes(before, after, &format!("{path}/{index}"), changed);
            }
        }
        _ if before == after => {}
        _ => changed.push(path.to_owned()),
    }
}
