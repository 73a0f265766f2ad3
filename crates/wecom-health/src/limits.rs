//! How many calls a minute go out, for each endpoint of its own.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use leaky_bucket::RateLimiter;

/// Holds calls back.
pub(crate) struct Limits {
    per_minute: Option<NonZeroU32>,
    endpoints: Mutex<HashMap<&'static str, Arc<RateLimiter>>>,
}

impl Limits {
    pub(crate) fn new(per_minute: Option<NonZeroU32>) -> Self {
        Self { per_minute, endpoints: Mutex::default() }
    }

    /// Waits until a call to an endpoint may go out.
    pub(crate) async fn wait(&self, endpoint: &'static str) {
        let Some(per_minute) = self.per_minute else { return };
        let limiter = {
            let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(endpoints.entry(endpoint).or_insert_with(|| Arc::new(limiter(per_minute))))
        };
        limiter.acquire_one().await;
    }
}

/// Never more than this many in any minute: a tenth may go out at once, the rest follows evenly.
fn limiter(per_minute: NonZeroU32) -> RateLimiter {
    let per_minute = per_minute.get();
    let burst = (per_minute / 10).max(1);
    let evenly = Duration::from_secs(60) / (per_minute - burst).max(1);
    let burst = usize::try_from(burst).unwrap_or(usize::MAX);
    RateLimiter::builder().initial(burst).max(burst).refill(1).interval(evenly).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_minute_sees_more_calls_than_the_limit() {
        for per_minute in [1, 2, 10, 600, 10_000] {
            let limits = Limits::new(NonZeroU32::new(per_minute));
            let start = tokio::time::Instant::now();
            let mut calls = 0;
            loop {
                limits.wait("/call").await;
                if start.elapsed() >= Duration::from_secs(60) {
                    break;
                }
                calls += 1;
            }
            assert!(calls <= per_minute && calls >= per_minute * 9 / 10, "{calls} calls of {per_minute}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn endpoints_do_not_hold_each_other_back_and_none_is_held_back_without_a_limit() {
        let limits = Limits::new(NonZeroU32::new(1));
        let start = tokio::time::Instant::now();
        limits.wait("/one").await;
        limits.wait("/other").await;
        let unlimited = Limits::new(None);
        for _ in 0..100_000 {
            unlimited.wait("/one").await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
