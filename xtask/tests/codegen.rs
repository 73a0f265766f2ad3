//! Generated code follows the schema, and a schema that breaks a rule is refused before anything is written.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const SCHEMA: &str = "schema/health.schema.json";
const MODEL: &str = "crates/wecom-health-model/src/generated.rs";
const SHAPES: &str = "crates/wecom-health-model/src/generated_shapes.rs";
const CLIENT: &str = "crates/wecom-health/src/generated.rs";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A schema with one of everything, of its own: the tests do not depend on what the real one holds.
fn schema() -> Value {
    let words = |title: &str, term: &str| json!({"title": title, "x-term": term, "description": format!("{title}.")});
    // What a node is called, and what else it says.
    let node = |title: &str, term: &str, rest: Value| {
        let (Value::Object(mut node), Value::Object(rest)) = (words(title, term), rest) else { unreachable!() };
        node.extend(rest);
        Value::Object(node)
    };
    let refer = |title: &str, term: &str, to: &str| node(title, term, json!({"$ref": format!("#/$defs/{to}")}));
    let integer = |title: &str, term: &str| node(title, term, json!({"type": "integer", "format": "int64"}));
    let known =
        |value: i64, name: &str, term: &str| json!({"value": value, "name": name, "title": name, "x-term": term});
    let errcode = node("Code", "码", json!({"$ref": "#/$defs/ErrCode", "default": 0}));
    let errmsg = node("Text", "文", json!({"type": "string", "default": ""}));
    let success = json!({"properties": {"errcode": {"const": 0}}});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Things",
        "x-term": "物",
        "description": "All about things.",
        "base": "https://wecom.example",
        "links": [
            node("Thing", "物", json!({
                "rel": "get_thing", "href": "/cgi-bin/get_thing{?access_token}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/GetThingRequest"},
                "targetSchema": {"$ref": "#/$defs/GetThingResponse"}, "x-page": "https://wecom.example/1", "x-writes": false,
            })),
            node("List", "列", json!({
                "rel": "list", "href": "/cgi-bin/list{?first}",
                "targetHints": {"allow": ["GET"]}, "hrefSchema": {"$ref": "#/$defs/ListRequest"},
                "targetSchema": {"$ref": "#/$defs/ListResponse"}, "x-page": "https://wecom.example/2", "x-writes": false,
            })),
            node("Pages", "页", json!({
                "rel": "get_things", "href": "/cgi-bin/get_things{?access_token}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/GetThingsRequest"},
                "targetSchema": {"$ref": "#/$defs/GetThingsResponse"}, "x-page": "https://wecom.example/3", "x-writes": false,
                "x-method": "all_things",
                "x-paged": {"offset": "skip", "limit": "take", "items": "things", "end": "done"},
            })),
            node("Add", "加", json!({
                "rel": "thing_add", "href": "/cgi-bin/thing/add{?access_token,force}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/ThingAddBody"},
                "hrefSchema": {"$ref": "#/$defs/ThingAddQuery"},
                "targetSchema": {"$ref": "#/$defs/ThingAddResponse"}, "x-page": "https://wecom.example/4", "x-writes": true,
            })),
            node("Search", "寻", json!({
                "rel": "search", "href": "/cgi-bin/search{?access_token}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/SearchRequest"},
                "targetSchema": {"$ref": "#/$defs/SearchResponse"}, "x-page": "https://wecom.example/5", "x-writes": false,
                "x-paged": {"cursor": "cursor", "next": "next_cursor", "items": "names", "more": "has_more"},
            })),
            node("Clear", "清", json!({
                "rel": "clear", "href": "/cgi-bin/clear{?access_token}",
                "targetHints": {"allow": ["GET"]}, "targetSchema": {"$ref": "#/$defs/ClearResponse"},
                "x-page": "https://wecom.example/6", "x-writes": true,
            })),
        ],
        "$defs": {
            "ErrCode": node("Code", "码", json!({
                "type": "integer", "format": "int64", "x-sparse": true,
                "x-known-values": [{
                    "value": 0, "name": "Ok", "title": "Good", "x-term": "好", "description": "All is well.",
                    "advice": "rest", "x-advice-zh": "休息",
                }],
            })),
            "Key": node("Key", "钥", json!({"type": "string", "format": "password"})),
            "ThingId": integer("Id", "号"),
            "Done": node("Done or not", "完", json!({
                "type": "integer", "format": "int64", "x-known-values": [known(0, "No", "否"), known(1, "Yes", "是")],
            })),
            "GetThingRequest": node("Request", "求", json!({
                "type": "object",
                "properties": {
                    "id": refer("Id", "号", "ThingId"),
                    "date": node("Day", "日", json!({"type": "string", "format": "date"})),
                    "parts": refer("Parts", "件", "Parts"),
                },
                "required": ["id"],
            })),
            "GetThingResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {"errcode": errcode, "errmsg": errmsg, "thing": refer("Thing", "物", "Thing")},
                "if": success, "then": {"required": ["thing"]},
            })),
            "Thing": node("Thing", "物", json!({
                "type": "object",
                "properties": {
                    "type": refer("Type", "型", "Done"),
                    "key": refer("Key", "钥", "Key"),
                    "count": integer("Count", "数"),
                    "parts": refer("Parts", "件", "Parts"),
                    "raw": node("Raw", "原", json!({"x-undocumented": true})),
                    "Items": node("Items", "项", json!({"type": "string"})),
                    "gen": node("Gen", "代", json!({"type": "string"})),
                },
                "required": ["type", "key"],
            })),
            "Parts": node("Parts", "件", json!({
                "type": "object",
                "properties": {
                    "ids": node("Ids", "号", json!({"type": "array", "items": {"$ref": "#/$defs/ThingId"}})),
                    "names": node("Names", "名", json!({"type": "array", "items": {"type": "string"}})),
                },
            })),
            "ListRequest": node("Request", "求", json!({
                "type": "object", "properties": {"first": node("First", "首", json!({"type": "string"}))},
            })),
            "ListResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {"errcode": errcode, "errmsg": errmsg, "count": integer("Count", "数")},
                "if": success, "then": {"required": ["count"]},
            })),
            "Colour": node("Colour", "色", json!({
                "type": "string",
                "x-known-values": [
                    {"value": "red", "name": "Red", "title": "Red", "x-term": "红"},
                    {"value": "blue", "name": "Blue", "title": "Blue", "x-term": "蓝"},
                ],
            })),
            "ThingAddBody": node("Body", "体", json!({
                "type": "object",
                "properties": {
                    "thingName": node("Name", "名", json!({"type": "string"})),
                    "colour": refer("Colour", "色", "Colour"),
                    "ids": node("Ids", "号", json!({"type": "array", "items": {"$ref": "#/$defs/ThingId"}})),
                    "weight": node("Weight", "重", json!({"type": "number", "x-required-if": "the thing is heavy."})),
                },
                "required": ["thingName", "ids"],
            })),
            "ThingAddQuery": node("Query", "询", json!({
                "type": "object",
                "properties": {"force": node("Force", "强", json!({"type": "boolean"}))},
            })),
            "ThingAddResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {
                    "errcode": errcode, "errmsg": errmsg,
                    "rows": node("Rows", "行", json!({
                        "type": "array", "items": {"type": "array", "items": {"type": "number"}},
                    })),
                    "by_name": node("By name", "名", json!({
                        "type": "object", "additionalProperties": {"$ref": "#/$defs/Parts"},
                    })),
                    "isNew": node("New", "新", json!({"type": "boolean"})),
                },
                "if": success, "then": {"required": ["isNew"]},
            })),
            "SearchRequest": node("Request", "求", json!({
                "type": "object", "properties": {"cursor": node("Cursor", "标", json!({"type": "string"}))},
            })),
            "SearchResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {
                    "errcode": errcode, "errmsg": errmsg,
                    "names": node("Names", "名", json!({"type": "array", "items": {"type": "string"}})),
                    "has_more": node("More", "多", json!({"type": "boolean"})),
                    "next_cursor": node("Next", "下", json!({"type": "string"})),
                },
            })),
            "ClearResponse": node("Response", "答", json!({
                "type": "object", "properties": {"errcode": errcode, "errmsg": errmsg},
            })),
            "GetThingsRequest": node("Request", "求", json!({
                "type": "object",
                "properties": {
                    "skip": node("Skip", "跳", json!({"type": "integer", "format": "int64", "minimum": 0})),
                    "take": node("Take", "取", json!({"type": "integer", "format": "int64", "minimum": 1, "maximum": 9})),
                },
            })),
            "GetThingsResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {
                    "errcode": errcode, "errmsg": errmsg,
                    "done": refer("Done", "完", "Done"),
                    "things": node("Things", "物", json!({"type": "array", "items": {"$ref": "#/$defs/Thing"}})),
                },
            })),
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
    xtask::codegen::check(&workspace(), &xtask::codegen::Source::of_workspace(&workspace())).unwrap();
}

