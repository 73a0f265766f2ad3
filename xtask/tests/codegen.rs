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

/// A copy of what the generator reads and writes.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        for file in [SCHEMA, MODEL, CLIENT, "rustfmt.toml"] {
            std::fs::create_dir_all(copy.path(file).parent().unwrap()).unwrap();
            std::fs::copy(workspace().join(file), copy.path(file)).unwrap();
        }
        copy
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    fn edit(&self, file: &str, edit: impl FnOnce(String) -> String) {
        std::fs::write(self.path(file), edit(self.read(file))).unwrap();
    }

    fn edit_schema(&self, edit: impl FnOnce(&mut Value)) {
        self.edit(SCHEMA, |text| {
            let mut schema = serde_json::from_str(&text).unwrap();
            edit(&mut schema);
            serde_json::to_string_pretty(&schema).unwrap()
        });
    }

    fn xtask(&self, arguments: &[&str]) -> Output {
        let program =
            Command::new(env!("CARGO_BIN_EXE_xtask")).arg("--root").arg(self.0.path()).args(arguments).output();
        program.unwrap()
    }

    /// What the check says about a copy that is not as it should be.
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
    let edited = Copy::new();
    edited.edit_schema(|schema| {
        schema["links"][1]["description"] = json!("Fetches a job (任务).");
        schema["$defs"]["JobInfo"]["properties"]["title"]["description"] = json!("Name (任务名称).");
    });
    let line = Copy::new();
    line.edit(MODEL, |text| text.replacen("pub title: String", "pub title: Option<String>", 1));
    let deleted = Copy::new();
    std::fs::remove_file(deleted.path(CLIENT)).unwrap();

    for (copy, stale) in [(edited, vec![MODEL, CLIENT]), (line, vec![MODEL]), (deleted, vec![CLIENT])] {
        let told = copy.refusal(&["codegen", "--check"]);
        for file in [MODEL, CLIENT] {
            assert_eq!(told.contains(file), stale.contains(&file), "{told}");
        }
        assert!(told.contains("cargo xtask codegen"), "{told}");
        assert!(copy.xtask(&["codegen"]).status.success());
        assert!(copy.xtask(&["codegen", "--check"]).status.success());
    }
}

#[test]
fn a_breach_is_reported_with_its_pointer_and_nothing_is_written() {
    type Edit = fn(&mut Value);
    let breaches: [(Edit, &str, &str); 17] = [
        (|s| s["$defs"]["YesNo"]["enum"] = json!([0, 1]), "/$defs/YesNo/enum", "x-known-values"),
        (
            |s| drop(s["$defs"]["JobInfo"]["properties"]["title"].as_object_mut().unwrap().remove("description")),
            "/$defs/JobInfo/properties/title/description",
            "write an English sentence",
        ),
        (|s| s["$defs"]["JobInfo"]["description"] = json!("A job."), "/$defs/JobInfo/description", "vendor's own term"),
        (
            |s| drop(s["$defs"]["JobInfo"]["properties"]["finish_cnt"].as_object_mut().unwrap().remove("format")),
            "/$defs/JobInfo/properties/finish_cnt/format",
            "int64",
        ),
        (|s| s["$defs"]["PartyId"]["format"] = json!("int32"), "/$defs/PartyId/format", "int64"),
        (
            |s| s["$defs"]["JobInfo"]["properties"]["type"]["$ref"] = json!("#/$defs/Nope"),
            "/$defs/JobInfo/properties/type/$ref",
            "no definition \"Nope\"",
        ),
        (
            |s| s["$defs"]["ApplyRange"]["properties"]["userids"]["items"]["$ref"] = json!("x.json"),
            "/$defs/ApplyRange/properties/userids/items/$ref",
            "#/$defs/",
        ),
        (
            |s| s["links"][1]["targetSchema"]["$ref"] = json!("#/$defs/Nope"),
            "/links/1/targetSchema/$ref",
            "no definition",
        ),
        (
            |s| s["$defs"]["JobInfo"]["additionalProperties"] = json!(false),
            "/$defs/JobInfo/additionalProperties",
            "delete it",
        ),
        (|s| s["$defs"]["PartyId"]["minimum"] = json!(1), "/$defs/PartyId/minimum", "description"),
        (|s| s["$defs"]["UserId"]["maxLength"] = json!(64), "/$defs/UserId/maxLength", "description"),
        (
            |s| s["$defs"]["JobInfo"]["properties"]["title"]["tilte"] = json!(1),
            "/$defs/JobInfo/properties/title/tilte",
            "ignore",
        ),
        (|s| s["$defs"]["JobInfo"]["required"][0] = json!("titel"), "/$defs/JobInfo/required/0", "titel"),
        (
            |s| s["$defs"]["ApplyRange"]["required"] = json!(["userids"]),
            "/$defs/ApplyRange/required/0",
            "empty lists mean the same",
        ),
        (
            |s| s["$defs"]["YesNo"]["x-known-values"][0]["value"] = json!(1),
            "/$defs/YesNo/x-known-values/1/value",
            "no other entry",
        ),
        (
            |s| s["$defs"]["Unused"] = json!({"description": "Unused (无).", "type": "string"}),
            "/$defs/Unused",
            "delete it",
        ),
        (
            |s| {
                s["$defs"]["ReportTo"]["properties"]["again"] =
                    json!({"description": "Itself (自己).", "$ref": "#/$defs/ReportTo"})
            },
            "/$defs/ReportTo",
            "contains itself",
        ),
    ];
    for (edit, pointer, advice) in breaches {
        let copy = Copy::new();
        copy.edit_schema(edit);
        let before = (copy.read(MODEL), copy.read(CLIENT));
        for arguments in [&["codegen"][..], &["codegen", "--check"]] {
            let told = copy.refusal(arguments);
            let line = told.lines().find(|line| line.starts_with(&format!("{SCHEMA}#{pointer}: ")));
            assert!(line.is_some_and(|line| line.contains(advice)), "{pointer}: {told}");
        }
        assert_eq!((copy.read(MODEL), copy.read(CLIENT)), before, "{pointer}");
    }
}

#[test]
fn all_breaches_are_reported_at_once() {
    let copy = Copy::new();
    copy.edit_schema(|schema| {
        schema["$defs"]["YesNo"]["enum"] = json!([0, 1]);
        schema["$defs"]["PartyId"]["format"] = json!("int32");
    });
    let told = copy.refusal(&["codegen"]);
    assert!(told.contains("/$defs/YesNo/enum") && told.contains("/$defs/PartyId/format"), "{told}");
}

#[test]
fn invalid_json_is_reported_with_line_and_column() {
    let copy = Copy::new();
    copy.edit(SCHEMA, |text| text.replacen("\"links\": [", "\"links\"； [", 1));
    let told = copy.refusal(&["codegen"]);
    assert!(told.contains(&format!("{SCHEMA}:6:")), "{told}");
}
