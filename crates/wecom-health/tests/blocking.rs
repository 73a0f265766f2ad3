//! The blocking client sends the same requests, and refuses to stop an asynchronous runtime.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use wecom_health::blocking::Client;
use wecom_health::model::NaiveDate;
use wecom_health::{ClientBuilder, Secret};
use wecom_health_emulator::{Emulator, Fault};

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

/// An emulator, which needs a runtime of its own to run beside a blocking client.
fn emulator() -> (tokio::runtime::Runtime, Emulator) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let builder = Emulator::builder().synthetic_answers("jobid1", date(), 250).usage(date(), 7, 5);
    let emulator = runtime.block_on(builder.start()).unwrap();
    (runtime, emulator)
}

fn builder(emulator: &Emulator) -> ClientBuilder {
    wecom_health::Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url())
}

#[test]
fn blocking_requests_are_the_same() {
    let (_runtime, emulator) = emulator();
    let client = Client::new(builder(&emulator)).unwrap();
    client.report_job_info("jobid1", date()).unwrap();
    client.report_stat(date()).unwrap();
    assert_eq!(client.report_job_ids().items().map(|id| id.unwrap().to_string()).collect::<Vec<_>>(), ["jobid1"]);
    assert_eq!(client.report_answers("jobid1", date()).concurrency(3).items().map(Result::unwrap).count(), 250);
    assert!(client.report_job_ids().limit(0).send().unwrap_err().is_not_sent());
    let other = client.clone();
    std::thread::spawn(move || other.report_stat(date()).unwrap()).join().unwrap();
}

#[test]
fn an_iterator_ends_after_an_error() {
    let (_runtime, emulator) = emulator();
    let client = Client::new(builder(&emulator)).unwrap();
    let mut items = client.report_answers("jobid1", date()).items();
    for _ in 0..100 {
        items.next().unwrap().unwrap();
    }
    emulator.fail_next("get_report_answer", Fault::ErrCode(45033));
    assert!(items.next().unwrap().unwrap_err().api().is_some());
    assert!(items.next().is_none());
}

#[test]
fn inside_a_runtime_it_refuses_and_does_not_panic() {
    let (runtime, emulator) = emulator();
    let client = Client::new(builder(&emulator)).unwrap();
    runtime.block_on(async {
        let error = client.report_stat(date()).unwrap_err();
        assert!(error.is_not_sent() && error.to_string().contains("use wecom_health::Client here"), "{error}");
        assert!(client.report_job_ids().items().next().unwrap().unwrap_err().is_not_sent());
        drop(client);
        drop(Client::new(builder(&emulator)).unwrap());
    });
    assert!(emulator.requests().is_empty());
}
