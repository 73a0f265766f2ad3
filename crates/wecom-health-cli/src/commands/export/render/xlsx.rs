//! `answers.xlsx`: a sheet for each job's answers, and one for the questions.

use std::any::Any;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::{Arc, Weak};

use futures_util::FutureExt;
use rust_xlsxwriter::XlsxError;
use wecom_health::model::{JobInfo, QuestionId, QuestionTemplate};
use wecom_health_report::rows::{Cell, Wide};

use super::sheet::{MOST_COLUMNS, Sheet, Sheets};
use super::{Note, Rendering, absent};
use crate::commands::export::folder::Part;
use crate::commands::export::manifest::Entry;
use crate::disk::unwritable;
use crate::failure::Failure;

const NAME: &str = "answers.xlsx";

/// Writes the workbook. Returns what does not fit into it.
///
/// The library panics if it cannot write a row to its temporary file, so that is caught here.
pub(super) async fn render(rendering: &Rendering<'_>) -> Result<Vec<Note>, Failure> {
    let path = rendering.folder.result(NAME);
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let written = AssertUnwindSafe(write(rendering, &path)).catch_unwind().await;
    panic::set_hook(hook);
    match written {
        Ok(written) => written,
        Err(cause) if is_unwritable(&*cause) => {
            Err(unwritable(&path, &io::Error::other("the rows do not fit on the disk")))
        }
        Err(cause) => panic::resume_unwind(cause),
    }
}

/// Whether a panic of the library says that it could not write.
fn is_unwritable(cause: &(dyn Any + Send)) -> bool {
    let text = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
    text.is_some_and(|text| text.contains("write to xml file"))
}

async fn write(rendering: &Rendering<'_>, path: &Path) -> Result<Vec<Note>, Failure> {
    let sheets = Sheets::new(rendering.folder.path()).map_err(|error| failed(path, error))?;
    let mut book = Book { rendering, sheets, questions: Vec::new() };
    for days in rendering.manifest.jobs().values() {
        book.job(days).await?;
    }
    book.questions().await?;
    if let (true, Some(roster)) = (rendering.absent, rendering.roster) {
        absent::sheet(&mut book, roster).await?;
    }
    save(book.sheets, path).await
}

/// Compresses the sheets into the file. That takes seconds, in a thread which stops if nobody waits for it any longer.
async fn save(mut sheets: Sheets, path: &Path) -> Result<Vec<Note>, Failure> {
    let mut part = Part::of(path.to_owned()).map_err(|error| unwritable(path, &error))?;
    let waiting = Arc::new(());
    let awaited = Arc::downgrade(&waiting);
    let saved = tokio::task::spawn_blocking(move || {
        let mut failure = None;
        let saved = sheets.workbook.save_to_writer(Awaited { file: part.file(), awaited, failure: &mut failure });
        failure.map_or(saved, |failure| Err(failure.into())).map(|()| (part, sheets.notes))
    });
    let saved = saved.await.map_err(|error| unwritable(path, &error.into()))?;
    let (part, notes) = saved.map_err(|error| failed(path, error))?;
    drop(waiting);
    part.rename().map_err(|error| unwritable(path, &error))?;
    Ok(notes)
}

/// A file that fails once nobody waits for it. It fails once alone: a zip that cannot be ended prints that to stderr.
struct Awaited<'a, W> {
    file: W,
    awaited: Weak<()>,
    failure: &'a mut Option<io::Error>,
}

impl<W: Write> Write for Awaited<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.failure.is_some() {
            return Ok(bytes.len());
        }
        let is_awaited = self.awaited.strong_count() > 0;
        let written = if is_awaited { self.file.write(bytes) } else { Err(io::Error::other("interrupted")) };
        written.map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            kind => {
                *self.failure = Some(error);
                kind.into()
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) struct Book<'a> {
    pub(super) rendering: &'a Rendering<'a>,
    pub(super) sheets: Sheets,
    /// The questions of the jobs so far, with their job.
    questions: Vec<(String, JobInfo)>,
}

