//! Servers that were written to break the client, and what the client does.
//!
//! | attack | what the client does | test |
//! |---|---|---|
//! | a response that is small on the wire and large in memory | takes 8 times its size at most, or refuses it | `hostile_bodies_take_8_times_their_size_at_most` |
//! | the same in every page of a stream, 4 at a time | takes 512 MiB at most | `hostile_pages_take_512_mib_at_most` |
//! | a response without end | stops at 16 MiB | `a_response_without_end_is_cut_off` |
//! | every new token is rejected, or gettoken refuses | asks for 3 tokens at most in 20 requests | `no_refusal_makes_a_loop_of_gettoken` |
//! | HTTP/1 that lies about lengths, encodings, heads | fails within the attempt's timeout, without the response | `lies_of_http_end_in_an_error` |
//! | 1xx responses without end | fails at the attempt's timeout | `a_flood_of_1xx_ends_with_the_timeout` |
//! | a certificate of somebody else | says why, sends nothing | `a_wrong_certificate_is_named_and_gets_nothing` |
//! | a proxy that refuses or asks for a password | says so | `a_proxy_that_refuses_is_named` |
//! | credentials with invisible characters | are refused before anything is sent | `credentials_with_invisible_characters_are_not_sent` |
//!
//! Attacks through HTTP/2 are in `leaks_tls.rs`, those on Redis in `redis.rs`, those on the terminal in `hostile.rs` of the command
//! line, and those on the emulator in its `malformed.rs`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "measurements are for people to read")]

#[path = "support/raw_server.rs"]
mod raw_server;

use std::error::Error as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use raw_server::{listen, ok, read_request, respond, tls, token};
use tokio::io::AsyncWriteExt;
use wecom_health::model::{GetReportAnswerRequest, GetReportJobIdsRequest, GetReportJobInfoRequest, NaiveDate, Raw};
use wecom_health::{Client, ClientBuilder, Error, Items, Secret};

const LIMIT: usize = 16 << 20;
const ATTEMPT: Duration = Duration::from_secs(1);

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder("ww1", Secret::new("secret")).base_url(base_url)
}

/// The lines of an error and its causes.
fn lines(error: &Error) -> Vec<String> {
    let mut lines = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        lines.push(inner.to_string());
        cause = inner.source();
    }
    lines
}

// Memory: each hostile body is read by a process of its own, whose peak is its own.

/// Fills `BEFORE…AFTER` up to the limit with as many repetitions as fit.
fn filled(before: &str, item: &str, after: &str) -> String {
    let items = (LIMIT - before.len() - after.len()) / item.len();
    let mut body = String::with_capacity(LIMIT);
    body.push_str(before);
    body.push_str(&item.repeat(items));
    body.truncate(body.len() - usize::from(item.ends_with(',')));
    body.push_str(after);
    body
}

/// A job whose last field is a list of these items.
fn job(field: &str, item: &str, after: &str) -> String {
    let before = format!(
        r#"{{"job_info":{{"title":"t","creator":"c","type":1,"report_type":1,"skip_weekend":0,"finish_cnt":0,{field}["#
    );
    filled(&before, item, &format!("]{after}}}}}"))
}

