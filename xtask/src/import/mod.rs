//! `cargo xtask import`: drafts a schema from the vendor's pages.
//!
//! A draft says what the page says and nothing else. Titles and descriptions are left to a person (`TODO`), and sentences are not
//! copied. Whatever is not certain is a doubt: a line for the reader, with the page's line, and a `"$comment": "import: …"` in the
//! draft at the place.

mod compare;
mod definitions;
mod draft;
mod into;
mod kinds;
mod known_values;
mod layout;
mod messages;
mod names;
mod paging;
mod requirements;
mod samples;
mod terms;
mod text_edit;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::page::{self, Page};
use crate::schema::deviations;

pub use self::compare::{Comparison, Difference, compare, join_renames};
pub use self::draft::{Draft, Sample, draft, draft_for};
pub use self::into::{Merged, merge};

/// Writes a draft of all endpoints of the pages, and their samples into a folder if one is given. Returns the doubts, first of all
/// the pages that were left out.
///
/// # Errors
///
/// A file cannot be read or written, or no page describes an endpoint: nothing is written.
pub fn write(pages: &[PathBuf], out: &Path, samples: Option<&Path>) -> Result<Vec<String>> {
    let (pages, left_out) = read(pages)?;
    let draft = draft(&pages);
    write_file(out, &draft.text())?;
    let kept = samples.map_or(Ok(Vec::new()), |folder| write_samples(&draft, folder))?;
    Ok([left_out, draft.doubts, kept].concat())
}

/// Writes the samples of a draft into a folder. Returns a line for each other sample that is there already, and stays.
fn write_samples(draft: &Draft, folder: &Path) -> Result<Vec<String>> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut kept = Vec::new();
    for Sample { file, line, json } in &draft.samples {
        let path = folder.join(file);
        if !path.exists() {
            write_file(&path, &format!("{json:#}\n"))?;
        } else if std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).as_ref() != Some(json)
        {
            kept.push(format!("{line}: {} is there already and stays: delete it to get the page's", path.display()));
        }
    }
    Ok(kept)
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Adds to a schema what the pages have and it lacks, and returns what was added and what differs, and the doubts, first of all the
/// pages that were left out.
///
/// # Errors
///
/// A file cannot be read or written, or no page describes an endpoint: nothing is written.
pub fn add(pages: &[PathBuf], schema: &Path, samples: Option<&Path>) -> Result<(Vec<String>, Vec<String>)> {
    let name = schema.display();
    let (pages, left_out) = read(pages)?;
    let text = std::fs::read_to_string(schema).with_context(|| format!("cannot read {name}"))?;
    let known: Value = serde_json::from_str(&text).with_context(|| format!("{name} is no JSON"))?;
    let draft = draft_for(&known, &pages);
    let merged = merge(&text, &draft, &deviations::read(schema)?).with_context(|| name.to_string())?;
    if merged.text != text {
        std::fs::write(schema, merged.text).with_context(|| format!("cannot write {name}"))?;
    }
    let kept = samples.map_or(Ok(Vec::new()), |folder| write_samples(&draft, folder))?;
    Ok((merged.findings, [left_out, draft.doubts, kept].concat()))
}

/// Pages, each with its name.
pub type Pages = Vec<(String, Page)>;

/// Reads pages. Returns those that describe endpoints, and a line for each other one.
pub fn read(paths: &[PathBuf]) -> Result<(Pages, Vec<String>)> {
    let (mut pages, mut left_out) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path.display().to_string();
        // A name that leads to no file is a mistake of the command, and no matter of the pages.
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
        match page::read(&bytes) {
            Ok(page) => pages.push((name, page)),
            Err(error) if paths.len() == 1 => return Err(error.context(name)),
            Err(error) => left_out.push(format!("{name}: left out: {error}")),
        }
    }
    ensure!(!pages.is_empty(), "none of the pages describes an endpoint\n{}", left_out.join("\n"));
    Ok((pages, left_out))
}
