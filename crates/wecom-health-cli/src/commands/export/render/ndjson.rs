//! `answers_{jobid}_{date}.ndjson`: the answers as the server sent them, each on a line.

use std::io::{BufWriter, Write};

use super::Rendering;
use crate::commands::export::folder::{Part, file_name};
use crate::commands::export::manifest::Entry;
use crate::disk::unwritable;
use crate::failure::Failure;

pub(super) async fn render(rendering: &Rendering<'_>) -> Result<(), Failure> {
    for entry in rendering.manifest.days() {
        day(rendering, entry).await?;
    }
    Ok(())
}

async fn day(rendering: &Rendering<'_>, entry: &Entry) -> Result<(), Failure> {
    let path = rendering.folder.result(&format!("answers_{}_{}.ndjson", file_name(&entry.jobid), entry.date));
    let failed = |error| unwritable(&path, &error);
    let mut part = Part::of(path.clone()).map_err(failed)?;
    let mut spooled = rendering.open(entry)?;
    let mut out = BufWriter::new(part.file());
    while let Some(line) = spooled.next_line()? {
        out.write_all(line).map_err(failed)?;
        rendering.count_row().await;
    }
    out.flush().map_err(failed)?;
    drop(out);
    part.rename().map_err(failed)
}
