//! The client against the emulator: it gets what the server has, and each failure is one line that shows no secret.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::error::Error as _;
use std::time::Duration;

use wecom_health::model::{
    Endpoint, ErrCode, GetReportJobInfoRequest, Method, NaiveDate, QuestionId, Response, ResponseError,
};
use wecom_health::{Client, Error, Secret};
use wecom_health_emulator::{Emulator, Fault};

const CALL: &str = "get_report_job_info";
const PATH: &str = "/cgi-bin/health/get_report_job_info";

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

fn client(emulator: &Emulator) -> Client {
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret()));
    builder.base_url(emulator.base_url()).build().unwrap()
}

fn calls(emulator: &Emulator, path: &str) -> usize {
    emulator.requests().iter().filter(|request| request.path() == path).count()
}

#[tokio::test]
async fn a_job_is_fetched_with_one_token_for_all_calls() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let job = client.report_job_info("jobid1", date()).await.unwrap();
    assert!(job.question(QuestionId::from(2)).is_some());
    assert_eq!(client.send(&GetReportJobInfoRequest::new("jobid1", date())).await.unwrap(), job);
    assert_eq!(calls(&emulator, "/cgi-bin/gettoken"), 1);
    assert_eq!(emulator.requests()[1].body(), r#"{"jobid":"jobid1","date":"2020-03-27"}"#);
}

#[tokio::test]
async fn a_path_in_the_base_url_is_kept_as_prefix() {
    let emulator = Emulator::start().await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret()));
    let client = builder.base_url(emulator.base_url() + "/proxy/wecom/").build().unwrap();
    let error = client.report_job_info("jobid1", date()).await.unwrap_err();
    assert_eq!(error.status(), Some(404));
    assert_eq!(emulator.requests()[0].path(), "/proxy/wecom/cgi-bin/gettoken");
}

#[tokio::test]
async fn a_rejected_token_is_replaced_and_the_call_made_once_more() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    client.report_job_info("jobid1", date()).await.unwrap();
    emulator.revoke_tokens();
    client.report_job_info("jobid1", date()).await.unwrap();
    assert_eq!(calls(&emulator, "/cgi-bin/gettoken"), 2);
    let queries: BTreeSet<_> = emulator.requests().iter().map(|request| request.expose_query().to_owned()).collect();
    assert_eq!((calls(&emulator, PATH), queries.len()), (3, 3), "two tokens were used: {queries:?}");

    for _ in 0..2 {
        emulator.fail_next(CALL, Fault::ErrCode(42001));
    }
    let error = client.report_job_info("jobid1", date()).await.unwrap_err();
    assert_eq!((error.api().unwrap().errcode(), error.attempts()), (ErrCode::EXPIRED_ACCESS_TOKEN, 2));
}

#[tokio::test]
async fn a_refused_secret_is_not_tried_again_by_anybody() {
    let emulator = Emulator::start().await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new("another"));
    let client = builder.base_url(emulator.base_url()).build().unwrap();
    let (first, second) =
        tokio::join!(client.report_job_info("jobid1", date()), client.report_job_info("jobid2", date()));
    let third = client.report_job_info("jobid1", date()).await;
    for error in [first.unwrap_err(), second.unwrap_err(), third.unwrap_err()] {
        assert_eq!(error.endpoint(), Some("/cgi-bin/gettoken"));
        assert_eq!(error.api().unwrap().errcode(), ErrCode::INVALID_SECRET);
    }
    assert_eq!(emulator.requests().len(), 1);
}

/// A call that the schema does not describe.
#[derive(serde::Serialize)]
struct OwnRequest {
    names: Vec<&'static str>,
}

#[derive(serde::Deserialize)]
struct OwnResponse {
    #[serde(default)]
    errcode: ErrCode,
    found: Option<u8>,
}

impl Endpoint for OwnRequest {
    type Response = OwnResponse;
    const NAME: &'static str = "own";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/cgi-bin/own";
    const TOKEN_PARAMETER: Option<&'static str> = Some("access_token");
}

impl Response for OwnResponse {
    type Output = u8;

    fn errcode(&self) -> ErrCode {
        self.errcode
    }

    fn errmsg(&self) -> &str {
        ""
    }

    fn into_result(self) -> Result<u8, ResponseError> {
        self.found.ok_or(ResponseError::MissingPayload { field: "found" })
    }
}

