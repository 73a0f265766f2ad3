//! Generated code follows the schema, and a schema that breaks a rule is refused before anything is written.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const SCHEMA: &str = "schema/health.schema.json";
const MODEL: &str = "crates/wecom-health-model/src/generated.rs";
const CLIENT: &str = "crates/wecom-health/src/generated.rs";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A schema with one of everything, of its own: the tests do not depend on what the real one holds.
fn schema() -> Value {
    let errcode = json!({"$ref": "#/$defs/ErrCode", "description": "Code (码).", "default": 0});
    let errmsg = json!({"type": "string", "description": "Text (文).", "default": ""});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "base": "https://wecom.example",
        "links": [
            {
                "rel": "get_thing", "description": "Fetches a thing (物).", "href": "/cgi-bin/get_thing{?access_token}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/GetThingRequest"},
                "targetSchema": {"$ref": "#/$defs/GetThingResponse"}, "x-page": "https://wecom.example/1",
            },
            {
                "rel": "list", "description": "Lists things (列).", "href": "/cgi-bin/list{?first}",
                "targetHints": {"allow": ["GET"]}, "hrefSchema": {"$ref": "#/$defs/ListRequest"},
                "targetSchema": {"$ref": "#/$defs/ListResponse"}, "x-page": "https://wecom.example/2",
            },
            {
                "rel": "get_things", "description": "Lists things in pages (页).", "href": "/cgi-bin/get_things{?access_token}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/GetThingsRequest"},
                "targetSchema": {"$ref": "#/$defs/GetThingsResponse"}, "x-page": "https://wecom.example/3",
                "x-method": "all_things",
                "x-paged": {"offset": "skip", "limit": "take", "items": "things", "end": "done"},
            },
        ],
        "$defs": {
            "ErrCode": {
                "description": "Code (码).", "type": "integer", "format": "int64", "x-sparse": true,
                "x-known-values": [{"value": 0, "name": "Ok", "description": "Good (好)", "advice": "rest"}],
            },
            "Key": {"description": "Key (钥).", "type": "string", "format": "password"},
            "ThingId": {"description": "Id (号).", "type": "integer", "format": "int64"},
            "Done": {
                "description": "Done or not (完).", "type": "integer", "format": "int64",
                "x-known-values": [
                    {"value": 0, "name": "No", "description": "No (否)"}, {"value": 1, "name": "Yes", "description": "Yes (是)"},
                ],
            },
            "GetThingRequest": {
                "description": "Request (求).", "type": "object", "required": ["id"],
                "properties": {
                    "id": {"$ref": "#/$defs/ThingId", "description": "Id (号)."},
                    "date": {"type": "string", "format": "date", "description": "Day (日)."},
                    "parts": {"$ref": "#/$defs/Parts", "description": "Parts (件)."},
                },
            },
            "GetThingResponse": {
                "description": "Answer (答).", "type": "object",
                "properties": {
                    "errcode": errcode, "errmsg": errmsg,
                    "thing": {"$ref": "#/$defs/Thing", "description": "Thing (物)."},
                },
                "if": {"properties": {"errcode": {"const": 0}}}, "then": {"required": ["thing"]},
            },
            "Thing": {
                "description": "Thing (物).", "type": "object", "required": ["type", "key"],
                "properties": {
                    "type": {"$ref": "#/$defs/Done", "description": "Type (型)."},
                    "key": {"$ref": "#/$defs/Key", "description": "Key (钥)."},
                    "count": {"type": "integer", "format": "int64", "description": "Count (数)."},
                    "parts": {"$ref": "#/$defs/Parts", "description": "Parts (件)."},
                    "raw": {"x-undocumented": true, "description": "Raw (原)."},
                },
            },
            "Parts": {
                "description": "Parts (件).", "type": "object",
                "properties": {
                    "ids": {"type": "array", "items": {"$ref": "#/$defs/ThingId"}, "description": "Ids (号)."},
                    "names": {"type": "array", "items": {"type": "string"}, "description": "Names (名)."},
                },
            },
            "ListRequest": {
                "description": "Request (求).", "type": "object",
                "properties": {"first": {"type": "string", "description": "First (首)."}},
            },
            "ListResponse": {
                "description": "Answer (答).", "type": "object",
                "properties": {
                    "errcode": errcode, "errmsg": errmsg,
                    "count": {"type": "integer", "format": "int64", "description": "Count (数)."},
                },
                "if": {"properties": {"errcode": {"const": 0}}}, "then": {"required": ["count"]},
            },
            "GetThingsRequest": {
                "description": "Request (求).", "type": "object",
                "properties": {
                    "skip": {"type": "integer", "format": "int64", "minimum": 0, "description": "Skip (跳)."},
                    "take": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 9, "description": "Take (取)."},
                },
            },
            "GetThingsResponse": {
                "description": "Answer (答).", "type": "object",
                "properties": {
                    "errcode": errcode, "errmsg": errmsg,
                    "done": {"$ref": "#/$defs/Done", "description": "Done (完)."},
                    "things": {"type": "array", "items": {"$ref": "#/$defs/Thing"}, "description": "Things (物)."},
                },
            },
        },
    })
}

