//! All answers of a job, one page at a time against several: `cargo bench -p wecom-health --bench streaming`.
//!
//! The emulator answers each call after 20 ms, which is what makes fetching ahead worth it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic, and prints what it measured")]

use std::time::{Duration, Instant};

use wecom_health::model::NaiveDate;
use wecom_health::{Client, Secret};
use wecom_health_emulator::Emulator;

const ANSWERS: usize = 10_000;
const DELAY: Duration = Duration::from_millis(20);
const RUNS: usize = 3;

#[tokio::main]
async fn main() {
    let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let emulator = Emulator::builder().synthetic_answers("jobid1", date, ANSWERS).delay(DELAY).start().await.unwrap();
    let client = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = client.build().unwrap();
    client.report_stat(date).await.unwrap(); // the token is there

    println!("{ANSWERS} answers, {DELAY:?} a call, best of {RUNS} runs each, side by side");
    let mut best = [Duration::MAX; 4];
    let concurrencies = [1, 2, 8, 16];
    for _ in 0..RUNS {
        for (best, concurrency) in best.iter_mut().zip(concurrencies) {
            let start = Instant::now();
            let mut answers = client.report_answers("jobid1", date).concurrency(concurrency).stream();
            let mut count = 0;
            while answers.try_next().await.unwrap().is_some() {
                count += 1;
            }
            assert_eq!(count, ANSWERS);
            *best = start.elapsed().min(*best);
        }
    }
    for (time, concurrency) in best.iter().zip(concurrencies) {
        let ratio = best[0].as_secs_f64() / time.as_secs_f64();
        println!("concurrency {concurrency:2}: {time:8.2?}, {ratio:4.1} times as fast as 1");
    }
}