impl Book<'_> {
    /// Begins a sheet.
    pub(super) fn sheet(&mut self, wanted: &str, titles: Vec<String>) -> Result<Sheet, Failure> {
        Sheet::new(&mut self.sheets, wanted, titles).map_err(|error| self.failed(error))
    }

    pub(super) async fn row(&mut self, sheet: &mut Sheet, cells: &[Cell<'_>]) -> Result<(), Failure> {
        sheet.row(&mut self.sheets, cells).map_err(|error| self.failed(error))?;
        self.rendering.count_row().await;
        Ok(())
    }

    pub(super) fn finish(&mut self, sheet: Sheet) -> Result<(), Failure> {
        sheet.finish(&mut self.sheets).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: XlsxError) -> Failure {
        failed(&self.rendering.folder.result(NAME), error)
    }

    /// Writes the answers of all days of a job.
    async fn job(&mut self, days: &[&Entry]) -> Result<(), Failure> {
        let rendering = self.rendering;
        let Some((jobid, (job, others))) = all_questions(rendering, days).await? else { return Ok(()) };
        let wide = Wide::new(&job, &others, rendering.roster, rendering.language);
        let titles: Vec<String> = ["date".to_owned()].into_iter().chain(wide.titles().iter().cloned()).collect();
        self.note_columns(&jobid, titles.len());
        let mut sheet = self.sheet(&jobid, titles)?;
        for entry in days {
            let mut spooled = rendering.open(entry)?;
            while let Some(answer) = spooled.next()? {
                let mut cells = vec![Cell::Date(entry.date)];
                rendering.reporter(&answer);
                cells.extend(wide.row(&answer));
                self.row(&mut sheet, &cells).await?;
            }
        }
        self.finish(sheet)?;
        self.questions.push((jobid, job));
        Ok(())
    }

    fn note_columns(&mut self, jobid: &str, columns: usize) {
        if columns > MOST_COLUMNS {
            let left = columns - MOST_COLUMNS;
            self.sheets.notes.push(Note {
                english: format!("answers.xlsx: {jobid} has {left} columns more than Excel: --format csv has them"),
                chinese: format!("answers.xlsx：{jobid} 有 {left} 列超出 Excel 上限，用 --format csv 可得到全部列"),
            });
        }
    }

    /// Writes the questions with their options.
    async fn questions(&mut self) -> Result<(), Failure> {
        let titles = ["jobid", "question_id", "title", "question_type", "is_required", "option_id", "option_text"];
        let mut sheet = self.sheet("questions", titles.map(str::to_owned).into())?;
        for (jobid, job) in std::mem::take(&mut self.questions) {
            for question in &job.question_templates {
                for cells in self.question(&jobid, question) {
                    self.row(&mut sheet, &cells).await?;
                }
            }
        }
        self.finish(sheet)
    }

    /// A row for each option, or one.
    fn question<'b>(&self, jobid: &'b str, question: &'b QuestionTemplate) -> Vec<Vec<Cell<'b>>> {
        let kind = question.question_type.known().map_or_else(
            || question.question_type.value().to_string(),
            |known| known.label.get(self.rendering.language).to_owned(),
        );
        let head = vec![
            Cell::Text(jobid.into()),
            Cell::Integer(question.question_id.into()),
            Cell::Text(question.title.as_str().into()),
            Cell::Text(kind.into()),
            Cell::Integer(question.is_required.value()),
        ];
        if question.option_list.is_empty() {
            return vec![head];
        }
        let rows = question.option_list.iter().map(|option| {
            let own = [Cell::Integer(option.option_id.into()), Cell::Text(option.option_text.as_str().into())];
            head.iter().cloned().chain(own).collect()
        });
        rows.collect()
    }
}

type Questions = (JobInfo, Vec<QuestionId>);

/// The job as on its last day, with the questions that it had before, and the questions that only answers have.
async fn all_questions(rendering: &Rendering<'_>, days: &[&Entry]) -> Result<Option<(String, Questions)>, Failure> {
    let Some((last, earlier)) = days.split_last() else { return Ok(None) };
    let (mut job, others) = rendering.others(last).await?;
    let mut others = BTreeSet::from_iter(others);
    for entry in earlier.iter().rev() {
        let (before, more) = rendering.others(entry).await?;
        others.extend(more);
        before.question_templates.into_iter().for_each(|question| add(&mut job, question));
    }
    others.retain(|id| job.question(*id).is_none());
    Ok(Some((last.jobid.as_ref().to_owned(), (job, others.into_iter().collect()))))
}

/// Adds a question that a job had before, or its options.
fn add(job: &mut JobInfo, question: QuestionTemplate) {
    let Some(known) = job.question_templates.iter_mut().find(|known| known.question_id == question.question_id) else {
        return job.question_templates.push(question);
    };
    for option in question.option_list {
        if known.option(option.option_id).is_none() {
            known.option_list.push(option);
        }
    }
}

fn failed(path: &Path, error: XlsxError) -> Failure {
    match error {
        XlsxError::IoError(error) => unwritable(path, &error),
        error => unwritable(path, &io::Error::other(error.to_string())),
    }
}
