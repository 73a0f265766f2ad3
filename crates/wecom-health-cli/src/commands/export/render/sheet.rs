//! Sheets of a workbook, within the limits of Excel. Texts are strings, never formulas.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use chrono::{NaiveDateTime, NaiveTime};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;
use wecom_health_report::rows::Cell;

use super::Note;

/// Limits of Excel.
const MOST_ROWS: u32 = 1_048_576;
pub(super) const MOST_COLUMNS: usize = 16_384;
const LONGEST_TEXT: usize = 32_767;
const LONGEST_NAME: usize = 31;

/// The sheets of a workbook, and what does not fit into it.
pub(super) struct Sheets {
    pub(super) workbook: Workbook,
    pub(super) notes: Vec<Note>,
    names: HashSet<String>,
    /// How many rows a sheet has at most, its titles among them.
    most_rows: u32,
}

impl Sheets {
    /// Begins a workbook. Its temporary files hold answers, so they are in this folder.
    pub(super) fn new(folder: &Path) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(folder)?;
        // Equal data gives equal bytes.
        let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        Ok(Self { workbook, notes: Vec::new(), names: HashSet::new(), most_rows: MOST_ROWS })
    }

    /// A name for a sheet that Excel takes and that no other sheet has.
    fn name(&mut self, wanted: &str) -> String {
        let clean: String = wanted
            .chars()
            .map(|char| if char.is_control() || "[]:*?/\\'".contains(char) { '_' } else { char })
            .collect();
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
    date: Format,
    time: Format,
    /// How many texts were too long.
    cut: BTreeMap<String, usize>,
}

impl Sheet {
    pub(super) fn new(sheets: &mut Sheets, wanted: &str, mut titles: Vec<String>) -> Result<Self, XlsxError> {
        titles.truncate(MOST_COLUMNS);
        let sheet = Self::begin(sheets, wanted, &titles)?;
        let [date, time] = ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"].map(|format| Format::new().set_num_format(format));
        Ok(Self { wanted: wanted.to_owned(), titles, sheet, next: 1, date, time, cut: BTreeMap::new() })
    }

