//! The table of faults: what the client makes of each, at each endpoint. Used by the tests of faults and of leaks.

#![allow(dead_code, reason = "each test uses a part")]

use std::error::Error as _;
use std::time::Duration;

use serde_json::json;
use wecom_health::model::{ErrCode, NaiveDate};
use wecom_health::{Client, Error, Secret};
use wecom_health_emulator::{Emulator, Fault};

/// The endpoints, by the vendor's names.
pub(crate) const ENDPOINTS: [&str; 4] =
    ["get_report_jobids", "get_report_job_info", "get_report_answer", "get_health_report_stat"];

/// Some text that no output may repeat.
pub(crate) const MARK: &str = "marked-answer-39C";

/// A fault and what the client makes of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Where this comes of it.
    pub(crate) endpoints: &'static [&'static str],
    /// What happens to the first attempts; later ones get the usual response.
    pub(crate) faults: Vec<Fault>,
    /// How many attempts the server sees.
    pub(crate) attempts: usize,
    /// Which predicates hold of the error, or nothing if the request succeeds in the end.
    pub(crate) holds: Option<&'static str>,
    /// The one-line message, after the path of the endpoint. `{column}` stands for a number that depends on the endpoint.
    pub(crate) line: String,
}

fn case(name: &'static str, faults: Vec<Fault>, attempts: usize, holds: &'static str, line: &str) -> Case {
    Case { name, endpoints: &ENDPOINTS, faults, attempts, holds: Some(holds), line: line.to_owned() }
}

/// The line of a refusal, with the label and the advice of the schema.
fn refused(errcode: i64, tail: &str) -> String {
    let known = ErrCode::from(errcode).known().expect("a code of the schema");
    let advice = known.advice.expect("advice for it").english;
    format!("errcode {errcode}: {}; {advice}{tail}", known.label.english)
}

fn recovers(name: &'static str, faults: Vec<Fault>, attempts: usize) -> Case {
    Case { name, endpoints: &ENDPOINTS, faults, attempts, holds: None, line: String::new() }
}

/// More often than the client makes attempts.
fn for_ever(fault: Fault) -> Vec<Fault> {
    vec![fault; 10]
}

fn http(status: u16, headers: &[(&'static str, &str)], body: impl Into<Vec<u8>>) -> Fault {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Fault::Http { status, headers, body: body.into() }
}

/// Every fault. An attempt of the client may take [`ATTEMPT`].
pub(crate) fn cases() -> Vec<Case> {
    let late = Duration::from_secs(30);
    let html = format!("<html>\n<h1>{MARK}</h1></html>");
    let success = r#"{"pv": 1, "uv": 1, "job_info": {"title": "t", "creator": "c", "type": 1, "report_type": 1,
        "skip_weekend": 0, "finish_cnt": 1}}"#;
    let json = [("content-type", "application/json; charset=UTF-8")];
    vec![
        // The connection.
        recovers("reset before the headers, once", vec![Fault::Reset], 2),
        case("reset before the headers", for_ever(Fault::Reset), 3, "transient", "the response could not be read"),
        recovers("reset after the headers, once", vec![Fault::Truncated], 2),
        case("reset after the headers", for_ever(Fault::Truncated), 3, "transient", "the response could not be read"),
        case("time-out", for_ever(Fault::Delay(late)), 3, "transient timeout", "the response was not complete in time"),
        case(
            "slow body",
            for_ever(Fault::SlowBody(late)),
            3,
            "transient timeout",
            "the response was not complete in time",
        ),
        // HTTP.
        case(
            "302",
            vec![http(302, &[("location", &format!("https://wecom.example/{MARK}"))], "")],
            1,
            "status",
            "HTTP 302 Found: redirects are not followed, because they would carry the token along; check the base URL",
        ),
        case(
            "404",
            vec![http(404, &[], "")],
            1,
            "status",
            "HTTP 404 Not Found: this is not the API, which always sends 200; check the base URL and the proxy",
        ),
        recovers("500, once", vec![http(500, &[], MARK)], 2),
        case(
            "500",
            for_ever(http(500, &[], MARK)),
            3,
            "status transient",
            "HTTP 500 Internal Server Error: this is not the API, which always sends 200; check the base URL and the proxy",
        ),
        case(
            "502 with HTML",
            for_ever(http(502, &[("content-type", "text/html")], html)),
            3,
            "status transient",
            "HTTP 502 Bad Gateway: this is not the API, which always sends 200; check the base URL and the proxy",
        ),
        // The body.
        case(
            "empty body",
            vec![Fault::Body(String::new())],
            1,
            "decode",
            "the JSON ends too early, at line 1 column 0",
        ),
        case(
            "half of the JSON",
            vec![Fault::InvalidJson],
            1,
            "decode",
            "the JSON ends too early, at line 1 column {column}",
        ),
        case(
            "a log-in page",
            vec![Fault::Html],
            1,
            "decode",
            "not JSON at line 1 column 1; check the base URL: it may be a log-in page or a proxy",
        ),
        recovers("wrong content type", vec![http(200, &[("content-type", "text/html")], success)], 1),
        Case {
            // The figures of the other endpoint are the same bytes in GBK.
            endpoints: &ENDPOINTS[..3],
            ..case(
                "wrong charset",
                vec![Fault::WrongCharset],
                1,
                "decode",
                "not JSON at line 1 column {column}; check the base URL: it may be a log-in page or a proxy",
            )
        },
        case(
            "gzip that was not asked for",
            vec![http(200, &[json[0], ("content-encoding", "gzip")], *b"\x1f\x8b\x08\0marked-answer-39C")],
            1,
            "decode",
            "not JSON at line 1 column 1; check the base URL: it may be a log-in page or a proxy",
        ),
        case(
            "partly read, with errcode 0",
            vec![Fault::PartlyRead],
            1,
            "partly_read",
            "the server could read only part of the request (wrong json format): check what changes it on the way",
        ),
        recovers("neither errcode nor errmsg", vec![Fault::NoErrCode], 1),
        recovers("unknown fields", vec![Fault::UnknownField], 1),
        recovers("unknown values", vec![Fault::UnknownValue], 1),
        recovers("null for each list", vec![Fault::NullLists], 1),
        // Codes.
        recovers("-1, once", vec![Fault::ErrCode(-1)], 2),
        case("-1", for_ever(Fault::ErrCode(-1)), 3, "transient", &refused(-1, "")),
        case("40001", vec![Fault::ErrCode(40001)], 1, "auth", &refused(40001, "")),
        case("40013", vec![Fault::ErrCode(40013)], 1, "auth", &refused(40013, "")),
        recovers("a revoked token, once", vec![Fault::RevokedToken], 2),
        case("40014", for_ever(Fault::RevokedToken), 2, "auth", &refused(40014, "")),
        recovers("an expired token, once", vec![Fault::ExpiredToken], 2),
        case("42001", for_ever(Fault::ExpiredToken), 2, "auth", &refused(42001, "")),
        case("45009", vec![Fault::ErrCode(45009)], 1, "rate_limited", &refused(45009, "")),
        case("48002", vec![Fault::ErrCode(48002)], 1, "permission", &refused(48002, "")),
        case(
            "60020 with its tail",
            vec![Fault::ErrCode(60020)],
            1,
            "permission",
            &refused(60020, " (the caller's IP is 127.0.0.1)"),
        ),
        case("40058", vec![Fault::ErrCode(40058)], 1, "invalid_request", &refused(40058, "")),
        case(
            "a code that nobody knows",
            vec![Fault::ErrCode(99_999)],
            1,
            "",
            "errcode 99999: look it up at https://open.work.weixin.qq.com/devtool/query?e=99999",
        ),
    ]
}

