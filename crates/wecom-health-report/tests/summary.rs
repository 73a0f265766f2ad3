//! How answers are distributed over options.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use proptest::prelude::*;
use serde_json::{Value, json};
use support::{job, of};
use wecom_health_report::Summary;
use wecom_health_report::model::{Answer, JobInfo, Language};

mod support;

fn asked() -> JobInfo {
    let question = |id: i64, kind: i64, options: &[&str]| {
        let options: Vec<_> =
            (1..).zip(options).map(|(id, text)| json!({"option_id": id, "option_text": text})).collect();
        json!({"question_id": id, "title": format!("Q{id}"), "question_type": kind, "is_required": 0, "option_list": options})
    };
    let questions = [
        question(1, 2, &["yes", "no"]),
        question(2, 3, &["cough", "fever", "none"]),
        question(3, 1, &[]),
        question(4, 4, &[]),
        question(5, 6, &[]),
    ];
    job(json!({ "question_templates": questions }))
}

fn answer(values: &Value) -> Answer {
    of(json!({"id_type": 1, "userid": "user1", "report_values": values}))
}

fn summary(answers: &[Value]) -> Summary {
    let mut summary = Summary::new(&asked());
    answers.iter().for_each(|values| summary.add(&answer(values)));
    summary
}

/// How many answered a question, how many of them chose no option, and how often each option was chosen.
fn counts(summary: &Summary, id: i64) -> (usize, usize, Vec<(String, usize)>) {
    let question = summary.questions.iter().find(|question| i64::from(question.question_id) == id).unwrap();
    let options = question.options.iter();
    let options = options.map(|option| (option.choice.label(Language::English).into_owned(), option.count));
    (question.answered, question.without_option, options.filter(|(_, count)| *count > 0).collect())
}

#[test]
fn every_option_is_there_before_the_first_answer() {
    let summary = summary(&[]);
    let options: Vec<_> = summary.questions.iter().map(|question| question.options.len()).collect();
    assert_eq!(options, [2, 3, 0, 0, 6], "the itinerary card has the codes of the schema");
    assert!(summary.questions.iter().all(|question| question.answered == 0 && question.without_option == 0));
}

#[test]
fn values_of_every_kind_are_counted() {
    let summary = summary(&[
        json!([{"question_id": 1, "single_choice": 1}, {"question_id": 2, "multi_choice": [1, 2]}, {"question_id": 3, "text": "fine"}]),
        json!([{"question_id": 1, "single_choice": 2}, {"question_id": 2, "multi_choice": [2]}, {"question_id": 4, "fileid": ["f"]}]),
        json!([{"question_id": 5, "itinerary_card_type": 1}]),
        json!([]),
    ]);
    assert_eq!(summary.answers, 4);
    let named = |pairs: &[(&str, usize)]| pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    assert_eq!(counts(&summary, 1), (2, 0, named(&[("yes", 1), ("no", 1)])));
    assert_eq!(counts(&summary, 2), (2, 0, named(&[("cough", 1), ("fever", 2)])));
    assert_eq!(counts(&summary, 3), (1, 1, vec![]));
    assert_eq!(counts(&summary, 4), (1, 1, vec![]));
    assert_eq!(counts(&summary, 5), (1, 0, named(&[("Green", 1)])));
}

#[test]
fn what_is_not_filled_in_is_not_counted() {
    let summary = summary(&[
        json!([{"question_id": 1}, {"question_id": 2, "multi_choice": []}, {"question_id": 3, "text": " \n"}]),
        json!([{"question_id": 3, "text": ""}, {"question_id": 4, "fileid": null}]),
    ]);
    assert!(summary.questions.iter().all(|question| question.answered == 0), "{summary:?}");
}

