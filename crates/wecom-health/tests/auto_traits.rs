//! The client works in tasks and threads: types can be sent, shared and moved, and the future of a request can be sent.

use wecom_health::model::{Answer, GetReportAnswerRequest, GetReportJobInfoRequest, NaiveDate};
use wecom_health::{
    Client, ClientBuilder, Drift, Error, Items, MemoryTokenStore, Pages, Secret, StoreError, StoredToken, TokenKey,
};

fn free<T: Send + Sync + Unpin + 'static>() {}

fn sendable<T: Send>(_: T) {}

#[test]
fn public_types_are_send_and_sync() {
    free::<Client>();
    free::<ClientBuilder>();
    free::<Drift>();
    free::<Error>();
    free::<Items<Answer>>();
    free::<MemoryTokenStore>();
    free::<Pages<GetReportAnswerRequest>>();
    free::<Secret>();
    free::<StoreError>();
    free::<StoredToken>();
    free::<TokenKey>();
}

#[cfg(feature = "blocking")]
#[test]
fn blocking_types_are_send_and_sync() {
    free::<wecom_health::blocking::Client>();
    free::<wecom_health::blocking::Items<Answer>>();
    free::<wecom_health::blocking::Pages<GetReportAnswerRequest>>();
}

#[cfg(feature = "redis")]
#[test]
fn the_redis_store_is_send_and_sync() {
    free::<wecom_health::RedisTokenStore>();
}

#[test]
fn a_request_can_be_sent_in_a_task() {
    // Never run: that it compiles is the test.
    let _ = |client: Client, date: NaiveDate| {
        sendable(client.report_job_info("jobid1", date));
        sendable(client.send(&GetReportJobInfoRequest::new("jobid1", date)));
        sendable(client.report_answers("jobid1", date).send());
        sendable(client.report_answers("jobid1", date).stream().try_next());
    };
}