/// How long an attempt may take.
pub(crate) const ATTEMPT: Duration = Duration::from_secs(1);

pub(crate) fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

/// An emulator whose texts are marked, and not in ASCII alone.
pub(crate) async fn marked_emulator() -> Emulator {
    let text = format!("上报 {MARK}");
    let job = json!({
        "title": text, "creator": MARK, "type": 1, "report_type": 1, "skip_weekend": 0, "finish_cnt": 1,
        "apply_range": {"userids": [MARK]},
        "question_templates": [{"question_id": 1, "title": text, "question_type": 1, "is_required": 1}],
    });
    let answer = json!({"id_type": 1, "userid": MARK, "report_values": [{"question_id": 1, "text": text}]});
    let builder = Emulator::builder().job("jobid1", job.clone()).job(&text, job);
    builder.answers("jobid1", date(), vec![answer]).usage(date(), 7, 5).start().await.unwrap()
}

/// A client that has its token.
pub(crate) async fn warm_client(emulator: &Emulator) -> Client {
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = builder.attempt_timeout(ATTEMPT).build().unwrap();
    client.report_stat(date()).await.unwrap();
    client
}

/// Sends a request to an endpoint.
pub(crate) async fn send(client: &Client, endpoint: &str) -> Result<(), Error> {
    match endpoint {
        "get_report_jobids" => client.report_job_ids().send().await.map(drop),
        "get_report_job_info" => client.report_job_info("jobid1", date()).await.map(drop),
        "get_report_answer" => client.report_answers("jobid1", date()).send().await.map(drop),
        "get_health_report_stat" => client.report_stat(date()).await.map(drop),
        other => panic!("{other}"),
    }
}

/// The names of the predicates that hold of an error.
pub(crate) fn holding(error: &Error) -> String {
    let predicates = [
        ("auth", error.is_auth()),
        ("connect", error.is_connect()),
        ("decode", error.is_decode()),
        ("invalid_request", error.is_invalid_request()),
        ("not_sent", error.is_not_sent()),
        ("partly_read", error.is_partly_read()),
        ("permission", error.is_permission()),
        ("rate_limited", error.is_rate_limited()),
        ("status", error.status().is_some()),
        ("transient", error.is_transient()),
        ("timeout", error.is_timeout()),
    ];
    predicates.iter().filter(|(_, holds)| *holds).map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
}

/// All that can be printed of an error.
pub(crate) fn everything(error: &Error) -> Vec<String> {
    let mut texts = vec![error.to_string(), format!("{error:?}"), format!("{error:#?}")];
    let mut cause = error.source();
    while let Some(inner) = cause {
        texts.extend([format!("{inner:?}"), inner.to_string()]);
        cause = inner.source();
    }
    texts
}
