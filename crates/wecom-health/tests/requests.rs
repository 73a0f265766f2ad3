//! The client against the emulator: it gets what the server has, and each failure is one line that shows no secret.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wecom_health::model::{
    Endpoint, ErrCode, GetReportJobInfoRequest, Method, NaiveDate, QuestionId, Response, ResponseError,
};
use wecom_health::{Client, Drift, MemoryTokenStore, Secret};
use wecom_health_emulator::{Emulator, Fault, FaultRule};

const ENDPOINT: &str = "get_report_job_info";
const PATH: &str = "/cgi-bin/health/get_report_job_info";

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

fn client(emulator: &Emulator) -> Client {
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret()));
    builder.base_url(emulator.base_url()).build().unwrap()
}

#[tokio::test]
async fn requests_share_one_token() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let job = client.report_job_info("jobid1", date()).await.unwrap();
    assert!(job.question(QuestionId::from(2)).is_some());
    assert_eq!(client.send(&GetReportJobInfoRequest::new("jobid1", date())).await.unwrap(), job);
    assert_eq!(emulator.count("gettoken"), 1);
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

#[test]
fn a_client_tells_where_its_requests_go() {
    let client = Client::builder("ww1", Secret::new("s")).base_url("http://LOCALHOST:1/wecom").build().unwrap();
    assert_eq!(client.base_url(), "http://localhost:1/wecom");
    assert_eq!(client.proxy_variable(), None, "never for this machine");
}

#[tokio::test]
async fn any_response_tells_the_server_s_time() {
    let emulator = Emulator::start().await.unwrap();
    emulator.advance(Duration::from_secs(3_600));
    emulator.fail_next("gettoken", Fault::Html);
    let client = client(&emulator);
    assert_eq!(client.server_time(), None, "nothing was sent");
    client.report_job_info("jobid1", date()).await.unwrap_err();
    let ahead = client.server_time().unwrap().duration_since(std::time::SystemTime::now()).unwrap();
    assert!((3_590..=3_600).contains(&ahead.as_secs()), "{ahead:?}");
}

#[tokio::test]
async fn a_rejected_token_is_replaced_and_the_request_resent() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    client.report_job_info("jobid1", date()).await.unwrap();
    emulator.revoke_tokens();
    client.report_job_info("jobid1", date()).await.unwrap();
    assert_eq!(emulator.count("gettoken"), 2);
    let queries: BTreeSet<_> = emulator.requests().iter().map(|request| request.expose_query().to_owned()).collect();
    assert_eq!((emulator.count(ENDPOINT), queries.len()), (3, 3), "two tokens were used: {queries:?}");

    for _ in 0..2 {
        emulator.fail_next(ENDPOINT, Fault::ExpiredToken);
    }
    let error = client.report_job_info("jobid1", date()).await.unwrap_err();
    assert_eq!((error.api().unwrap().errcode(), error.attempts()), (ErrCode::EXPIRED_ACCESS_TOKEN, 2));
}

#[tokio::test]
async fn a_refused_secret_is_sent_once_for_all_requests() {
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

#[tokio::test]
async fn those_who_wait_for_a_token_share_its_failure() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    emulator.fail_next("gettoken", Fault::ErrCode(50003));
    let send = || client.report_job_info("jobid1", date());
    let (first, second, third) = tokio::join!(send(), send(), send());
    for error in [first.unwrap_err(), second.unwrap_err(), third.unwrap_err()] {
        assert_eq!(error.api().unwrap().errcode(), ErrCode::APP_DISABLED);
        assert!(error.is_permission());
    }
    let later = send().await.unwrap_err();
    assert!(later.retry_after().is_some_and(|time| time <= Duration::from_secs(10)), "{later}");
    assert_eq!(emulator.count("gettoken"), 1);
}