/// A workspace with this schema and the code that goes with it.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        for file in [SCHEMA, MODEL, CLIENT] {
            std::fs::create_dir_all(copy.path(file).parent().unwrap()).unwrap();
        }
        std::fs::copy(workspace().join("rustfmt.toml"), copy.path("rustfmt.toml")).unwrap();
        copy.write_schema(&schema());
        assert!(copy.xtask(&["codegen"]).status.success(), "{:?}", copy.xtask(&["codegen"]));
        copy
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    fn write_schema(&self, schema: &Value) {
        std::fs::write(self.path(SCHEMA), serde_json::to_string_pretty(schema).unwrap()).unwrap();
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{from} is not in {file}");
        std::fs::write(self.path(file), text.replacen(from, to, 1)).unwrap();
    }

    fn xtask(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xtask")).arg("--root").arg(self.0.path()).args(arguments).output().unwrap()
    }

    /// What is said about a copy that is not as it should be.
    fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.xtask(arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn the_checked_in_code_is_what_the_schema_says() {
    xtask::codegen::check(&workspace()).unwrap();
}

#[test]
fn the_code_of_the_test_schema_is_as_reviewed() {
    let copy = Copy::new();
    insta::assert_snapshot!("model", copy.read(MODEL));
    insta::assert_snapshot!("client", copy.read(CLIENT));
}

#[test]
fn without_a_task_the_help_lists_the_tasks() {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("codegen"));
}

#[test]
fn generating_again_writes_nothing() {
    let copy = Copy::new();
    let modified = |file| std::fs::metadata(copy.path(file)).unwrap().modified().unwrap();
    let before = (modified(MODEL), modified(CLIENT));
    let output = copy.xtask(&["codegen"]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("nothing to change"));
    assert_eq!((modified(MODEL), modified(CLIENT)), before);
}

#[test]
fn the_check_names_every_stale_file_and_the_command() {
    let both = Copy::new();
    both.edit(SCHEMA, "Fetches a thing (物).", "Gets a thing (物).");
    both.edit(SCHEMA, "Type (型).", "Kind (型).");
    let description = Copy::new();
    description.edit(SCHEMA, "Type (型).", "Kind (型).");
    let line = Copy::new();
    line.edit(MODEL, "pub type_: Done", "pub type_: Option<Done>");
    let deleted = Copy::new();
    std::fs::remove_file(deleted.path(CLIENT)).unwrap();

    for (copy, stale) in
        [(both, vec![MODEL, CLIENT]), (description, vec![MODEL]), (line, vec![MODEL]), (deleted, vec![CLIENT])]
    {
        let told = copy.refusal(&["codegen", "--check"]);
        for file in [MODEL, CLIENT] {
            assert_eq!(told.contains(file), stale.contains(&file), "{told}");
        }
        assert!(told.contains("cargo xtask codegen"), "{told}");
        assert!(copy.xtask(&["codegen"]).status.success());
        assert!(copy.xtask(&["codegen", "--check"]).status.success());
    }
}

