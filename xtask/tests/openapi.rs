//! `openapi.json`, `openapi-3.0.json` and the reference say what the schema says, and are stale when it changes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use xtask::schema::{Document, Side, Stage, samples};

const DOCUMENTS: [&str; 4] = ["openapi.json", "openapi-3.0.json", "REFERENCE.md", "REFERENCE.zh-CN.md"];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn schema() -> Document {
    xtask::schema::load(&workspace(), &workspace().join(xtask::schema::PATH), Stage::Finished).unwrap()
}

fn read(file: &str) -> String {
    std::fs::read_to_string(workspace().join("schema").join(file)).unwrap()
}

fn openapi(file: &str) -> Value {
    serde_json::from_str(&read(file)).unwrap()
}

/// A validator of a type of `openapi.json`.
fn validator(name: &str) -> jsonschema::Validator {
    let mut document = openapi("openapi.json");
    document["$ref"] = format!("#/components/schemas/{name}").into();
    jsonschema::draft202012::new(&document).unwrap()
}

/// Every operation: its path, its method, and what it says.
fn operations(document: &Value) -> Vec<(&String, &String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(m, o)| (path, m, o))).collect()
}

/// Calls a function for every object in it, but not for those inside of samples.
fn visit(json: &Value, found: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
    match json {
        Value::Object(fields) => {
            found(fields);
            fields.iter().filter(|(name, _)| *name != "examples").for_each(|(_, value)| visit(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| visit(value, found)),
        _ => {}
    }
}

#[test]
fn a_changed_field_makes_every_document_stale() {
    let copy = tempfile::tempdir().unwrap();
    let file = |name: &str| copy.path().join(name);
    std::fs::create_dir_all(file("schema")).unwrap();
    std::fs::copy(workspace().join("rustfmt.toml"), file("rustfmt.toml")).unwrap();
    std::fs::copy(workspace().join(xtask::schema::PATH), file(xtask::schema::PATH)).unwrap();
    let source = xtask::codegen::Source::of_workspace(copy.path());
    xtask::codegen::write(copy.path(), &source).unwrap();

    let text = std::fs::read_to_string(file(xtask::schema::PATH)).unwrap();
    let changed = text.replacen("\"x-term\": \"任务名称\"", "\"x-term\": \"名称\"", 1);
    std::fs::write(file(xtask::schema::PATH), changed).unwrap();
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = xtask.arg("--root").arg(copy.path()).args(["codegen", "--check"]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    for name in DOCUMENTS {
        assert!(message.contains(&format!("schema/{name}")), "{name} is not named in: {message}");
    }
}

#[test]
fn every_endpoint_is_an_operation_with_its_token() {
    for file in ["openapi.json", "openapi-3.0.json"] {
        let document = openapi(file);
        let operations = operations(&document);
        let links = schema().links;
        assert_eq!(operations.len(), links.len(), "{file}");
        for ((path, _, operation), link) in operations.iter().zip(&links) {
            assert_eq!((path.as_str(), &operation["operationId"]), (link.path(), &json!(link.rel)), "{file}");
            let has_token = operation.get("security").is_none();
            assert_eq!(has_token, link.token_parameter().is_some(), "{file}: {}", link.rel);
        }
        let scheme = &document["components"]["securitySchemes"]["access_token"];
        assert_eq!(
            (&scheme["type"], &scheme["in"], &scheme["name"]),
            (&json!("apiKey"), &json!("query"), &json!("access_token"))
        );
    }
}

#[test]
fn every_document_says_who_may_call_each_endpoint() {
    let links = schema().links;
    assert!(links.iter().any(|link| link.permission.is_some()));
    for link in links {
        let Some((english, chinese)) = link.permission.zip(link.permission_zh) else { continue };
        for file in ["openapi.json", "openapi-3.0.json"] {
            let document = openapi(file);
            let operations = operations(&document);
            let (_, _, operation) = operations.iter().find(|(_, _, found)| found["operationId"] == link.rel).unwrap();
            assert!(operation["description"].as_str().unwrap().ends_with(&english), "{file}: {}", link.rel);
            assert_eq!(operation["x-permission-zh"], chinese, "{file}: {}", link.rel);
        }
        for (file, row) in [
            ("REFERENCE.md", format!("| permission | {english} |")),
            ("REFERENCE.zh-CN.md", format!("| 权限 | {chinese} |")),
        ] {
            let text = read(file);
            let section = text.split("\n## ").find(|section| section.starts_with(&format!("{}\n", link.rel))).unwrap();
            assert!(section.contains(&row), "{file}: {}", link.rel);
        }
    }
}

#[test]
fn every_reference_leads_to_a_type() {
    for file in ["openapi.json", "openapi-3.0.json"] {
        let document = openapi(file);
        let (mut followed, mut broken) = (0, Vec::new());
        visit(&document, &mut |fields| {
            if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                followed += 1;
                let place = reference.strip_prefix('#');
                if place.and_then(|place| document.pointer(place)).is_none() {
                    broken.push(reference.to_owned());
                }
            }
        });
        assert!(followed > 0 && broken.is_empty(), "{file}: {broken:?}");
    }
}

#[test]
fn every_sample_is_an_example_and_valid() {
    let document = openapi("openapi.json");
    let samples = samples::read(&workspace().join(xtask::schema::PATH)).unwrap();
    assert!(!samples.is_empty());
    let links = schema().links;
    for sample in samples {
        let link = links.iter().find(|link| link.rel == sample.endpoint).unwrap();
        let (_, _, operation) = operations(&document).into_iter().find(|(path, ..)| *path == link.path()).unwrap();
        let (message, name) = match (sample.side, link.body()) {
            (Side::Response, _) => (&operation["responses"]["200"], link.response()),
            (Side::Request, Some(name)) => (&operation["requestBody"], name),
            (Side::Request, None) => {
                for parameter in operation["parameters"].as_array().unwrap() {
                    assert_eq!(parameter.get("example"), sample.json.get(parameter["name"].as_str().unwrap()));
                }
                continue;
            }
        };
        let key = sample.variant.as_deref().unwrap_or("sample");
        assert_eq!(message["content"]["application/json"]["examples"][key]["value"], sample.json, "{}", link.rel);
        validator(name).validate(&sample.json).unwrap_or_else(|error| panic!("{}: {error}", link.rel));
    }
}

#[test]
fn null_lists_unknown_codes_and_errors_are_valid() {
    let job = validator("JobInfo");
    let mut json: Value = serde_json::from_str(&read("samples/get_report_job_info.response.json")).unwrap();
    let mut info = json["job_info"].take();
    info["apply_range"] = json!({ "partyids": null, "userids": null });
    info["report_to"] = Value::Null;
    info["type"] = json!(i64::MAX);
    info["new"] = json!("unknown");
    info["question_templates"] = Value::Null;
    job.validate(&info).unwrap();
    for link in schema().links {
        let error = json!({ "errcode": 48002, "errmsg": "api unauthorized" });
        validator(link.response()).validate(&error).unwrap_or_else(|error| panic!("{}: {error}", link.rel));
    }
}

#[test]
fn a_success_without_its_payload_is_invalid() {
    let response = validator("GetReportJobInfoResponse");
    for broken in [json!({}), json!({ "errcode": 0 }), json!({ "job_info": { "title": 1 } })] {
        assert!(!response.is_valid(&broken), "{broken}");
    }
}

#[test]
fn the_list_of_codes_is_open_and_complete() {
    let document = openapi("openapi.json");
    for (name, definition) in &schema().definitions {
        let Some(found) = document["components"]["schemas"].get(name) else { continue };
        assert!(found.get("enum").is_none(), "{name}");
        let values = found["x-known-values"].as_array().map_or(0, Vec::len);
        assert_eq!(values, definition.known_values().len(), "{name}");
        for known in definition.known_values() {
            let line = format!("- `{}`: {} ({})", known.value, known.title, known.term);
            assert!(found["description"].as_str().unwrap().contains(&line), "{name}: {line}");
        }
    }
}

#[test]
fn openapi_3_0_has_no_word_of_3_1() {
    let document = openapi("openapi-3.0.json");
    assert_eq!(document["openapi"], "3.0.3");
    let mut wrong = Vec::new();
    visit(&document, &mut |fields| {
        let newer = ["if", "then", "const", "jsonSchemaDialect", "identifier"];
        wrong.extend(newer.into_iter().filter(|word| fields.contains_key(*word)).map(str::to_owned));
        if fields.get("type").is_some_and(Value::is_array) {
            wrong.push(format!("a list of types: {}", fields["type"]));
        }
        if fields.contains_key("$ref") && fields.len() > 1 {
            wrong.push(format!("something beside {}", fields["$ref"]));
        }
        if fields.contains_key("nullable") && !fields.contains_key("type") {
            wrong.push("nullable without a type".to_owned());
        }
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
    let lists = &document["components"]["schemas"]["ApplyRange"]["properties"];
    assert_eq!(lists["userids"]["nullable"], true);
}

#[test]
fn every_deviation_is_in_both_references() {
    for file in ["REFERENCE.md", "REFERENCE.zh-CN.md"] {
        let text = read(file);
        for deviation in schema().deviations {
            assert!(text.contains(&format!("| `{}` |", deviation.place())), "{file}: {}", deviation.place());
        }
    }
}

#[test]
fn the_chinese_reference_has_no_sentence_of_the_schema() {
    let (schema, text) = (schema(), read("REFERENCE.zh-CN.md"));
    let nodes = schema.definitions.values().flat_map(|node| node.properties.values().chain([node]));
    let sentences = nodes.map(|node| &node.description).chain(schema.links.iter().map(|link| &link.description));
    let found: Vec<_> = sentences.filter(|sentence| text.contains(sentence.as_str())).collect();
    assert!(found.is_empty(), "{found:?}");
    assert!(text.contains("请稍后重试"), "no advice");
}

#[test]
fn a_sample_whose_name_says_nothing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("samples")).unwrap();
    for name in ["gettoken.json", "gettoken.answer.json", "gettoken.request"] {
        let file = folder.path().join("samples").join(name);
        std::fs::write(&file, "{}").unwrap();
        let error = format!("{:#}", samples::read(&folder.path().join("health.schema.json")).unwrap_err());
        assert!(error.contains(name) && error.contains("name it"), "{error}");
        std::fs::remove_file(file).unwrap();
    }
}
