//! The emulator over a plain connection: order of checks, statuses, headers and texts.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::Duration;

use serde_json::Value;
use support::{json, send, token};
use tokio::net::TcpStream;
use wecom_health_emulator::{Emulator, Fault};

mod support;

const JOB_INFO: &str = "/cgi-bin/health/get_report_job_info";

#[tokio::test]
async fn gettoken_checks_run_in_the_vendors_order() {
    let emulator = Emulator::start().await.unwrap();
    let corp_id = emulator.corp_id();
    for (query, code) in [
        (String::new(), 41004),
        ("?corpid=bogus&corpsecret=".into(), 41004),
        ("?corpid=bogus&corpsecret=wrong".into(), 40013),
        (format!("?corpid={corp_id}&corpsecret=wrong"), 40001),
    ] {
        let response = json(&emulator, "GET", &format!("/cgi-bin/gettoken{query}"), "").await;
        assert_eq!(response["errcode"], code, "{query}");
    }
    assert_ne!(token(&emulator).await, token(&emulator).await);
}

#[tokio::test]
async fn checks_run_in_the_vendors_order() {
    let emulator = Emulator::start().await.unwrap();
    let good = format!("{JOB_INFO}?access_token={}", token(&emulator).await);
    let sample = r#"{"jobid": "jobid1", "date": "2020-03-27"}"#;
    for (method, target, body, code) in [
        ("GET", JOB_INFO, "", 41001),
        ("POST", JOB_INFO, sample, 41001),
        ("POST", "/cgi-bin/health/get_report_job_info?access_token=", sample, 41001),
        ("POST", "/cgi-bin/health/get_report_job_info?access_token=bogus", "nonsense", 40014),
        ("GET", &good, "", 40058),
        ("POST", &good, "", 40063),
        ("POST", &good, "nonsense", 40063),
        ("POST", &good, "[]", 40063),
        ("POST", &good, "{}", 40063),
        ("POST", &good, r#"{"jobid": "jobid1"}"#, 40063),
        ("POST", &good, r#"{"jobid": 1, "date": "2020-03-27"}"#, 40058),
        ("POST", &good, r#"{"jobid": "jobid1", "date": "2020-13-01"}"#, 40058),
        ("POST", &good, r#"{"jobid": "nope", "date": "2020-03-27"}"#, 40088),
        ("POST", &good, sample, 0),
    ] {
        let response = json(&emulator, method, target, body).await;
        assert_eq!(response["errcode"], code, "{method} {target} {body}");
    }
    emulator.revoke_tokens();
    assert_eq!(json(&emulator, "POST", &good, sample).await["errcode"], 40014);
}

#[tokio::test]
async fn tokens_expire_by_the_emulators_clock() {
    let emulator = Emulator::builder().samples().fixed_clock(0).start().await.unwrap();
    let target = format!("{JOB_INFO}?access_token={}", token(&emulator).await);
    let body = r#"{"jobid": "jobid1", "date": "2020-03-27"}"#;
    emulator.advance(Duration::from_secs(7_199));
    assert_eq!(json(&emulator, "POST", &target, body).await["errcode"], 0);
    emulator.advance(Duration::from_secs(1));
    assert_eq!(json(&emulator, "POST", &target, body).await["errcode"], 42001);
}

#[tokio::test]
async fn tokens_in_headers_are_ignored() {
    let emulator = Emulator::start().await.unwrap();
    let header = format!("authorization: Bearer {}\r\naccess_token: x\r\n", token(&emulator).await);
    let (_, body) = send(&emulator, "POST", JOB_INFO, &header, "{}").await;
    assert!(body.contains("41001"), "{body}");
}

#[tokio::test]
async fn headers_repeat_the_status_and_show_the_emulators_time() {
    let emulator = Emulator::builder().fixed_clock(1_585_281_600).start().await.unwrap();
    emulator.advance(Duration::from_secs(61));
    let (head, body) = send(&emulator, "GET", "/cgi-bin/gettoken", "", "").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    let text = body["errmsg"].as_str().unwrap().to_lowercase();
    for line in ["error-code: 41004", &format!("error-msg: {text}"), "date: fri, 27 mar 2020 04:01:01 gmt"] {
        assert!(head.lines().any(|found| found == line), "{line}: {head}");
    }
    let good = format!("/cgi-bin/gettoken?corpid={}&corpsecret={}", emulator.corp_id(), emulator.secret());
    assert!(send(&emulator, "GET", &good, "", "").await.0.contains("error-code: 0\r\nerror-msg: ok\r\n"));
}

#[tokio::test]
async fn the_library_has_no_control_paths() {
    let emulator = Emulator::start().await.unwrap();
    let (head, _) = send(&emulator, "POST", "/_emulator/revoke_tokens", "", "").await;
    assert!(head.starts_with("http/1.1 404"), "{head}");
}

#[tokio::test]
async fn refusals_end_with_hint_address_and_link() {
    let emulator = Emulator::start().await.unwrap();
    let response = json(&emulator, "POST", JOB_INFO, "{}").await;
    let text = response["errmsg"].as_str().unwrap();
    let (start, tail) = text.split_once(", hint: [").unwrap();
    let (hint, tail) = tail.split_once(']').unwrap();
    assert_eq!(start, "access_token missing");
    assert!(hint.len() == 25 && hint.bytes().all(|byte| byte.is_ascii_digit()), "{hint}");
    assert_eq!(tail, ", from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=41001");
    assert_eq!(response.as_object().unwrap().len(), 2, "{response}");
}

#[tokio::test]
async fn refusals_keep_empty_lists() {
    let emulator = Emulator::start().await.unwrap();
    for (endpoint, list) in [("get_report_jobids", "jobids"), ("get_report_answer", "answers")] {
        let response = json(&emulator, "POST", &support::path(endpoint), "{}").await;
        assert_eq!(
            (&response["errcode"], &response[list]),
            (&Value::from(41001), &Value::Array(Vec::new())),
            "{response}"
        );
    }
}

#[tokio::test]
async fn unknown_paths_get_an_empty_404() {
    let emulator = Emulator::start().await.unwrap();
    let (head, body) = send(&emulator, "POST", "/cgi-bin/health/nope?access_token=x", "", "{}").await;
    assert!(head.starts_with("http/1.1 404"), "{head}");
    assert_eq!(body, "");
}

#[tokio::test]
async fn faults_happen_in_the_order_they_were_added() {
    let emulator = Emulator::start().await.unwrap();
    emulator.fail_next("get_report_job_info", Fault::ErrCode(-1));
    emulator.fail_next("get_report_job_info", Fault::Body("other".into()));
    let (_, first) = send(&emulator, "POST", JOB_INFO, "", "{}").await;
    let (_, second) = send(&emulator, "POST", JOB_INFO, "", "{}").await;
    assert!(first.contains("\"errcode\":-1"), "{first}");
    assert_eq!(second, "other");
}

#[tokio::test]
async fn recorded_requests_show_no_secret_in_debug() {
    let emulator = Emulator::start().await.unwrap();
    send(&emulator, "POST", JOB_INFO, "", "{}").await;
    send(&emulator, "POST", JOB_INFO, "", "{}").await;
    token(&emulator).await;
    let requests = emulator.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[2].expose_query().contains(emulator.secret()));
    assert_eq!(format!("{:?}", requests[2]), "GET /cgi-bin/gettoken");
}

#[tokio::test]
async fn a_body_over_128_kib_gets_413() {
    let emulator = Emulator::start().await.unwrap();
    let (head, _) = send(&emulator, "POST", JOB_INFO, "", &"x".repeat((128 << 10) + 1)).await;
    assert!(head.starts_with("http/1.1 413"), "{head}");
}

#[tokio::test]
async fn dropping_the_emulator_stops_it() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.base_url().trim_start_matches("http://").to_owned();
    drop(emulator);
    let gone = async {
        while TcpStream::connect(&address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap();
}
