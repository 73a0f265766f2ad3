//! All answers of a job: the stream against a loop with reqwest alone, and several pages at a time against one.
//! `cargo bench -p wecom-health-benches --bench streaming`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic, and prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "reqwest alone is the other contestant, and its errors are not shown")]

use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;
use tokio::runtime::Builder;
use wecom_health::model::{GetReportAnswerRequest, GetReportAnswerResponse, NaiveDate};
use wecom_health::{Client, Secret};
use wecom_health_benches::{Contestant, compare, median, payload, server};
use wecom_health_emulator::Emulator;

const PAGES: u64 = 20;
const ANSWERS: usize = 10_000;
const DELAY: Duration = Duration::from_millis(20);
const CONCURRENCIES: [usize; 6] = [1, 2, 4, 8, 16, 32];
const ROUNDS: usize = 3;

fn main() {
    let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    sequentially(date);
    Builder::new_multi_thread().enable_all().build().unwrap().block_on(concurrently(date));
}

/// Compares the stream with a loop over the same pages, without delay: what the stream costs.
fn sequentially(date: NaiveDate) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let pages = (0..PAGES).map(payload::page_of_answers).chain([payload::empty_page()]);
    let base = runtime.block_on(server::serve(pages.collect())).unwrap();
    // Without the vendor's limit of requests a minute, which would be measured otherwise.
    let client =
        Client::builder("corp", Secret::new("secret")).base_url(&base).requests_per_minute(None).build().unwrap();
    let url = format!("{base}/cgi-bin/health/get_report_answer?access_token=a-token-of-nobody");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let stream = async || {
        let mut answers = client.report_answers("jobid1", date).stream();
        let mut count = 0;
        while answers.try_next().await.unwrap().is_some() {
            count += 1;
        }
        count
    };
    let bare_loop = async || {
        let mut count = 0;
        loop {
            let mut request = GetReportAnswerRequest::new("jobid1", date);
            (request.offset, request.limit) = (Some(count), Some(100));
            let body = serde_json::to_vec(&request).unwrap();
            let request =
                http.post(&url).header(CONTENT_TYPE, "application/json").timeout(Duration::from_secs(30)).body(body);
            let response = request.send().await.unwrap().bytes().await.unwrap();
            let page: GetReportAnswerResponse = serde_json::from_slice(&response).unwrap();
            if page.answers.is_empty() {
                return count;
            }
            for answer in page.answers {
                drop(std::hint::black_box(answer));
                count += 1;
            }
        }
    };
    let operations = u32::try_from(PAGES).unwrap();
    assert_eq!((runtime.block_on(stream()), runtime.block_on(bare_loop())), (2_000, 2_000));
    compare(
        &format!("{PAGES} pages of 100 answers, one after the other, time of a page"),
        10.0,
        vec![
            Contestant::batch("stream", operations, || assert_eq!(runtime.block_on(stream()), 2_000)),
            Contestant::batch("a loop with reqwest alone", operations, || {
                assert_eq!(runtime.block_on(bare_loop()), 2_000)
            }),
        ],
    );
}

/// Compares numbers of pages fetched at a time, from a server that takes 20 ms for each.
async fn concurrently(date: NaiveDate) {
    let emulator = Emulator::builder().synthetic_answers("jobid1", date, ANSWERS).delay(DELAY).start().await.unwrap();
    let client = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = client.requests_per_minute(None).build().unwrap();
    client.report_stat(date).await.unwrap(); // fetches the token

    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let mut round = Vec::new();
        for concurrency in CONCURRENCIES {
            let start = Instant::now();
            let mut answers = client.report_answers("jobid1", date).concurrency(concurrency).stream();
            let mut count = 0;
            while answers.try_next().await.unwrap().is_some() {
                count += 1;
            }
            assert_eq!(count, ANSWERS);
            round.push(start.elapsed().as_secs_f64());
        }
        rounds.push(round);
    }
    println!("\n{ANSWERS} answers, {DELAY:?} a request, median of {ROUNDS} rounds");
    for (index, concurrency) in CONCURRENCIES.iter().enumerate() {
        let seconds = median(rounds.iter().map(|round| round[index]));
        let ratio = median(rounds.iter().map(|round| round[0] / round[index]));
        println!("  concurrency {concurrency:2} {seconds:>10.2} s   {ratio:.1} times as fast as 1");
    }
}
