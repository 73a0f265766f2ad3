//! Rows of answers lose nothing and never shift.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};
use wecom_health_report::Roster;
use wecom_health_report::model::{Answer, JobInfo, Language};
use wecom_health_report::rows::{Heading, Wide, long_rows};

fn job(questions: &Value) -> JobInfo {
    let job = json!({
        "title": "Daily", "creator": "user1", "type": 1, "report_type": 2, "skip_weekend": 0, "finish_cnt": 1,
        "question_templates": questions,
    });
    serde_json::from_value(job).unwrap()
}

fn question(id: i64, title: &str, options: &[&str]) -> Value {
    let options: Vec<_> = (1..).zip(options).map(|(id, text)| json!({"option_id": id, "option_text": text})).collect();
    json!({"question_id": id, "title": title, "question_type": 3, "is_required": 0, "option_list": options})
}

fn answer(values: &Value) -> Answer {
    serde_json::from_value(json!({"id_type": 1, "userid": "USER1", "report_time": 0, "report_values": values})).unwrap()
}

fn texts(wide: &Wide<'_>, answer: &Answer) -> Vec<String> {
    wide.row(answer).iter().map(ToString::to_string).collect()
}

#[test]
fn titles_that_are_not_unique_have_the_id_of_their_question() {
    let job = job(&json!([
        question(1, "same", &[]),
        question(2, "same", &[]),
        question(3, "userid", &[]),
        question(4, "", &[])
    ]));
    let wide = Wide::new(&job, &[9.into()], None, Language::English);
    assert_eq!(wide.titles()[5..], ["same [1]", "same [2]", "userid [3]", "[4]", "[9]"]);
    assert_eq!(wide.headings()[9], Heading::Question(9.into()));
}

#[test]
fn no_two_columns_have_the_same_title() {
    let questions = [(1, "A"), (2, "A"), (3, "A [1]"), (4, "[9]"), (5, "B [6]"), (6, "B"), (7, "B")];
    let job = job(&json!(questions.map(|(id, title)| question(id, title, &[]))));
    let wide = Wide::new(&job, &[9.into()], None, Language::English);
    let expected = ["A [1]", "A [2]", "A [1] [3]", "[9]", "B [6]", "B [6] [6]", "B [7]", "[9] [9]"];
    assert_eq!(wide.titles()[5..], expected);
}

#[test]
fn several_values_are_separated_by_what_no_option_contains() {
    for (options, expected) in [
        (["a", "b"], "a; b"),
        (["a; b", "c"], "a; b | c"),
        (["a; b", "c | d"], "a; b / c | d"),
        (["; | /", "||"], "; | / ||| ||"),
    ] {
        let job = job(&json!([question(1, "q", &options)]));
        let wide = Wide::new(&job, &[], None, Language::English);
        assert_eq!(texts(&wide, &answer(&json!([{"question_id": 1, "multi_choice": [1, 2]}])))[5], expected);
    }
}

#[test]
fn a_question_answered_twice_keeps_both_values() {
    let job = job(&json!([question(1, "q", &[])]));
    let wide = Wide::new(&job, &[], None, Language::English);
    let twice = answer(&json!([{"question_id": 1, "text": "once"}, {"question_id": 1, "text": "twice"}]));
    assert_eq!(texts(&wide, &twice)[5], "once; twice");
}

#[test]
fn an_option_that_the_job_lacks_is_shown_by_its_number() {
    let job = job(&json!([question(1, "q", &["a"])]));
    let wide = Wide::new(&job, &[], None, Language::English);
    assert_eq!(texts(&wide, &answer(&json!([{"question_id": 1, "single_choice": 9}])))[5], "9");
}

#[test]
fn names_and_departments_come_from_the_roster() {
    let roster = Roster::from_csv(b"userid,name,department\nuser1,Wang,Sales\nuser1,Wang,Board\n").unwrap();
    let job = job(&json!([]));
    let wide = Wide::new(&job, &[], Some(&roster), Language::English);
    assert_eq!(wide.titles()[5..], ["name", "department"]);
    assert_eq!(texts(&wide, &answer(&json!([])))[5..], ["Wang", "Sales; Board"]);
}

#[test]
fn an_answer_without_values_is_still_a_row() {
    let job = job(&json!([]));
    let empty = answer(&json!([]));
    let rows = long_rows(&"jobid1".into(), &job, "2020-03-27".parse().unwrap(), &empty, Language::English).len();
    assert_eq!(rows, 1);
}

#[test]
fn each_option_and_file_is_a_row_of_the_long_table() {
    let job = job(&json!([question(1, "q", &["a", "b"])]));
    let values = json!([
        {"question_id": 1, "multi_choice": [2, 1]}, {"question_id": 7, "fileid": ["f1", "f2"]},
        {"question_id": 8, "itinerary_card_type": 1, "high_risk_area": ["x"]},
    ]);
    let answer = answer(&values);
    let jobid = "jobid1".into();
    let rows = long_rows(&jobid, &job, "2020-03-27".parse().unwrap(), &answer, Language::English);
    let shown: Vec<_> = rows.iter().map(|row| (row.kind, row.title, &*row.value)).collect();
    assert_eq!(
        shown,
        [
            ("multi_choice", Some("q"), "b"),
            ("multi_choice", Some("q"), "a"),
            ("fileid", None, "f1"),
            ("fileid", None, "f2"),
            ("itinerary_card_type", None, "Green"),
            ("high_risk_area", None, "[\"x\"]"),
        ]
    );
}

#[test]
fn debug_shows_no_answer() {
    let job = job(&json!([]));
    let answer = answer(&json!([{"question_id": 1, "text": "marked"}]));
    let wide = Wide::new(&job, &[1.into()], None, Language::English);
    let jobid = "jobid1".into();
    let rows = long_rows(&jobid, &job, "2020-03-27".parse().unwrap(), &answer, Language::English);
    assert!(texts(&wide, &answer).contains(&"marked".to_owned()) && rows[0].value == "marked");
    assert!(!format!("{wide:?} {:?} {rows:?}", wide.row(&answer)).contains("marked"));
}