/// An endpoint that the schema does not describe.
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
async fn an_endpoint_of_your_own_works_like_the_others() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let request = OwnRequest { names: vec!["a", "b"] };
    let own = |fault| FaultRule::new(fault).when(|request| request.endpoint() == "own");
    emulator.add_fault(own(Fault::Body(r#"{"errcode": 0, "found": 7}"#.into())));
    assert_eq!(client.send(&request).await.unwrap(), 7);
    assert_eq!(emulator.requests()[1].body(), r#"{"names":["a","b"]}"#);
    emulator.add_fault(own(Fault::ErrCode(48002)));
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

/// Sends this many requests at once, which must succeed.
async fn send_at_once(client: &Client, count: usize) {
    let requests: Vec<_> = (0..count)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.report_job_info("jobid1", date()).await })
        })
        .collect();
    for request in requests {
        request.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn two_hundred_requests_share_a_token() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    send_at_once(&client, 200).await;
    assert_eq!((emulator.count("gettoken"), emulator.count(ENDPOINT)), (1, 200));

    let first = emulator.requests().last().unwrap().expose_query().to_owned();
    let before = emulator.requests().len();
    // Some requests have their responses, some are on their way, some have not been sent.
    let running = tokio::spawn({
        let client = client.clone();
        async move { send_at_once(&client, 200).await }
    });
    while emulator.requests().len() < before + 20 {
        tokio::task::yield_now().await;
    }
    emulator.revoke_tokens();
    running.await.unwrap();
    send_at_once(&client, 1).await;
    assert_eq!(emulator.count("gettoken"), 2);
    let after: Vec<_> =
        emulator.requests().split_off(before).into_iter().filter(|request| request.path() == PATH).collect();
    // Each request uses a token once: the old one, the new one, or the one after the other.
    let with_first = after.iter().filter(|request| request.expose_query() == first).count();
    let with_second = after.len() - with_first;
    assert!((20..=200).contains(&with_first) && (1..=201).contains(&with_second), "{with_first}, {with_second}");
    assert!(after.len() >= 201);
}

#[tokio::test]
async fn retries_share_one_budget_across_tokens() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    client.report_job_info("jobid1", date()).await.unwrap();
    let before = emulator.count(ENDPOINT);
    for code in [-1, 40014, -1, -1, -1, -1] {
        emulator.fail_next(ENDPOINT, Fault::ErrCode(code));
    }
    let error = client.report_job_info("jobid1", date()).await.unwrap_err();
    assert_eq!((emulator.count(ENDPOINT) - before, error.attempts()), (4, 4));
}

#[tokio::test]
async fn a_request_has_as_many_attempts_as_were_set() {
    for (set, made) in [(0, 1), (1, 1), (2, 2), (5, 5)] {
        let emulator = Emulator::start().await.unwrap();
        let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
        let client = builder.max_attempts(set).build().unwrap();
        emulator.add_fault(FaultRule::new(Fault::ErrCode(-1)).endpoint(ENDPOINT).always());
        let error = client.report_job_info("jobid1", date()).await.unwrap_err();
        assert_eq!((emulator.count(ENDPOINT), error.attempts()), (made as usize, made), "{set}");
    }
}

#[tokio::test]
async fn a_missed_deadline_says_why_there_was_a_retry() {
    let emulator = Emulator::start().await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = builder.timeout(Duration::from_secs(1)).build().unwrap();
    client.report_job_info("jobid1", date()).await.unwrap();
    emulator.fail_next(ENDPOINT, Fault::ErrCode(-1));
    emulator.fail_next(ENDPOINT, Fault::Delay(Duration::from_secs(30)));
    let error = client.report_job_info("jobid1", date()).await.unwrap_err();
    assert!(error.is_timeout() && error.is_transient());
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("errcode -1"), "{cause}");
}

