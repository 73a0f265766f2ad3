//! Many requests at once, some with faults: none is lost, nothing panics, memory stays flat.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wecom_health_emulator::{Emulator, Fault, FaultRule};

mod support;

const ENDPOINTS: [&str; 4] =
    ["get_report_jobids", "get_report_job_info", "get_report_answer", "get_health_report_stat"];
const CONNECTIONS: usize = 64;
const REQUESTS: usize = 20_000;

/// Sends a request on a connection that stays open and returns the body of the response, or `None` if the connection closes.
async fn exchange(connection: &mut TcpStream, target: &str, body: &str) -> Option<Vec<u8>> {
    let length = body.len();
    let request = format!("POST {target} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}");
    connection.write_all(request.as_bytes()).await.ok()?;
    let mut response = Vec::new();
    loop {
        connection.read_buf(&mut response).await.ok().filter(|read| *read > 0)?;
        let Some(end) = response.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&response[..end]).to_ascii_lowercase();
        let (_, length) = head.split_once("content-length: ").unwrap();
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        if response.len() >= end + 4 + length {
            return Some(response.split_off(end + 4));
        }
    }
}

/// Sends this many requests over 64 connections, which are replaced when they close. Returns how they ended, by errcode.
async fn load(emulator: &Arc<Emulator>, requests: usize) -> BTreeMap<String, usize> {
    let token = support::token(emulator).await;
    let workers = (0..CONNECTIONS).map(|worker| {
        let (emulator, token) = (Arc::clone(emulator), token.clone());
        tokio::spawn(async move {
            let mut ends: BTreeMap<String, usize> = BTreeMap::new();
            let mut connection = support::connect(&emulator).await;
            for number in (worker..requests).step_by(CONNECTIONS) {
                let target = format!("{}?access_token={token}", support::path(ENDPOINTS[number / CONNECTIONS % 4]));
                let body = format!(r#"{{"jobid": "job0000", "date": "2020-03-27", "limit": 10, "number": {number}}}"#);
                let end = match exchange(&mut connection, &target, &body).await {
                    None => {
                        connection = support::connect(&emulator).await;
                        "no response".to_owned()
                    }
                    Some(response) => match serde_json::from_slice::<serde_json::Value>(&response) {
                        Ok(response) => response["errcode"].to_string(),
                        Err(_) => "no JSON".to_owned(),
                    },
                };
                *ends.entry(end).or_default() += 1;
            }
            ends
        })
    });
    let mut ends = BTreeMap::new();
    for worker in workers.collect::<Vec<_>>() {
        for (end, count) in worker.await.unwrap() {
            *ends.entry(end).or_default() += count;
        }
    }
    ends
}

/// Memory of this process in KiB, if the system shows it.
fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().trim_end_matches(" kB").parse().ok())
}

fn five_percent() -> [FaultRule; 5] {
    [Fault::ErrCode(-1), Fault::Reset, Fault::Truncated, Fault::InvalidJson, Fault::Html]
        .map(|fault| FaultRule::new(fault).share(0.01))
}

/// One after the other, because memory is measured for the whole process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_memory_is_flat_and_no_request_is_lost() {
    memory_stays_flat_with_few_recorded_requests().await;
    every_request_gets_a_response_and_is_recorded().await;
}

async fn memory_stays_flat_with_few_recorded_requests() {
    let day = wecom_health_emulator::NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let builder = Emulator::builder().synthetic_answers("job0000", day, 1_000).no_rate_limits().keep_requests(100);
    let builder = five_percent().into_iter().fold(builder, |builder, rule| builder.fault(rule));
    let emulator = Arc::new(builder.start().await.unwrap());
    load(&emulator, 2_000).await;
    let Some(before) = memory() else { return };
    load(&emulator, REQUESTS).await;
    let after = memory().unwrap();
    println!("{before} KiB after 2,000 requests, {after} KiB after {REQUESTS} more");
    assert_eq!(emulator.requests().len(), 100);
    assert!(after < before + 8 * 1024, "{before} KiB, then {after} KiB");
}

async fn every_request_gets_a_response_and_is_recorded() {
    let day = wecom_health_emulator::NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let builder = Emulator::builder().synthetic_answers("job0000", day, 1_000).no_rate_limits();
    let builder = five_percent().into_iter().fold(builder, |builder, rule| builder.fault(rule));
    let emulator = Arc::new(builder.keep_requests(REQUESTS + 1).start().await.unwrap());
    let ends = load(&emulator, REQUESTS).await;
    println!("{ends:?}, at most {} at once", emulator.max_in_flight());
    assert_eq!(ends.values().sum::<usize>(), REQUESTS);
    // Each of the five faults hits one in a hundred: which ones depends on the seed alone, so no other request failed.
    let expected = [("-1", 219), ("0", 18_995), ("no response", 417), ("no JSON", 369)];
    assert_eq!(ends, expected.map(|(end, count)| (end.to_owned(), count)).into());
    // Every request is there, each once.
    let requests = emulator.requests();
    assert_eq!(requests.len(), REQUESTS + 1);
    let mut numbers: Vec<usize> = requests[1..]
        .iter()
        .map(|request| {
            serde_json::from_str::<serde_json::Value>(request.body()).unwrap()["number"].as_u64().unwrap() as usize
        })
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..REQUESTS).collect::<Vec<_>>());
}
