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

use anyhow::{Context, Result};

use crate::page::{self, Page};
use crate::schema::deviations;

pub use self::compare::{Comparison, Difference, compare, join_renames};
pub use self::draft::{Draft, Sample, draft};
pub use self::into::{Merged, merge};

/// Writes a draft of all endpoints of the pages, and their samples into a folder if one is given. Returns the doubts.
///
/// # Errors
///
/// A page cannot be read or names no endpoint, or the file cannot be written.
pub fn write(pages: &[PathBuf], out: &Path, samples: Option<&Path>) -> Result<Vec<String>> {
    let draft = draft(&read(pages)?);
    write_file(out, &draft.text())?;
    if let Some(folder) = samples {
        write_samples(&draft, folder)?;
    }
    Ok(draft.doubts)
}

fn write_samples(draft: &Draft, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for Sample { file, json, .. } in &draft.samples {
        write_file(&folder.join(file), &format!("{json:#}\n"))?;
    }
    Ok(())
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Adds to a schema what the pages have and it lacks, and returns what was added and what differs, and the doubts.
///
/// # Errors
///
/// A page cannot be read or names no endpoint, or the schema cannot be read or written.
pub fn add(pages: &[PathBuf], schema: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let name = schema.display();
    let draft = draft(&read(pages)?);
    let text = std::fs::read_to_string(schema).with_context(|| format!("cannot read {name}"))?;
    let merged = merge(&text, &draft, &deviations::read(schema)?).with_context(|| name.to_string())?;
    if merged.text != text {
        std::fs::write(schema, merged.text).with_context(|| format!("cannot write {name}"))?;
    }
    Ok((merged.findings, draft.doubts))
}

/// Reads pages, each with its name.
pub fn read(pages: &[PathBuf]) -> Result<Vec<(String, Page)>> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
        let page = page::read(&bytes).with_context(|| name.clone())?;
        Ok((name, page))
    };
    pages.iter().map(read).collect()
}
