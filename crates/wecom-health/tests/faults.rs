//! What the client makes of every fault, at each endpoint. The table is in `support/mod.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use support::{Case, ENDPOINTS, cases, everything, holding, marked_emulator, send, warm_client};
use wecom_health::{Client, Secret};
use wecom_health_emulator::{Emulator, Fault};

async fn check(case: Case, endpoint: &'static str) {
    let emulator = marked_emulator().await;
    let client = warm_client(&emulator).await;
    let before = emulator.count(endpoint);
    for fault in case.faults {
        emulator.fail_next(endpoint, fault);
    }
    let result = send(&client, endpoint).await;
    let context = format!("{}, {endpoint}", case.name);
    assert_eq!(emulator.count(endpoint) - before, case.attempts, "{context}: {result:?}");
    match (result, case.holds) {
        (Ok(()), None) => {}
        (Err(error), Some(holds)) => {
            let message = error.to_string();
            let column = message.rsplit([' ', ';']).find(|word| word.parse::<usize>().is_ok());
            let line = case.line.replace("{column}", column.unwrap_or("{column}"));
            assert_eq!(message, format!("/cgi-bin/health/{endpoint}: {line}"), "{context}");
            assert_eq!(holding(&error), holds, "{context}");
            assert_eq!(error.attempts() as usize, case.attempts, "{context}");
        }
        (result, _) => panic!("{context}: {result:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_has_its_own_error_at_every_endpoint() {
    let checks = ENDPOINTS.into_iter().flat_map(|endpoint| {
        let cases = cases().into_iter().filter(move |case| case.endpoints.contains(&endpoint));
        cases.map(move |case| tokio::spawn(check(case, endpoint)))
    });
    // A few at a time: a busy machine must not run into the timeout of an attempt.
    let mut checks = futures_util::stream::iter(checks).buffer_unordered(16);
    while let Some(check) = checks.next().await {
        check.unwrap();
    }
}

#[tokio::test]
async fn only_a_missing_payload_is_an_error_not_an_empty_list() {
    let emulator = Emulator::start().await.unwrap();
    let client = warm_client(&emulator).await;
    for (endpoint, field) in [
        ("get_report_jobids", None),
        ("get_report_job_info", Some("job_info")),
        ("get_report_answer", None),
        ("get_health_report_stat", Some("pv")),
    ] {
        let before = emulator.count(endpoint);
        emulator.fail_next(endpoint, Fault::NoPayload);
        let result = send(&client, endpoint).await;
        assert_eq!(emulator.count(endpoint) - before, 1);
        match field {
            None => result.unwrap(),
            Some(field) => {
                let error = result.unwrap_err();
                let message =
                    format!("/cgi-bin/health/{endpoint}: the server reports success, but `{field}` is absent or null");
                assert_eq!((error.to_string(), holding(&error)), (message, "decode".to_owned()));
            }
        }
    }
}

#[tokio::test]
async fn a_refused_connection_has_three_attempts() {
    let emulator = Emulator::start().await.unwrap();
    let client = warm_client(&emulator).await;
    let server = emulator.base_url().replace("http://", "");
    drop(emulator);
    for endpoint in ENDPOINTS {
        let refused = async {
            loop {
                match send(&client, endpoint).await {
                    Err(error) if error.is_connect() => break error,
                    _ => tokio::task::yield_now().await,
                }
            }
        };
        let error = tokio::time::timeout(Duration::from_secs(10), refused).await.unwrap();
        assert_eq!(error.to_string(), format!("/cgi-bin/health/{endpoint}: could not connect to {server}"));
        assert_eq!((holding(&error).as_str(), error.attempts()), ("connect transient", 3));
        let cause = everything(&error).last().unwrap().clone();
        assert!(cause.contains("refused") && cause.ends_with(": check the base URL and the network"), "{cause}");
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
async fn a_rate_limit_is_waited_out_within_the_deadline() {
    let emulator = Emulator::start().await.unwrap();
    let builder = || Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let never = builder().wait_when_rate_limited(Duration::from_secs(60)).build().unwrap_err();
    assert!(never.to_string().contains("raise `timeout`"), "{never}");

    let pause = Duration::from_millis(700);
    let client = builder().wait_when_rate_limited(pause).timeout(Duration::from_secs(1)).build().unwrap();
    client.report_job_ids().send().await.unwrap();
    let endpoint = ENDPOINTS[3];
    for times in [1, 10] {
        let before = emulator.count(endpoint);
        for _ in 0..times {
            emulator.fail_next(endpoint, Fault::ErrCode(45009));
        }
        let start = Instant::now();
        let result = send(&client, endpoint).await;
        // A second pause would not end before the deadline.
        assert_eq!((emulator.count(endpoint) - before, result.is_ok()), (2, times == 1));
        assert!(start.elapsed() >= pause);
    }
}

#[tokio::test]
async fn refusals_of_gettoken_hold_and_busy_does_not() {
    // Code of gettoken, and how many requests for a token there are after a first and after a second request.
    for (code, first, second) in [(40001, 1, 1), (40013, 1, 1), (60020, 1, 1), (-1, 3, 4)] {
        let emulator = Emulator::start().await.unwrap();
        let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
        let client = builder.build().unwrap();
        for _ in 0..first {
            emulator.fail_next("gettoken", Fault::ErrCode(code));
        }
        let error = send(&client, ENDPOINTS[3]).await.unwrap_err();
        assert_eq!(error.endpoint(), Some("/cgi-bin/gettoken"), "{code}");
        assert_eq!(emulator.count("gettoken"), first, "{code}");
        assert_eq!(send(&client, ENDPOINTS[3]).await.is_ok(), second > first, "{code}");
        assert_eq!(emulator.count("gettoken"), second, "{code}");
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
    send(&client, ENDPOINTS[3]).await.unwrap();
    // 100 ms, then 200 ms, and some more by chance.
    assert!(start.elapsed() >= Duration::from_millis(300), "{:?}", start.elapsed());
}
