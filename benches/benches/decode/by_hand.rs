//! The types as somebody might write them by hand: no newtypes, no names for codes, no null lists.

#![expect(dead_code, reason = "the fields are decoded, not read")]

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Answers {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    errmsg: String,
    #[serde(default)]
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    id_type: i64,
    userid: Option<String>,
    student_userid: Option<String>,
    parent_userid: Option<String>,
    report_time: Option<i64>,
    #[serde(default)]
    report_values: Vec<ReportValue>,
}

#[derive(Deserialize)]
struct ReportValue {
    question_id: i64,
    text: Option<String>,
    single_choice: Option<i64>,
    #[serde(default)]
    multi_choice: Vec<i64>,
    #[serde(default)]
    fileid: Vec<String>,
    url: Option<String>,
    itinerary_card_type: Option<i64>,
    high_risk_area: Option<Value>,
}

#[derive(Deserialize)]
pub(crate) struct Job {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    errmsg: String,
    job_info: Option<JobInfo>,
}

#[derive(Deserialize)]
struct JobInfo {
    title: String,
    creator: String,
    #[serde(rename = "type")]
    job_type: i64,
    #[serde(default)]
    apply_range: ApplyRange,
    #[serde(default)]
    report_to: ReportTo,
    report_type: i64,
    skip_weekend: i64,
    finish_cnt: i64,
    #[serde(default)]
    question_templates: Vec<Question>,
}

#[derive(Default, Deserialize)]
struct ApplyRange {
    #[serde(default)]
    userids: Vec<String>,
    #[serde(default)]
    partyids: Vec<i64>,
}

#[derive(Default, Deserialize)]
struct ReportTo {
    #[serde(default)]
    userids: Vec<String>,
}

#[derive(Deserialize)]
struct Question {
    question_id: i64,
    title: String,
    question_type: i64,
    is_required: i64,
    #[serde(default)]
    option_list: Vec<QuestionOption>,
}

#[derive(Deserialize)]
struct QuestionOption {
    option_id: i64,
    option_text: String,
}
