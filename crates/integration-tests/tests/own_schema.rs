//! An endpoint of any kind needs nothing but an entry in the schema: a copy of the workspace gets some. Its client is used, and its types
//! pass the property tests.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const SCHEMA: &str = "schema/health.schema.json";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Copies a folder, but not what was built in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let (source, name) = (entry.path(), entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            if name != "target" && name != ".git" {
                copy(&source, &to.join(name));
            }
        } else {
            std::fs::copy(&source, to.join(name)).unwrap();
        }
    }
}

/// Adds links and definitions to the schema of a copy.
fn extend(schema: &Path, more: &str) {
    let mut json: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let mut more: Value = serde_json::from_str(more).unwrap();
    json["links"].as_array_mut().unwrap().append(more["links"].as_array_mut().unwrap());
    json["$defs"].as_object_mut().unwrap().append(more["$defs"].as_object_mut().unwrap());
    std::fs::write(schema, json.to_string()).unwrap();
}

#[test]
fn endpoints_of_every_kind_need_only_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path();
    copy(&root(), workspace);
    extend(&workspace.join(SCHEMA), include_str!("own_schema/endpoints.json"));
    let tests = |name: &str| workspace.join("crates").join(name).join("tests");
    std::fs::write(tests("wecom-health").join("own.rs"), include_str!("own_schema/client.rs.txt")).unwrap();
    let properties = tests("wecom-health-model").join("properties");
    copy(&tests("integration-tests").join("properties"), &properties);
    let mut main = std::fs::OpenOptions::new().append(true).open(properties.join("main.rs")).unwrap();
    main.write_all(include_bytes!("own_schema/properties.rs.txt")).unwrap();
    let source = xtask::codegen::Source::of_workspace(workspace);
    xtask::codegen::write(workspace, &source).unwrap();
    // What this build shares with others stays in the target folder of the workspace.
    let target = root().join("target/own-schema");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--offline", "--package", "wecom-health", "--package", "wecom-health-model"]);
    cargo.args(["--test", "own", "--test", "properties", "--test", "robustness"]);
    let output = cargo.current_dir(workspace).env("CARGO_TARGET_DIR", target).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success(), "{text}");
    let passed = text.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split_once(" passed;"));
    let passed: Vec<_> = passed.map(|(count, _)| count).collect();
    // Those of the client, the property tests with one more, and those of robustness.
    assert_eq!(passed, ["8", "3", "5"], "{text}");
}
