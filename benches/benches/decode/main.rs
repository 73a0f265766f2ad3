//! Decoding into the generated types, against hand-written types and `Value`: `cargo bench -p wecom-health-benches --bench decode`.
//!
//! Every contestant decodes the same bytes. For `Value`, looking up the fields is not included.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic, and prints what it measured")]

use std::hint::black_box;

use serde::de::DeserializeOwned;
use serde_json::Value;
use wecom_health_benches::{Contestant, compare, payload};
use wecom_health_model::{GetReportAnswerResponse, GetReportJobInfoResponse, Response};

mod by_hand;

fn main() {
    let map: serde_json::Map<String, Value> = serde_json::from_str(r#"{"b": 0, "a": 0}"#).unwrap();
    if map.keys().next().is_some_and(|key| key == "b") {
        println!("\n`Value` keeps the order of keys here, because xtask asks serde_json for it: that changes its time");
    }
    let page = payload::page_of_answers(0);
    all::<GetReportAnswerResponse, by_hand::Answers>("the largest page: 100 answers to six kinds of questions", &page);
    let job = payload::large_job();
    all::<GetReportJobInfoResponse, by_hand::Job>("a job for 10,000 members", &job);
}

fn all<T: Response, H: DeserializeOwned>(title: &str, json: &[u8]) {
    // All of them accept it.
    assert!(T::from_slice(json).is_ok() && serde_json::from_slice::<H>(json).is_ok());
    assert!(serde_json::from_slice::<Value>(json).is_ok());
    compare(
        &format!("{title}, {} bytes", json.len()),
        12.0,
        vec![
            Contestant::new("generated types", || {
                drop(black_box(serde_json::from_slice::<T>(black_box(json)).unwrap()))
            }),
            Contestant::new("generated types, Response::from_slice", || {
                drop(black_box(T::from_slice(black_box(json)).unwrap()))
            }),
            Contestant::new("types written by hand", || {
                drop(black_box(serde_json::from_slice::<H>(black_box(json)).unwrap()))
            }),
            Contestant::new("serde_json::Value", || {
                drop(black_box(serde_json::from_slice::<Value>(black_box(json)).unwrap()))
            }),
        ],
    );
}
