//! All answers of a job, one page at a time against several: `cargo bench -p wecom-health-benches --bench streaming`.
//!
//! The emulator answers each call after 20 ms, which is what makes fetching ahead worth it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic, and prints what it measured")]

use std::time::{Duration, Instant};

use wecom_health::model::NaiveDate;
use wecom_health::{Client, Secret};
use wecom_health_benches::median;
use wecom_health_emulator::Emulator;

const ANSWERS: usize = 10_000;
const DELAY: Duration = Duration::from_millis(20);
const CONCURRENCIES: [usize; 6] = [1, 2, 4, 8, 16, 32];
const ROUNDS: usize = 3;

#[tokio::main]
async fn main() {
    let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let emulator = Emulator::builder().synthetic_answers("jobid1", date, ANSWERS).delay(DELAY).start().await.unwrap();
    let client = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    // The emulator is not the vendor: what the vendor allows a minute would be measured instead.
    let client = client.calls_per_minute(None).build().unwrap();
    client.report_stat(date).await.unwrap(); // the token is there

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
    println!("\n{ANSWERS} answers, {DELAY:?} a call, median of {ROUNDS} rounds");
    for (index, concurrency) in CONCURRENCIES.iter().enumerate() {
        let seconds = median(rounds.iter().map(|round| round[index]));
        let ratio = median(rounds.iter().map(|round| round[0] / round[index]));
        println!("  concurrency {concurrency:2} {seconds:>10.2} s   {ratio:.1} times as fast as 1");
    }
}
