//! Faults: each changes what its name says and nothing else, for the requests of its rule.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{path, post, raw, send, token};
use wecom_health_emulator::{Emulator, Fault, FaultRule};

mod support;

const INFO: &str = "get_report_job_info";

/// The response to a request for the vendor's job that has a fault.
async fn response_with(fault: Fault) -> String {
    let emulator = Emulator::start().await.unwrap();
    let target = format!("{}?access_token={}", path(INFO), token(&emulator).await);
    emulator.fail_next(INFO, fault);
    let body = json!({"jobid": "jobid1", "date": "2020-03-27"}).to_string();
    let length = body.len();
    let request =
        format!("POST {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    let response = String::from_utf8_lossy(&raw(&emulator, request.as_bytes()).await).into_owned();
    // The next request gets the usual response.
    let after = raw(&emulator, request.as_bytes()).await;
    assert!(String::from_utf8(after).unwrap().contains("职工收集任务"));
    response
}

async fn json_with(fault: Fault) -> Value {
    let response = response_with(fault).await;
    serde_json::from_str(response.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn each_fault_changes_only_what_its_name_says() {
    let usual = json_with(Fault::Delay(Duration::ZERO)).await;
    assert_eq!(usual["errcode"], 0);

    assert_eq!(json_with(Fault::ErrCode(60020)).await["errcode"], 60020);
    assert_eq!(response_with(Fault::Body("as it is".into())).await.split_once("\r\n\r\n").unwrap().1, "as it is");
    let headers = vec![("retry-after", "7".to_owned())];
    let gone = response_with(Fault::Http { status: 503, headers, body: b"later".to_vec() }).await;
    assert!(
        gone.starts_with("HTTP/1.1 503") && gone.contains("retry-after: 7\r\n") && gone.ends_with("later"),
        "{gone}"
    );
    assert_eq!(response_with(Fault::Reset).await, "");

    let truncated = response_with(Fault::Truncated).await;
    let (head, body) = truncated.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", usual.to_string().len())), "{head}");
    assert!(!body.is_empty() && body.len() < usual.to_string().len());
    let cut = response_with(Fault::InvalidJson).await;
    let (head, body) = cut.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", usual.to_string().len() / 2)), "{head}");
    assert!(serde_json::from_str::<Value>(body).unwrap_err().is_eof());

    let html = response_with(Fault::Html).await;
    assert!(html.contains("200 OK") && html.contains("text/html") && html.contains("<html>"), "{html}");
    let gbk = response_with(Fault::WrongCharset).await;
    assert!(gbk.contains("charset=GBK") && gbk.contains('\u{fffd}') && !gbk.contains("职工"), "{gbk}");

    let mut unknown = json_with(Fault::UnknownField).await;
    assert_ne!(unknown, usual);
    for place in ["", "/job_info", "/job_info/apply_range", "/job_info/question_templates/0/option_list/1"] {
        assert!(unknown.pointer(place).unwrap()["emulated_new_field"].is_object(), "{place}");
    }
    without_new_fields(&mut unknown);
    assert_eq!(unknown, usual);
    let codes = json_with(Fault::UnknownValue).await;
    assert_eq!(
        (&codes["job_info"]["type"], &codes["job_info"]["question_templates"][0]["question_type"]),
        (&json!(99), &json!(99))
    );
    assert_eq!(
        (&codes["errcode"], &codes["job_info"]["finish_cnt"]),
        (&usual["errcode"], &usual["job_info"]["finish_cnt"])
    );
    let emulator = Emulator::start().await.unwrap();
    emulator.fail_next("get_report_jobids", Fault::UnknownValue);
    let ids = post(&emulator, &token(&emulator).await, "get_report_jobids", &json!({})).await;
    assert_eq!(ids["ending"], 99, "{ids}");
    let nulls = json_with(Fault::NullLists).await;
    assert_eq!(
        (&nulls["job_info"]["question_templates"], &nulls["job_info"]["apply_range"]["userids"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(nulls["job_info"]["title"], usual["job_info"]["title"]);
    assert_eq!(json_with(Fault::NoPayload).await, json!({"errcode": 0, "errmsg": "ok"}));
    let mut bare = usual.clone();
    bare.as_object_mut().unwrap().retain(|name, _| name == "job_info");
    assert_eq!(json_with(Fault::NoErrCode).await, bare);
    let partly = json_with(Fault::PartlyRead).await;
    assert_eq!((&partly["errcode"], &partly["errmsg"]), (&json!(0), &json!("ok. Warning: wrong json format. ")));
    assert_eq!(partly["job_info"], usual["job_info"]);
}

fn without_new_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("emulated_new_field");
            fields.values_mut().for_each(without_new_fields);
        }
        Value::Array(items) => items.iter_mut().for_each(without_new_fields),
        _ => {}
    }
}

#[tokio::test]
async fn unknown_paths_have_delays_and_resets_too() {
    let emulator = Emulator::start().await.unwrap();
    emulator.add_fault(FaultRule::new(Fault::Reset));
    assert_eq!(send(&emulator, "GET", "/nope", "", "").await, (String::new(), String::new()));
    emulator.add_fault(FaultRule::new(Fault::Delay(Duration::from_millis(200))));
    let started = Instant::now();
    assert!(send(&emulator, "GET", "/nope", "", "").await.0.starts_with("http/1.1 404"));
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn impossible_faults_panic_where_they_are_made() {
    let emulator = Emulator::start().await.unwrap();
    let refused = |add: &dyn Fn()| {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(add)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    let message = refused(&|| emulator.fail_next("get_report_anwser", Fault::Reset));
    assert!(message.starts_with("there is no endpoint get_report_anwser; write one of gettoken, "), "{message}");
    assert_eq!(refused(&|| drop(FaultRule::new(Fault::ErrCode(0)))), "errcode 0 is not a refusal");
    assert_eq!(
        refused(&|| drop(FaultRule::new(Fault::Reset).share(1.5))),
        "the share 1.5 must be more than 0 and at most 1"
    );
    for none in [0.0, -0.1, f64::NAN] {
        let message = refused(&|| drop(FaultRule::new(Fault::Reset).share(none)));
        assert_eq!(message, format!("the share {none} must be more than 0 and at most 1"));
    }
    assert!(std::panic::catch_unwind(|| drop(FaultRule::new(Fault::Reset).times(0))).is_err());
    for (status, name, value, message) in [
        (101, "x", "y", "101 is not a status from 200 to 599"),
        (600, "x", "y", "600 is not a status from 200 to 599"),
        (200, "no name", "y", "the header no name cannot be sent"),
        (200, "x", "a\nb", "the header x cannot be sent"),
        (200, "Content-Length", "3", "the header Content-Length cannot be sent"),
    ] {
        let fault = Fault::Http { status, headers: vec![(name, value.into())], body: Vec::new() };
        assert_eq!(refused(&|| drop(FaultRule::new(fault.clone()))), message);
    }
}

#[tokio::test]
async fn all_headers_of_a_fault_are_sent() {
    let headers = [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("date", "yesterday")];
    let headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
    let response = response_with(Fault::Http { status: 200, headers, body: Vec::new() }).await;
    for line in ["set-cookie: a=1\r\n", "set-cookie: b=2\r\n", "date: yesterday\r\n"] {
        assert_eq!(response.matches(line).count(), 1, "{response}");
    }
    assert_eq!(response.matches("date: ").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_can_use_the_emulator_and_their_panics_surface() {
    let emulator = std::sync::Arc::new(Emulator::start().await.unwrap());
    let weak = std::sync::Arc::downgrade(&emulator);
    emulator.fail_when(move |_| weak.upgrade().unwrap().count("gettoken") > 1, Fault::ErrCode(-1));
    for code in [41004, 41004, -1] {
        let sending =
            tokio::time::timeout(Duration::from_secs(10), send(&emulator, "GET", "/cgi-bin/gettoken", "", ""));
        let (_, body) = sending.await.unwrap();
        assert!(body.contains(&format!("\"errcode\":{code},")), "{body}");
    }
    emulator.fail_when(|request| panic!("condition for {}", request.endpoint()), Fault::Reset);
    emulator.clear_faults();
    emulator.fail_when(|request| panic!("condition for {}", request.endpoint()), Fault::Reset);
    let (head, _) = send(&emulator, "GET", "/cgi-bin/gettoken", "", "").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(emulator.count("gettoken"), 4);
    let emulator = std::sync::Arc::into_inner(emulator).unwrap();
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(emulator))).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), "condition for gettoken");
}

#[tokio::test]
async fn conditions_run_only_for_requests_of_their_rule() {
    let emulator = Emulator::start().await.unwrap();
    emulator.fail_next("gettoken", Fault::ErrCode(-1));
    let first = std::sync::atomic::AtomicBool::new(true);
    let once = move |_: &_| first.swap(false, std::sync::atomic::Ordering::Relaxed);
    emulator.add_fault(FaultRule::new(Fault::ErrCode(50003)).endpoint("get_report_jobids").when(once));
    let never = FaultRule::new(Fault::Reset).when(|request| panic!("condition for {}", request.endpoint()));
    // The condition of a rule for another endpoint does not run, nor that of a rule after the one that decides.
    emulator.add_fault(never.clone().endpoint("get_report_job_info"));
    assert!(send(&emulator, "GET", "/cgi-bin/gettoken", "", "").await.1.contains("\"errcode\":-1"));
    assert!(send(&emulator, "GET", "/cgi-bin/gettoken", "", "").await.1.contains("\"errcode\":41004"));
    assert!(send(&emulator, "POST", &path("get_report_jobids"), "", "").await.1.contains("\"errcode\":50003"));
    emulator.clear_faults();
    emulator.fail_next("gettoken", Fault::ErrCode(-1));
    emulator.add_fault(never.endpoint("gettoken"));
    assert!(send(&emulator, "GET", "/cgi-bin/gettoken", "", "").await.1.contains("\"errcode\":-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_can_use_the_emulator_when_dropped() {
    struct UsesEmulator(std::sync::Weak<Emulator>);
    impl Drop for UsesEmulator {
        fn drop(&mut self) {
            if let Some(emulator) = self.0.upgrade() {
                emulator.requests();
            }
        }
    }
    let emulator = std::sync::Arc::new(Emulator::start().await.unwrap());
    for _ in 0..2 {
        let uses = UsesEmulator(std::sync::Arc::downgrade(&emulator));
        emulator.add_fault(FaultRule::new(Fault::ErrCode(-1)).when(move |_| uses.0.strong_count() > 0));
    }
    let sending = tokio::time::timeout(Duration::from_secs(10), send(&emulator, "GET", "/cgi-bin/gettoken", "", ""));
    assert!(sending.await.unwrap().1.contains("\"errcode\":-1"));
    emulator.clear_faults();
    assert_eq!(emulator.pending_faults(), 0);
}

#[tokio::test]
async fn pending_faults_counts_down_to_zero() {
    let emulator = Emulator::start().await.unwrap();
    emulator.add_fault(FaultRule::new(Fault::ErrCode(-1)).times(2));
    emulator.add_fault(FaultRule::new(Fault::ErrCode(-1)).share(1e-9));
    for pending in [1, 1, 0] {
        assert_eq!(emulator.pending_faults(), pending);
        send(&emulator, "GET", "/cgi-bin/gettoken", "", "").await;
    }
}

#[tokio::test]
async fn the_head_of_a_slow_body_comes_at_once() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let emulator = Emulator::start().await.unwrap();
    emulator.fail_next("gettoken", Fault::SlowBody(Duration::from_secs(60)));
    let mut connection = support::connect(&emulator).await;
    connection.write_all(b"GET /cgi-bin/gettoken HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut response = Vec::new();
    while !String::from_utf8_lossy(&response).contains("\"errcode\":41004") {
        let read = tokio::time::timeout(Duration::from_secs(10), connection.read_buf(&mut response)).await;
        assert!(read.unwrap().unwrap() > 0);
    }
    assert!(!response.ends_with(b"}"));
}

#[tokio::test]
async fn delays_come_before_the_head_or_within_the_body() {
    for fault in [Fault::Delay(Duration::from_millis(200)), Fault::SlowBody(Duration::from_millis(200))] {
        let started = Instant::now();
        assert_eq!(json_with(fault).await["errcode"], 0);
        assert!(started.elapsed() >= Duration::from_millis(200));
    }
}

#[tokio::test]
async fn an_ended_token_stays_ended_and_others_stay_valid() {
    for (fault, code) in [(Fault::ExpiredToken, 42001), (Fault::RevokedToken, 40014)] {
        let emulator = Emulator::start().await.unwrap();
        let (ended, valid) = (token(&emulator).await, token(&emulator).await);
        let usage = json!({"date": "2020-03-27"});
        emulator.add_fault(FaultRule::new(fault.clone()).endpoint("get_health_report_stat"));
        assert_eq!(post(&emulator, &ended, "get_health_report_stat", &usage).await["errcode"], code);
        assert_eq!(post(&emulator, &ended, "get_report_jobids", &usage).await["errcode"], code);
        assert_eq!(post(&emulator, &valid, "get_report_jobids", &usage).await["errcode"], 0);
        // On gettoken it is the token of the response.
        emulator.fail_next("gettoken", fault);
        assert_eq!(post(&emulator, &token(&emulator).await, "get_report_jobids", &usage).await["errcode"], code);
    }
}

#[tokio::test]
async fn pages_can_be_short_or_repeated() {
    let date = wecom_health_emulator::NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let emulator = Emulator::builder().synthetic_answers("jobid1", date, 30).start().await.unwrap();
    let token = token(&emulator).await;
    let page = async |offset: usize| {
        let body = json!({"jobid": "jobid1", "date": "2020-03-27", "offset": offset, "limit": 10});
        post(&emulator, &token, "get_report_answer", &body).await["answers"].as_array().unwrap().clone()
    };
    let (first, second) = (page(0).await, page(10).await);
    assert_ne!(first, second);
    emulator.fail_next("get_report_answer", Fault::ShortPage(3));
    assert_eq!(page(10).await, second[..3]);
    emulator.fail_next("get_report_answer", Fault::RepeatedPage);
    assert_eq!(page(10).await, first);
    emulator.fail_next("get_report_answer", Fault::RepeatedPage);
    assert_eq!(page(0).await, first);
}

/// Sends this many requests and returns for each whether it was refused with -1.
async fn refused(emulator: &Emulator, name: &str, requests: usize) -> Vec<bool> {
    let token = token(emulator).await;
    let mut refused = Vec::new();
    for _ in 0..requests {
        let response = post(emulator, &token, name, &json!({"date": "2020-03-27"})).await;
        refused.push(response["errcode"] == -1);
    }
    refused
}

#[tokio::test]
async fn rules_apply_only_to_their_requests() {
    let emulator = Emulator::start().await.unwrap();
    let busy = || FaultRule::new(Fault::ErrCode(-1));
    emulator.add_fault(busy().endpoint("get_report_jobids").times(2));
    assert_eq!(refused(&emulator, "get_health_report_stat", 1).await, [false]);
    assert_eq!(refused(&emulator, "get_report_jobids", 3).await, [true, true, false]);
    emulator.fail_when(
        |request| request.endpoint() == "get_report_jobids" && request.body().contains("03-27"),
        Fault::ErrCode(-1),
    );
    assert_eq!(refused(&emulator, "get_report_jobids", 3).await, [true; 3]);
    assert_eq!(refused(&emulator, "get_health_report_stat", 1).await, [false]);
    emulator.clear_faults();
    assert_eq!(refused(&emulator, "get_report_jobids", 1).await, [false]);
    emulator.add_fault(busy());
    let (_, body) = send(&emulator, "GET", "/cgi-bin/gettoken", "", "").await;
    assert!(body.contains("\"errcode\":-1"), "{body}");
}

#[tokio::test]
async fn random_faults_keep_their_share_and_depend_on_the_seed() {
    let start = async |seed: u64, share: f64| {
        let rule = FaultRule::new(Fault::ErrCode(-1)).endpoint("get_report_jobids").share(share);
        Emulator::builder().samples().seed(seed).fault(rule).start().await.unwrap()
    };
    let (first, second, other) = (start(1, 0.2).await, start(1, 0.2).await, start(2, 0.2).await);
    let hit = refused(&first, "get_report_jobids", 500).await;
    // Requests to other endpoints in between change nothing.
    let mut hit_again = refused(&second, "get_report_jobids", 250).await;
    refused(&second, "get_health_report_stat", 3).await;
    hit_again.extend(refused(&second, "get_report_jobids", 250).await);
    assert_eq!(hit, hit_again);
    assert_ne!(hit, refused(&other, "get_report_jobids", 500).await);
    let hits = hit.iter().filter(|hit| **hit).count();
    assert!((60..140).contains(&hits), "{hits} of 500 at 20 %");
    assert!(refused(&start(1, 1.0).await, "get_report_jobids", 50).await.iter().all(|hit| *hit));
}
