//! A request through the client against the same request with reqwest alone: `cargo bench -p wecom-health-benches --bench
//! request`. Both send it to the same server, which sends a fixed response, and decode that into the same type. The client has a
//! cached token.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]
#![expect(clippy::disallowed_methods, reason = "reqwest alone is the other contestant, and its errors are not shown")]

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use wecom_health::model::{GetReportJobInfoRequest, GetReportJobInfoResponse, JobInfo, NaiveDate};
use wecom_health::{Client, Secret};
use wecom_health_benches::server::serve;
use wecom_health_benches::{Contestant, compare};

const JOB: &str = include_str!("../../schema/samples/get_report_job_info.response.json");
const IN_FLIGHT: u32 = 16;

fn main() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let base = runtime.block_on(serve(vec![JOB.into()])).unwrap();
    let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    // Without the vendor's limit of requests a minute, which would be measured otherwise.
    let client =
        Client::builder("corp", Secret::new("secret")).base_url(&base).requests_per_minute(None).build().unwrap();
    let as_it_comes = Bare::new(reqwest::Client::builder(), &base, date);
    let with_settings = Bare::new(settings(), &base, date);

    let title = "get_report_job_info on loopback, one request after the other";
    compare(
        title,
        10.0,
        vec![
            Contestant::new("client", || {
                drop(black_box(runtime.block_on(client.report_job_info("jobid1", date)).unwrap()))
            }),
            Contestant::new("reqwest alone, with the client's settings", || {
                drop(black_box(runtime.block_on(in_time(with_settings.send()))))
            }),
            Contestant::new("reqwest alone, with its defaults", || {
                drop(black_box(runtime.block_on(as_it_comes.send())))
            }),
        ],
    );
    let title = format!("get_report_job_info on loopback, {IN_FLIGHT} requests in flight on one thread");
    let send = async || client.report_job_info("jobid1", date).await.unwrap();
    compare(
        &title,
        10.0,
        vec![
            Contestant::batch("client", IN_FLIGHT, || together(&runtime, send)),
            Contestant::batch("reqwest alone, with the client's settings", IN_FLIGHT, || {
                together(&runtime, || in_time(with_settings.send()))
            }),
            Contestant::batch("reqwest alone, with its defaults", IN_FLIGHT, || {
                together(&runtime, || as_it_comes.send())
            }),
        ],
    );
}

fn together<F: Future<Output = JobInfo>>(runtime: &Runtime, send: impl Fn() -> F) {
    black_box(runtime.block_on(join_all((0..IN_FLIGHT).map(|_| send()))));
}

/// The settings of the client that cost time.
fn settings() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("wecom-health/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(Duration::from_secs(10))
}

/// Limits the time of a request in the cheapest way.
async fn in_time<T>(request: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), pin!(request)).await.unwrap()
}

/// The same request without the client.
struct Bare {
    http: reqwest::Client,
    url: Url,
    request: GetReportJobInfoRequest,
}

impl Bare {
    fn new(http: reqwest::ClientBuilder, base: &str, date: NaiveDate) -> Self {
        Self {
            http: http.no_proxy().build().unwrap(),
            url: Url::parse(&format!("{base}/cgi-bin/health/get_report_job_info")).unwrap(),
            request: GetReportJobInfoRequest::new("jobid1", date),
        }
    }

    async fn send(&self) -> JobInfo {
        let body = serde_json::to_vec(&self.request).unwrap();
        let request = self.http.post(self.url.clone()).query(&[("access_token", "a-token-of-nobody")]);
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        let response = request.send().await.unwrap().bytes().await.unwrap();
        serde_json::from_slice::<GetReportJobInfoResponse>(&response).unwrap().job_info.unwrap()
    }
}
