//! `doctor`: each cause of failure has its own verdict and advice, and nothing secret or personal is in the report.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod cases;
mod servers;

use cases::{Case, READING, cases};
use serde_json::{Value, json};
use servers::{Certificate, Wire, proxy_to};
use unicode_width::UnicodeWidthStr;
use wecom_health_emulator::{App, Emulator, Fault, FaultRule};

/// A finding's check, verdict and errcode. Of an endpoint, its name.
fn essence(finding: &Value) -> Value {
    let check = if finding["endpoint"].is_null() { &finding["check"] } else { &finding["endpoint"] };
    json!([check, finding["verdict"], finding["errcode"]])
}

/// What is not right comes with advice. What cannot be told says in its message what is missing.
fn assert_advice(report: &Value) {
    for finding in report["checks"].as_array().unwrap() {
        let needs = ["failed", "warning"].iter().any(|verdict| finding["verdict"] == **verdict);
        assert!(!needs || finding["advice"].as_str().is_some_and(|advice| !advice.is_empty()), "{finding:#}");
    }
}

/// A report without ports, version and the kind of address, which differ.
fn stable(report: &str) -> String {
    let mut stable = report.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    for host in ["127.0.0.1", "localhost"] {
        let start = format!("{host}:");
        let mut parts = stable.split(&start);
        let first = parts.next().unwrap().to_owned();
        let others =
            parts.map(|part| format!("{host}:PORT{}", part.trim_start_matches(|char: char| char.is_ascii_digit())));
        stable = first + &others.collect::<String>();
    }
    stable.replace("::1\n", "127.0.0.1\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cause_has_its_verdict_and_advice() {
    let cases = cases().await;
    for case in &cases {
        let report = case.report();
        let findings: Vec<_> = report["checks"].as_array().unwrap().iter().map(essence).collect();
        assert!(findings.contains(&case.finding), "{}: no {} in {findings:#?}", case.name, case.finding);
    }
    for language in ["en", "zh"] {
        let mut shown = String::new();
        for case in &cases {
            assert_advice(&serde_json::from_slice(&case.run(&["--lang", language, "--json"]).stdout).unwrap());
            let output = case.run(&["--lang", language]);
            assert_eq!(output.status.code(), Some(case.code), "{}", case.name);
            let report = String::from_utf8(output.stdout).unwrap();
            for line in report.lines() {
                assert!(line.width() <= 80, "{}: {line}", case.name);
            }
            assert!(!report.contains("marked"), "{}: {report}", case.name);
            shown += &format!("=== {} (exit code {})\n{}\n", case.name, case.code, stable(&report));
        }
        // Elsewhere files have no mode.
        if cfg!(unix) {
            insta::assert_snapshot!(format!("doctor.{language}"), shown);
        }
    }
}

/// As at the vendor's, but for the proxy.
#[cfg(target_os = "linux")] // where the list of trusted issuers can be set
#[tokio::test(flavor = "multi_thread")]
async fn everything_is_fine_over_tls_and_through_a_proxy() {
    let emulator = Emulator::start().await.unwrap();
    let certificate = Certificate::of("wecom.example");
    let proxy = proxy_to(&emulator.base_url(), &certificate).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trusted.pem");
    std::fs::write(&file, &certificate.pem).unwrap();
    let case = Case::default().base_url("https://wecom.example").credentials(emulator.corp_id(), emulator.secret());
    let case = case.variable("HTTPS_PROXY", &proxy).variable("SSL_CERT_FILE", file.to_str().unwrap());
    let report = case.report();
    let verdict = |name| report["checks"].as_array().unwrap().iter().find(|check| check["check"] == name).unwrap();
    for check in ["tcp", "proxy", "tls", "api", "token", "schema"] {
        assert_eq!(verdict(check)["verdict"], "ok", "{report:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reading_endpoint_gets_one_request() {
    let emulator = Emulator::start().await.unwrap();
    let case = Case::new("", 0, Value::Null).base_url(emulator.base_url());
    case.credentials(emulator.corp_id(), emulator.secret()).report();
    for endpoint in READING.into_iter().chain(["gettoken"]) {
        assert_eq!(emulator.count(endpoint), 1, "{endpoint}");
    }
    assert_eq!(emulator.requests().len(), READING.len() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_fails_gets_one_request_too() {
    let unavailable = Fault::Http { status: 503, headers: Vec::new(), body: Vec::new() };
    for fault in [Fault::ErrCode(-1), unavailable, Fault::Reset] {
        for endpoint in ["get_report_job_info", "gettoken"] {
            let emulator = Emulator::start().await.unwrap();
            emulator.add_fault(FaultRule::new(fault.clone()).endpoint(endpoint).always());
            let case = Case::default().base_url(emulator.base_url());
            case.credentials(emulator.corp_id(), emulator.secret()).run(&[]);
            assert_eq!(emulator.count(endpoint), 1, "{endpoint} {fault:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_says_nothing_about_the_app_is_no_failure() {
    for code in [-1, 40058, 45009] {
        let emulator = Emulator::start().await.unwrap();
        emulator.add_fault(FaultRule::new(Fault::ErrCode(code)).endpoint("get_report_answer").always());
        let case = Case::new("", 5, Value::Null).base_url(emulator.base_url());
        let report = case.credentials(emulator.corp_id(), emulator.secret()).report();
        let findings: Vec<_> = report["checks"].as_array().unwrap().iter().map(essence).collect();
        assert!(findings.contains(&json!(["get_report_answer", "cannot_tell", code])), "{findings:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_that_is_not_trusted_is_in_the_document() {
    let emulator = Emulator::start().await.unwrap();
    let body = r#"{"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.7"}"#;
    emulator.add_fault(FaultRule::new(Fault::Body(body.to_owned())).endpoint("get_report_jobids").always());
    let case = Case::new("", 3, Value::Null).base_url(emulator.base_url());
    let report = case.credentials(emulator.corp_id(), emulator.secret()).report();
    let addresses: Vec<_> = report["checks"].as_array().unwrap().iter().map(|check| &check["caller_ip"]).collect();
    assert!(addresses.contains(&&json!("203.0.113.7")), "{report:#}");
}

#[test]
fn a_secret_in_place_of_the_corp_id_is_not_shown() {
    let output = Case::default().credentials("s3cret-of-the-app", "ww1234567890abcdef").run(&["--offline"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("check that corp id and secret are not exchanged"), "{shown}");
    assert!(!shown.contains("s3") && !shown.contains("ww12"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_where_it_would_be_in_vain() {
    let emulator = Emulator::start().await.unwrap();
    let ask = |case: Case, arguments: &[&str]| {
        case.base_url(emulator.base_url()).run(arguments);
        emulator.requests().len()
    };
    let case = || Case::default().credentials(emulator.corp_id(), emulator.secret());
    assert_eq!(ask(case(), &["--offline"]), 0, "--offline");
    assert_eq!(ask(Case::default(), &[]), 0, "no credentials");
    assert_eq!(ask(case().variable("WECOM_CORP_SECRET", "wrong"), &[]), 1, "one try with a wrong secret");
    emulator.add_fault(FaultRule::new(Fault::ErrCode(60020)).endpoint("get_report_jobids").always());
    assert_eq!(ask(case(), &[]), 3, "a token and one request from an address that is not trusted");
}

/// It may be named after a person.
#[test]
fn the_folder_of_the_credentials_is_not_shown() {
    for language in ["en", "zh"] {
        let mut case = Case::default();
        case.arguments.extend(["--credentials", "/srv/someone/wecom.env"].map(str::to_owned));
        let output = case.run(&["--offline", "--lang", language]);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        let shown = format!("{output:?}");
        assert!(shown.contains(" wecom.env") && !shown.contains("someone"), "{shown}");
    }
}

#[test]
fn offline_needs_no_server() {
    let case = Case::default().base_url("http://127.0.0.1:1").credentials("ww1234", "s3cret");
    let output = case.run(&["--offline", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdicts: Vec<_> = report["checks"].as_array().unwrap().iter().map(|check| &check["verdict"]).collect();
    assert_eq!(verdicts[..3], ["ok", "skipped", "ok"]);
    assert!(verdicts[3..].iter().all(|verdict| *verdict == "skipped"), "{verdicts:?}");
}

const SECRET: &str = "needle-secret";
const CORP_ID: &str = "ww9needle-corp-id";
/// In a title, an answer, an id of a person and a text of the server.
const PERSONAL: &str = "needle-personal";
/// Ids and names in the address book.
const MEMBER: &str = "needle-member";
const STUDENT: &str = "needle-student";
/// An answer that the schema does not know.
const CODE: &str = "987654";

/// An emulator whose data have a needle in every place.
async fn needles() -> Emulator {
    let today = (chrono::Utc::now() + chrono::TimeDelta::hours(8)).date_naive();
    let days = [today.pred_opt().unwrap(), today, today.succ_opt().unwrap()];
    let question = json!({"question_id": 1, "title": PERSONAL, "question_type": 1, "is_required": 0});
    let job = json!({"title": PERSONAL, "creator": PERSONAL, "type": 1, "report_type": 1, "skip_weekend": 0,
        "finish_cnt": 1, "question_templates": [question]});
    let answer = json!({"id_type": 1, "userid": PERSONAL, "report_time": 1_585_267_200, "unknown": PERSONAL,
        "report_values": [{"question_id": 1, "text": PERSONAL, "itinerary_card_type": 987_654}]});
    let people = json!({
        "departments": [{"id": 1, "parentid": 0, "order": 1}],
        "members": [{"userid": MEMBER, "name": MEMBER, "department": [1]}],
        "school_departments": [{"id": 1, "parentid": 0, "name": PERSONAL, "type": 5}],
        "students": [{"student_userid": STUDENT, "name": STUDENT, "department": [1]}],
    });
    let mut builder = Emulator::builder()
        .data_json(&people.to_string())
        .unwrap()
        .app(App::new(CORP_ID, SECRET))
        .job("needle-job", job);
    for day in days {
        builder = builder.answers("needle-job", day, vec![answer.clone()]).usage(day, 1, 1);
    }
    builder.start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_token_or_answer_is_in_the_report() {
    let echo = |code: i64| {
        let text = format!("{PERSONAL} {SECRET}, hint: [1_1_0f], from ip: 203.0.113.7");
        Fault::Body(json!({"errcode": code, "errmsg": text}).to_string())
    };
    let page = || Fault::Body(format!("<html>{PERSONAL} {SECRET}"));
    let wrong_type = Fault::Body(json!({"job_info": {"title": [PERSONAL]}}).to_string());
    for (endpoint, fault) in [
        ("get_health_report_stat", None),
        ("gettoken", Some(echo(40001))),
        ("gettoken", Some(page())),
        ("get_report_jobids", Some(echo(999_999))),
        ("get_report_job_info", Some(wrong_type)),
        ("get_report_answer", Some(echo(60020))),
        ("get_report_answer", Some(page())),
    ] {
        let (emulator, is_whole) = (needles().await, fault.is_none());
        if let Some(fault) = fault {
            emulator.add_fault(FaultRule::new(fault).endpoint(endpoint).always());
        }
        let wire = Wire::to(&emulator.base_url()).await;
        let case = Case::default().base_url(&wire.base_url).credentials(CORP_ID, SECRET);
        let modes: [&[&str]; 4] = [&[], &["--lang", "zh"], &["--json"], &["--json", "--lang", "zh"]];
        let shown = modes.map(|mode| format!("{:?}", case.run(mode))).concat();
        assert!(shown.contains("trusted"), "{shown}");
        let sent = wire.text();
        let tokens = sent.split("access_token=").skip(1).filter_map(|rest| rest.split([' ', '&']).next());
        let tokens: Vec<_> = tokens.collect();
        for needle in [SECRET, CORP_ID, PERSONAL] {
            assert!(sent.contains(needle), "{endpoint}: {needle} was not sent: {sent}");
        }
        assert!(endpoint == "gettoken" || !tokens.is_empty(), "{endpoint}: no token was sent: {sent}");
        for needle in [CODE, MEMBER, STUDENT] {
            assert!(!is_whole || sent.contains(needle), "{needle} was not sent: {sent}");
        }
        for needle in tokens.into_iter().chain([SECRET, CORP_ID, PERSONAL, CODE, "needle"]) {
            assert!(!shown.contains(needle), "{endpoint}: {needle} in {shown}");
        }
    }
}
