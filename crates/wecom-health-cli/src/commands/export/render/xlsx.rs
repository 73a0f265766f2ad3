//! `answers.xlsx`: a sheet for each job's answers, and one for the questions. Texts are strings, never formulas.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;
use wecom_health::model::{JobInfo, QuestionId};
use wecom_health_report::rows::{Cell, Wide};

use super::{Note, Rendering, absent};
use crate::commands::export::folder::Part;
use crate::commands::export::manifest::Entry;

/// Limits of Excel.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: usize = 16_384;
const LONGEST_TEXT: usize = 32_767;
const LONGEST_NAME: usize = 31;

/// Writes the workbook. Returns what does not fit into it.
pub(super) fn render(rendering: &Rendering<'_>) -> io::Result<Vec<Note>> {
    let mut book = Book::new(rendering).map_err(io_error)?;
    for days in rendering.manifest.jobs().values() {
        book.job(days)?;
    }
    book.questions()?;
    if let (true, Some(roster)) = (rendering.absent, rendering.roster) {
        absent::sheet(&mut book, roster)?;
    }
    let Book { mut workbook, notes, .. } = book;
    let mut part = Part::of(rendering.folder.result("answers.xlsx"))?;
    workbook.save_to_writer(part.file()).map_err(io_error)?;
    part.rename()?;
    Ok(notes)
}

pub(super) struct Book<'a> {
    pub(super) rendering: &'a Rendering<'a>,
    workbook: Workbook,
    names: HashSet<String>,
    pub(super) notes: Vec<Note>,
    /// The questions of the jobs so far, with their job.
    questions: Vec<(String, JobInfo)>,
}

