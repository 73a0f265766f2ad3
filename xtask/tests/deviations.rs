//! `deviations.json` says where the schema differs from the vendor's pages; codegen checks it and writes it into the README.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const SHAPES: &str = "crates/wecom-health-model/src/generated_shapes.rs";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A copy of what codegen reads and writes, with these deviations; and what `codegen` or `codegen --check` says there.
fn copy(deviations: &Value, check: bool) -> (TempDir, Output) {
    let copy = tempfile::tempdir().unwrap();
    for file in [
        xtask::schema::PATH,
        "schema/README.md",
        "schema/samples/gettoken.response.json",
        "rustfmt.toml",
        SHAPES,
        "crates/wecom-health-model/src/generated.rs",
        "crates/wecom-health/src/generated.rs",
    ] {
        std::fs::create_dir_all(copy.path().join(file).parent().unwrap()).unwrap();
        std::fs::copy(workspace().join(file), copy.path().join(file)).unwrap();
    }
    std::fs::write(copy.path().join("schema/deviations.json"), deviations.to_string()).unwrap();
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.arg("--root").arg(copy.path()).arg("codegen").args(check.then_some("--check"));
    let output = xtask.output().unwrap();
    (copy, output)
}

fn entry(at: &str, page: &str, reason: &str) -> Value {
    json!({ "at": at, "page": page, "reason": reason })
}

#[test]
fn deviations_become_the_table_and_the_fields_left_out() {
    let deviations = json!([
        entry("/$defs/JobInfo/properties/phone", "has the field", "It is personal."),
        entry("/$defs/Answer/properties/report_time", "requires it", "Old answers have none."),
        entry("samples/gettoken.response.json", "prints other values", "The token is made up."),
    ]);
    let (copy, output) = copy(&deviations, false);
    assert!(output.status.success(), "{output:?}");
    let read = |file: &str| std::fs::read_to_string(copy.path().join(file)).unwrap();
    let readme = read("schema/README.md");
    for row in [
        "| `JobInfo.phone` | has the field | It is personal. |",
        "| `Answer.report_time` | requires it | Old answers have none. |",
        "| `samples/gettoken.response.json` | prints other values | The token is made up. |",
    ] {
        assert!(readme.contains(row), "{readme}");
    }
    assert!(read(SHAPES).contains("left_out: &[\"phone\"]"));
}

#[test]
fn a_table_that_is_not_current_is_stale() {
    let (_, output) = copy(&json!([]), true);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && text.contains("schema/README.md") && text.contains("generated_shapes.rs"),
        "{text}"
    );
}

#[test]
fn each_wrong_entry_is_refused_and_nothing_is_written() {
    let creator = entry("/$defs/GetReportAnswerResponse/properties/creator", "has the field", "It is of another page.");
    for (deviations, message) in [
        (
            json!([creator, creator]),
            "deviations.json#/1: /$defs/GetReportAnswerResponse/properties/creator: is here twice",
        ),
        (
            json!([entry("/$defs/Answer/properties/userid", "requires it", "")]),
            "#/0: /$defs/Answer/properties/userid: write the reason as a sentence",
        ),
        (
            json!([entry("/$defs/Answer/properties/user", "requires it", "Why.")]),
            "there is no such place in the schema: write the JSON pointer of one",
        ),
        (json!([entry("samples/none.json", "prints other values", "Why.")]), "there is no such place in the schema"),
        (
            json!([entry("/$defs/None/properties/user", "has the field", "Why.")]),
            "there is no such definition: write the name of one",
        ),
        (
            json!([entry("/$defs/Answer/properties/userid", "has the field", "Why.")]),
            "the schema has this field: delete the entry, or the field",
        ),
        (json!([{ "at": "/links" }]), "deviations.json: [0]: missing field `page`"),
    ] {
        let (copy, output) = copy(&deviations, false);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(message), "{text}");
        let readme = |root: &Path| std::fs::read_to_string(root.join("schema/README.md")).unwrap();
        assert_eq!(readme(copy.path()), readme(&workspace()));
    }
}
