//! The rows of the page's table: who, when, and the value of each question. Only so many are kept, whatever their number.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use wecom_health::model::{Answer, JobInfo, QuestionId, QuestionTemplate, ReportValue};
use wecom_health_report::Roster;

use super::options::keys;
use crate::commands::answer_words::{reporter, time, value_in_words};
use crate::output::Output;
use crate::output::text::{cut, printable};

/// At most so many answers are kept, in the order of the server.
pub(super) const MOST_ROWS: usize = 5_000;
/// At most so many questions are kept, in the order of the job.
const MOST_QUESTIONS: usize = 100;
/// No more answers are kept once their texts have so many bytes: more than the page can hold.
const MOST_BYTES: usize = 2_000_000;
/// Columns of a cell: longer texts are cut.
const LONGEST_CELL: usize = 200;

/// The first answers as rows.
pub(super) struct Rows<'a> {
    /// The questions that have a column.
    pub(super) questions: Vec<&'a QuestionTemplate>,
    /// The place of each question of the job; those beyond the columns have none.
    places: HashMap<QuestionId, usize>,
    roster: Option<&'a Roster>,
    output: Output,
    pub(super) rows: Vec<Row>,
    bytes: usize,
    /// Whether a text was cut.
    pub(super) has_cut: bool,
}

/// An answer.
pub(super) struct Row {
    pub(super) reporter: String,
    /// Name and departments, where there is a roster.
    pub(super) person: Option<[String; 2]>,
    pub(super) time: String,
    /// A cell for each of the job's questions.
    pub(super) cells: Vec<Cell>,
    /// Values of other questions.
    pub(super) others: String,
}

/// The values of a question.
#[derive(Clone, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Their keys.
    pub(super) options: Vec<String>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(job: &'a JobInfo, roster: Option<&'a Roster>, output: Output) -> Self {
        let mut rows = Self {
            questions: Vec::new(),
            places: HashMap::new(),
            roster,
            output,
            rows: Vec::new(),
            bytes: 0,
            has_cut: false,
        };
        for question in &job.question_templates {
            let place = rows.places.len();
            if let Entry::Vacant(free) = rows.places.entry(question.question_id) {
                free.insert(place);
                rows.questions.extend((place < MOST_QUESTIONS).then_some(question));
            }
        }
        rows
    }

    /// Returns how many questions have no column.
    pub(super) fn further_questions(&self) -> usize {
        self.places.len() - self.questions.len()
    }

    /// Keeps an answer, unless there are enough.
    pub(super) fn add(&mut self, answer: &Answer) {
        if self.rows.len() == MOST_ROWS || self.bytes > MOST_BYTES {
            return;
        }
        let mut row = Row {
            reporter: self.shorten(&reporter(answer, self.output)),
            person: self.roster.map(|roster| person(roster, answer)).map(|texts| texts.map(|text| self.shorten(&text))),
            time: time(answer),
            cells: vec![Cell::default(); self.questions.len()],
            others: String::new(),
        };
        for value in &answer.report_values {
            self.fill(&mut row, value);
        }
        self.rows.push(row);
    }

    fn fill(&mut self, row: &mut Row, value: &ReportValue) {
        let Some(place) = self.places.get(&value.question_id).copied() else {
            let text = value_in_words(None, value, self.output);
            row.others = self.joined(&row.others, &format!("{}{}{text}", value.question_id, self.output.colon()));
            return;
        };
        let (Some(&question), Some(cell)) = (self.questions.get(place), row.cells.get_mut(place)) else { return };
        cell.options.extend(keys(value));
        cell.text = self.joined(&cell.text, &value_in_words(Some(question), value, self.output));
    }

    fn joined(&mut self, before: &str, text: &str) -> String {
        if before.is_empty() { self.shorten(text) } else { self.shorten(&format!("{before} / {text}")) }
    }

    fn shorten(&mut self, text: &str) -> String {
        let short = cut(text, LONGEST_CELL);
        self.has_cut |= short != text;
        self.bytes += short.len();
        short
    }
}

/// The name and the departments of who gave an answer.
fn person(roster: &Roster, answer: &Answer) -> [String; 2] {
    let Some(person) = roster.reporter(answer) else { return [String::new(), String::new()] };
    let name = printable(person.name.as_deref().unwrap_or_default());
    [name, printable(&person.department_names())]
}
