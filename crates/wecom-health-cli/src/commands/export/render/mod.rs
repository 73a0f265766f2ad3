//! Makes the output files from the spool alone.

use std::collections::BTreeSet;
use std::io;

use wecom_health::model::{JobInfo, Language, QuestionId};
use wecom_health_report::Roster;

use super::folder::Folder;
use super::manifest::{Entry, Manifest};
use super::spooled::Spooled;
use crate::arguments::ExportFormat;

mod absent;
mod csv;
mod ndjson;
mod xlsx;

/// What to make of the spool.
pub(super) struct Rendering<'a> {
    pub(super) folder: &'a Folder,
    pub(super) manifest: &'a Manifest,
    pub(super) roster: Option<&'a Roster>,
    /// Whether to say who has not reported.
    pub(super) absent: bool,
    /// Whether cells that look like formulas stay as they are.
    pub(super) raw: bool,
    pub(super) language: Language,
}

/// Makes the files of each format. Returns what does not fit into them.
pub(super) fn render(rendering: &Rendering<'_>, formats: &BTreeSet<ExportFormat>) -> io::Result<Vec<Note>> {
    let mut notes = Vec::new();
    for format in formats {
        match format {
            ExportFormat::Csv => csv::render(rendering)?,
            ExportFormat::Ndjson => ndjson::render(rendering)?,
            ExportFormat::Xlsx => notes.extend(xlsx::render(rendering)?),
        }
    }
    Ok(notes)
}

/// What does not fit into a file, in both languages.
pub(super) struct Note {
    pub(super) english: String,
    pub(super) chinese: String,
}

impl Rendering<'_> {
    fn open(&self, entry: &Entry) -> io::Result<Spooled> {
        Spooled::open(self.folder, entry)
    }

    /// The questions that a day's answers have and its job does not, in order.
    fn others(&self, entry: &Entry) -> io::Result<(JobInfo, Vec<QuestionId>)> {
        let mut spooled = self.open(entry)?;
        let known: BTreeSet<QuestionId> =
            spooled.job.question_templates.iter().map(|question| question.question_id).collect();
        let mut others = BTreeSet::new();
        while let Some(answer) = spooled.next()? {
            others.extend(answer.report_values.iter().map(|value| value.question_id).filter(|id| !known.contains(id)));
        }
        Ok((spooled.job, others.into_iter().collect()))
    }
}
