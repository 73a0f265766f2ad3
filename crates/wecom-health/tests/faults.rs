//! What the client makes of every fault, for each of the four calls. The table is in `support/mod.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use support::{Case, ENDPOINTS, call, cases, everything, holding, requests, warm_client};
use wecom_health::{Client, Secret};
use wecom_health_emulator::{Emulator, Fault};

async fn check(case: Case, name: &'static str) {
    let emulator = Emulator::start().await.unwrap();
    let client = warm_client(&emulator).await;
    let before = requests(&emulator, name);
    for fault in case.faults {
        emulator.fail_next(name, fault);
    }
    let result = call(&client, name).await;
    let context = format!("{}, {name}", case.name);
    assert_eq!(requests(&emulator, name) - before, case.requests, "{context}: {result:?}");
    match (result, case.holds) {
        (Ok(()), None) => {}
        (Err(error), Some(holds)) => {
            assert_eq!(error.to_string(), format!("/cgi-bin/health/{name}: {}", case.line), "{context}");
            assert_eq!(holding(&error), holds, "{context}");
            assert_eq!(error.attempts() as usize, case.requests, "{context}");
        }
        (result, _) => panic!("{context}: {result:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_has_its_own_error_at_every_endpoint() {
    let checks =
        ENDPOINTS.into_iter().flat_map(|name| cases().into_iter().map(move |case| tokio::spawn(check(case, name))));
    // A few at a time: a busy machine must not run into the time for one try.
    let mut checks = futures_util::stream::iter(checks).buffer_unordered(16);
    while let Some(check) = checks.next().await {
        check.unwrap();
    }
}

#[tokio::test]
async fn only_a_missing_payload_is_an_error_not_an_empty_list() {
    let emulator = Emulator::start().await.unwrap();
    let client = warm_client(&emulator).await;
    for (name, field) in [
        ("get_report_jobids", None),
        ("get_report_job_info", Some("job_info")),
        ("get_report_answer", None),
        ("get_health_report_stat", Some("pv")),
    ] {
        let before = requests(&emulator, name);
        emulator.fail_next(name, Fault::Body(r#"{"errcode": 0, "errmsg": "ok"}"#.into()));
        let result = call(&client, name).await;
        assert_eq!(requests(&emulator, name) - before, 1);
        match field {
            None => result.unwrap(),
            Some(field) => {
                let error = result.unwrap_err();
                let message =
                    format!("/cgi-bin/health/{name}: the server reports success, but `{field}` is absent or null");
                assert_eq!((error.to_string(), holding(&error)), (message, "decode".to_owned()));
            }
        }
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_three_times() {
    let emulator = Emulator::start().await.unwrap();
    let client = warm_client(&emulator).await;
    drop(emulator);
    for name in ENDPOINTS {
        let refused = async {
            loop {
                match call(&client, name).await {
                    Err(error) if error.is_connect() => break error,
                    _ => tokio::task::yield_now().await,
                }
            }
        };
        let error = tokio::time::timeout(Duration::from_secs(10), refused).await.unwrap();
        assert_eq!(error.to_string(), format!("/cgi-bin/health/{name}: could not connect to the server"));
        assert_eq!((holding(&error).as_str(), error.attempts()), ("connect transient", 3));
        assert!(everything(&error).last().unwrap().contains("refused"), "{error:?}");
    }
}

#[tokio::test]
async fn a_connection_that_is_not_accepted_is_a_timeout() {
    let server = tokio::net::TcpSocket::new_v4().unwrap();
    server.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let server = server.listen(1).unwrap();
    let address = server.local_addr().unwrap();
    // Those that fit into its queue; further ones get no reply.
    let _queue: Vec<_> =
        (0..8).map(|_| tokio::spawn(async move { tokio::net::TcpStream::connect(address).await })).collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let builder = Client::builder("ww1", Secret::new("s")).base_url(format!("http://{address}"));
    let client = builder.connect_timeout(Duration::from_millis(200)).build().unwrap();
    let error = client.report_job_ids().send().await.unwrap_err();
    assert_eq!(holding(&error), "connect transient timeout", "{error:?}");
}

#[tokio::test]
async fn each_fault_has_a_line_of_its_own() {
    let lines: Vec<_> = cases().iter().map(|case| case.line).filter(|line| !line.is_empty()).collect();
    let mut distinct = lines.clone();
    distinct.sort_unstable();
    distinct.dedup();
    // Reset before and after the headers, a late and a slow answer, and what is no JSON in three ways read the same.
    assert!(distinct.len() >= lines.len() - 4, "{lines:#?}");
}

#[tokio::test]
async fn a_rate_limit_is_waited_out_within_the_deadline() {
    let emulator = Emulator::start().await.unwrap();
    let builder = || Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let never = builder().wait_when_rate_limited(Duration::from_secs(60)).build().unwrap_err();
    assert!(never.to_string().contains("raise `timeout`"), "{never}");

    let pause = Duration::from_millis(700);
    let client = builder().wait_when_rate_limited(pause).timeout(Duration::from_secs(1)).build().unwrap();
    client.report_job_ids().send().await.unwrap();
    let name = ENDPOINTS[3];
    for (times, requests_made) in [(1, 2), (10, 2)] {
        let before = requests(&emulator, name);
        for _ in 0..times {
            emulator.fail_next(name, Fault::ErrCode(45009));
        }
        let start = Instant::now();
        let result = call(&client, name).await;
        // A second pause would not fit in the time.
        assert_eq!((requests(&emulator, name) - before, result.is_ok()), (requests_made, times == 1));
        assert!(start.elapsed() >= pause);
    }
}

#[tokio::test]
async fn refusals_of_gettoken_hold_and_busy_does_not() {
    // Code of gettoken, requests for a first and for a second call.
    for (code, first, second) in [(40001, 1, 1), (40013, 1, 1), (60020, 1, 1), (-1, 3, 4)] {
        let emulator = Emulator::start().await.unwrap();
        let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
        let client = builder.build().unwrap();
        for _ in 0..first {
            emulator.fail_next("gettoken", Fault::ErrCode(code));
        }
        let error = call(&client, ENDPOINTS[3]).await.unwrap_err();
        assert_eq!(error.endpoint(), Some("/cgi-bin/gettoken"), "{code}");
        assert_eq!(requests(&emulator, "gettoken"), first, "{code}");
        assert_eq!(call(&client, ENDPOINTS[3]).await.is_ok(), second > first, "{code}");
        assert_eq!(requests(&emulator, "gettoken"), second, "{code}");
    }
}

#[tokio::test]
async fn there_is_a_pause_before_each_retry() {
    let emulator = Emulator::start().await.unwrap();
    let client = warm_client(&emulator).await;
    for _ in 0..2 {
        emulator.fail_next(ENDPOINTS[3], Fault::ErrCode(-1));
    }
    let start = Instant::now();
    call(&client, ENDPOINTS[3]).await.unwrap();
    // 100 ms, then 200 ms, and some more by chance.
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());
}