/// Breaches: where a value is put (null takes it away), the value, where it is reported, and what the advice mentions.
fn breaches() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let same = "";
    vec![
        // What typify would turn into types that lose answers.
        ("/$defs/Done/enum", json!([0, 1]), same, "x-known-values"),
        ("/$defs/Thing/properties/count/enum", json!([0, 1]), same, "x-known-values"),
        ("/$defs/Thing/additionalProperties", json!(false), same, "delete it"),
        ("/$defs/ThingId/minimum", json!(1), same, "description"),
        ("/$defs/Thing/properties/count/maximum", json!(1), same, "description"),
        ("/$defs/Key/maxLength", json!(64), same, "description"),
        // Descriptions.
        ("/$defs/Thing/properties/count/description", Value::Null, same, "missing: write an English sentence"),
        ("/$defs/Thing/description", json!("A thing."), same, "vendor's own term"),
        ("/$defs/Thing/description", json!("A\nthing (物)."), same, "one line"),
        ("/links/0/description", Value::Null, same, "missing"),
        // Sizes and formats.
        ("/$defs/Thing/properties/count/format", Value::Null, same, "int64"),
        ("/$defs/ThingId/format", json!("int32"), same, "int64"),
        ("/$defs/Key/format", json!("date-time"), same, "password"),
        ("/$defs/GetThingRequest/properties/date/format", json!("password"), same, "date"),
        // References.
        ("/$defs/Thing/properties/type/$ref", json!("#/$defs/Nope"), same, "no definition \"Nope\""),
        ("/$defs/Parts/properties/ids/items/$ref", json!("x.json"), same, "#/$defs/"),
        ("/links/0/targetSchema/$ref", json!("#/$defs/Nope"), same, "no definition"),
        ("/$defs/Thing/properties/type/type", json!("integer"), same, "ignore"),
        ("/$defs/Unused", json!({"description": "Unused (无).", "type": "string"}), same, "delete it"),
        (
            "/$defs/Parts/properties/again",
            json!({"description": "Itself (己).", "$ref": "#/$defs/Parts"}),
            "/$defs/Parts",
            "contains itself",
        ),
        // Fields.
        ("/$defs/Thing/properties/count/cuont", json!(1), same, "ignore"),
        ("/$defs/Thing/properties/count/type", json!("number"), same, "integer"),
        ("/$defs/Thing/properties/count/default", json!(5), same, "delete it"),
        ("/$defs/GetThingsRequest/properties/skip/default", json!(0), same, "delete it"),
        (
            "/$defs/Thing/properties/camelCase",
            json!({"type": "string", "description": "Camel (驼)."}),
            same,
            "lower case",
        ),
        (
            "/$defs/GetThingRequest/properties/new",
            json!({"type": "string", "description": "New (新)."}),
            same,
            "method",
        ),
        ("/$defs/Parts/properties/names/items", Value::Null, same, "missing"),
        ("/$defs/Thing/properties", json!({}), same, "at least one"),
        ("/$defs/Thing/properties", json!([]), same, "at least one"),
        ("/$defs/Thing/type", json!("array"), same, "object"),
        // What must be there.
        ("/$defs/Thing/required/0", json!("tpye"), same, "tpye"),
        ("/$defs/Thing/required/0", json!("parts"), same, "mean the same"),
        ("/$defs/Parts/required", json!(["ids"]), "/$defs/Parts/required/0", "mean the same"),
        ("/$defs/Thing/required", json!("type"), same, "expected a sequence"),
        ("/$defs/Thing/required", json!([1]), "/$defs/Thing/required/0", "expected a string"),
        // Names.
        ("/$defs/lower", json!({"description": "Low (低).", "type": "string"}), same, "upper camel case"),
        ("/$defs/String", json!({"description": "Taken (占).", "type": "string"}), same, "something else"),
        ("/$defs/Self", json!({"description": "Keyword (词).", "type": "string"}), same, "upper camel case"),
        ("/$defs/ListCount", json!({"description": "Free (空).", "type": "string"}), same, "delete it"),
        ("/$defs/List", json!({"description": "Taken (占).", "type": "string"}), "/$defs/ListResponse", "must be free"),
        // Known values.
        ("/$defs/Done/x-known-values/0/value", json!(1), "/$defs/Done/x-known-values/1/value", "no other entry"),
        ("/$defs/Done/x-known-values/0/value", json!("0"), same, "integer"),
        ("/$defs/Done/x-known-values/0/name", json!("Yes"), "/$defs/Done/x-known-values/1/name", "no other entry"),
        ("/$defs/Done/x-known-values/0/name", json!("Unknown"), same, "Unknown"),
        ("/$defs/Done/x-known-values/0/name", json!("Self"), same, "upper camel case"),
        ("/$defs/Done/x-known-values/0/name", json!("1st"), same, "upper camel case"),
        ("/$defs/Done/x-known-values/0/description", json!("No"), same, "vendor's term"),
        ("/$defs/Done/x-known-values/0/advice", json!("rest"), same, "ignore"),
        ("/$defs/Done/x-known-values", json!([]), same, "at least one"),
        ("/$defs/Done/x-known-values", json!({}), same, "at least one"),
        ("/$defs/ErrCode/x-sparse", json!("yes"), same, "true"),
        ("/$defs/ThingId/x-sparse", json!(true), same, "x-known-values"),
        // Answers.
        ("/$defs/ListResponse/properties/errcode", Value::Null, "/$defs/ListResponse/properties", "errcode"),
        ("/$defs/ListResponse/properties/errcode/default", Value::Null, "/$defs/ListResponse/properties", "default"),
        (
            "/$defs/ListResponse/properties/errcode/$ref",
            json!("#/$defs/ThingId"),
            "/$defs/ListResponse/properties",
            "ErrCode",
        ),
        ("/$defs/ListResponse/properties/errmsg/default", json!("x"), "/$defs/ListResponse/properties", "default"),
        ("/$defs/ListResponse/required", json!(["count"]), same, "ignore"),
        ("/$defs/ListResponse/if/properties/errcode/const", json!(1), "/$defs/ListResponse/if", "const"),
        ("/$defs/ListResponse/then", Value::Null, "/$defs/ListResponse/if", "required"),
        ("/$defs/ListResponse/then/required", json!("count"), same, "expected a sequence"),
        ("/$defs/ListResponse/then/required/0", json!("conut"), same, "conut"),
        ("/$defs/ListResponse/then/required/0", json!("errcode"), same, "beside its status"),
        ("/$defs/Thing/if", json!({}), same, "ignore"),
        // Calls.
        ("/links/0/rel", json!("get-thing"), same, "last part of its path"),
        ("/links/0/rel", json!("get_type"), same, "cannot be the client's method"),
        ("/links/0/rel", json!("get_send"), same, "cannot be the client's method"),
        ("/links/2/x-method", json!("thing"), same, "cannot be the client's method"),
        ("/links/0/href", json!("/cgi-bin/other{?access_token}"), same, "get_thing{?access_token}"),
        ("/links/0/href", json!("/cgi-bin/get_thing"), same, "get_thing{?access_token}"),
        ("/links/0/href", json!("/cgi-bin/get_thing{?access_token,debug}"), same, "token alone"),
        ("/links/0/href", json!("/cgi-bin/get_thing{?}"), same, "token alone"),
        ("/links/1/href", json!("/cgi-bin/list{?second}"), same, "all fields"),
        ("/links/0/targetHints/allow/0", json!("GET"), "/links/0/targetHints", "submissionSchema"),
        ("/links/0/targetHints", Value::Null, same, "submissionSchema"),
        ("/links/0/targetSchema", Value::Null, same, "missing"),
        ("/links/2/submissionSchema/$ref", json!("#/$defs/GetThingRequest"), "/links/2/submissionSchema", "one call"),
        ("/links/0/x-page", Value::Null, same, "vendor's page"),
        ("/links/0/tpye", json!(1), same, "ignore"),
        ("/links/2/x-paged/limit", json!("nope"), same, "maximum"),
        ("/links/2/x-paged/items", json!("done"), same, "a list"),
        ("/links/2/x-paged/offset", Value::Null, same, "an integer"),
        ("/links/2/x-paged/end", json!("nope"), same, "yes/no"),
        ("/$defs/GetThingsRequest/properties/take/maximum", Value::Null, "/links/2/x-paged/limit", "maximum"),
        ("/links/2/x-paged/limit", json!("skip"), "/links/2/x-paged/offset", "need not be there"),
        ("/links/2/x-paged/end", json!("errcode"), same, "yes/no"),
        ("/$defs/GetThingsRequest/required", json!(["skip"]), "/links/2/x-paged/offset", "need not be there"),
        (
            "/$defs/GetThingsRequest/properties/take/minimum",
            json!(10),
            "/$defs/GetThingsRequest/properties/take/maximum",
            "below",
        ),
        ("/links/0/href", json!("/cgi-bin/{id}/get_thing{?access_token}"), same, "get_thing{?access_token}"),
        ("/links/0/href", json!("/cgi-bin/../get_thing{?access_token}"), same, "get_thing{?access_token}"),
        (
            "/$defs/ListRequest/properties/first",
            json!({"$ref": "#/$defs/Parts", "description": "Parts (件)."}),
            same,
            "a query has no lists",
        ),
        (
            "/$defs/ListResponse/then/required",
            json!(["count", "count"]),
            "/$defs/ListResponse/then/required/1",
            "already",
        ),
        ("/$defs/ListResponse/properties/count", Value::Null, "/$defs/ListResponse/properties", "beside its status"),
        ("/$defs/ErrCode/x-known-values/0/name", json!("Fine"), "/$defs/ErrCode/x-known-values", "\"Ok\""),
        ("/$defs/Thing/properties/gen", json!({"type": "string", "description": "Keyword (词)."}), same, "lower case"),
        // The whole.
        ("/$schema", Value::Null, same, "2020-12"),
        ("/base", Value::Null, same, "address"),
        ("/links", Value::Null, same, "each call"),
        ("/$defs", Value::Null, same, "each type"),
        ("/tilte", json!("x"), same, "ignore"),
    ]
}

