//! `doctor`: each cause of failure has its own verdict and advice, and nothing secret or personal is in the report.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod servers;

use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use servers::{Wire, proxy, untrusted_tls};
use unicode_width::UnicodeWidthStr;
use wecom_health_emulator::{App, Emulator, Fault, FaultRule};

/// The variables that change what the command does.
const VARIABLES: [&str; 15] = [
    "WECOM_CORP_ID",
    "WECOM_CORP_SECRET",
    "LANGUAGE",
    "LC_MESSAGES",
    "LANG",
    "COLUMNS",
    "REQUEST_METHOD",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// A situation, and what the doctor must say of it.
#[derive(Default)]
struct Case {
    name: &'static str,
    code: i32,
    /// Check, verdict and errcode of the finding that says what is wrong.
    finding: Value,
    arguments: Vec<String>,
    variables: Vec<(&'static str, String)>,
    /// What must live as long.
    _emulator: Option<Emulator>,
    _file: Option<tempfile::TempDir>,
}

impl Case {
    fn new(name: &'static str, code: i32, finding: Value) -> Self {
        Self { name, code, finding, ..Self::default() }
    }

    fn base_url(mut self, url: impl Into<String>) -> Self {
        self.arguments.extend(["--base-url".to_owned(), url.into()]);
        self
    }

    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn credentials(self, corp_id: &str, secret: &str) -> Self {
        self.variable("WECOM_CORP_ID", corp_id).variable("WECOM_CORP_SECRET", secret)
    }

    /// Asks an emulator, with its credentials.
    fn emulator(self, emulator: Emulator) -> Self {
        let case = self.base_url(emulator.base_url()).credentials(emulator.corp_id(), emulator.secret());
        Self { _emulator: Some(emulator), ..case }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wecom-health"));
        VARIABLES.iter().for_each(|name| drop(command.env_remove(name)));
        command.env("LC_ALL", "C").envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.args(&self.arguments).arg("doctor").args(arguments).output().unwrap()
    }

    /// Runs it with `--json`. Returns the only document on stdout, and checks that stderr has lines of JSON.
    fn report(&self) -> Value {
        let output = self.run(&["--json"]);
        assert_eq!(output.status.code(), Some(self.code), "{}: {output:?}", self.name);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{}: {stderr}", self.name);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["exit_code"], self.code, "{}", self.name);
        report
    }
}

/// A finding's check, verdict and errcode. Of an endpoint, its name.
fn essence(finding: &Value) -> Value {
    let check = if finding["endpoint"].is_null() { &finding["check"] } else { &finding["endpoint"] };
    json!([check, finding["verdict"], finding["errcode"]])
}

/// An emulator in which requests to these endpoints always end in a fault.
async fn failing(endpoints: &[&str], fault: Fault) -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    for endpoint in endpoints {
        emulator.add_fault(FaultRule::new(fault.clone()).endpoint(*endpoint).always());
    }
    emulator
}

const READING: [&str; 4] = ["get_report_jobids", "get_report_job_info", "get_report_answer", "get_health_report_stat"];

/// What goes wrong before a server responds.
async fn before_a_response() -> Vec<Case> {
    let server = Emulator::start().await.unwrap();
    let address = server.base_url();
    let elsewhere = |name, code, finding| Case::new(name, code, finding).credentials("ww1234567890", "s3cret");
    let refusing = |proxy: String| format!("http://user:pass-marked@{proxy}");
    let asks = refusing(proxy("407 Proxy Authentication Required").await);
    vec![
        Case {
            _emulator: Some(server),
            ..Case::new("no credentials", 3, json!(["credentials", "failed", null])).base_url(&address)
        },
        elsewhere("a base URL without https", 2, json!(["configuration", "failed", null]))
            .base_url("http://user:pass-marked@wecom.example"),
        elsewhere("a secret with white space", 2, json!(["credentials", "failed", null]))
            .base_url(&address)
            .variable("WECOM_CORP_SECRET", "s3 cret"),
        elsewhere("host name unknown", 4, json!(["dns", "failed", null])).base_url("https://no-such-host.invalid"),
        elsewhere("host unreachable", 4, json!(["tcp", "failed", null])).base_url("http://127.0.0.1:1"),
        elsewhere("TLS with a wrong certificate", 4, json!(["tls", "failed", null])).base_url(untrusted_tls().await),
        elsewhere("a proxy that refuses", 4, json!(["proxy", "failed", null]))
            .base_url("https://wecom.example")
            .variable("HTTPS_PROXY", &refusing(proxy("403 Forbidden").await)),
        elsewhere("a proxy that asks for a password", 4, json!(["proxy", "failed", null]))
            .base_url("https://wecom.example")
            .variable("ALL_PROXY", &asks),
        elsewhere("a proxy that does not run", 4, json!(["tcp", "failed", null]))
            .base_url("https://wecom.example")
            .variable("HTTPS_PROXY", "http://127.0.0.1:1"),
        elsewhere("a proxy that exempts the server", 4, json!(["dns", "failed", null]))
            .base_url("https://no-such-host.invalid")
            .variable("HTTPS_PROXY", "http://127.0.0.1:1")
            .variable("NO_PROXY", "no-such-host.invalid"),
    ]
}

/// What the server, or something in its place, responds.
async fn responses() -> Vec<Case> {
    let unlisted = Emulator::builder().samples().app(App::new("ww0unlisted", "s3cret").unlisted());
    let unlisted = unlisted.start().await.unwrap();
    let slow_clock = Emulator::start().await.unwrap();
    slow_clock.advance(Duration::from_secs(600));
    let wrong = Emulator::start().await.unwrap();
    let case = Case::new;
    vec![
        case("wrong secret", 3, json!(["token", "failed", 40001]))
            .emulator(wrong)
            .variable("WECOM_CORP_SECRET", "wrong-secret"),
        case("app not permitted", 3, json!(["get_report_jobids", "failed", 48002]))
            .emulator(failing(&READING, Fault::ErrCode(48002)).await),
        case("no job in the list", 3, json!(["get_report_jobids", "cannot_tell", null])).emulator(unlisted),
        case("no job at all", 5, json!(["get_report_jobids", "cannot_tell", null]))
            .emulator(Emulator::builder().start().await.unwrap()),
        case("IP not trusted", 3, json!(["trusted_ip", "failed", 60020]))
            .emulator(failing(&["get_report_jobids"], Fault::ErrCode(60020)).await),
        case("IP not trusted for tokens", 3, json!(["trusted_ip", "failed", 60020]))
            .emulator(failing(&["gettoken"], Fault::ErrCode(60020)).await),
        case("a login page", 4, json!(["api", "failed", null])).emulator(failing(&["gettoken"], Fault::Html).await),
        case("a gateway that fails later", 4, json!(["get_report_answer", "failed", null])).emulator(
            failing(&["get_report_answer"], Fault::Http { status: 502, headers: Vec::new(), body: b"<html>".to_vec() })
                .await,
        ),
        case("requests come too often", 5, json!(["get_health_report_stat", "cannot_tell", 45009]))
            .emulator(failing(&["get_health_report_stat"], Fault::ErrCode(45009)).await),
        case("a code that nobody knows", 1, json!(["get_health_report_stat", "failed", 999_999]))
            .emulator(failing(&["get_health_report_stat"], Fault::ErrCode(999_999)).await),
        case("a response without its payload", 1, json!(["get_report_job_info", "failed", null]))
            .emulator(failing(&["get_report_job_info"], Fault::NoPayload).await),
        case("clock ten minutes off", 0, json!(["clock", "warning", null])).emulator(slow_clock),
        case("an unknown field", 0, json!(["schema", "warning", null]))
            .emulator(failing(&["get_report_job_info"], Fault::UnknownField).await),
    ]
}

/// A credentials file with this mode, and an emulator that accepts what is in it.
#[cfg(unix)]
async fn credentials_file(name: &'static str, mode: u32, verdict: &str) -> Case {
    use std::os::unix::fs::PermissionsExt;
    let emulator = Emulator::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wecom.env");
    let text = format!("WECOM_CORP_ID={}\nWECOM_CORP_SECRET={}\n", emulator.corp_id(), emulator.secret());
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    let mut case = Case::new(name, 0, json!(["file_mode", verdict, null])).base_url(emulator.base_url());
    case.arguments.extend(["--credentials".to_owned(), file.display().to_string()]);
    Case { _emulator: Some(emulator), _file: Some(folder), ..case }
}

#[cfg(not(unix))]
async fn credentials_file(name: &'static str, _: u32, _: &str) -> Case {
    Case { arguments: vec!["--emulator".to_owned()], ..Case::new(name, 0, json!(["file_mode", "skipped", null])) }
}

async fn cases() -> Vec<Case> {
    let mut fine = Case::new("everything fine", 0, json!(["schema", "ok", null]));
    fine.arguments.push("--emulator".to_owned());
    let mut cases = vec![fine];
    cases.extend(before_a_response().await);
    cases.push(credentials_file("a credentials file that others can read", 0o644, "warning").await);
    cases.push(credentials_file("a credentials file of one's own", 0o600, "ok").await);
    cases.extend(responses().await);
    cases
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
        case.arguments.extend(["--credentials", "/home/zhangsan/wecom.env"].map(str::to_owned));
        let output = case.run(&["--offline", "--lang", language]);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        let shown = format!("{output:?}");
        assert!(shown.contains(" wecom.env") && !shown.contains("zhangsan"), "{shown}");
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
    let mut builder = Emulator::builder().app(App::new(CORP_ID, SECRET)).job("needle-job", job);
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
        assert!(!is_whole || sent.contains(CODE), "no answer was sent: {sent}");
        for needle in tokens.into_iter().chain([SECRET, CORP_ID, PERSONAL, CODE, "needle"]) {
            assert!(!shown.contains(needle), "{endpoint}: {needle} in {shown}");
        }
    }
}
