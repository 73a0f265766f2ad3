//! Published crates bring what a registry shows and what the licences ask for.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

fn packages() -> Vec<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(root());
    let metadata: Value = serde_json::from_slice(&cargo.output().unwrap().stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn is_published(package: &Value) -> bool {
    // `publish = false` is an empty list of registries.
    package["publish"].is_null()
}

#[test]
fn the_five_crates_are_published_and_nothing_else() {
    let mut names: Vec<_> = packages()
        .into_iter()
        .filter(is_published)
        .map(|package| package["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["wecom-health", "wecom-health-cli", "wecom-health-emulator", "wecom-health-model", "wecom-health-report"]
    );
}

#[test]
fn a_published_crate_describes_itself() {
    for package in packages().iter().filter(|package| is_published(package)) {
        let name = package["name"].as_str().unwrap();
        for field in ["description", "license", "readme", "rust_version"] {
            assert!(package[field].as_str().is_some_and(|text| !text.is_empty()), "{name}: {field}");
        }
        for field in ["keywords", "categories"] {
            assert!((1..=5).contains(&package[field].as_array().unwrap().len()), "{name}: {field}");
        }
        // There is nothing to document where there is no library.
        let has_library = package["targets"].as_array().unwrap().iter().any(|target| target["kind"][0] == "lib");
        let documentation = if has_library { format!("https://docs.rs/{name}").into() } else { Value::Null };
        assert_eq!(package["documentation"], documentation);
        // What features add is shown too.
        let settings = &package["metadata"]["docs"]["rs"];
        assert!(!has_library || settings["all-features"] == true, "{name}: {settings}");
    }
}

#[test]
fn a_published_crate_brings_both_licences() {
    for package in packages().iter().filter(|package| is_published(package)) {
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            // Links to the ones of the workspace; cargo packs what they point to.
            let own = std::fs::read(folder.join(licence)).expect("link to the workspace's licence");
            assert_eq!(own, std::fs::read(root().join(licence)).unwrap(), "{}", folder.display());
        }
    }
}