#[test]
fn the_code_of_the_test_schema_is_as_reviewed() {
    let copy = Copy::new();
    insta::assert_snapshot!("model", copy.read(MODEL));
    insta::assert_snapshot!("shapes", copy.read(SHAPES));
    insta::assert_snapshot!("client", copy.read(CLIENT));
}

#[test]
fn the_documents_of_the_test_schema_are_as_reviewed() {
    let copy = Copy::new();
    for (name, file) in [("openapi", "openapi.json"), ("openapi_3_0", "openapi-3.0.json")] {
        insta::assert_snapshot!(name, copy.read(&format!("schema/{file}")));
    }
    insta::assert_snapshot!("reference", copy.read("schema/REFERENCE.md"));
    insta::assert_snapshot!("reference_zh", copy.read("schema/REFERENCE.zh-CN.md"));
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
    let title = Copy::new();
    title.edit(SCHEMA, "\"title\": \"Type\"", "\"title\": \"Kind\"");
    let endpoint = Copy::new();
    endpoint.edit(SCHEMA, "https://wecom.example/1", "https://wecom.example/9");
    let line = Copy::new();
    line.edit(MODEL, "pub type_: Done", "pub type_: Option<Done>");
    let deleted = Copy::new();
    std::fs::remove_file(deleted.path(CLIENT)).unwrap();

    for (copy, stale) in
        [(title, vec![MODEL, SHAPES]), (endpoint, vec![CLIENT]), (line, vec![MODEL]), (deleted, vec![CLIENT])]
    {
        let message = copy.refusal(&["codegen", "--check"]);
        for file in [MODEL, SHAPES, CLIENT] {
            assert_eq!(message.contains(file), stale.contains(&file), "{file}: {message}");
        }
        assert!(message.contains("cargo xtask codegen"), "{message}");
        assert!(copy.xtask(&["codegen"]).status.success());
        assert!(copy.xtask(&["codegen", "--check"]).status.success());
    }
}

