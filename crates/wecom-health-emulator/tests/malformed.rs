//! Malformed requests: each gets the response that the README says, none a 500, and none waits for ever.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::Duration;

use serde_json::Value;
use support::{path, raw, send, token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wecom_health_emulator::{Emulator, Fault, FaultRule};

mod support;

const ENDPOINTS: [&str; 4] =
    ["get_report_jobids", "get_report_job_info", "get_report_answer", "get_health_report_stat"];

/// Fails instead of hanging.
async fn within_20_seconds<T>(response: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), response).await.unwrap()
}

async fn code(emulator: &Emulator, method: &str, target: &str, headers: &str, body: &str) -> i64 {
    let (head, text) = within_20_seconds(send(emulator, method, target, headers, body)).await;
    assert!(head.starts_with("http/1.1 200 ok"), "{method} {target}: {head}");
    serde_json::from_str::<Value>(&text).unwrap()["errcode"].as_i64().unwrap()
}

#[tokio::test]
async fn every_malformed_request_gets_its_documented_errcode() {
    let emulator = Emulator::start().await.unwrap();
    let good = format!("?access_token={}", token(&emulator).await);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for name in ENDPOINTS {
        let path = path(name);
        let required = name != "get_report_jobids";
        for (body, expected) in [
            ("", 40063),
            ("not JSON", 40063),
            ("\"text\"", 40063),
            ("[]", 40063),
            ("null", 40063),
            ("{\"date\": ", 40063),
            (deep.as_str(), 40063),
            ("{}", if required { 40063 } else { 0 }),
            (r#"{"date": null, "jobid": null}"#, if required { 40063 } else { 0 }),
            (r#"{"date": "", "jobid": ""}"#, if required { 40063 } else { 0 }),
            (r#"{"date": 20200327, "jobid": 1}"#, if required { 40058 } else { 0 }),
            (r#"{"date": ["2020-03-27"], "jobid": {}}"#, if required { 40058 } else { 0 }),
            (r#"{"date": "2020-3-27", "jobid": "jobid1"}"#, if required { 40058 } else { 0 }),
            (r#"{"date": "-0001-01-01", "jobid": "jobid1"}"#, if required { 40058 } else { 0 }),
            (r#"{"date": "+10000-01-01", "jobid": "jobid1"}"#, if required { 40058 } else { 0 }),
            (r#"{"date": "-262143-01-01", "jobid": "jobid1"}"#, if required { 40058 } else { 0 }),
            (r#"{"date": "0000-01-01", "jobid": "jobid1"}"#, 0),
            (r#"{"date": "9999-12-31", "jobid": "jobid1"}"#, 0),
            (r#"{"date": "+2020-03-27", "jobid": "jobid1"}"#, if required { 40058 } else { 0 }),
            (r#"{"date": "2020-03-27", "jobid": "jobid1", "unknown": [1]}"#, 0),
        ] {
            assert_eq!(
                code(&emulator, "POST", &format!("{path}{good}"), "", body).await,
                expected,
                "{name} {body:.40}"
            );
            // Without a token, the body does not matter.
            assert_eq!(code(&emulator, "POST", &path, "", body).await, 41001, "{name} {body:.40}");
            assert_eq!(code(&emulator, "POST", &format!("{path}?access_token=x"), "", body).await, 40014);
        }
        for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
            assert_eq!(code(&emulator, method, &path, "", "{}").await, 41001, "{method} {name}");
            assert_eq!(code(&emulator, method, &format!("{path}{good}"), "", "{}").await, 40058, "{method} {name}");
        }
        let header = format!("authorization: Bearer {0}\r\naccess_token: {0}\r\n", &good["?access_token=".len()..]);
        assert_eq!(code(&emulator, "POST", &path, &header, "{}").await, 41001, "{name}");
        for query in ["?", "?access_token", "?access_token=", "?%ff=%", "?a=b&access_token=%20", "?ACCESS_TOKEN=x"] {
            let code = code(&emulator, "POST", &format!("{path}{query}"), "", "{}").await;
            assert!([41001, 40014].contains(&code), "{query}: {code}");
        }
    }
    for (numbers, expected) in [
        (r#""offset": -1"#, 40058),
        (r#""offset": 1.5"#, 40058),
        (r#""offset": "0""#, 40058),
        (r#""offset": 18446744073709551615"#, 0),
        (r#""offset": 1e400"#, 40063),
        (r#""limit": 0"#, 40058),
        (r#""limit": 101"#, 40058),
        (r#""limit": 100, "offset": 9223372036854775807"#, 0),
    ] {
        for name in ["get_report_jobids", "get_report_answer"] {
            let body = format!(r#"{{"jobid": "jobid1", "date": "2020-03-27", {numbers}}}"#);
            assert_eq!(code(&emulator, "POST", &format!("{}{good}", path(name)), "", &body).await, expected, "{body}");
        }
    }
}

#[tokio::test]
async fn a_body_of_10_mb_gets_a_413_that_the_client_sees() {
    let emulator = Emulator::start().await.unwrap();
    let (head, body) =
        within_20_seconds(send(&emulator, "POST", &path(ENDPOINTS[0]), "", &"x".repeat(10_000_000))).await;
    assert!(head.starts_with("http/1.1 413"), "{head}");
    assert_eq!(body, "");
    // In chunks, without a length in front.
    let chunk = format!("{:x}\r\n{}\r\n", 100_000, "x".repeat(100_000));
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n",
        path(ENDPOINTS[0]),
        chunk.repeat(100)
    );
    let response = within_20_seconds(raw(&emulator, request.as_bytes())).await;
    assert!(response.starts_with(b"HTTP/1.1 413"));
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn broken_http_is_refused_and_does_no_harm() {
    let emulator = Emulator::start().await.unwrap();
    for request in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzzz\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let response = within_20_seconds(raw(&emulator, request)).await;
        assert!(response.is_empty() || response.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&response));
    }
    token(&emulator).await;
}

#[tokio::test]
async fn too_long_heads_are_refused() {
    let emulator = Emulator::start().await.unwrap();
    let header = format!("x: {}\r\n", "x".repeat(100_000));
    let (head, _) = within_20_seconds(send(&emulator, "POST", &path(ENDPOINTS[0]), &header, "{}")).await;
    // A connection that is closed on a client that is still sending may lose the response.
    assert!(head.starts_with("http/1.1 431") || head.is_empty(), "{head}");
    let many = (0..1_000).map(|number| format!("x{number}: 1\r\n")).collect::<String>();
    let (head, _) = within_20_seconds(send(&emulator, "POST", &path(ENDPOINTS[0]), &many, "{}")).await;
    assert!(head.starts_with("http/1.1 431"), "{head}");
    let long = format!("{}?access_token={}", path(ENDPOINTS[0]), "x".repeat(100_000));
    let (head, _) = within_20_seconds(send(&emulator, "POST", &long, "", "{}")).await;
    assert!(head.starts_with("http/1.1 4") || head.is_empty(), "{head}");
    token(&emulator).await;
}

/// The runtime puts its clock forward when nothing else is left to do.
#[tokio::test(start_paused = true)]
async fn unfinished_requests_are_closed_after_30_seconds() {
    let emulator = Emulator::start().await.unwrap();
    for part in ["", "POST / HT", "POST / HTTP/1.1\r\nhost: x\r\n", "POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nx"] {
        let started = tokio::time::Instant::now();
        let mut connection = support::connect(&emulator).await;
        connection.write_all(part.as_bytes()).await.unwrap();
        let mut response = String::new();
        let closed = tokio::time::timeout(Duration::from_secs(60), connection.read_to_string(&mut response)).await;
        assert!(closed.is_ok(), "{part:?}: {response}");
        assert!(started.elapsed() >= Duration::from_secs(30), "{part:?}: {:?}", started.elapsed());
    }
    assert!(emulator.requests().is_empty());
}

/// More connections than there is room for: each has sent a part of a request, or a whole one and then nothing more.
#[tokio::test(flavor = "multi_thread")]
async fn unfinished_requests_do_not_keep_others_out() {
    let emulator = Emulator::start().await.unwrap();
    emulator.fail_next("get_report_answer", Fault::Delay(Duration::from_secs(5)));
    let mut busy = support::connect(&emulator).await;
    let whole = "POST /cgi-bin/health/get_report_answer HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    busy.write_all(whole.as_bytes()).await.unwrap();
    while emulator.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut held = Vec::new();
    for number in 0..700 {
        let mut connection = support::connect(&emulator).await;
        let part = match number % 3 {
            0 => "POST /cgi-",
            1 => "POST /cgi-bin/x HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nx",
            _ => whole,
        };
        // One that had to make room may be closed already.
        let _ = connection.write_all(part.as_bytes()).await;
        held.push(connection);
    }
    for _ in 0..10 {
        within_20_seconds(token(&emulator)).await;
    }
    let mut closed = 0;
    for connection in &mut held {
        let mut response = Vec::new();
        let read = tokio::time::timeout(Duration::from_millis(1), connection.read_to_end(&mut response)).await;
        closed += usize::from(read.is_ok());
    }
    assert!((150..=300).contains(&closed), "{closed} of 700 had to make room");
    // The oldest of all is still in progress.
    let mut response = [0; 15];
    within_20_seconds(busy.read_exact(&mut response)).await.unwrap();
    assert_eq!(&response, b"HTTP/1.1 200 OK");
}

/// More requests at once than there is room for: the others wait, and none is refused.
#[tokio::test(flavor = "multi_thread")]
async fn six_hundred_slow_requests_all_get_a_response() {
    let delay = FaultRule::new(Fault::Delay(Duration::from_millis(1_500))).always();
    let emulator = std::sync::Arc::new(Emulator::builder().fault(delay).start().await.unwrap());
    let requests = (0..600).map(|_| {
        let emulator = std::sync::Arc::clone(&emulator);
        tokio::spawn(async move { within_20_seconds(send(&emulator, "GET", "/cgi-bin/gettoken", "", "")).await.0 })
    });
    for request in requests.collect::<Vec<_>>() {
        let head = request.await.unwrap();
        assert!(head.starts_with("http/1.1 200"), "{head:?}");
    }
    assert_eq!(emulator.count("gettoken"), 600);
}
