//! `cargo xtask codegen`: from `schema/health.schema.json` to the generated files, or a check that they are current.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::lint::{Breach, lint};
use crate::schema::{self, Document};
use crate::strict_json;

mod client;
mod docs;
mod endpoints;
mod format;
mod imports;
mod integers;
mod newtypes;
mod shapes;
mod structs;

pub(crate) use endpoints::payload_name;

/// A generated file: its path from the root of the workspace, and its text.
#[derive(Debug)]
struct Generated {
    path: &'static str,
    text: String,
}

/// Writes every generated file that is not current; says what it did and how long it took.
///
/// # Errors
///
/// The schema breaks a rule, or a file cannot be read or written. Nothing is written if any file cannot be generated.
pub fn write(root: &Path) -> Result<String> {
    let start = Instant::now();
    let files = generate(root)?;
    let mut written = Vec::new();
    for file in &files {
        if !is_current(root, file) {
            std::fs::write(root.join(file.path), &file.text).with_context(|| format!("cannot write {}", file.path))?;
            written.push(file.path);
        }
    }
    let outcome = if written.is_empty() { "nothing to change".into() } else { format!("wrote {}", written.join(", ")) };
    Ok(format!("codegen: {outcome} ({} generated files, {:.2?})", files.len(), start.elapsed()))
}

/// Compares every generated file with what the schema says.
///
/// # Errors
///
/// The schema breaks a rule, or generated files are stale: all of them are named.
pub fn check(root: &Path) -> Result<String> {
    let start = Instant::now();
    let files = generate(root)?;
    let stale: Vec<_> = files.iter().filter(|file| !is_current(root, file)).map(|file| file.path).collect();
    if stale.is_empty() {
        Ok(format!("codegen: {} generated files are current ({:.2?})", files.len(), start.elapsed()))
    } else {
        bail!("not what {} says: {}\nrun `cargo xtask codegen` and commit the result", schema::PATH, stale.join(", "))
    }
}

fn is_current(root: &Path, file: &Generated) -> bool {
    std::fs::read_to_string(root.join(file.path)).is_ok_and(|text| text.replace("\r\n", "\n") == file.text)
}

fn generate(root: &Path) -> Result<Vec<Generated>> {
    let text =
        std::fs::read_to_string(root.join(schema::PATH)).with_context(|| format!("cannot read {}", schema::PATH))?;
    let schema = strict_json::parse(&text)
        .map_err(|error| anyhow::anyhow!("{}:{}:{}: {error}", schema::PATH, error.line(), error.column()))?;
    let breaches = lint(&schema);
    if !breaches.is_empty() {
        return Err(refusal(&breaches));
    }
    let document = Document::new(&schema).map_err(|breach| refusal(&[breach]))?;
    Ok(vec![
        Generated { path: "crates/wecom-health-model/src/generated.rs", text: format::file(root, model(&document)?)? },
        Generated { path: "crates/wecom-health/src/generated.rs", text: format::file(root, client::items(&document))? },
    ])
}

fn refusal(breaches: &[Breach]) -> anyhow::Error {
    let lines: Vec<_> = breaches.iter().map(|breach| format!("{}#{breach}", schema::PATH)).collect();
    anyhow::anyhow!("the schema breaks {} of its rules; nothing was written\n{}", lines.len(), lines.join("\n"))
}

/// Everything of the model crate, in the order of the schema.
fn model(document: &Document) -> Result<Vec<syn::Item>> {
    let mut structs = structs::generate(document)?;
    let mut items = vec![endpoints::base(document), endpoints::for_each(document)];
    for (name, definition) in &document.definitions {
        items.extend(match definition.kind() {
            schema::Kind::Object => structs.take(name)?,
            schema::Kind::Text => newtypes::text(document, name, definition),
            schema::Kind::Secret => newtypes::secret(document, name, definition),
            schema::Kind::Number => newtypes::number(document, name, definition),
            schema::Kind::Coded => integers::coded(document, name, definition),
            schema::Kind::Sparse => integers::sparse(document, name, definition),
        });
        if definition.kind() == schema::Kind::Object {
            items.extend(endpoints::items(document, name, definition, &mut structs)?);
        }
        items.push(shapes::of_definition(name, definition));
    }
    structs.finish()?;
    let imports = imports::of(&items, &imports::model());
    Ok(imports.into_iter().chain(items).collect())
}
