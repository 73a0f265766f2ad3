//! Generated code follows the schema, and a schema that breaks a rule is refused before anything is written.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use self::things::schema;

mod things;

const SCHEMA: &str = "schema/health.schema.json";
const MODEL: &str = "crates/wecom-health-model/src/generated.rs";
const SHAPES: &str = "crates/wecom-health-model/src/generated_shapes.rs";
const CLIENT: &str = "crates/wecom-health/src/generated.rs";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
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

#[test]
fn a_schema_that_is_refused_changes_no_file() {
    let copy = Copy::new();
    let before = (copy.read(MODEL), copy.read(SHAPES), copy.read(CLIENT));
    copy.edit(SCHEMA, "\"description\": \"Type.\"", "\"description\": \"Type\"");
    for arguments in [&["codegen"][..], &["codegen", "--check"]] {
        let message = copy.refusal(arguments);
        let place = format!("{SCHEMA}#/$defs/Thing/properties/type/description: ");
        assert!(message.contains(&place) && message.contains("nothing was written"), "{message}");
        assert_eq!((copy.read(MODEL), copy.read(SHAPES), copy.read(CLIENT)), before);
    }
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