/// Breaches: where a value is put (null takes it away), the value, where it is reported, and what the advice mentions.
fn breaches() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let same = "";
    let field = |rest: Value| {
        let mut field = json!({"title": "New", "x-term": "新", "description": "New."});
        field.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        field
    };
    vec![
        // What typify would turn into types that lose values.
        ("/$defs/Done/enum", json!([0, 1]), same, "x-known-values"),
        ("/$defs/Thing/properties/count/enum", json!([0, 1]), same, "x-known-values"),
        ("/$defs/Thing/additionalProperties", json!({}), same, "delete it"),
        ("/$defs/ThingId/minimum", json!(1), same, "description"),
        ("/$defs/Thing/properties/count/maximum", json!(1), same, "description"),
        ("/$defs/Key/maxLength", json!(64), same, "description"),
        // Labels, terms and sentences.
        ("/$defs/Thing/properties/count/description", Value::Null, same, "write English sentences"),
        ("/$defs/Thing/description", json!("A thing"), same, "English sentences"),
        ("/$defs/Thing/description", json!("A thing (物)."), same, "without brackets"),
        ("/$defs/Thing/description", json!("A\nthing."), same, "one line"),
        ("/$defs/Thing/title", json!("A thing with a very long label"), same, "28 columns"),
        ("/$defs/Thing/title", json!("物"), same, "English label"),
        ("/$defs/Thing/x-term", Value::Null, same, "vendor's own term"),
        ("/$defs/Thing/x-term", json!("很长很长很长很长很长很长很长的"), same, "28 columns"),
        ("/links/0/description", json!("fetches."), same, "English sentences"),
        ("/links/0/title", Value::Null, "/links/0", "missing field `title`"),
        (
            "/$defs/Parts/properties/names/items/title",
            json!("Name"),
            "/$defs/Parts/properties/names/items",
            "at the list",
        ),
        // Sizes and formats.
        ("/$defs/Thing/properties/count/format", Value::Null, same, "int64"),
        ("/$defs/ThingId/format", json!("date"), same, "int64"),
        ("/$defs/Key/format", json!("date"), same, "password"),
        ("/$defs/Key/format", json!("date-time"), same, "expected one of `date`, `int64`, `password`"),
        ("/$defs/GetThingRequest/properties/date/format", json!("password"), same, "date"),
        // References.
        ("/$defs/Thing/properties/type/$ref", json!("#/$defs/Nope"), same, "no definition \"Nope\""),
        ("/$defs/Parts/properties/ids/items/$ref", json!("x.json"), same, "#/$defs/"),
        ("/links/0/targetSchema/$ref", json!("#/$defs/Nope"), same, "no definition"),
        ("/links/0/targetSchema/$ref", json!("#/$defs/Done"), "/links/0/targetSchema", "objects"),
        ("/$defs/Thing/properties/type/type", json!("integer"), same, "delete it"),
        ("/$defs/Unused", field(json!({"type": "string"})), same, "delete it"),
        ("/$defs/Parts/properties/again", field(json!({"$ref": "#/$defs/Parts"})), "/$defs/Parts", "contains itself"),
        // Fields.
        ("/$defs/Thing/properties/count/cuont", json!(1), same, "delete it, or write the one that was meant"),
        ("/$defs/Thing/properties/count/default", json!(5), same, "delete it"),
        ("/$defs/GetThingsRequest/properties/skip/default", json!(0), same, "delete it"),
        (
            "/$defs/Thing/properties/Count",
            field(json!({"type": "string"})),
            "/$defs/Thing/properties/Count/x-name",
            "lower case",
        ),
        ("/$defs/Thing/properties/count/x-name", json!("Count"), same, "lower case"),
        ("/$defs/Thing/properties/count/x-required-if", json!("it counts."), same, "only a field that is sent"),
        ("/$defs/ThingAddBody/properties/thingName/x-required-if", json!("it counts."), same, "delete it"),
        ("/$defs/Thing/properties/count/x-known-values", json!([]), same, "write a definition"),
        (
            "/$defs/Thing/properties/inner",
            field(json!({"type": "object"})),
            "/$defs/Thing/properties/inner/type",
            "additionalProperties",
        ),
        ("/$defs/Parts/properties/names/items", Value::Null, same, "missing"),
        ("/$defs/Thing/properties", json!({}), same, "at least one"),
        ("/$defs/Thing/properties", json!([]), same, "expected a map"),
        ("/$defs/Thing/type", json!("array"), same, "object"),
        ("/$defs/Colour/x-known-values/0/value", json!(1), same, "of the definition's type"),
        (
            "/$defs/Thing/properties/raw/x-undocumented",
            json!(false),
            "/$defs/Thing/properties/raw/type",
            "x-undocumented",
        ),
        // What must be there.
        ("/$defs/Thing/required/0", json!("tpye"), same, "tpye"),
        ("/$defs/Thing/required/0", json!("parts"), same, "mean the same"),
        ("/$defs/Parts/required", json!(["ids"]), "/$defs/Parts/required/0", "mean the same"),
        ("/$defs/Thing/required", json!("type"), same, "expected a sequence"),
        ("/$defs/Thing/required", json!([1]), "/$defs/Thing/required/0", "expected a string"),
        // Names.
        ("/$defs/lower", field(json!({"type": "string"})), same, "upper camel case"),
        ("/$defs/String", field(json!({"type": "string"})), same, "something else"),
        ("/$defs/Self", field(json!({"type": "string"})), same, "upper camel case"),
        ("/$defs/ListCount", field(json!({"type": "string"})), same, "delete it"),
        ("/$defs/ClearRequest", field(json!({"type": "string"})), "/links/5/targetSchema", "called ClearRequest"),
        ("/$defs/Words", field(json!({"type": "string"})), same, "something else"),
        // Known values.
        ("/$defs/Done/x-known-values/0/value", json!(1), "/$defs/Done/x-known-values/1/value", "no other entry"),
        ("/$defs/Done/x-known-values/0/value", json!("0"), same, "an integer"),
        ("/$defs/Done/x-known-values/0/value", json!(true), same, "an integer or a string"),
        ("/$defs/Done/x-known-values/0/name", json!("Yes"), "/$defs/Done/x-known-values/1/name", "no other entry"),
        ("/$defs/Done/x-known-values/0/name", json!("Unknown"), same, "Unknown"),
        ("/$defs/Done/x-known-values/0/name", json!("Self"), same, "upper camel case"),
        ("/$defs/Done/x-known-values/0/name", json!("1st"), same, "upper camel case"),
        ("/$defs/Done/x-known-values/0/title", json!("No (否)"), same, "as a label"),
        ("/$defs/Done/x-known-values/0/x-term", json!(""), same, "vendor's own term"),
        ("/$defs/Done/x-known-values/0/description", json!("no"), same, "English sentences"),
        (
            "/$defs/Done/x-known-values/0/advice",
            json!("rest"),
            "/$defs/Done/x-known-values/0/x-advice-zh",
            "both languages",
        ),
        ("/$defs/ErrCode/x-known-values/0/advice", json!("a\nb"), same, "one line"),
        ("/$defs/Done/x-known-values", json!([]), same, "at least one"),
        ("/$defs/Done/x-known-values", json!({}), same, "expected a sequence"),
        ("/$defs/ErrCode/x-sparse", json!("yes"), same, "boolean"),
        ("/$defs/ThingId/x-sparse", json!(true), same, "x-known-values"),
        // Responses.
        ("/$defs/ListResponse/properties/errcode", Value::Null, "/$defs/ListResponse/properties", "errcode"),
        ("/$defs/ListResponse/properties/errcode/default", Value::Null, "/$defs/ListResponse/properties", "default"),
        (
            "/$defs/ListResponse/properties/errcode/$ref",
            json!("#/$defs/ThingId"),
            "/$defs/ListResponse/properties",
            "ErrCode",
        ),
        ("/$defs/ListResponse/properties/errmsg/default", json!("x"), "/$defs/ListResponse/properties", "default"),
        ("/$defs/ListResponse/required", json!(["count"]), same, "delete it"),
        ("/$defs/ListResponse/if/properties/errcode/const", json!(1), "/$defs/ListResponse/if", "const"),
        ("/$defs/ListResponse/then", Value::Null, "/$defs/ListResponse/if", "required"),
        ("/$defs/ListResponse/then/required", json!("count"), same, "expected a sequence"),
        ("/$defs/ListResponse/then/required/0", json!("conut"), same, "conut"),
        ("/$defs/ListResponse/then/required/0", json!("errcode"), same, "beside its status"),
        ("/$defs/Thing/if", json!({}), same, "delete"),
        // Endpoints.
        ("/links/0/rel", json!("get-thing"), same, "last parts of its path"),
        ("/links/2/x-method", json!("type"), same, "cannot be the client's method"),
        ("/links/2/x-method", json!("send"), same, "cannot be the client's method"),
        ("/links/2/x-method", json!("retry"), same, "cannot be the client's method"),
        ("/links/2/x-method", json!("thing"), same, "cannot be the client's method"),
        ("/links/0/href", json!("/cgi-bin/other{?access_token}"), "/links/0/rel", "last parts of its path"),
        ("/links/0/href", json!("/cgi-bin/get_thing{?access_token,debug}"), same, "name the token"),
        ("/links/0/href", json!("/cgi-bin/get_thing{?}"), same, "name the token"),
        ("/links/1/href", json!("/cgi-bin/list{?second}"), same, "name the token"),
        (
            "/$defs/ListRequest/properties/access_token",
            field(json!({"type": "string"})),
            same,
            "the client adds the token",
        ),
        ("/links/0/x-writes", Value::Null, same, "missing: write true"),
        ("/links/3/hrefSchema/$ref", json!("#/$defs/ListRequest"), "/links/3/submissionSchema", "name them alike"),
        ("/links/0/href", json!("/cgi-bin/{id}/get_thing{?access_token}"), same, "get_thing{?access_token}"),
        ("/links/0/href", json!("/cgi-bin/../get_thing{?access_token}"), same, "get_thing{?access_token}"),
        ("/links/0/targetHints/allow/0", json!("GET"), "/links/0/submissionSchema", "a GET has no body"),
        ("/links/0/targetHints/allow/0", json!("PUT"), same, "expected `GET` or `POST`"),
        ("/links/0/targetHints", Value::Null, "/links/0", "missing field `targetHints`"),
        ("/links/0/targetSchema", Value::Null, "/links/0", "missing field `targetSchema`"),
        (
            "/links/2/submissionSchema/$ref",
            json!("#/$defs/GetThingRequest"),
            "/links/2/submissionSchema",
            "one endpoint",
        ),
        ("/links/0/x-page", json!("page 1"), same, "vendor's page"),
        ("/links/0/tpye", json!(1), same, "delete it"),
        ("/links/2/x-paged/limit", json!("nope"), same, "an integer of the request"),
        ("/links/4/x-paged/next", json!("nope"), same, "a string of the response"),
        ("/links/4/x-paged/more", json!("names"), same, "yes/no"),
        ("/links/4/x-paged/offset", json!("cursor"), same, "skips items"),
        ("/links/2/x-paged/items", json!("done"), same, "a list"),
        ("/links/2/x-paged/offset", json!("nope"), same, "need not be there"),
        ("/links/2/x-paged/end", json!("nope"), same, "yes/no"),
        ("/links/2/x-paged/limit", json!("skip"), "/links/2/x-paged/offset", "need not be there"),
        ("/links/2/x-paged/end", json!("errcode"), same, "yes/no"),
        ("/$defs/GetThingsRequest/required", json!(["skip"]), "/links/2/x-paged/offset", "need not be there"),
        (
            "/$defs/GetThingsRequest/properties/take/minimum",
            json!(10),
            "/$defs/GetThingsRequest/properties/take/maximum",
            "below",
        ),
        ("/$defs/ListRequest/properties/first", field(json!({"$ref": "#/$defs/Parts"})), same, "a query has no lists"),
        (
            "/$defs/ListResponse/then/required",
            json!(["count", "count"]),
            "/$defs/ListResponse/then/required/1",
            "occurs twice",
        ),
        ("/$defs/ErrCode/x-known-values/0/name", json!("Fine"), "/$defs/ErrCode/x-known-values", "\"Ok\""),
        // The whole.
        ("/$schema", json!("draft-07"), same, "2020-12"),
        ("/base", json!("wecom.example"), same, "address"),
        ("/title", json!(""), same, "English label"),
        ("/links", Value::Null, ".", "missing field `links`"),
        ("/$defs", Value::Null, ".", "missing field `$defs`"),
        ("/tilte", json!("x"), same, "delete it"),
    ]
}

