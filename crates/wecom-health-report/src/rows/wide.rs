//! A row for each answer, and a column for each question.

use std::collections::{HashMap, HashSet};
use std::fmt;

use wecom_health_model::{Answer, JobInfo, Language, QuestionId, QuestionTemplate};

use super::cell::{self, Cell};
use super::texts::texts;
use crate::{Person, Roster};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Heading {
    /// When the answer was given.
    Time,
    /// Whether a member answered, or a parent for a student.
    IdType,
    /// The member.
    UserId,
    /// The student.
    StudentUserId,
    /// The parent.
    ParentUserId,
    /// Name of the member or the student, by the roster.
    Name,
    /// Departments of the member or the student, by the roster.
    Department,
    /// The value of a question.
    Question(QuestionId),
}

/// The columns of a job's answers, which are fixed before the first row.
///
/// ```
/// use wecom_health_report::model::{Answer, JobInfo, Language, from_slice};
/// use wecom_health_report::rows::Wide;
///
/// let job: JobInfo = from_slice(br#"{"title": "Daily", "creator": "user1", "type": 1, "report_type": 2, "skip_weekend": 0, "finish_cnt": 1,
///     "question_templates": [{"question_id": 1, "title": "Temperature", "question_type": 1, "is_required": 1}]}"#)?;
/// let answer: Answer = from_slice(br#"{"id_type": 1, "userid": "user1", "report_time": 1585267200,
///     "report_values": [{"question_id": 1, "text": "36.5"}]}"#)?;
/// let wide = Wide::new(&job, &[], None, Language::English);
/// assert_eq!(wide.titles(), ["report_time", "id_type", "userid", "student_userid", "parent_userid", "Temperature"]);
/// let row: Vec<_> = wide.row(&answer).iter().map(ToString::to_string).collect();
/// assert_eq!(row, ["2020-03-27T08:00:00+08:00", "1", "user1", "", "", "36.5"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Wide<'a> {
    headings: Vec<Heading>,
    titles: Vec<String>,
    /// The column and the separator of each question.
    questions: HashMap<QuestionId, Question<'a>>,
    roster: Option<&'a Roster>,
    language: Language,
}

struct Question<'a> {
    column: usize,
    template: Option<&'a QuestionTemplate>,
    /// What separates several values: it occurs in none of the options.
    separator: String,
}

impl<'a> Wide<'a> {
    /// Fixes the columns: those of every answer, name and department if there is a roster, the job's questions in its order, and then
    /// the other questions, which answers have and the job no longer does.
    ///
    /// A title that occurs twice, or is missing, comes with the id of its question, so that no two columns have the same. Labels of codes are in the language.
    pub fn new(job: &'a JobInfo, others: &[QuestionId], roster: Option<&'a Roster>, language: Language) -> Self {
        let mut wide = Self { headings: Vec::new(), titles: Vec::new(), questions: HashMap::new(), roster, language };
        let who = [
            (Heading::Time, "report_time"),
            (Heading::IdType, "id_type"),
            (Heading::UserId, "userid"),
            (Heading::StudentUserId, "student_userid"),
            (Heading::ParentUserId, "parent_userid"),
        ];
        let named = [(Heading::Name, "name"), (Heading::Department, "department")];
        for (heading, title) in who.into_iter().chain(named.into_iter().filter(|_| roster.is_some())) {
            wide.headings.push(heading);
            wide.titles.push(title.to_owned());
        }
        let fixed = wide.titles.clone();
        let mut times: HashMap<&str, usize> = fixed.iter().map(|title| (title.as_str(), 1)).collect();
        for question in &job.question_templates {
            *times.entry(&question.title).or_default() += 1;
        }
        let mut taken: HashSet<String> = fixed.iter().cloned().collect();
        for question in &job.question_templates {
            let (id, title) = (question.question_id, question.title.as_str());
            let is_alone = times.get(title) == Some(&1) && !title.is_empty();
            let title = if is_alone { title.to_owned() } else { with_id(title, id) };
            wide.add(id, Some(question), title, &mut taken);
        }
        for id in others {
            wide.add(*id, None, with_id("", *id), &mut taken);
        }
        wide
    }

    fn add(
        &mut self,
        id: QuestionId,
        template: Option<&'a QuestionTemplate>,
        title: String,
        taken: &mut HashSet<String>,
    ) {
        let column = self.headings.len();
        if let std::collections::hash_map::Entry::Vacant(free) = self.questions.entry(id) {
            free.insert(Question { column, template, separator: separator(template) });
            self.headings.push(Heading::Question(id));
            let mut title = title;
            while !taken.insert(title.clone()) {
                title = with_id(&title, id);
            }
            self.titles.push(title);
        }
    }

    /// Returns what each column holds.
    pub fn headings(&self) -> &[Heading] {
        &self.headings
    }

    /// Returns the title of each column: the name of the vendor's field, or the question.
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// Returns the cells of an answer, one for each column. Values of questions that have no column are left out.
    pub fn row<'b>(&'b self, answer: &'b Answer) -> Vec<Cell<'b>> {
        let person = self.roster.and_then(|roster| roster.reporter(answer));
        let mut cells: Vec<Cell<'b>> =
            self.headings.iter().map(|heading| head(*heading, answer, person.as_ref())).collect();
        for value in &answer.report_values {
            let Some(question) = self.questions.get(&value.question_id) else { continue };
            for part in texts(question.template, value, self.language) {
                let cell = &mut cells[question.column];
                *cell = match std::mem::replace(cell, Cell::Empty) {
                    Cell::Text(before) => Cell::text(format!("{before}{}{}", question.separator, part.text)),
                    _ => Cell::Text(part.text),
                };
            }
        }
        cells
    }
}

/// `Debug` counts the columns.
impl fmt::Debug for Wide<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wide").field("columns", &self.headings.len()).finish_non_exhaustive()
    }
}

/// The cell of a column that is no question's.
fn head<'a>(heading: Heading, answer: &'a Answer, person: Option<&Person>) -> Cell<'a> {
    match heading {
        Heading::Time => cell::time(answer),
        Heading::IdType => Cell::Integer(answer.id_type.value()),
        Heading::UserId => Cell::id(answer.userid.as_ref()),
        Heading::StudentUserId => Cell::id(answer.student_userid.as_ref()),
        Heading::ParentUserId => Cell::id(answer.parent_userid.as_ref()),
        Heading::Name => person.and_then(|person| person.name.clone()).map_or(Cell::Empty, Cell::text),
        Heading::Department => person.map_or(Cell::Empty, |person| Cell::text(person.department_names())),
        Heading::Question(_) => Cell::Empty,
    }
}

fn with_id(title: &str, id: QuestionId) -> String {
    if title.is_empty() { format!("[{id}]") } else { format!("{title} [{id}]") }
}

/// Returns a separator that occurs in none of a question's options.
fn separator(question: Option<&QuestionTemplate>) -> String {
    let is_free = |separator: &str| {
        let mut options = question.into_iter().flat_map(|question| &question.option_list);
        options.all(|option| !option.option_text.contains(separator.trim()))
    };
    let candidates = ["; ", " | ", " / "].map(str::to_owned).into_iter();
    let mut longer = candidates.chain((2..).map(|length| format!(" {} ", "|".repeat(length))));
    longer.find(|separator| is_free(separator)).unwrap_or_default()
}