#[tokio::test]
async fn a_call_of_ones_own_is_sent_like_the_others() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let request = OwnRequest { names: vec!["a", "b"] };
    emulator.fail_next("own", Fault::Body(r#"{"errcode": 0, "found": 7}"#.into()));
    assert_eq!(client.send(&request).await.unwrap(), 7);
    assert_eq!(emulator.requests()[1].body(), r#"{"names":["a","b"]}"#);
    emulator.fail_next("own", Fault::ErrCode(48002));
    let error = client.send(&request).await.unwrap_err();
    assert_eq!(error.api().unwrap().errcode(), ErrCode::NO_API_PERMISSION);
}

#[tokio::test]
async fn a_request_that_cannot_be_written_is_not_sent() {
    #[derive(serde::Serialize)]
    struct InQuery(OwnRequest);
    impl Endpoint for InQuery {
        type Response = OwnResponse;
        const NAME: &'static str = "own";
        const METHOD: Method = Method::Get;
        const PATH: &'static str = "/cgi-bin/own";
        const TOKEN_PARAMETER: Option<&'static str> = None;
    }
    let emulator = Emulator::start().await.unwrap();
    // A query has no lists.
    let error = client(&emulator).send(&InQuery(OwnRequest { names: vec!["a"] })).await.unwrap_err();
    assert_eq!((error.is_not_sent(), error.attempts()), (true, 0), "{error}");
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn a_token_that_is_empty_is_not_used() {
    let emulator = Emulator::start().await.unwrap();
    emulator.fail_next("gettoken", Fault::Body(r#"{"errcode": 0, "access_token": "", "expires_in": 7200}"#.into()));
    let error = client(&emulator).report_job_info("jobid1", date()).await.unwrap_err();
    assert_eq!(error.to_string(), "/cgi-bin/gettoken: the server reports success, but the token is empty");
    assert!(error.is_decode());
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn concurrent_calls_on_a_cold_client_share_one_token() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let calls_made: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.report_job_info("jobid1", date()).await })
        })
        .collect();
    for call in calls_made {
        call.await.unwrap().unwrap();
    }
    assert_eq!((calls(&emulator, "/cgi-bin/gettoken"), calls(&emulator, PATH)), (1, 20));
}

/// Each way for an answer to go wrong, with the line that the user sees.
fn faults() -> Vec<(Fault, &'static str)> {
    let http = |status, header: (&'static str, &str), body: &str| Fault::Http {
        status,
        headers: vec![(header.0, header.1.to_owned())],
        body: body.into(),
    };
    vec![
        (
            http(502, ("content-type", "text/html"), "<html>\n<h1>marked-answer</h1></html>"),
            "HTTP 502 Bad Gateway: this is not the API, which always answers 200",
        ),
        (
            http(302, ("location", "https://example.com/marked-answer"), ""),
            "HTTP 302 Found: redirects are not followed, they would carry the token along; check the base URL",
        ),
        (Fault::Body("marked-answer".into()), "not JSON at line 1 column 1"),
        (
            Fault::Body("{\"job_info\":\n{\"title\": \"marked-ans".into()),
            "the JSON ends too early, at line 2 column 21",
        ),
        (Fault::Body(String::new()), "the JSON ends too early, at line 1 column 0"),
        (Fault::Truncated, "the connection broke off before the answer was complete, or it is no HTTP"),
        (Fault::Body("{\"job_info\": \"marked-answer\"}".into()), "job_info: expected struct JobInfo, found a string"),
        (
            Fault::Body("{\"errmsg\": \"marked-answer\"}".into()),
            "the server reports success, but `job_info` is absent or null",
        ),
        (Fault::ErrCode(-1), "errcode -1: The system is busy (系统繁忙); try again later, at most 3 times"),
    ]
}

#[tokio::test]
async fn every_failure_is_a_line_of_its_own_without_secret_token_or_answer() {
    let mut lines = BTreeSet::new();
    let mut shown = Vec::new();
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    client.report_job_info("jobid1", date()).await.unwrap();
    for (fault, line) in faults() {
        emulator.fail_next(CALL, fault);
        let error = client.report_job_info("jobid1", date()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{PATH}: {line}"));
        assert!(lines.insert(error.to_string()));
        shown.extend(everything(&error));
    }
    // The same of the call whose query holds the secret.
    for (fault, _) in faults() {
        let client = self::client(&emulator);
        emulator.fail_next("gettoken", fault);
        let error = client.report_job_info("jobid1", date()).await.unwrap_err();
        assert_eq!(error.endpoint(), Some("/cgi-bin/gettoken"));
        shown.extend(everything(&error));
    }
    let emulator_url = emulator.base_url();
    let (secret, token) = needles(&emulator);
    let builder = Client::builder(emulator.corp_id(), Secret::new(&*secret)).base_url(emulator_url);
    shown.extend([format!("{client:?}"), format!("{builder:?}"), format!("{:?}", Secret::new(&*secret))]);

    // Nobody listens on this port any more.
    drop(emulator);
    let refused = async {
        loop {
            match client.report_job_info("jobid1", date()).await {
                Err(error) if error.is_connect() => break error,
                _ => tokio::task::yield_now().await,
            }
        }
    };
    let gone = tokio::time::timeout(Duration::from_secs(10), refused).await.unwrap();
    assert_eq!(gone.to_string(), format!("{PATH}: could not connect to the server"));
    assert!(everything(&gone).last().unwrap().contains("refused"), "{gone:?}");
    assert!(lines.insert(gone.to_string()));
    shown.extend(everything(&gone));

    for text in shown {
        for needle in [secret.as_str(), token.as_str(), "marked-answer", "marked-ans"] {
            assert!(!text.contains(needle), "{needle} in {text}");
        }
    }
}

/// All that can be printed of an error.
fn everything(error: &Error) -> Vec<String> {
    let mut texts = vec![error.to_string(), format!("{error:?}"), format!("{error:#?}")];
    let mut cause = error.source();
    while let Some(inner) = cause {
        texts.extend([format!("{inner:?}"), inner.to_string()]);
        cause = inner.source();
    }
    texts
}

/// Secret and token, after making sure that the server received them.
fn needles(emulator: &Emulator) -> (String, String) {
    let requests = emulator.requests();
    let secret = emulator.secret();
    assert!(requests[0].expose_query().contains(&format!("corpsecret={secret}")));
    let token = requests[1].expose_query().strip_prefix("access_token=").unwrap().to_owned();
    assert!(token.len() > 100);
    for request in &requests {
        let headers = format!("{:?}", request.headers());
        assert!(!headers.contains(secret) && !headers.contains(&token), "{headers}");
        assert!(!request.body().contains(&token));
    }
    (secret.to_owned(), token)
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let emulator = Emulator::start().await.unwrap();
    let elsewhere = Emulator::start().await.unwrap();
    let location = elsewhere.base_url() + PATH;
    emulator.fail_next(CALL, Fault::Http { status: 302, headers: vec![("location", location)], body: Vec::new() });
    client(&emulator).report_job_info("jobid1", date()).await.unwrap_err();
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_client_that_could_not_work_or_would_leak_is_not_built() {
    let build = |corp_id: &str, secret: &str, url: &str| {
        let client = Client::builder(corp_id, Secret::new(secret)).base_url(url).build();
        client.map_err(|error| error.to_string())
    };
    for (corp_id, secret, url, told) in [
        ("", "s", "https://localhost", "the corp id is empty"),
        ("ww1", "", "https://localhost", "the secret is empty"),
        ("ww1", "s", "nonsense", "not a URL"),
        ("ww1", "s", "http://wecom.example", "plain http"),
        ("ww1", "s", "ftp://localhost", "neither http nor https"),
        ("ww1", "s", "https://user:pass@wecom.example", "leave out user"),
        ("ww1", "s", "https://wecom.example/?a=b", "leave out user"),
    ] {
        let error = build(corp_id, secret, url).unwrap_err();
        assert!(error.contains(told), "{error}");
        assert!(!error.contains("pass@"), "{error}");
    }
    for url in ["https://wecom.example", "http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"] {
        build("ww1", "s", url).unwrap();
    }
    Client::builder("ww1", Secret::new("s")).base_url("http://wecom.example").allow_http().build().unwrap();
}

#[test]
fn public_types_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Client>();
    shared::<wecom_health::ClientBuilder>();
    shared::<Error>();
    shared::<Secret>();
}

#[test]
fn calls_can_be_spawned() {
    fn spawnable<T: Send>(_: T) {}
    let client = Client::builder("ww1", Secret::new("s")).build().unwrap();
    spawnable(client.report_job_info("jobid1", date()));
}

#[test]
fn a_secret_that_is_not_set_is_named() {
    let error = Secret::from_env("WECOM_HEALTH_TEST_UNSET").unwrap_err();
    assert_eq!(error.to_string(), "set the environment variable WECOM_HEALTH_TEST_UNSET to the app's secret");
    assert_eq!((error.endpoint(), error.attempts()), (None, 0));
}
