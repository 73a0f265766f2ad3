//! `Raw` through the client: what the server sent arrives as it is, and what protects typed requests protects raw ones.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::sync::{Arc, Mutex};

use serde_json::json;
use wecom_health::model::{Answer, GetReportAnswerRequest, GetReportJobInfoRequest, NaiveDate, Raw, from_slice};
use wecom_health::{Client, ClientBuilder, Error, Secret};
use wecom_health_emulator::{Emulator, EmulatorBuilder, Fault};

const ANSWERS: &str = "get_report_answer";

/// Fields in an order of their own, numbers that no type of Rust holds, and white space.
const ODD: &str = r#"{"z": 1, "userid": "a", "mood": [1.0, 1e5, 1E+400, -0, 123456789012345678901234567890], "id_type": 1,
    "report_values": [{"new": {"b": "\u4e2d\/", "a": null}, "question_id": 1, "text": "广州"}]}"#;

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

async fn start(builder: EmulatorBuilder) -> (Emulator, ClientBuilder) {
    let emulator = builder.start().await.unwrap();
    let client = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    (emulator, client)
}

fn request() -> Raw<GetReportAnswerRequest> {
    Raw::new(GetReportAnswerRequest::new("jobid1", date()))
}

async fn all(client: &Client, concurrency: usize) -> Result<Vec<String>, Error> {
    let mut answers = client.pages(request()).concurrency(concurrency).stream();
    let mut all = Vec::new();
    while let Some(answer) = answers.try_next().await? {
        all.push(answer.get().to_owned());
    }
    Ok(all)
}

#[tokio::test]
async fn items_arrive_as_the_server_sent_them() {
    let (emulator, client) = start(Emulator::builder().synthetic_answers("jobid1", date(), 1_234)).await;
    let client = client.build().unwrap();
    for concurrency in [1, 4] {
        emulator.fail_next(ANSWERS, Fault::Body(format!(r#"{{ "errcode": 0, "answers": [ {ODD} ,{ODD}] }}"#)));
        let answers = all(&client, concurrency).await.unwrap();
        assert_eq!(answers[..2], [ODD, ODD]);
        let mut typed = client.report_answers("jobid1", date()).offset(2).stream();
        for answer in &answers[2..] {
            let decoded: Answer = from_slice(answer.as_bytes()).unwrap();
            assert_eq!(decoded, typed.try_next().await.unwrap().unwrap());
        }
        assert_eq!(answers.len(), 1_234, "{concurrency} at once");
    }
}

#[tokio::test]
async fn a_body_arrives_beside_its_payload() {
    let (emulator, client) = start(Emulator::builder()).await;
    let body = r#"{"new": 1.0, "job_info": {"title": "t", "creator": "c", "type": 1, "report_type": 1, "skip_weekend": 0, "finish_cnt": 7,
        "score": 1e5}, "errcode": 0}"#;
    emulator.fail_next("get_report_job_info", Fault::Body(body.to_owned()));
    let client = client.build().unwrap();
    let job = client.send(&Raw::new(GetReportJobInfoRequest::new("jobid1", date()))).await.unwrap();
    assert_eq!((job.payload.finish_cnt, job.body.get()), (7, body));
}

#[tokio::test]
async fn raw_requests_fail_as_others_do() {
    let (emulator, client) = start(Emulator::builder()).await;
    let client = client.build().unwrap();
    for body in [
        r#"{"errcode": 40058, "errmsg": "no"}"#,
        r#"{"answers": [{"id_type": 1, "userid": 7}]}"#,
        r#"{"answers": [], "answers": [{"id_type": 1}]}"#,
        "{\"answers\": [",
    ] {
        let lines = |error: Error| (error.to_string(), error.is_decode(), error.attempts());
        emulator.fail_next(ANSWERS, Fault::Body(body.to_owned()));
        let typed = client.report_answers("jobid1", date()).send().await.unwrap_err();
        emulator.fail_next(ANSWERS, Fault::Body(body.to_owned()));
        assert_eq!(lines(all(&client, 1).await.unwrap_err()), lines(typed));
    }
    let missing = r#"{"errcode": 0}"#;
    emulator.fail_next("get_report_job_info", Fault::Body(missing.to_owned()));
    let error = client.send(&Raw::new(GetReportJobInfoRequest::new("jobid1", date()))).await.unwrap_err();
    assert!(error.to_string().contains("the server reports success, but `job_info` is absent"), "{error}");
}

#[tokio::test]
async fn a_repeated_raw_page_is_an_error() {
    for concurrency in [1, 4] {
        let (emulator, client) = start(Emulator::builder()).await;
        let page: Vec<_> = ["a", "b"].iter().map(|userid| json!({"id_type": 1, "userid": userid, "new": 1})).collect();
        emulator.fail_when(
            |_| true,
            Fault::Body(json!({"access_token": "t", "expires_in": 7200, "answers": page}).to_string()),
        );
        let error = all(&client.build().unwrap(), concurrency).await.unwrap_err();
        assert!(error.to_string().contains("repeats a page at offset 2"), "{error}");
    }
}

#[tokio::test]
async fn drift_is_reported_for_raw_requests() {
    let (emulator, client) = start(Emulator::builder()).await;
    let reports = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&reports);
    let client = client.on_drift(move |drift| seen.lock().unwrap().push(drift.to_string())).build().unwrap();
    emulator.fail_next(ANSWERS, Fault::Body(format!(r#"{{"answers": [{ODD}]}}"#)));
    client.pages(request()).send().await.unwrap();
    let paths = ["answers[].z", "answers[].mood", "answers[].report_values[].new"];
    assert_eq!(*reports.lock().unwrap(), paths.map(|path| format!("the schema does not describe {path}")));
}