impl<'a> Book<'a> {
    fn new(rendering: &'a Rendering<'a>) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        // Temporary files hold answers, so they stay in the folder of the user.
        workbook.set_tempdir(rendering.folder.path())?;
        // Equal data gives equal bytes.
        let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        Ok(Self { rendering, workbook, names: HashSet::new(), notes: Vec::new(), questions: Vec::new() })
    }

    /// Writes the answers of all days of a job.
    fn job(&mut self, days: &[&Entry]) -> io::Result<()> {
        let Some(jobid) = days.first().map(|entry| entry.jobid.as_ref().to_owned()) else { return Ok(()) };
        let (job, others) = self.all_questions(days)?;
        let wide = Wide::new(&job, &others, self.rendering.roster, self.rendering.language);
        let titles: Vec<String> = ["date".to_owned()].into_iter().chain(wide.titles().iter().cloned()).collect();
        if titles.len() > MOST_COLUMNS {
            let left = titles.len() - MOST_COLUMNS;
            self.notes.push(Note {
                english: format!("answers.xlsx: {jobid} has {left} columns more than Excel: they are in the CSV files"),
                chinese: format!("answers.xlsx：{jobid} 有 {left} 列超出 Excel 上限，请查看 CSV 文件"),
            });
        }
        let mut sheet = Sheet::new(self, &jobid, titles).map_err(io_error)?;
        for entry in days {
            let mut spooled = self.rendering.open(entry)?;
            while let Some(answer) = spooled.next()? {
                let mut cells = vec![Cell::Text(entry.date.to_string().into())];
                cells.extend(wide.row(&answer));
                sheet.row(self, &cells).map_err(io_error)?;
            }
        }
        sheet.finish(self).map_err(io_error)?;
        self.questions.push((jobid, job));
        Ok(())
    }

    /// The job as on its last day, with the questions that it had before, and the questions that only answers have.
    fn all_questions(&self, days: &[&Entry]) -> io::Result<(JobInfo, Vec<QuestionId>)> {
        let mut all: Option<JobInfo> = None;
        let mut others = BTreeSet::new();
        for entry in days.iter().rev() {
            let (job, more) = self.rendering.others(entry)?;
            others.extend(more);
            match &mut all {
                None => all = Some(job),
                Some(all) => {
                    for question in job.question_templates {
                        match all.question_templates.iter_mut().find(|known| known.question_id == question.question_id)
                        {
                            None => all.question_templates.push(question),
                            Some(known) => {
                                for option in question.option_list {
                                    if known.option(option.option_id).is_none() {
                                        known.option_list.push(option);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        let job = all.ok_or_else(|| io::Error::other("a job without days"))?;
        others.retain(|id| job.question(*id).is_none());
        Ok((job, others.into_iter().collect()))
    }

    /// Writes the questions with their options.
    fn questions(&mut self) -> io::Result<()> {
        let titles = ["jobid", "question_id", "title", "question_type", "is_required", "option_id", "option_text"];
        let titles = titles.into_iter().map(str::to_owned).collect();
        let mut sheet = Sheet::new(self, "questions", titles).map_err(io_error)?;
        for (jobid, job) in std::mem::take(&mut self.questions) {
            for question in &job.question_templates {
                let kind = question.question_type.known().map_or_else(
                    || question.question_type.value().to_string(),
                    |known| known.label.get(self.rendering.language).to_owned(),
                );
                let head = vec![
                    Cell::Text(jobid.as_str().into()),
                    Cell::Integer(question.question_id.into()),
                    Cell::Text(question.title.as_str().into()),
                    Cell::Text(kind.into()),
                    Cell::Integer(question.is_required.value()),
                ];
                if question.option_list.is_empty() {
                    sheet.row(self, &head).map_err(io_error)?;
                }
                for option in &question.option_list {
                    let own = [Cell::Integer(option.option_id.into()), Cell::Text(option.option_text.as_str().into())];
                    let cells: Vec<_> = head.iter().cloned().chain(own).collect();
                    sheet.row(self, &cells).map_err(io_error)?;
                }
            }
        }
        sheet.finish(self).map_err(io_error)
    }

    /// A name for a sheet that Excel takes and that no other sheet has.
    fn name(&mut self, wanted: &str) -> String {
        let clean: String = wanted.chars().map(|char| if "[]:*?/\\'".contains(char) { '_' } else { char }).collect();
        let clean = if clean.is_empty() || clean.eq_ignore_ascii_case("history") { format!("{clean}_") } else { clean };
        for number in 1.. {
            let ending = if number == 1 { String::new() } else { format!(" ({number})") };
            let mut name = clean.clone();
            while name.encode_utf16().count() + ending.len() > LONGEST_NAME {
                name.pop();
            }
            name.push_str(&ending);
            if self.names.insert(name.to_lowercase()) {
                return name;
            }
        }
        String::new()
    }
}

/// Rows that go on in a further sheet when one is full.
pub(super) struct Sheet {
    wanted: String,
    titles: Vec<String>,
    sheet: Worksheet,
    next: u32,
    time: Format,
    /// How many texts were too long.
    cut: BTreeMap<String, usize>,
}

impl Sheet {
    pub(super) fn new(book: &mut Book<'_>, wanted: &str, mut titles: Vec<String>) -> Result<Self, XlsxError> {
        titles.truncate(MOST_COLUMNS);
        let sheet = Self::begin(book, wanted, &titles)?;
        let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        Ok(Self { wanted: wanted.to_owned(), titles, sheet, next: 1, time, cut: BTreeMap::new() })
    }

    fn begin(book: &mut Book<'_>, wanted: &str, titles: &[String]) -> Result<Worksheet, XlsxError> {
        let name = book.name(wanted);
        let mut sheet = book.workbook.new_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, title) in (0_u16..).zip(titles) {
            sheet.set_column_width(column, width(title))?;
            sheet.write_string_with_format(0, column, cut(title).0, &bold)?;
        }
        Ok(sheet)
    }

    pub(super) fn row(&mut self, book: &mut Book<'_>, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        if self.next == MOST_ROWS {
            let next = Self::begin(book, &self.wanted, &self.titles)?;
            let full = std::mem::replace(&mut self.sheet, next);
            self.close(book, full)?;
            self.next = 1;
        }
        for ((column, cell), title) in (0_u16..).zip(cells).zip(&self.titles) {
            match cell {
                Cell::Text(text) if text.is_empty() => {}
                Cell::Text(text) => {
                    let (text, is_cut) = cut(text);
                    if is_cut {
                        *self.cut.entry(title.clone()).or_default() += 1;
                    }
                    self.sheet.write_string(self.next, column, text)?;
                }
                // Excel keeps 15 digits.
                Cell::Integer(number) if number.unsigned_abs() < 1_000_000_000_000_000 => {
                    #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
                    self.sheet.write_number(self.next, column, *number as f64)?;
                }
                Cell::Integer(number) => {
                    self.sheet.write_string(self.next, column, number.to_string())?;
                }
                Cell::Time(time) => {
                    let local = time.naive_local();
                    match ExcelDateTime::from_timestamp(local.and_utc().timestamp()) {
                        Ok(excel) => self.sheet.write_datetime_with_format(self.next, column, &excel, &self.time)?,
                        // Excel's calendar begins in 1900 and ends in 9999.
                        Err(_) => self.sheet.write_string(self.next, column, cell.to_string())?,
                    };
                }
                _ => {}
            }
        }
        self.next += 1;
        Ok(())
    }

    fn close(&self, book: &mut Book<'_>, mut sheet: Worksheet) -> Result<(), XlsxError> {
        if let Some(last) = u16::try_from(self.titles.len()).ok().and_then(|columns| columns.checked_sub(1)) {
            sheet.autofilter(0, 0, self.next.saturating_sub(1).max(1), last)?;
        }
        book.workbook.push_worksheet(sheet);
        Ok(())
    }

    pub(super) fn finish(mut self, book: &mut Book<'_>) -> Result<(), XlsxError> {
        let sheet = std::mem::replace(&mut self.sheet, Worksheet::new());
        self.close(book, sheet)?;
        for (title, count) in self.cut {
            let wanted = &self.wanted;
            book.notes.push(Note {
                english: format!(
                    "answers.xlsx: {count} texts of {wanted}, column {title}, are cut to {LONGEST_TEXT} characters, the limit of Excel; \
                     the CSV files have them whole"
                ),
                chinese: format!(
                    "answers.xlsx：{wanted} 的「{title}」列有 {count} 个文本超过 Excel 上限，已截断为 {LONGEST_TEXT} 个字符，完整内容见 CSV 文件"
                ),
            });
        }
        Ok(())
    }
}

/// The width of a column in characters: of its title with the button of the filter, and at least of an id.
fn width(title: &str) -> f64 {
    let wide = u32::try_from(title.width() + 4).unwrap_or(u32::MAX);
    f64::from(wide.clamp(20, 40))
}

/// Cuts a text to what Excel takes, in UTF-16. Returns whether it was cut.
fn cut(text: &str) -> (String, bool) {
    if text.len() <= LONGEST_TEXT || text.encode_utf16().count() <= LONGEST_TEXT {
        return (text.to_owned(), false);
    }
    let mut length = 0;
    let fits = |char: &char| {
        length += char.len_utf16();
        length <= LONGEST_TEXT
    };
    (text.chars().take_while(fits).collect(), true)
}

pub(super) fn io_error(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error.to_string()),
    }
}
