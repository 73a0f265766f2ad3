//! A call through the client against the same call with reqwest alone: `cargo bench -p wecom-health-benches --bench call`.
//!
//! Both send the same request to the same server, which answers a fixed text, and decode the answer into
//! the same type. The client has its token.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]
#![expect(clippy::disallowed_methods, reason = "reqwest alone is what is compared with; its errors are not shown")]

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use wecom_health::model::{GetReportJobInfoRequest, GetReportJobInfoResponse, JobInfo, NaiveDate};
use wecom_health::{Client, Secret};
use wecom_health_benches::{Contestant, compare};

const JOB: &str = include_str!("../../schema/samples/get_report_job_info.response.json");
const TOKEN: &str = include_str!("../../schema/samples/gettoken.response.json");
const IN_FLIGHT: u32 = 16;

fn main() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let base = runtime.block_on(serve());
    let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    // The server is not the vendor: what the vendor allows a minute would be measured instead.
    let client = Client::builder("corp", Secret::new("secret")).base_url(&base).calls_per_minute(None).build().unwrap();
    let as_it_comes = Bare::new(reqwest::Client::builder(), &base, date);
    let with_settings = Bare::new(settings(), &base, date);

    let title = "get_report_job_info on loopback, one call after the other";
    compare(
        title,
        10.0,
        vec![
            Contestant::new("client", || {
                drop(black_box(runtime.block_on(client.report_job_info("jobid1", date)).unwrap()))
            }),
            Contestant::new("reqwest alone, set up as the client's", || {
                drop(black_box(runtime.block_on(in_time(with_settings.call()))))
            }),
            Contestant::new("reqwest alone, as it comes", || drop(black_box(runtime.block_on(as_it_comes.call())))),
        ],
    );
    let title = format!("get_report_job_info on loopback, {IN_FLIGHT} calls in flight on one thread");
    let calls = async || client.report_job_info("jobid1", date).await.unwrap();
    compare(
        &title,
        10.0,
        vec![
            Contestant::batch("client", IN_FLIGHT, || together(&runtime, calls)),
            Contestant::batch("reqwest alone, set up as the client's", IN_FLIGHT, || {
                together(&runtime, || in_time(with_settings.call()))
            }),
            Contestant::batch("reqwest alone, as it comes", IN_FLIGHT, || together(&runtime, || as_it_comes.call())),
        ],
    );
}

fn together<F: Future<Output = JobInfo>>(runtime: &Runtime, call: impl Fn() -> F) {
    black_box(runtime.block_on(join_all((0..IN_FLIGHT).map(|_| call()))));
}

/// What the client asks of reqwest: no URL passed on, and who it is.
fn settings() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("wecom-health/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(Duration::from_secs(10))
}

/// No call without an end, in the cheapest way there is.
async fn in_time<T>(call: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(30), pin!(call)).await.unwrap()
}

/// What somebody writes who has no client.
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

    async fn call(&self) -> JobInfo {
        let body = serde_json::to_vec(&self.request).unwrap();
        let request = self.http.post(self.url.clone()).query(&[("access_token", "a-token-of-nobody")]);
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        let answer = request.send().await.unwrap().bytes().await.unwrap();
        serde_json::from_slice::<GetReportJobInfoResponse>(&answer).unwrap().job_info.unwrap()
    }
}

/// A server that costs next to nothing: no HTTP beyond the length of a request. Its address.
///
/// It runs on the client's own thread. On a thread of its own, where the scheduler puts it decides: a call then takes 17 µs if both
/// are on one core and 110 µs if not, whoever makes it.
async fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        // A connection ends when the other side goes away.
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(answer(connection));
        }
    });
    format!("http://{address}")
}

async fn answer(mut connection: TcpStream) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let response = |body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let (job, token) = (response(JOB), response(TOKEN));
    let (mut buffer, mut filled) = ([0; 8192], 0);
    loop {
        let read = connection.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        // A POST ends with the brace of its JSON, a GET with an empty line. Nobody sends the next before the answer.
        let request = &buffer[..filled];
        if request.starts_with(b"GET") && request.ends_with(b"\r\n\r\n") {
            connection.write_all(token.as_bytes()).await?;
            filled = 0;
        } else if request.ends_with(b"}") {
            connection.write_all(job.as_bytes()).await?;
            filled = 0;
        }
    }
}
