//! `wecom-health answers`: everybody's answers, a line for each person and a column for each question, or a block for each person
//! if the terminal is too narrow.

use std::collections::{HashMap, HashSet};
use std::mem;

use unicode_width::UnicodeWidthStr;
use wecom_health::Client;
use wecom_health::model::{Answer, JobInfo, QuestionId, QuestionTemplate, ReportValue};
use wecom_health_report::Roster;

use crate::arguments::{JobOnDay, ListFormat, Names};
use crate::commands::answer_words::{LONGEST_TEXT, append, reporter, time, value_in_words};
use crate::commands::kept::Kept;
use crate::commands::names;
use crate::failure::Failure;
use crate::output::table::{Column, Columns};
use crate::output::text::{cut, printable, wrapped};
use crate::output::{Output, list};

/// How many pages are fetched at once.
const CONCURRENCY: usize = 4;
/// No column is wider: longer texts are cut.
const MAX_COLUMN_WIDTH: usize = 40;
/// The width that the column of a question without options wants.
const DEFAULT_COLUMN_WIDTH: usize = 20;
/// If a column would be narrower, each answer is a block.
const MIN_COLUMN_WIDTH: usize = 10;
/// The width that the column of reporters wants: two ids such as the vendor's samples have.
const REPORTER_WIDTH: usize = 34;
/// The least width of that column: one such id.
const MIN_REPORTER_WIDTH: usize = 16;

/// Fetches the answers and prints them as they arrive.
pub(crate) async fn run(
    client: &Client,
    job: JobOnDay,
    names: &Names,
    format: &ListFormat,
    output: Output,
) -> Result<(), Failure> {
    let date = job.day.date;
    Kept::JOBS.warn_outside(date, output);
    let mut answers = client.report_answers(job.jobid.clone(), date).concurrency(CONCURRENCY).stream();
    if format.json {
        return list::print_json(&mut answers).await;
    }
    if format.ndjson {
        return list::print_ndjson(&mut answers).await;
    }
    let job = client.report_job_info(job.jobid, date).await?;
    let roster = names::of_reporters(client, &job, names, output).await?;
    let view = View::new(&job, roster.as_ref(), output);
    match view.columns() {
        Some(columns) => {
            let heading = columns.heading(output);
            list::print_lines(&mut answers, &heading, |answer| Ok(view.row(&columns, answer))).await
        }
        None => {
            let mut between = "";
            let block = |answer: &_| Ok(mem::replace(&mut between, "\n").to_owned() + &view.block(answer));
            list::print_lines(&mut answers, "", block).await
        }
    }
}

/// How the answers to a job are shown.
struct View<'a> {
    job: &'a JobInfo,
    questions: HashSet<QuestionId>,
    /// Whose names are shown.
    roster: Option<&'a Roster>,
    output: Output,
}

impl<'a> View<'a> {
    fn new(job: &'a JobInfo, roster: Option<&'a Roster>, output: Output) -> Self {
        let questions = job.question_templates.iter().map(|question| question.question_id).collect();
        Self { job, questions, roster, output }
    }

    /// Returns the columns: who, when and each question; `None` if they do not fit.
    fn columns(&self) -> Option<Columns> {
        let [who, when] = self.output.pick(["Reporter", "Time"], ["填写人", "填写时间"]);
        let questions = self.job.question_templates.iter().map(|question| {
            let options = question.option_list.iter().map(|option| option.option_text.width()).max();
            let title = printable(&question.title);
            let width = title.width().max(options.unwrap_or(DEFAULT_COLUMN_WIDTH)).clamp(1, MAX_COLUMN_WIDTH);
            Column::new(title, width, MIN_COLUMN_WIDTH)
        });
        let time = "2020-03-27 08:00:00".len();
        // An id that is cut could be anybody's.
        let who = Column::wrapping(who, REPORTER_WIDTH, MIN_REPORTER_WIDTH);
        let columns: Vec<_> = [who, Column::new(when, time, time)].into_iter().chain(questions).collect();
        let fits = Columns::least_width(&columns) <= self.output.width;
        fits.then(|| Columns::fit(columns, self.output.width))
    }

