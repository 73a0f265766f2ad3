//! Neither arbitrary bytes nor nearly right requests make the emulator panic or respond with a 5xx.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use support::token;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wecom_health_emulator::{Emulator, Fault, FaultRule};

mod support;

/// Arbitrary JSON.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "-?[0-9]{1,6}-[0-9]{2}-[0-9]{2}".prop_map(Value::from),
        Just(json!("jobid1")),
        Just(json!("2020-03-27")),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((any::<String>(), inner), 0..5).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A request to an endpoint with arbitrary parameters, and sometimes with another path, query or method.
fn nearly_right() -> impl Strategy<Value = Vec<u8>> {
    let method = prop_oneof![6 => Just("POST".to_owned()), 3 => Just("GET".to_owned()), 1 => "[A-Z]{1,9}"];
    let endpoint = prop_oneof![
        Just("health/get_report_jobids".to_owned()),
        Just("health/get_report_job_info".to_owned()),
        Just("health/get_report_answer".to_owned()),
        Just("health/get_health_report_stat".to_owned()),
        Just("gettoken".to_owned()),
        Just("department/simplelist".to_owned()),
        Just("user/simplelist".to_owned()),
        Just("school/department/list".to_owned()),
        Just("school/user/list".to_owned()),
        "[A-Za-z0-9%/._~-]{0,40}",
    ];
    let department = "(&(department_)?id=[0-9]{0,20}){0,3}";
    let query = prop_oneof![2 => Just("access_token=TOKEN".to_owned()),
        2 => department.prop_map(|ids| format!("access_token=TOKEN{ids}")), 1 => "[A-Za-z0-9%&=+._~-]{0,40}"];
    let name = prop_oneof![Just("jobid"), Just("date"), Just("offset"), Just("limit")];
    let fields = vec((name, any_json()), 0..5);
    let body = prop_oneof![
        4 => fields.prop_map(|fields| json!(fields.into_iter().collect::<std::collections::BTreeMap<_, _>>()).to_string()),
        1 => any_json().prop_map(|body| body.to_string()),
        1 => any::<String>(),
    ];
    (method, endpoint, query, body).prop_map(|(method, endpoint, query, body)| {
        let length = body.len();
        let head = format!("{method} /cgi-bin/{endpoint}?{query} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        format!("{head}content-length: {length}\r\n\r\n{body}").into_bytes()
    })
}

/// Arbitrary bytes, alone or within a request.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let changed = (nearly_right(), any::<prop::sample::Index>(), vec(any::<u8>(), 1..20));
    prop_oneof![
        vec(any::<u8>(), 0..200),
        changed.prop_map(|(mut request, place, bytes)| {
            let place = place.index(request.len());
            request.splice(place..place, bytes);
            request
        })
    ]
}

/// Sends requests, each on a connection of its own, and checks the responses.
fn send_all(requests: impl Strategy<Value = Vec<u8>>, always_responds: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let date = wecom_health_emulator::NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let faults = [Fault::UnknownField, Fault::UnknownValue, Fault::NullLists, Fault::WrongCharset, Fault::RepeatedPage];
    let builder = Emulator::builder().samples().synthetic_answers("jobid1", date, usize::MAX).no_rate_limits();
    let builder = faults.into_iter().fold(builder, |builder, fault| builder.fault(FaultRule::new(fault).share(0.1)));
    let emulator = runtime.block_on(builder.start()).unwrap();
    let token = runtime.block_on(token(&emulator));
    let outcome =
        TestRunner::new(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() }).run(
            &requests,
            |request| {
                let request = String::from_utf8(request.clone())
                    .map_or(request, |text| text.replace("TOKEN", &token).into_bytes());
                let response = runtime.block_on(async {
                    let mut connection = support::connect(&emulator).await;
                    let _ = connection.write_all(&request).await;
                    if !always_responds {
                        // The server would wait for the rest of an incomplete request.
                        let _ = connection.shutdown().await;
                    }
                    let mut response = Vec::new();
                    let reading = connection.read_to_end(&mut response);
                    assert!(tokio::time::timeout(Duration::from_secs(20), reading).await.is_ok(), "no end");
                    response
                });
                let status = response.get(9..12).unwrap_or_default();
                prop_assert!(!status.starts_with(b"5"), "{}", String::from_utf8_lossy(&response));
                prop_assert!(
                    !always_responds || status == b"200" || status == b"404",
                    "{}",
                    String::from_utf8_lossy(&response)
                );
                Ok(())
            },
        );
    outcome.unwrap();
    let arrived = emulator.requests().len();
    assert!(!always_responds || arrived == 2_001, "{arrived}");
    // Panics if anything panicked.
    runtime.block_on(async { drop(emulator) });
}

#[test]
fn nearly_right_requests_get_200_or_404() {
    send_all(nearly_right(), true);
}

#[test]
fn no_bytes_make_it_panic() {
    send_all(anything(), false);
}