#[test]
fn a_breach_is_reported_with_its_pointer_and_nothing_is_written() {
    let copy = Copy::new();
    let before = (copy.read(MODEL), copy.read(CLIENT));
    for (place, value, pointer, advice) in breaches() {
        let mut broken = schema();
        let (parent, key) = place.rsplit_once('/').unwrap();
        match (broken.pointer_mut(parent).unwrap(), value.clone()) {
            (Value::Object(object), Value::Null) => drop(object.shift_remove(key).unwrap()),
            (Value::Object(object), value) => drop(object.insert(key.to_owned(), value)),
            (Value::Array(list), value) => list[key.parse::<usize>().unwrap()] = value,
            other => panic!("{place}: {other:?}"),
        }
        copy.write_schema(&broken);
        let pointer = if pointer.is_empty() { place } else { pointer };
        for arguments in [&["codegen"][..], &["codegen", "--check"]] {
            let told = copy.refusal(arguments);
            let mut lines = told.lines().filter(|line| line.starts_with(&format!("{SCHEMA}#{pointer}: ")));
            assert!(lines.any(|line| line.contains(advice)), "{place} = {value}: {told}");
        }
        assert_eq!((copy.read(MODEL), copy.read(CLIENT)), before, "{place}");
    }
}

#[test]
fn definitions_that_contain_each_other_are_reported() {
    let copy = Copy::new();
    let mut broken = schema();
    let holds = |name: &str| {
        json!({"description": "Holds (持).", "type": "object", "properties": {
            "other": {"$ref": format!("#/$defs/{name}"), "description": "Other (他)."},
        }})
    };
    broken["$defs"]["One"] = holds("Two");
    broken["$defs"]["Two"] = holds("One");
    broken["$defs"]["Thing"]["properties"]["one"] = json!({"$ref": "#/$defs/One", "description": "One (一)."});
    broken["$defs"]["Thing"]["required"] = json!(["one"]);
    copy.write_schema(&broken);
    let told = copy.refusal(&["codegen"]);
    assert!(told.contains("/$defs/One: ") && told.contains("/$defs/Two: "), "{told}");
}

#[test]
fn all_breaches_are_reported_at_once() {
    let copy = Copy::new();
    copy.edit(SCHEMA, "Type (型).", "Type.");
    copy.edit(SCHEMA, "Count (数).", "Count.");
    let told = copy.refusal(&["codegen"]);
    assert!(told.contains("/properties/type/description") && told.contains("/properties/count/description"), "{told}");
}

#[test]
fn invalid_json_is_reported_with_line_and_column() {
    let copy = Copy::new();
    copy.edit(SCHEMA, "\"base\":", "\"base\"：");
    let told = copy.refusal(&["codegen"]);
    assert!(told.contains(&format!("{SCHEMA}:3:")), "{told}");
}

#[test]
fn a_key_that_occurs_twice_is_reported_with_line_and_column() {
    let copy = Copy::new();
    copy.edit(SCHEMA, "\"base\":", "\"base\": \"https://other.example\",\n  \"base\":");
    let told = copy.refusal(&["codegen"]);
    assert!(told.contains(&format!("{SCHEMA}:4:")) && told.contains("\"base\" occurs twice"), "{told}");
}
