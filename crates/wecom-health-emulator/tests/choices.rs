//! Where the vendor says nothing, the emulator does what the README says, and it can be chosen.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use serde_json::{Value, json};
use support::{json, path, post, token};
use wecom_health_emulator::{Choices, Emulator, Ending, LimitOver100, OldDays};

mod support;

/// Noon of 2020-03-27 in China.
const NOON: i64 = 1_585_281_600;

/// The errcode of a response by default, and after `change`.
async fn codes(change: fn(&mut Choices), name: &str, body: Value) -> (Value, Value) {
    let start = || Emulator::builder().samples().fixed_clock(NOON);
    let (default, changed) = (start().start().await.unwrap(), start().choose(change).start().await.unwrap());
    let code = async |emulator: &Emulator| post(emulator, &token(emulator).await, name, &body).await["errcode"].clone();
    (code(&default).await, code(&changed).await)
}

#[tokio::test]
async fn undocumented_errcodes_can_be_chosen() {
    let job = |jobid: &str, date: &str| json!({"jobid": jobid, "date": date});
    let info = "get_report_job_info";
    let unknown = codes(|choices| choices.unknown_job = 60011, info, job("nope", "2020-03-27")).await;
    assert_eq!(unknown, (json!(40088), json!(60011)));
    let invalid = codes(|choices| choices.invalid_parameter = 40063, info, job("jobid1", "2020-13-01")).await;
    assert_eq!(invalid, (json!(40058), json!(40063)));
    let over =
        codes(|choices| choices.limit_over_100 = LimitOver100::Lowered, "get_report_jobids", json!({"limit": 101}));
    assert_eq!(over.await, (json!(40058), json!(0)));
    let not_json = codes(|choices| choices.not_json = 40058, info, json!("text")).await;
    assert_eq!(not_json, (json!(40063), json!(40058)));
    let emulator = Emulator::builder().choose(|choices| choices.wrong_method = 40063).start().await.unwrap();
    let target = format!("{}?access_token={}", path(info), token(&emulator).await);
    assert_eq!(json(&emulator, "GET", &target, "").await["errcode"], 40063);
}

#[tokio::test]
async fn old_days_are_refused_if_chosen() {
    let refuse: fn(&mut Choices) = |choices| choices.old_days = OldDays::Refused;
    for (date, code) in [("2020-03-28", 40058), ("2020-03-27", 0), ("2020-02-26", 0), ("2020-02-25", 40058)] {
        let codes = codes(refuse, "get_health_report_stat", json!({"date": date})).await;
        assert_eq!(codes, (json!(0), json!(code)), "{date}");
    }
    for (date, code) in [("2020-03-28", 40058), ("2020-03-27", 0), ("2020-03-14", 0), ("2020-03-13", 40058)] {
        for name in ["get_report_job_info", "get_report_answer"] {
            let codes = codes(refuse, name, json!({"jobid": "jobid1", "date": date}));
            assert_eq!(codes.await, (json!(0), json!(code)), "{name} {date}");
        }
    }
}

#[tokio::test]
async fn default_limit_and_ending_can_be_chosen() {
    let builder = Emulator::builder().synthetic(3, 50, 1).fixed_clock(NOON);
    let emulator = builder
        .choose(|choices| {
            choices.default_limit = 20;
            choices.ending = Ending::Absent;
        })
        .start()
        .await
        .unwrap();
    let token = token(&emulator).await;
    let response =
        post(&emulator, &token, "get_report_answer", &json!({"jobid": "job0000", "date": "2020-03-27"})).await;
    assert_eq!(response["answers"].as_array().unwrap().len(), 20);
    let ids = post(&emulator, &token, "get_report_jobids", &json!({"offset": 0, "limit": 3})).await;
    assert_eq!(ids.get("ending"), None);
    for (ending, endings) in [(Ending::LastPage, [0, 1, 1]), (Ending::EmptyPage, [0, 0, 1])] {
        let builder = Emulator::builder().synthetic_jobs(150);
        let builder = builder.choose(|choices| {
            choices.ending = ending;
            choices.limit_over_100 = LimitOver100::Lowered;
        });
        let emulator = builder.start().await.unwrap();
        let token = support::token(&emulator).await;
        for ((offset, length), ending) in [(0, 100), (100, 50), (150, 0)].into_iter().zip(endings) {
            let page = post(&emulator, &token, "get_report_jobids", &json!({"offset": offset, "limit": 1_000})).await;
            assert_eq!((page["jobids"].as_array().unwrap().len(), &page["ending"]), (length, &json!(ending)));
        }
    }
}