    fn begin(sheets: &mut Sheets, wanted: &str, titles: &[String]) -> Result<Worksheet, XlsxError> {
        let name = sheets.name(wanted);
        let mut sheet = sheets.workbook.new_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, title) in (0_u16..).zip(titles) {
            sheet.set_column_width(column, width(title))?;
            sheet.write_string_with_format(0, column, cut(title, LONGEST_TEXT).0, &bold)?;
        }
        Ok(sheet)
    }

    pub(super) fn row(&mut self, sheets: &mut Sheets, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        if self.next == sheets.most_rows {
            let next = Self::begin(sheets, &self.wanted, &self.titles)?;
            let full = std::mem::replace(&mut self.sheet, next);
            self.close(sheets, full)?;
            self.next = 1;
        }
        for (column, cell) in (0_u16..).zip(cells.iter().take(self.titles.len())) {
            self.cell(column, cell)?;
        }
        self.next += 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: &Cell<'_>) -> Result<(), XlsxError> {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) if text.is_empty() => {}
            Cell::Text(text) => {
                let (text, is_cut) = cut(text, LONGEST_TEXT);
                if is_cut {
                    *self.cut.entry(self.titles[usize::from(column)].clone()).or_default() += 1;
                }
                self.sheet.write_string(self.next, column, text)?;
            }
            // Excel keeps 15 digits.
            Cell::Integer(number) if number.unsigned_abs() < 1_000_000_000_000_000 => {
                #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
                self.sheet.write_number(self.next, column, *number as f64)?;
            }
            Cell::Date(date) => self.time(column, cell, date.and_time(NaiveTime::MIN))?,
            Cell::Time(time) => self.time(column, cell, time.naive_local())?,
            other => {
                self.sheet.write_string(self.next, column, other.to_string())?;
            }
        }
        Ok(())
    }

    fn time(&mut self, column: u16, cell: &Cell<'_>, time: NaiveDateTime) -> Result<(), XlsxError> {
        match ExcelDateTime::from_timestamp(time.and_utc().timestamp()) {
            Ok(excel) => {
                let format = if matches!(cell, Cell::Date(_)) { &self.date } else { &self.time };
                self.sheet.write_datetime_with_format(self.next, column, &excel, format)?
            }
            // Excel's calendar begins in 1900 and ends in 9999.
            Err(_) => self.sheet.write_string(self.next, column, cell.to_string())?,
        };
        Ok(())
    }

    fn close(&self, sheets: &mut Sheets, mut sheet: Worksheet) -> Result<(), XlsxError> {
        if let Some(last) = u16::try_from(self.titles.len()).ok().and_then(|columns| columns.checked_sub(1)) {
            sheet.autofilter(0, 0, self.next.saturating_sub(1).max(1), last)?;
        }
        sheets.workbook.push_worksheet(sheet);
        Ok(())
    }

    pub(super) fn finish(mut self, sheets: &mut Sheets) -> Result<(), XlsxError> {
        let sheet = std::mem::replace(&mut self.sheet, Worksheet::new());
        self.close(sheets, sheet)?;
        for (title, count) in self.cut {
            let wanted = &self.wanted;
            sheets.notes.push(Note {
                english: format!(
                    "answers.xlsx: {wanted}, column {title}: texts cut to {LONGEST_TEXT} characters, the limit of Excel: {count}; \
                     --format csv has them whole"
                ),
                chinese: format!(
                    "answers.xlsx：{wanted} 的「{title}」列有 {count} 个文本超过 Excel 上限，已截断为 {LONGEST_TEXT} 个字符，用 --format csv 可得到完整内容"
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

/// Cuts a text to a length in UTF-16, by which Excel counts. Returns whether it was cut.
fn cut(text: &str, longest: usize) -> (String, bool) {
    if text.len() <= longest || text.encode_utf16().count() <= longest {
        return (text.to_owned(), false);
    }
    let mut length = 0;
    let fits = |char: &char| {
        length += char.len_utf16();
        length <= longest
    };
    (text.chars().take_while(fits).collect(), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets() -> (tempfile::TempDir, Sheets) {
        let folder = tempfile::tempdir().unwrap();
        let sheets = Sheets::new(folder.path()).unwrap();
        (folder, sheets)
    }

    #[test]
    fn names_of_sheets_are_what_excel_takes() {
        let (_folder, mut sheets) = sheets();
        assert_eq!(sheets.name("a[]:*?/\\'b"), "a________b");
        assert_eq!(sheets.name("\u{1}\n\u{85}"), "___");
        assert_eq!(sheets.name("History"), "History_");
        assert_eq!(sheets.name(""), "_");
        assert_eq!([sheets.name("job"), sheets.name("JOB"), sheets.name("job")], ["job", "JOB (2)", "job (3)"]);
        assert_eq!(sheets.name(&"x".repeat(32)), "x".repeat(31));
        assert_eq!(sheets.name(&"x".repeat(40)), format!("{} (2)", "x".repeat(27)));
        assert_eq!(sheets.name(&"😷".repeat(31)), "😷".repeat(15));
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("长长", 2), ("长长".to_owned(), false));
        assert_eq!(cut("长长长", 2), ("长长".to_owned(), true));
        assert_eq!(cut("a😷", 2), ("a".to_owned(), true));
    }

    #[test]
    fn a_full_sheet_goes_on_in_a_further_one() {
        let (_folder, mut sheets) = sheets();
        sheets.most_rows = 3;
        let mut sheet = Sheet::new(&mut sheets, "job", vec!["title".to_owned()]).unwrap();
        for number in 0..5 {
            sheet.row(&mut sheets, &[Cell::Integer(number)]).unwrap();
        }
        sheet.finish(&mut sheets).unwrap();
        let names: Vec<_> = sheets.workbook.worksheets().iter().map(Worksheet::name).collect();
        assert_eq!(names, ["job", "job (2)", "job (3)"]);
    }

    #[test]
    fn limits_are_those_of_excel() {
        let (_folder, mut sheets) = sheets();
        assert_eq!((sheets.most_rows, MOST_COLUMNS), (1_048_576, 16_384));
        let mut sheet = Sheet::new(&mut sheets, "job", vec!["title".to_owned()]).unwrap();
        for length in [32_767, 32_768] {
            sheet.row(&mut sheets, &[Cell::Text("x".repeat(length).into())]).unwrap();
        }
        sheet.finish(&mut sheets).unwrap();
        assert!(
            sheets.notes[0]
                .english
                .starts_with("answers.xlsx: job, column title: texts cut to 32767 characters, the limit of Excel: 1")
        );
    }
}
