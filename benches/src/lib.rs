//! Compares several ways to do the same thing, in one run.
//!
//! Criterion and divan measure one function after the other and print no ratio between them. On a busy machine, both sides must
//! see the same noise: here all contestants take turns, each round gives one ratio, and the median is printed.

#![expect(clippy::print_stdout, reason = "benchmarks print what they measured")]

use std::time::{Duration, Instant};

pub mod payload;
pub mod server;

/// How long one contestant runs at a time: short, so that a disturbance affects all of them.
const TURN: Duration = Duration::from_millis(10);

/// One way to do the thing.
pub struct Contestant<'a> {
    name: &'static str,
    operations: u32,
    run: Box<dyn FnMut() + 'a>,
}

impl<'a> Contestant<'a> {
    /// Creates a contestant; each run is one operation.
    pub fn new(name: &'static str, run: impl FnMut() + 'a) -> Self {
        Self::batch(name, 1, run)
    }

    /// Creates a contestant; each run is several operations.
    pub fn batch(name: &'static str, operations: u32, run: impl FnMut() + 'a) -> Self {
        Self { name, operations, run: Box::new(run) }
    }

    /// Measures the time of one operation.
    fn time(&mut self, runs: u32) -> f64 {
        let start = Instant::now();
        for _ in 0..runs {
            (self.run)();
        }
        start.elapsed().as_secs_f64() / f64::from(runs) / f64::from(self.operations)
    }
}

impl std::fmt::Debug for Contestant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contestant").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Prints the median time of an operation for each contestant, and the ratio of the first one's speed to the others'.
pub fn compare(title: &str, seconds: f64, mut contestants: Vec<Contestant<'_>>) {
    let runs: Vec<u32> = contestants.iter_mut().map(runs_of_a_turn).collect();
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut rounds: Vec<Vec<f64>> = Vec::new();
    // With an odd number of rounds, the median is a measured value.
    while Instant::now() < end || rounds.len().is_multiple_of(2) {
        let mut round = vec![0.0; contestants.len()];
        // The order changes, so that no contestant always follows the same other.
        let count = contestants.len();
        let step = if rounds.len().is_multiple_of(2) { 1 } else { count - 1 };
        for turn in 0..count {
            let index = (rounds.len() + turn * step) % count;
            round[index] = contestants[index].time(runs[index]);
        }
        rounds.push(round);
    }
    println!("\n{title} ({} rounds)", rounds.len());
    let first = contestants.first().map_or("", |first| first.name);
    for (index, contestant) in contestants.iter().enumerate() {
        let time = median(rounds.iter().map(|round| round[index]));
        let ratio = median(rounds.iter().map(|round| round[index] / round[0]));
        let per_second = 1.0 / time;
        print!("  {:<44} {:>10.2} µs {per_second:>10.0}/s", contestant.name, time * 1e6);
        if index > 0 {
            print!("   {first} is {ratio:.2} times as fast");
        }
        println!();
    }
}

/// Warms up and returns how many runs fill a turn.
fn runs_of_a_turn(contestant: &mut Contestant<'_>) -> u32 {
    let mut runs = 1;
    loop {
        let start = Instant::now();
        contestant.time(runs);
        if start.elapsed() >= TURN / 2 || runs >= 1 << 20 {
            return runs;
        }
        runs *= 2;
    }
}

/// Returns the median of an odd number of values.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
