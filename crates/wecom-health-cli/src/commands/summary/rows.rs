//! The rows of the page's table: who, when, and the value of each question. Only so many are kept, whatever their number.

use std::collections::HashMap;

use wecom_health::model::{Answer, JobInfo, OptionId, QuestionId, ReportValue, TypedValue};
use wecom_health_report::Roster;

use crate::commands::answer_words::{reporter, time, value_in_words};
use crate::output::Output;
use crate::output::text::{cut, printable};

/// At most so many answers are kept, in the order of the server.
pub(super) const MOST_ROWS: usize = 5_000;
/// Columns of a cell: longer texts are cut.
const LONGEST_CELL: usize = 200;

/// The first answers as rows.
pub(super) struct Rows<'a> {
    /// The place of each question's cell.
    places: HashMap<QuestionId, usize>,
    job: &'a JobInfo,
    roster: Option<&'a Roster>,
    output: Output,
    pub(super) rows: Vec<Row>,
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
    pub(super) options: Vec<OptionId>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(job: &'a JobInfo, roster: Option<&'a Roster>, output: Output) -> Self {
        let mut places = HashMap::new();
        for (place, question) in job.question_templates.iter().enumerate() {
            places.entry(question.question_id).or_insert(place);
        }
        Self { places, job, roster, output, rows: Vec::new(), has_cut: false }
    }

    /// Keeps an answer, unless there are enough.
    pub(super) fn add(&mut self, answer: &Answer) {
        if self.rows.len() == MOST_ROWS {
            return;
        }
        let mut row = Row {
            reporter: self.shorten(&reporter(answer, self.output)),
            person: self.roster.map(|roster| self.person(roster, answer)),
            time: time(answer),
            cells: vec![Cell::default(); self.job.question_templates.len()],
            others: String::new(),
        };
        for value in &answer.report_values {
            self.fill(&mut row, value);
        }
        self.rows.push(row);
    }

    fn person(&self, roster: &Roster, answer: &Answer) -> [String; 2] {
        let person = roster.reporter(answer);
        let name = person.as_ref().and_then(|person| person.name.clone()).unwrap_or_default();
        let departments = person.map(|person| person.department_names()).unwrap_or_default();
        [name, departments].map(|text| cut(&printable(&text), LONGEST_CELL))
    }

    fn fill(&mut self, row: &mut Row, value: &ReportValue) {
        let place = self.places.get(&value.question_id).copied();
        let question = place.map(|place| &self.job.question_templates[place]);
        let text = value_in_words(question, value, self.output);
        let Some(cell) = place.and_then(|place| row.cells.get_mut(place)) else {
            let text = format!("{}{}{text}", value.question_id, self.output.colon());
            row.others = self.joined(&row.others, &text);
            return;
        };
        match value.typed() {
            TypedValue::SingleChoice(choice) => cell.options.push(choice),
            TypedValue::MultiChoice(choices) => cell.options.extend(choices),
            _ => {}
        }
        cell.text = self.joined(&cell.text, &text);
    }

    fn joined(&mut self, before: &str, text: &str) -> String {
        if before.is_empty() { self.shorten(text) } else { self.shorten(&format!("{before} / {text}")) }
    }

    fn shorten(&mut self, text: &str) -> String {
        let short = cut(text, LONGEST_CELL);
        self.has_cut |= short.len() < text.len();
        short
    }
}