#[test]
fn a_question_counts_once_for_an_answer() {
    let twice = json!([{"question_id": 2, "multi_choice": [1, 1]}, {"question_id": 2, "multi_choice": [1, 3]}]);
    assert_eq!(counts(&summary(&[twice]), 2), (1, 0, vec![("cough".into(), 1), ("none".into(), 1)]));
}

#[test]
fn what_the_job_does_not_have_is_counted_under_its_number() {
    let summary = summary(&[
        json!([{"question_id": 1, "single_choice": 9}, {"question_id": 77, "single_choice": 4_294_967_297_i64}]),
        json!([{"question_id": 5, "itinerary_card_type": 99}, {"question_id": 1, "text": "yes"}]),
    ]);
    assert_eq!(counts(&summary, 1), (2, 1, vec![("9".into(), 1)]));
    assert_eq!(counts(&summary, 77), (1, 0, vec![("4294967297".into(), 1)]));
    assert_eq!(counts(&summary, 5), (1, 0, vec![("99".into(), 1)]));
    let last = summary.questions.last().unwrap();
    assert_eq!((&last.title, last.question_type), (&None, None));
}

#[test]
fn counts_do_not_depend_on_the_order_of_the_answers() {
    let mut answers = vec![
        json!([{"question_id": 77, "text": "a"}, {"question_id": 1, "single_choice": 9}]),
        json!([{"question_id": 77, "single_choice": 2}, {"question_id": 2, "multi_choice": [9, 7, 8, 1]}]),
        json!([{"question_id": 77, "multi_choice": [3, 2]}]),
    ];
    let forward = summary(&answers);
    answers.reverse();
    let backward = summary(&answers);
    for id in [1, 2, 77] {
        let sorted = |summary: &Summary| {
            let (answered, without, mut options) = counts(summary, id);
            options.sort();
            (answered, without, options)
        };
        assert_eq!(sorted(&forward), sorted(&backward));
    }
    assert_eq!(counts(&forward, 77), (3, 1, vec![("2".into(), 2), ("3".into(), 1)]));
    let names: Vec<_> = counts(&forward, 2).2.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["cough", "7", "8", "9"], "the same in each run");
}

#[test]
fn json_has_ids_texts_and_counts() {
    let summary = serde_json::to_value(summary(&[json!([{"question_id": 1, "single_choice": 2}])])).unwrap();
    assert_eq!(
        summary["questions"][0],
        json!({"question_id": 1, "title": "Q1", "question_type": 2, "answered": 1, "without_option": 0, "options": [
            {"option_id": 1, "option_text": "yes", "count": 0}, {"option_id": 2, "option_text": "no", "count": 1}]})
    );
    assert_eq!(summary["questions"][4]["options"][1], json!({"itinerary_card_type": 1, "count": 0}));
}

#[test]
fn debug_shows_no_text() {
    let summary = summary(&[json!([{"question_id": 1, "single_choice": 2}])]);
    let shown = format!("{summary:?} {:?}", summary.questions[0].options);
    assert!(!shown.contains("yes") && !shown.contains("Q1"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    /// Counted the other way around: for each question and option, how many answers have it.
    #[test]
    fn counts_are_those_of_a_plain_count(chosen in prop::collection::vec((0_i64..4, prop::collection::vec(0_i64..5, 0..4)), 0..20)) {
        let answers: Vec<_> = chosen.iter().map(|(one, several)| {
            json!([{"question_id": 1, "single_choice": one}, {"question_id": 2, "multi_choice": several}])
        }).collect();
        let summary = summary(&answers);
        let question = &summary.questions[1];
        prop_assert_eq!(question.answered, chosen.iter().filter(|(_, several)| !several.is_empty()).count());
        for (id, option) in (1..=3).zip(&question.options) {
            prop_assert_eq!(option.count, chosen.iter().filter(|(_, several)| several.contains(&id)).count());
        }
        let singles: usize = summary.questions[0].options.iter().map(|option| option.count).sum();
        prop_assert_eq!(singles, chosen.len(), "each answer chose one");
    }
}
