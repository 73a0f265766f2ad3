//! `cargo xtask codegen`: writes the generated files from `schema/health.schema.json`, or checks that they are current.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::schema::{self, Document, Kind};

mod client;
mod docs;
mod endpoints;
mod format;
mod imports;
mod integers;
mod newtypes;
mod shapes;
mod structs;

/// A generated file: its path from the root of the workspace, and its text.
#[derive(Debug)]
struct Generated {
    path: &'static str,
    text: String,
}

/// Writes every generated file that is not current; returns what it did and how long it took.
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

/// Checks that every generated file is current.
///
/// # Errors
/// The schema breaks a rule, or generated files are stale: all are named.
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
    let document = schema::load(root)?;
    let files = [
        ("crates/wecom-health-model/src/generated.rs", types(&document)?),
        ("crates/wecom-health-model/src/generated_shapes.rs", shapes(&document)),
        ("crates/wecom-health/src/generated.rs", client::items(&document)),
    ];
    files.into_iter().map(|(path, items)| Ok(Generated { path, text: format::file(root, items)? })).collect()
}

/// Returns the types of the model crate, in the schema's order.
fn types(document: &Document) -> Result<Vec<syn::Item>> {
    let mut structs = structs::generate(document)?;
    let mut items = vec![endpoints::base(document), endpoints::for_each(document)];
    for (name, definition) in &document.definitions {
        items.extend(match definition.kind() {
            Kind::Object => structs.take(name)?,
            Kind::Text => newtypes::text(name, definition),
            Kind::Secret => newtypes::secret(name, definition),
            Kind::Number => newtypes::number(name, definition),
            Kind::Coded => integers::coded(name, definition),
            Kind::Sparse => integers::sparse(name, definition),
        });
        if definition.kind() == Kind::Object {
            items.extend(endpoints::items(document, name, definition, &mut structs)?);
        }
    }
    structs.finish()?;
    let imports = imports::of(&items, &imports::types());
    Ok(imports.into_iter().chain(items).collect())
}

/// Returns what the schema says about the types, as data.
fn shapes(document: &Document) -> Vec<syn::Item> {
    let items = shapes::items(document);
    let all: syn::Item = syn::parse_quote!(
        use crate::generated::*;
    );
    let imports = imports::of(&items, &imports::shapes());
    [all].into_iter().chain(imports).chain(items).collect()
}
