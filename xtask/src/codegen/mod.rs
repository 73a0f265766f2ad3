//! `cargo xtask codegen`: from a schema to the generated files, or a check that they are current.
//!
//! Without arguments, it generates the files of this workspace from its schema: Rust, OpenAPI and the reference. With another schema and a folder, it writes a model
//! crate that stands alone.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::openapi;
use crate::reference::{self, Language};
use crate::schema::{self, Document, Kind, Stage, samples};

mod client;
mod codes;
mod deviations;
mod docs;
mod endpoints;
mod fields;
mod format;
mod imports;
mod newtypes;
mod paging;
mod requests;
mod responses;
mod shapes;
mod standalone;
mod structs;

const README: &str = "schema/README.md";

/// What to generate from.
#[derive(Debug)]
pub struct Source {
    /// The schema.
    pub schema: PathBuf,
    /// Whether it may have notes and gaps of the import.
    pub stage: Stage,
    /// Where to write a crate of its own, instead of the files of the workspace.
    pub out: Option<PathBuf>,
}

/// A generated file.
#[derive(Debug)]
struct Generated {
    path: PathBuf,
    text: String,
}

/// Writes every generated file that is not current; returns what it did and how long it took.
///
/// # Errors
///
/// The schema breaks a rule, or a file cannot be read or written. Nothing is written if any file cannot be generated.
pub fn write(root: &Path, source: &Source) -> Result<String> {
    let start = Instant::now();
    let files = generate(root, source)?;
    let mut written = Vec::new();
    for Generated { path, text } in files.iter().filter(|file| !file.is_current()) {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        written.push(shown(root, path));
    }
    let outcome = match (written.len(), &source.out) {
        (0, _) => "nothing to change".to_owned(),
        (_, None) => format!("wrote {}", written.join(", ")),
        (count, Some(out)) => format!("wrote {count} files into {}", out.display()),
    };
    Ok(format!("codegen: {outcome} ({} generated files, {:.2?})", files.len(), start.elapsed()))
}

/// Checks that every generated file is current.
///
/// # Errors
///
/// The schema breaks a rule, or generated files are stale: all are named.
pub fn check(root: &Path, source: &Source) -> Result<String> {
    let start = Instant::now();
    let files = generate(root, source)?;
    let stale: Vec<_> = files.iter().filter(|file| !file.is_current()).map(|file| shown(root, &file.path)).collect();
    if stale.is_empty() {
        Ok(format!("codegen: {} generated files are current ({:.2?})", files.len(), start.elapsed()))
    } else {
        let schema = shown(root, &source.schema);
        bail!("not what {schema} says: {}\nrun `cargo xtask codegen` and commit the result", stale.join(", "))
    }
}

impl Source {
    /// The schema and the files of a workspace.
    pub fn of_workspace(root: &Path) -> Self {
        Self { schema: root.join(schema::PATH), stage: Stage::Finished, out: None }
    }
}

impl Generated {
    fn is_current(&self) -> bool {
        std::fs::read_to_string(&self.path).is_ok_and(|text| text.replace("\r\n", "\n") == self.text)
    }
}

/// A path as people write it: from the root of the workspace, where it is inside.
fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

fn generate(root: &Path, source: &Source) -> Result<Vec<Generated>> {
    let document = schema::load(root, &source.schema, source.stage)?;
    if let Some(out) = &source.out {
        return standalone::files(root, &source.schema, out, &document);
    }
    let files = [
        ("crates/wecom-health-model/src/generated.rs", types(&document)?),
        ("crates/wecom-health-model/src/generated_shapes.rs", shapes(&document)),
        ("crates/wecom-health/src/generated.rs", client::items(&document)),
    ];
    let generated = files.into_iter().map(|(path, items)| {
        let text = format::rustfmt(root, &format::file(items)?)?;
        Ok(Generated { path: root.join(path), text })
    });
    let mut files: Vec<_> = generated.chain(readme(root, &document).transpose()).collect::<Result<_>>()?;
    files.extend(documents(&source.schema, &document)?);
    Ok(files)
}

/// Returns the schema in the forms that people and other tools read, beside the schema.
fn documents(schema: &Path, document: &Document) -> Result<Vec<Generated>> {
    let samples = samples::read(schema)?;
    let openapi = openapi::document(document, &samples);
    let older = openapi::three_zero::document(openapi.clone());
    let file = |name: &str, text: String| Generated { path: schema.with_file_name(name), text };
    Ok(vec![
        file("openapi.json", openapi::text(&openapi)),
        file("openapi-3.0.json", openapi::text(&older)),
        file("REFERENCE.md", reference::document(document, &samples, Language::English)),
        file("REFERENCE.zh-CN.md", reference::document(document, &samples, Language::Chinese)),
    ])
}

/// Returns the document beside the schema with its table of deviations, if there is such a document.
fn readme(root: &Path, document: &Document) -> Result<Option<Generated>> {
    let path = root.join(README);
    let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
    let text = deviations::document(&text.replace("\r\n", "\n"), &document.deviations).context(README)?;
    Ok(Some(Generated { path, text }))
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
            Kind::Integer => newtypes::number(name, definition),
            Kind::Coded => codes::coded(name, definition),
            Kind::Sparse => codes::sparse(name, definition),
            Kind::CodedText => codes::coded_text(name, definition),
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
