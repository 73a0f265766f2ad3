//! A model crate of its own for any schema: the generated types, and the files of this workspace's model crate that know no field.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Generated, format};
use crate::schema::Document;

/// The model crate of this workspace.
const MODEL: &str = "crates/wecom-health-model/src";

/// Its files that know no field of the API.
const RUNTIME: &[&str] = &[
    "decode", "endpoint", "errmsg", "keyed", "language", "list", "nested", "newtype", "null", "raw", "raw_json",
    "response", "shape",
];

const MANIFEST: &str = r#"[package]
name = "generated-model"
version = "0.0.0"
edition = "2024"
publish = false

[features]
schemars = ["dep:schemars"]

[dependencies]
chrono = { version = "0.4.42", default-features = false, features = ["std", "serde"] }
schemars = { version = "1.1", default-features = false, features = ["std", "derive", "chrono04"], optional = true }
serde = { version = "1.0.228", default-features = false, features = ["std", "derive"] }
serde_json = { version = "1.0.150", default-features = false, features = ["std", "raw_value"] }
serde_path_to_error = { version = "0.1.20", default-features = false }

[lib]
# The tests of these files are in the crate that they come from.
test = false
doctest = false

[workspace]
"#;

/// Returns every file of the crate.
pub(super) fn files(root: &Path, schema: &Path, out: &Path, document: &Document) -> Result<Vec<Generated>> {
    let file = |path: &str, text: String| Generated { path: out.join(path), text };
    let mut files = vec![file("Cargo.toml", MANIFEST.to_owned()), file("src/lib.rs", library(document))];
    for name in RUNTIME {
        let source = root.join(MODEL).join(format!("{name}.rs"));
        let text = std::fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
        files.push(file(&format!("src/{name}.rs"), text));
    }
    files.push(file("src/generated.rs", format::file(super::types(document)?)?));
    files.push(file("src/generated_shapes.rs", format::file(super::shapes(document))?));
    let samples = schema.with_file_name("samples");
    if samples.is_dir() {
        files.push(file("tests/samples.rs", sample_tests(document)));
        for sample in std::fs::read_dir(&samples)? {
            let path = sample?.path();
            let name = path.file_name().unwrap_or_default().display().to_string();
            files.push(file(&format!("tests/samples/{name}"), std::fs::read_to_string(&path)?));
        }
    }
    Ok(files)
}

fn library(document: &Document) -> String {
    let mut text = format!("//! {}\n\n#![allow(dead_code, unused_imports)]\n\n", document.description);
    let mut modules: Vec<_> = RUNTIME.iter().copied().chain(["generated", "generated_shapes"]).collect();
    modules.sort_unstable();
    for module in modules {
        let _ = writeln!(text, "mod {module};");
    }
    text + "
pub use chrono::NaiveDate;
pub use decode::{DecodeError, DecodeFault, from_slice};
pub use endpoint::{Endpoint, Method, Next, Paged, Position, RangeError};
pub use generated::*;
pub use language::{InLanguage, Language, Localized, Words};
pub use raw::{Raw, RawPayload, RawResponse, Verbatim};
pub use raw_json::RawJson;
pub use response::{ApiError, Response, ResponseError};
pub use shape::{Described, Field, KnownValue, Shape};
"
}

/// A test for each definition that is sent or received: its samples come back from the type unchanged.
fn sample_tests(document: &Document) -> String {
    let mut checks = String::new();
    for link in &document.links {
        let sides = [("request", link.body().or(link.query())), ("response", Some(link.response()))];
        for (side, definition) in sides {
            if let Some(definition) = definition {
                let _ = writeln!(checks, "    read += check::<{definition}>(\"{}.{side}\", &mut wrong);", link.rel);
            }
        }
    }
    SAMPLE_TESTS.replace("    CHECKS\n", &checks)
}

const SAMPLE_TESTS: &str = include_str!("standalone_samples.rs.txt");
