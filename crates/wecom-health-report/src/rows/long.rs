//! A row for each option or file, for databases.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use wecom_health_model::{Answer, JobId, JobInfo, Language, NaiveDate, OptionId, QuestionId, UserId};

use super::cell;
use super::texts::texts;

/// A row: an option, a file, a text, or an answer without values. `Debug` leaves out what was answered.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LongRow<'a> {
    /// The job.
    pub jobid: &'a JobId,
    /// The day of the answer.
    pub date: NaiveDate,
    /// Whether a member answered, or a parent for a student.
    pub id_type: i64,
    /// The member.
    pub userid: Option<&'a UserId>,
    /// The student.
    pub student_userid: Option<&'a UserId>,
    /// The parent.
    pub parent_userid: Option<&'a UserId>,
    /// When the answer was given, like 2020-03-27T08:00:00+08:00.
    pub report_time: String,
    /// The question; nothing for an answer without values.
    pub question_id: Option<QuestionId>,
    /// The question's title, if the job has the question.
    pub title: Option<&'a str>,
    /// The vendor's name of the field that holds the value, e.g. `single_choice`.
    pub kind: &'static str,
    /// The option, if it is one.
    pub option_id: Option<OptionId>,
    /// The text, the option's text, or the file.
    pub value: Cow<'a, str>,
}

/// Returns the rows of an answer, at least one. Labels of codes are in the language.
pub fn long_rows<'a>(
    jobid: &'a JobId,
    job: &'a JobInfo,
    date: NaiveDate,
    answer: &'a Answer,
    language: Language,
) -> Vec<LongRow<'a>> {
    let empty = LongRow {
        jobid,
        date,
        id_type: answer.id_type.value(),
        userid: answer.userid.as_ref(),
        student_userid: answer.student_userid.as_ref(),
        parent_userid: answer.parent_userid.as_ref(),
        report_time: cell::time(answer).to_string(),
        question_id: None,
        title: None,
        kind: "",
        option_id: None,
        value: Cow::Borrowed(""),
    };
    let mut rows = Vec::new();
    for value in &answer.report_values {
        let question = job.question(value.question_id);
        let title = question.map(|question| question.title.as_str());
        rows.extend(texts(question, value, language).into_iter().map(|part| LongRow {
            question_id: Some(value.question_id),
            title,
            kind: part.kind,
            option_id: part.option,
            value: part.text,
            ..empty.clone()
        }));
    }
    if rows.is_empty() { vec![empty] } else { rows }
}

impl fmt::Debug for LongRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { jobid, date, question_id, kind, .. } = self;
        let mut fields = f.debug_struct("LongRow");
        fields.field("jobid", jobid).field("date", date).field("question_id", question_id).field("kind", kind);
        fields.finish_non_exhaustive()
    }
}