#[tokio::test]
async fn extreme_timeouts_do_no_harm() {
    let emulator = Emulator::start().await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let builder = builder.timeout(Duration::MAX).requests_per_minute(NonZeroU32::MAX);
    builder.build().unwrap().report_stat(date()).await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    builder.clone().attempt_timeout(Duration::MAX).build().unwrap().report_stat(date()).await.unwrap();
    for _ in 0..3 {
        emulator.fail_next("gettoken", Fault::Delay(Duration::from_secs(30)));
    }
    let error = builder.attempt_timeout(Duration::ZERO).build().unwrap().report_stat(date()).await.unwrap_err();
    assert!(error.is_timeout() && error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn attempt_timeout_applies_to_your_own_http_client() {
    let emulator = Emulator::start().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = builder.http_client(http).attempt_timeout(Duration::from_millis(300)).build().unwrap();
    client.report_stat(date()).await.unwrap();
    for _ in 0..3 {
        emulator.fail_next("get_health_report_stat", Fault::Delay(Duration::from_secs(30)));
    }
    let error = client.report_stat(date()).await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!((error.attempts(), emulator.count("get_health_report_stat")), (3, 4));
}

#[tokio::test]
async fn a_response_over_the_limit_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    for (limit, bytes) in [(None, 16 << 20), (Some(1_000), 1_000), (Some(20 << 20), 20 << 20)] {
        let client =
            limit.into_iter().fold(builder.clone(), wecom_health::ClientBuilder::response_limit).build().unwrap();
        for more in [0, 1] {
            let mut body = r#"{"pv": 1, "uv": 2, "x": ""}"#.to_owned();
            body.insert_str(body.len() - 2, &"x".repeat(bytes - body.len() + more));
            emulator.fail_next("get_health_report_stat", Fault::Body(body));
            match client.report_stat(date()).await {
                Ok(_) => assert_eq!(more, 0),
                Err(error) => {
                    assert!(more == 1 && error.is_decode(), "{error}");
                    assert!(
                        error.to_string().contains(&format!("the response is larger than {bytes} bytes")),
                        "{error}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn clients_of_one_app_share_a_token_through_a_store() {
    let emulator = Emulator::start().await.unwrap();
    let store = Arc::new(MemoryTokenStore::default());
    let build = |secret: &str| {
        let builder = Client::builder(emulator.corp_id(), Secret::new(secret)).base_url(emulator.base_url());
        builder.token_store(store.clone()).build().unwrap()
    };
    let (one, other) = (build(emulator.secret()), build(emulator.secret()));
    let (first, second) = tokio::join!(one.report_job_info("jobid1", date()), other.report_job_info("jobid1", date()));
    first.and(second).unwrap();
    assert_eq!(emulator.count("gettoken"), 1);
    build("another").report_job_info("jobid1", date()).await.unwrap_err();
    assert_eq!(emulator.count("gettoken"), 2);
}

#[tokio::test]
async fn a_request_has_one_deadline() {
    let emulator = Emulator::start().await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = builder.timeout(Duration::from_secs(1)).build().unwrap();
    client.report_job_info("jobid1", date()).await.unwrap();
    emulator.fail_next(ENDPOINT, Fault::Delay(Duration::from_secs(30)));
    let error = client.report_job_info("jobid1", date()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{PATH}: the request did not finish before its deadline"));
    assert_eq!((error.is_timeout(), error.attempts()), (true, 1));
}

#[tokio::test]
async fn requests_over_the_limit_wait_until_the_deadline() {
    let emulator = Emulator::start().await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let builder = builder.requests_per_minute(NonZeroU32::new(1)).timeout(Duration::from_secs(1));
    let client = builder.build().unwrap();
    client.report_job_info("jobid1", date()).await.unwrap();
    client.report_stat(date()).await.unwrap();
    let error = client.report_job_info("jobid1", date()).await.unwrap_err();
    assert_eq!((error.is_timeout(), error.attempts(), emulator.count(ENDPOINT)), (true, 0, 1));
}

#[tokio::test]
async fn a_client_of_ones_own_is_used() {
    let emulator = Emulator::start().await.unwrap();
    let http = reqwest::Client::builder().user_agent("mine").no_proxy().build().unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    builder.http_client(http).build().unwrap().report_stat(date()).await.unwrap();
    let agents = emulator.requests().into_iter().map(|request| request.headers().to_vec());
    assert!(agents.flatten().any(|header| header == ("user-agent".to_owned(), "mine".to_owned())));
}

#[tokio::test]
async fn drift_is_reported_once_for_each_place_and_value() {
    let emulator = Emulator::start().await.unwrap();
    let reports = Arc::new(Mutex::new(Vec::new()));
    let callback = {
        let reports = Arc::clone(&reports);
        move |drift: &Drift| reports.lock().unwrap().push(drift.to_string())
    };
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = builder.on_drift(callback).build().unwrap();
    client.report_job_info("jobid2", date()).await.unwrap();
    client.report_answers("jobid2", date()).send().await.unwrap();
    assert!(reports.lock().unwrap().is_empty(), "{reports:?}");
    for fault in [Fault::UnknownField, Fault::UnknownValue, Fault::UnknownField, Fault::UnknownValue] {
        emulator.fail_next(ENDPOINT, fault);
        client.report_job_info("jobid1", date()).await.unwrap();
    }
    let mut reports = reports.lock().unwrap().clone();
    reports.sort_unstable();
    assert_eq!(
        reports,
        [
            "the schema does not describe emulated_new_field",
            "the schema does not describe job_info.apply_range.emulated_new_field",
            "the schema does not describe job_info.emulated_new_field",
            "the schema does not describe job_info.question_templates[].emulated_new_field",
            "the schema does not describe job_info.question_templates[].option_list[].emulated_new_field",
            "the schema does not describe job_info.report_to.emulated_new_field",
            "the schema does not name the value 99 of job_info.question_templates[].is_required",
            "the schema does not name the value 99 of job_info.question_templates[].question_type",
            "the schema does not name the value 99 of job_info.report_type",
            "the schema does not name the value 99 of job_info.skip_weekend",
            "the schema does not name the value 99 of job_info.type",
        ]
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let emulator = Emulator::start().await.unwrap();
    let elsewhere = Emulator::start().await.unwrap();
    let location = elsewhere.base_url() + PATH;
    emulator.fail_next(ENDPOINT, Fault::Http { status: 302, headers: vec![("location", location)], body: Vec::new() });
    client(&emulator).report_job_info("jobid1", date()).await.unwrap_err();
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_client_that_would_leak_is_not_built() {
    let build = |corp_id: &str, secret: &str, url: &str| {
        let client = Client::builder(corp_id, Secret::new(secret)).base_url(url).build();
        client.map_err(|error| error.to_string())
    };
    for (corp_id, secret, url, message) in [
        ("", "s", "https://localhost", "the corp id is empty"),
        ("ww1", "", "https://localhost", "the secret is empty"),
        ("ww1", "s", "nonsense", "not a URL"),
        ("ww1", "s", "http://wecom.example", "plain http"),
        ("ww1", "s", "ftp://localhost", "neither http nor https"),
        ("ww1", "s", "https://user:pass@wecom.example", "leave out user"),
        ("ww1", "s", "https://wecom.example/?a=b", "leave out user"),
    ] {
        let error = build(corp_id, secret, url).unwrap_err();
        assert!(error.contains(message), "{error}");
        assert!(!error.contains("pass@"), "{error}");
    }
    for url in ["https://wecom.example", "http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"] {
        build("ww1", "s", url).unwrap();
    }
    Client::builder("ww1", Secret::new("s")).base_url("http://wecom.example").allow_http().build().unwrap();
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let error = Secret::from_env("WECOM_HEALTH_TEST_UNSET").unwrap_err();
    assert_eq!(error.to_string(), "set the environment variable WECOM_HEALTH_TEST_UNSET to the app's secret");
    assert_eq!((error.endpoint(), error.attempts()), (None, 0));
}
