//! `answers_{jobid}_{date}.ndjson`: the answers as the server sent them, each on a line.

use std::io::{self, BufWriter, Write};

use super::Rendering;
use crate::commands::export::folder::{Part, file_name};

pub(super) fn render(rendering: &Rendering<'_>) -> io::Result<()> {
    for entry in rendering.manifest.days() {
        let name = format!("answers_{}_{}.ndjson", file_name(&entry.jobid), entry.date);
        let mut part = Part::of(rendering.folder.result(&name))?;
        let mut spooled = rendering.open(entry)?;
        let mut out = BufWriter::new(part.file());
        while let Some(line) = spooled.next_line()? {
            out.write_all(line)?;
        }
        out.flush()?;
        drop(out);
        part.rename()?;
    }
    Ok(())
}