/// Each hostile body: its name, the endpoint that gets it, the body, and what must come of it.
fn bodies() -> Vec<(&'static str, &'static str, String, &'static str)> {
    const DECODED: &str = "decoded";
    const REFUSED: &str = "the lists would take too much memory";
    const ERRCODE: &str = "errcode 7: look it up";
    let answer = r#"{"answers":[{"id_type":1,"report_values":["#;
    let area = format!("{answer}{}", r#"{"question_id":0,"high_risk_area":["#);
    let padded = format!(r#"{{"question_id":0}}{},"#, " ".repeat(22));
    let short_list = r#"{"id_type":0,"report_values":[{"question_id":0}]}      ,"#;
    let question = r#"{"question_id":0,"title":"","question_type":1,"is_required":0},"#;
    vec![
        ("errmsg of empty objects", "stat", filled(r#"{"errcode":7,"errmsg":["#, r#"{"":0},"#, "]}"), ERRCODE),
        (
            "errmsg of lists without end",
            "stat",
            filled(r#"{"errcode":7,"errmsg":"#, "[", ""),
            "expected a string, found a list",
        ),
        ("errmsg that is long", "stat", filled(r#"{"errcode":7,"errmsg":""#, "x", "\"}"), ERRCODE),
        ("errmsg of escapes", "stat", filled(r#"{"errcode":7,"errmsg":""#, "\\u0001", "\"}"), ERRCODE),
        ("unknown fields", "stat", filled(r#"{"pv":1,"uv":1,"x":["#, r#"{"":0},"#, "]}"), DECODED),
        ("a token that is long", "gettoken", filled(r#"{"expires_in":7200,"access_token":""#, "x", "\"}"), "not sent"),
        ("ids that are empty", "jobids", filled(r#"{"jobids":["#, r#""","#, "]}"), REFUSED),
        ("ids that are short", "jobids", filled(r#"{"jobids":["#, r#""a","#, "]}"), REFUSED),
        ("ids that are null", "jobids", filled(r#"{"jobids":["#, "null,", "]}"), "expected a string, found null"),
        ("userids that are short", "job", job(r#""apply_range":{"userids":"#, r#""a","#, "}"), REFUSED),
        ("userids of companies", "job", job(r#""apply_range":{"userids":"#, r#""zhangsan","#, "}"), DECODED),
        ("departments", "job", job(r#""apply_range":{"partyids":"#, "0,", "}"), DECODED),
        ("questions", "job", job(r#""question_templates":"#, question, ""), DECODED),
        ("answers", "answers", filled(r#"{"answers":["#, r#"{"id_type":0},"#, "]}"), REFUSED),
        ("answers with a value each", "answers", filled(r#"{"answers":["#, short_list, "]}"), REFUSED),
        ("values", "answers", filled(answer, r#"{"question_id":0},"#, "]}]}"), REFUSED),
        ("values with blanks", "answers", filled(answer, &padded, "]}]}"), DECODED),
        ("values with texts", "answers", filled(answer, r#"{"question_id":0,"text":"a","url":"b"},"#, "]}]}"), DECODED),
        (
            "values with a file",
            "answers",
            filled(answer, r#"{"question_id":0,"fileid":["a"]}      ,"#, "]}]}"),
            REFUSED,
        ),
        (
            "options",
            "answers",
            filled(&format!("{answer}{}", r#"{"question_id":0,"multi_choice":["#), "0,", "]}]}]}"),
            DECODED,
        ),
        ("an area of empty objects", "answers", filled(&area, r#"{"":0},"#, "]}]}]}"), DECODED),
        ("departments, raw", "raw job", job(r#""apply_range":{"partyids":"#, "0,", "}"), DECODED),
        ("userids of companies, raw", "raw job", job(r#""apply_range":{"userids":"#, r#""zhangsan","#, "}"), DECODED),
        ("ids of companies, raw", "raw jobids", filled(r#"{"jobids":["#, r#""zhangsan","#, "]}"), DECODED),
        ("answers, raw", "raw answers", filled(r#"{"answers":["#, r#"{"id_type":0},"#, "]}"), REFUSED),
        (
            "values with texts, raw",
            "raw answers",
            filled(answer, r#"{"question_id":0,"text":"a","url":"b"},"#, "]}]}"),
            DECODED,
        ),
        ("an area with blanks", "answers", filled(&area, "0 ,", "]}]}]}"), DECODED),
    ]
}

/// What the process of its own does: a request, or a stream over all pages. Prints its peak before and after in KiB.
///
/// On one thread: with several, each has an arena of glibc's, which keeps what was freed, so that the peak depends on the load.
#[tokio::test]
async fn worker() {
    let Ok(arguments) = std::env::var("WECOM_HEALTH_TEST_WORKER") else { return };
    let (base_url, endpoint) = arguments.split_once(' ').unwrap();
    let before = peak_memory();
    let client = builder(base_url).on_drift(|_| {}).build().unwrap();
    let result = match endpoint {
        "stat" => client.report_stat(date()).await.map(drop),
        "gettoken" => client.report_stat(date()).await.map(drop),
        "jobids" => client.report_job_ids().send().await.map(drop),
        "job" => client.report_job_info("jobid1", date()).await.map(drop),
        "answers" => client.report_answers("jobid1", date()).send().await.map(drop),
        "raw jobids" => client.send(&Raw::new(GetReportJobIdsRequest::new())).await.map(drop),
        "raw job" => client.send(&Raw::new(GetReportJobInfoRequest::new("jobid1", date()))).await.map(drop),
        "raw answers" => client.pages(raw_answers()).stream().try_next().await.map(drop),
        "stream" => end_of(client.report_answers("jobid1", date()).concurrency(4).stream()).await,
        "raw stream" => end_of(client.pages(raw_answers()).concurrency(4).stream()).await,
        other => panic!("{other}"),
    };
    let outcome = result.map_or_else(|error| error.to_string(), |()| "decoded".to_owned());
    println!("\npeak {before} {} {}", peak_memory(), outcome);
}

fn raw_answers() -> Raw<GetReportAnswerRequest> {
    Raw::new(GetReportAnswerRequest::new("jobid1", date()))
}

async fn end_of<T>(mut items: Items<T>) -> Result<(), Error> {
    while items.try_next().await?.is_some() {}
    Ok(())
}

/// The most memory that this process ever had resident, in KiB.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Runs [`worker`] in a process of its own: its peak before and after, and what came of the request.
async fn measured(base_url: &str, endpoint: &str) -> (usize, usize, String) {
    let arguments = format!("{base_url} {endpoint}");
    let mut worker = Command::new(std::env::current_exe().unwrap());
    worker.args(["--exact", "worker", "--nocapture"]).env("WECOM_HEALTH_TEST_WORKER", arguments);
    let output = tokio::task::spawn_blocking(move || worker.stderr(Stdio::inherit()).output().unwrap()).await.unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let line = output.lines().find_map(|line| line.strip_prefix("peak ")).unwrap_or_else(|| panic!("{output}"));
    let mut words = line.splitn(3, ' ');
    let mut number = || words.next().unwrap().parse().unwrap();
    (number(), number(), words.next().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_bodies_take_8_times_their_size_at_most() {
    for (name, endpoint, body, expected) in bodies() {
        assert!(body.len() <= LIMIT && body.len() > LIMIT - 100, "{name}: {}", body.len());
        let (base_url, _) = respond(move |request| match (request.contains("/gettoken?"), endpoint) {
            (true, "gettoken") | (false, _) => ok(&body),
            (true, _) => token("token", "7200"),
        })
        .await;
        let (before, after, outcome) = measured(&base_url, endpoint).await;
        let times = (after - before) as f64 / (LIMIT / 1024) as f64;
        println!("{name}: {times:.1} times, {} MiB; {outcome}", after / 1024);
        assert!(outcome.contains(expected), "{name}: {outcome}");
        assert!(times <= 8.0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_pages_take_512_mib_at_most() {
    let area = r#"{"question_id":0,"high_risk_area":["#;
    let texts = r#"{"question_id":0,"text":"a","url":"b                     "},"#;
    let options = r#"{"question_id":0,"multi_choice":[0,0,0,0,0,0,0,0,0]}          ,"#;
    for (name, stream, item_before, item, after) in [
        ("a high risk area of empty objects", "stream", area, r#"{"":0},"#, "]}]}"),
        ("values with blanks", "stream", "", &*format!(r#"{{"question_id":0}}{},"#, " ".repeat(22)), "]}"),
        ("values with texts", "stream", "", texts, "]}"),
        ("values with options", "stream", "", options, "]}"),
        ("values with texts", "raw stream", "", texts, "]}"),
        ("values with options", "raw stream", "", options, "]}"),
    ] {
        // Valid pages of 100 answers, of which the last one is hostile, and different ones.
        let answers = r#"{"id_type":1,"userid":"NUMBER"},"#.repeat(99);
        let before = format!(r#"{{"answers":[{answers}{{"id_type":1,"report_values":[{item_before}"#);
        let body = filled(&before, item, &format!("{after}]}}"));
        let pages = 12;
        let (base_url, count) = respond(move |request| {
            if request.contains("/gettoken?") {
                return token("token", "7200");
            }
            let offset: usize =
                request.split("\"offset\":").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
            let page = if offset >= pages * 100 {
                "{}".to_owned()
            } else {
                body.replacen("NUMBER", &format!("{offset:06}"), 1)
            };
            ok(&page)
        })
        .await;
        let (_, after, outcome) = measured(&base_url, stream).await;
        println!("{name}, 4 pages at a time, {stream}: {} MiB; {outcome}", after / 1024);
        assert_eq!(outcome, "decoded", "{name}, {stream}");
        assert!(count.others.load(Ordering::Relaxed) > pages);
        assert!(after <= 512 * 1024, "{name}, {stream}: {after} KiB");
    }
}

#[tokio::test]
async fn a_response_without_end_is_cut_off() {
    let address = listen(|mut stream| async move {
        let Some(request) = read_request(&mut stream).await else { return };
        if request.contains("/gettoken?") {
            let _ = stream.write_all(&token("token", "7200")).await;
            read_request(&mut stream).await;
        }
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"x\":\"").await;
        while stream.write_all(&[b'x'; 64 << 10]).await.is_ok() {}
    })
    .await;
    let error = builder(&format!("http://{address}")).build().unwrap().report_stat(date()).await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    let message =
        "the response is larger than 16777216 bytes, the limit of this program (`response_limit`): check the base URL";
    assert!(error.to_string().ends_with(message), "{error}");
}

// Tokens.

#[tokio::test]
async fn no_refusal_makes_a_loop_of_gettoken() {
    let refuse = |errcode: i64| ok(&format!(r#"{{"errcode": {errcode}, "errmsg": "no"}}"#));
    let stat = || ok(r#"{"errcode": 0, "errmsg": "ok", "pv": 1, "uv": 1}"#);
    for (name, of_gettoken, of_requests, at_most) in [
        ("every token is rejected", token("token", "7200"), refuse(40014), 2),
        ("every token has expired", token("token", "7200"), refuse(42001), 2),
        ("expires_in is 0", token("token", "0"), stat(), 1),
        ("expires_in is 1", token("token", "1"), stat(), 1),
        ("expires_in is negative", token("token", "-1"), stat(), 1),
        ("expires_in is a text", token("token", "\"soon\""), stat(), 1),
        ("expires_in is missing", ok(r#"{"errcode": 0, "access_token": "token"}"#), stat(), 1),
        ("the token is empty", token("", "7200"), stat(), 1),
        ("40001", refuse(40001), stat(), 1),
        ("40013", refuse(40013), stat(), 1),
        ("40014", refuse(40014), stat(), 1),
        ("40125", refuse(40125), stat(), 1),
        ("41004", refuse(41004), stat(), 1),
        ("45009", refuse(45009), stat(), 1),
        ("60020", refuse(60020), stat(), 1),
        ("404", b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(), stat(), 1),
        ("a login page", ok("<html>"), stat(), 1),
    ] {
        let (base_url, count) =
            respond(
                move |request| {
                    if request.contains("/gettoken?") { of_gettoken.clone() } else { of_requests.clone() }
                },
            )
            .await;
        let client = builder(&base_url).build().unwrap();
        for _ in 0..20 {
            if let Err(error) = client.report_stat(date()).await {
                assert!(error.retry_after().is_some(), "{name}: {error}");
            }
        }
        let asked = count.gettoken.load(Ordering::Relaxed);
        assert!(asked > 0 && asked <= at_most, "{name}: {asked} requests for a token");
    }
}

// HTTP.

#[tokio::test(flavor = "multi_thread")]
async fn lies_of_http_end_in_an_error() {
    let body = r#"{"pv": 1, "uv": 1, "marked": 1}"#;
    let head = "HTTP/1.1 200 OK\r\n";
    let lies: Vec<(&str, String)> = vec![
        ("no HTTP", "marked\r\n\r\n".into()),
        ("TLS", "\u{16}\u{3}\u{1}marked".into()),
        ("HTTP/0.9", body.into()),
        ("HTTP/2 on plain TCP", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into()),
        ("an unknown version", format!("HTTP/9.9 200 OK\r\ncontent-length: 31\r\n\r\n{body}")),
        ("a status that is none", format!("HTTP/1.1 2000 OK\r\n\r\n{body}")),
        ("a head without end", format!("{head}{}", "x: marked\r\n".repeat(10_000))),
        ("a line without end", format!("{head}x: {}", "x".repeat(2 << 20))),
        ("a length that is none", format!("{head}content-length: marked\r\n\r\n{body}")),
        ("a negative length", format!("{head}content-length: -1\r\n\r\n{body}")),
        ("a length beyond 64 bits", format!("{head}content-length: 99999999999999999999\r\n\r\n{body}")),
        ("two lengths", format!("{head}content-length: 31\r\ncontent-length: 7\r\n\r\n{body}")),
        ("too long a length", format!("{head}content-length: 32\r\n\r\n{body}")),
        ("too short a length", format!("{head}content-length: 7\r\n\r\n{body}")),
        ("a chunk without end", format!("{head}transfer-encoding: chunked\r\n\r\nffff\r\n{body}")),
        ("a chunk size that is none", format!("{head}transfer-encoding: chunked\r\n\r\nmarked\r\n{body}\r\n0\r\n\r\n")),
        ("a chunk size beyond 64 bits", format!("{head}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{body}")),
        ("no body", format!("{head}content-length: 0\r\n\r\n")),
        ("204", "HTTP/1.1 204 No Content\r\n\r\n".into()),
        ("101", "HTTP/1.1 101 Switching Protocols\r\nupgrade: marked\r\nconnection: upgrade\r\n\r\n".into()),
        ("206", format!("HTTP/1.1 206 Partial Content\r\ncontent-length: 31\r\n\r\n{body}")),
        ("304", "HTTP/1.1 304 Not Modified\r\n\r\n".into()),
        (
            "401 with a marked realm",
            "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm=marked\r\ncontent-length: 0\r\n\r\n".into(),
        ),
        ("a NUL in a header", format!("{head}x: a\0marked\r\ncontent-length: 31\r\n\r\n{body}")),
        ("nothing", String::new()),
    ];
    for (name, lie) in lies {
        let (base_url, _) =
            respond(
                move |request| {
                    if request.contains("/gettoken?") { token("token", "7200") } else { lie.clone().into_bytes() }
                },
            )
            .await;
        let client = builder(&base_url).attempt_timeout(ATTEMPT).build().unwrap();
        let start = Instant::now();
        let error = client.report_stat(date()).await.expect_err(name);
        assert!(start.elapsed() < 4 * ATTEMPT, "{name}: {:?}", start.elapsed());
        for line in lines(&error).into_iter().chain([format!("{error:?}")]) {
            assert!(!line.contains("marked") && !line.contains('\n'), "{name}: {line}");
        }
    }
}

#[tokio::test]
async fn why_a_connection_failed_is_said_in_words_of_ours() {
    struct NoAddress;
    impl reqwest::dns::Resolve for NoAddress {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            Box::pin(async { Err("marked".into()) })
        }
    }
    let no_address = reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(NoAddress)).build().unwrap();
    let client = builder("https://wecom.example").http_client(no_address).build().unwrap();
    let error = client.report_stat(date()).await.unwrap_err();
    assert_eq!(lines(&error)[1..], ["the host name has no address: check the name and DNS".to_owned()]);

    for (sent, cause) in [
        ("marked\r\n\r\n", "what the server sent is not HTTP: check the base URL"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", "unexpected end of file: check the base URL and the network"),
        ("", "the server closed the connection too early: check the base URL, or try again later"),
    ] {
        let (base_url, _) = respond(|_| sent.as_bytes().to_vec()).await;
        let error = builder(&base_url).build().unwrap().report_stat(date()).await.unwrap_err();
        assert_eq!(lines(&error)[1..], [cause.to_owned()], "{sent:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_1xx_ends_with_the_timeout() {
    let address = listen(|mut stream| async move {
        read_request(&mut stream).await;
        let flood = b"HTTP/1.1 102 Processing\r\n\r\n".repeat(1_000);
        while stream.write_all(&flood).await.is_ok() {}
    })
    .await;
    let client = builder(&format!("http://{address}")).attempt_timeout(ATTEMPT).build().unwrap();
    let start = Instant::now();
    let error = client.report_stat(date()).await.unwrap_err();
    assert!(error.is_timeout() && start.elapsed() < 10 * ATTEMPT, "{error} after {:?}", start.elapsed());
}

// TLS, proxies, credentials.

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_wrong_certificate_is_named_and_gets_nothing() {
    let tls = |host: &str| tls(host, &["http/1.1"]);
    let now = |tls: &raw_server::Tls| {
        let http = reqwest::Client::builder().no_proxy();
        http.tls_certs_only([reqwest::Certificate::from_pem(tls.pem.as_bytes()).unwrap()]).build().unwrap()
    };
    let (ours, other) = (tls("localhost"), tls("elsewhere.example"));
    for (certificate, http, cause) in [
        (&ours, None, "the server's certificate was refused: this machine does not trust its issuer"),
        (&other, Some(now(&other)), "the server's certificate was refused: it belongs to another host"),
    ] {
        let acceptor = certificate.acceptor.clone();
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        let address = listen(move |stream| {
            let (acceptor, counted) = (acceptor.clone(), Arc::clone(&counted));
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                if read_request(&mut stream).await.is_some() {
                    counted.fetch_add(1, Ordering::Relaxed);
                }
            }
        })
        .await;
        let mut builder = builder(&format!("https://localhost:{}", address.port()));
        if let Some(http) = http {
            builder = builder.http_client(http);
        }
        let error = builder.build().unwrap().report_stat(date()).await.unwrap_err();
        assert!(error.is_connect() && error.is_tls() && !error.is_proxy(), "{error}");
        assert_eq!(lines(&error)[1..], [cause.to_owned()]);
        assert_eq!(requests.load(Ordering::Relaxed), 0);
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    for (status, cause) in [
        ("407 Proxy Authentication Required", "the proxy asks for a user name and a password"),
        ("403 marked", "the proxy refused to connect to the server"),
    ] {
        let (proxy, _) = respond(move |_| format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").into_bytes()).await;
        let http = reqwest::Client::builder().proxy(reqwest::Proxy::all(proxy).unwrap()).build().unwrap();
        let client = builder("https://wecom.example").http_client(http).build().unwrap();
        let error = client.report_stat(date()).await.unwrap_err();
        assert!(error.is_connect() && error.is_proxy() && !error.is_tls(), "{error}");
        assert_eq!(lines(&error)[1..], [cause.to_owned()]);
    }
}

#[test]
fn credentials_with_invisible_characters_are_not_sent() {
    for odd in ["s\n", " s", "s ", "s\r\n", "s\0", "\u{feff}s", "s\u{200b}", "s\u{a0}t", "s t", "ｓ", "s\u{7f}"] {
        let secret = Client::builder("ww1", Secret::new(odd)).build().unwrap_err().to_string();
        let corp_id = Client::builder(odd, Secret::new("s")).build().unwrap_err().to_string();
        assert_eq!(secret, "the secret contains an invalid character, perhaps white space: copy it again");
        assert_eq!(corp_id, "the corp id contains an invalid character, perhaps white space: copy it again");
    }
    Client::builder("ww1", Secret::new("aZ09-_")).build().unwrap();
}