#[test]
fn a_breach_is_reported_with_its_pointer_and_nothing_is_written() {
    let copy = Copy::new();
    let before = (copy.read(MODEL), copy.read(CLIENT));
    let (mut missing, mut messages) = (Vec::new(), Vec::new());
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
        let pointer = match pointer {
            "" => place,
            "." => "",
            pointer => pointer,
        };
        for arguments in [&["codegen"][..], &["codegen", "--check"]] {
            let message = copy.refusal(arguments);
            let mut lines = message.lines().filter(|line| line.starts_with(&format!("{SCHEMA}#{pointer}: ")));
            match lines.find(|line| line.contains(advice)) {
                Some(line) => messages.push(line.trim_start_matches(SCHEMA).to_owned()),
                None => missing.push(format!("{place} = {value}, at {pointer}: no \"{advice}\" in {message}")),
            }
        }
        assert_eq!((copy.read(MODEL), copy.read(CLIENT)), before, "{place}");
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    messages.sort_unstable();
    messages.dedup();
    insta::assert_snapshot!("messages", messages.join("\n"));
}

#[test]
fn definitions_that_contain_each_other_are_reported() {
    let copy = Copy::new();
    let mut broken = schema();
    let words =
        |to: &str| json!({"title": "Other", "x-term": "他", "description": "Other.", "$ref": format!("#/$defs/{to}")});
    let holds = |name: &str| {
        json!({"title": "Holds", "x-term": "持", "description": "Holds.", "type": "object",
            "properties": {"other": words(name)}})
    };
    broken["$defs"]["One"] = holds("Two");
    broken["$defs"]["Two"] = holds("One");
    broken["$defs"]["Thing"]["properties"]["one"] = words("One");
    broken["$defs"]["Thing"]["required"] = json!(["one"]);
    copy.write_schema(&broken);
    let message = copy.refusal(&["codegen"]);
    assert!(message.contains("/$defs/One: ") && message.contains("/$defs/Two: "), "{message}");
}

#[test]
fn all_breaches_are_reported_at_once() {
    let copy = Copy::new();
    copy.edit(SCHEMA, "\"description\": \"Type.\"", "\"description\": \"Type\"");
    copy.edit(SCHEMA, "\"description\": \"Count.\"", "\"description\": \"Count\"");
    let message = copy.refusal(&["codegen"]);
    assert!(message.contains("/properties/type/description"), "{message}");
    assert!(message.contains("/properties/count/description"), "{message}");
}

#[test]
fn invalid_json_is_reported_with_line_and_column() {
    let copy = Copy::new();
    copy.edit(SCHEMA, "\"base\":", "\"base\"：");
    let message = copy.refusal(&["codegen"]);
    assert!(message.contains(&format!("{SCHEMA}:6:")), "{message}");
}

#[test]
fn a_key_that_occurs_twice_is_reported_with_line_and_column() {
    let copy = Copy::new();
    copy.edit(SCHEMA, "\"base\":", "\"base\": \"https://other.example\",\n  \"base\":");
    let message = copy.refusal(&["codegen"]);
    assert!(message.contains(&format!("{SCHEMA}:7:")) && message.contains("\"base\" occurs twice"), "{message}");
}
