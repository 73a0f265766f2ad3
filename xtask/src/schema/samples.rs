//! The samples beside the schema: what an endpoint sends and receives.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value as Json;

use super::json;

/// A message of an endpoint, as a file of the folder `samples` has it.
#[derive(Debug)]
pub struct Sample {
    /// The vendor's name of the endpoint.
    pub endpoint: String,
    /// Which of its messages this is.
    pub side: Side,
    /// What tells this sample from others of the same message, if it is an additional one.
    pub variant: Option<String>,
    /// The message.
    pub json: Json,
}

/// Which message of an endpoint a sample is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is sent: the body, or the query of an endpoint without one.
    Request,
    /// What is received.
    Response,
}

/// Reads the samples beside a schema, sorted by file name. Without the folder there are none.
///
/// # Errors
///
/// A sample cannot be read, is no JSON, or its name does not say what it is.
pub fn read(schema: &Path) -> Result<Vec<Sample>> {
    let folder = schema.with_file_name("samples");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    files.iter().map(|file| sample(file).with_context(|| file.display().to_string())).collect()
}

fn sample(file: &Path) -> Result<Sample> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut parts = name.strip_suffix(".json").unwrap_or_default().splitn(3, '.');
    let (Some(endpoint), Some(side)) = (parts.next(), parts.next()) else {
        bail!("name it ENDPOINT.request.json or ENDPOINT.response.json");
    };
    let side = match side {
        "request" => Side::Request,
        "response" => Side::Response,
        _ => bail!("name it {endpoint}.request.json or {endpoint}.response.json"),
    };
    let json = json::parse(&std::fs::read_to_string(file)?)?;
    Ok(Sample { endpoint: endpoint.to_owned(), side, variant: parts.next().map(str::to_owned), json })
}