    /// Returns a row, and below it the values of questions that the job does not have, because it may have changed since.
    fn row(&self, columns: &Columns, answer: &Answer) -> String {
        let mut values: HashMap<QuestionId, String> = HashMap::new();
        let mut others = String::new();
        for value in &answer.report_values {
            let question = self.question(value);
            let text = value_in_words(question, value, self.output);
            if question.is_some() {
                append(values.entry(value.question_id).or_default(), " / ", &text);
            } else {
                append(&mut others, " / ", &format!("{}{}{text}", value.question_id, self.output.colon()));
            }
        }
        let asked = self.job.question_templates.iter().map(|question| values.remove(&question.question_id));
        let asked = asked.map(Option::unwrap_or_default);
        let cells: Vec<_> = [self.reporter(answer), time(answer)].into_iter().chain(asked).collect();
        columns.row(&cells) + &self.others(&others)
    }

    fn others(&self, values: &str) -> String {
        if values.is_empty() {
            return String::new();
        }
        let text = format!("{}{}{values}", self.output.pick("Other questions", "其他问题"), self.output.colon());
        let options = textwrap::Options::new(self.output.width).initial_indent("  ").subsequent_indent("    ");
        wrapped(&text, options).into_iter().map(|line| line + "\n").collect()
    }

    /// Returns a line with who and when, or one for each if they do not fit together; then a line for each value. Long lines wrap.
    fn block(&self, answer: &Answer) -> String {
        let options = textwrap::Options::new(self.output.width).subsequent_indent("    ");
        let (who, when) = (self.reporter(answer), time(answer));
        let head = format!("{who}  {when}").trim_end().to_owned();
        let head = if head.width() <= self.output.width {
            vec![head]
        } else {
            let when = (!when.is_empty()).then(|| format!("    {when}"));
            wrapped(&who, options.clone()).into_iter().chain(when).collect()
        };
        let mut lines: Vec<_> = head.iter().map(|line| self.output.heading(line)).collect();
        let options = options.initial_indent("  ");
        for value in &answer.report_values {
            let question = self.question(value);
            let title = match question {
                Some(question) => cut(&printable(&question.title), LONGEST_TEXT),
                None => {
                    self.output.pick(format!("question {}", value.question_id), format!("问题 {}", value.question_id))
                }
            };
            let text = format!("{title}{}{}", self.output.colon(), value_in_words(question, value, self.output));
            lines.extend(wrapped(&text, options.clone()));
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// Returns who gave an answer, the name first if it is known.
    fn reporter(&self, answer: &Answer) -> String {
        let id = reporter(answer, self.output);
        match self.roster.and_then(|roster| names::of_reporter(roster, answer)) {
            Some(name) => format!("{} {id}", cut(&printable(&name), MAX_COLUMN_WIDTH)),
            None => id,
        }
    }

    fn question(&self, value: &ReportValue) -> Option<&'a QuestionTemplate> {
        self.questions.contains(&value.question_id).then(|| self.job.question(value.question_id)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wecom_health::model::Language;

    use super::*;

    #[test]
    fn who_and_when_are_bold_on_a_terminal() {
        let job =
            json!({"title": "t", "creator": "c", "type": 1, "report_type": 1, "skip_weekend": 0, "finish_cnt": 1});
        let job = serde_json::from_value(job).unwrap();
        let value = json!({"question_id": 1, "text": "36.5"});
        let answer = json!({"id_type": 1, "userid": "user1", "report_time": 1_585_267_200, "report_values": [value]});
        let view = View::new(&job, None, Output::for_tests(Language::English).bold());
        let block = view.block(&serde_json::from_value(answer).unwrap());
        assert_eq!(block, "\u{1b}[1muser1  2020-03-27 08:00:00\u{1b}[0m\n  question 1: 36.5\n");
    }
}
