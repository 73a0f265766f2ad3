//! Makes the output files from the spool alone.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use wecom_health::model::{Answer, JobInfo, Language, QuestionId, Reporter};
use wecom_health_report::{Person, Roster};

use super::folder::Folder;
use super::manifest::{Entry, Manifest};
use super::spooled::Spooled;
use crate::arguments::ExportFormat;
use crate::failure::Failure;

mod absent;
mod csv;
mod ndjson;
mod sheet;
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
    /// How many rows were read or written.
    pub(super) rows: Cell<u32>,
    /// Those who reported and have no name in the roster.
    pub(super) nameless: RefCell<BTreeSet<String>>,
}

/// Makes the files of each format. Returns what does not fit into them.
pub(super) async fn render(rendering: &Rendering<'_>, formats: &BTreeSet<ExportFormat>) -> Result<Vec<Note>, Failure> {
    let mut notes = Vec::new();
    for format in formats {
        match format {
            ExportFormat::Csv => csv::render(rendering).await?,
            ExportFormat::Ndjson => ndjson::render(rendering).await?,
            ExportFormat::Xlsx => notes.extend(xlsx::render(rendering).await?),
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
    fn open(&self, entry: &Entry) -> Result<Spooled, Failure> {
        Spooled::open(self.folder, entry)
    }

    /// Returns who gave an answer, by the roster if there is one, and remembers those without a name.
    fn reporter(&self, answer: &Answer) -> Option<Option<Person>> {
        let person = self.roster?.reporter(answer);
        if let Reporter::Member(userid) | Reporter::Parent { student: userid, .. } = answer.reporter()
            && person.as_ref().is_none_or(|person| person.name.is_none())
        {
            self.nameless.borrow_mut().insert(userid.as_ref().to_owned());
        }
        Some(person)
    }

    /// Notes how many have no name, if somebody asked for names.
    pub(super) fn without_name(&self) -> Option<Note> {
        let count = self.nameless.borrow().len();
        (count > 0).then(|| Note {
            english: format!("people who reported and have no name in the address book or roster: {count}"),
            chinese: format!("有 {count} 名填报人在通讯录或名单中没有姓名"),
        })
    }

    /// Counts a row. Now and then, lets a signal end the program, which happens where something waits.
    async fn count_row(&self) {
        const ROWS: u32 = 256;
        self.rows.set(self.rows.get().wrapping_add(1));
        if self.rows.get().is_multiple_of(ROWS) {
            tokio::task::yield_now().await;
        }
    }

    /// The questions that a day's answers have and its job does not, in order.
    async fn others(&self, entry: &Entry) -> Result<(JobInfo, Vec<QuestionId>), Failure> {
        let mut spooled = self.open(entry)?;
        let known: BTreeSet<QuestionId> =
            spooled.job.question_templates.iter().map(|question| question.question_id).collect();
        let mut others = BTreeSet::new();
        while let Some(answer) = spooled.next()? {
            others.extend(answer.report_values.iter().map(|value| value.question_id).filter(|id| !known.contains(id)));
            self.count_row().await;
        }
        Ok((spooled.job, others.into_iter().collect()))
    }
}
