//! The limit of requests a minute, separate for each endpoint.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use leaky_bucket::RateLimiter;

use crate::task::Task;

/// Delays requests to keep to the limit.
pub(crate) struct Limits {
    per_minute: Option<NonZeroU32>,
    endpoints: Mutex<HashMap<&'static str, Arc<RateLimiter>>>,
}

impl Limits {
    pub(crate) fn new(per_minute: Option<NonZeroU32>) -> Self {
        Self { per_minute, endpoints: Mutex::default() }
    }

    /// Waits until a request to an endpoint may be sent.
    pub(crate) async fn wait(&self, endpoint: &'static str) {
        let Some(per_minute) = self.per_minute else { return };
        let limiter = {
            let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(endpoints.entry(endpoint).or_insert_with(|| Arc::new(limiter(per_minute))))
        };
        if !limiter.try_acquire(1) {
            // The first in the queue refills the bucket for the others, so it must keep being polled: it waits in a task.
            Task::start(limiter.acquire_owned(1)).result().await;
        }
    }
}

/// Returns a bucket that never lets more requests through in any minute: a tenth at once, the rest evenly. The interval is in
/// whole milliseconds, the bucket's unit.
fn limiter(per_minute: NonZeroU32) -> RateLimiter {
    const TICKS_OF_A_MINUTE: u32 = 600;
    let burst = (per_minute.get() / 10).max(1);
    let evenly = (per_minute.get() - burst).max(1);
    let refill = evenly.div_ceil(TICKS_OF_A_MINUTE);
    let interval = Duration::from_millis((60_000 * u64::from(refill)).div_ceil(u64::from(evenly)));
    let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
    RateLimiter::builder().initial(size(burst)).max(size(burst)).refill(size(refill)).interval(interval).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_minute_has_more_requests_than_the_limit() {
        for per_minute in [1, 2, 10, 600, 601, 1_300, 10_000, 18_000, 66_668, u32::MAX] {
            // As fast as may be; and in bursts, with pauses that fill the bucket again.
            for pauses in [&[0][..], &[0, 0, 0, 7, 1_300], &[6_000, 13]] {
                let limits = Limits::new(NonZeroU32::new(per_minute));
                let start = tokio::time::Instant::now();
                let mut requests = Vec::new();
                while start.elapsed() < Duration::from_secs(130) && requests.len() < 50_000 {
                    limits.wait("/endpoint").await;
                    requests.push(start.elapsed());
                    let pause = if requests.len() % 997 == 0 { pauses[requests.len() / 997 % pauses.len()] } else { 0 };
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                let most = requests.iter().enumerate().map(|(first, from)| {
                    requests.partition_point(|sent| *sent < *from + Duration::from_secs(60)) - first
                });
                let most = u32::try_from(most.max().unwrap()).unwrap();
                assert!(most <= per_minute, "{most} requests of {per_minute} in a minute");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nearly_all_of_the_limit_can_be_used() {
        for per_minute in [10, 600, 667, 1_300, 10_000] {
            let limits = Limits::new(NonZeroU32::new(per_minute));
            let start = tokio::time::Instant::now();
            let mut requests = 0;
            while start.elapsed() < Duration::from_secs(60) {
                limits.wait("/endpoint").await;
                requests += 1;
            }
            assert!(requests >= per_minute * 85 / 100, "{requests} of {per_minute}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_not_polled_holds_no_other_back() {
        let limits = Limits::new(NonZeroU32::new(600));
        for _ in 0..60 {
            limits.wait("/endpoint").await;
        }
        let mut standing_still = Box::pin(limits.wait("/endpoint"));
        assert!(futures_util::poll!(&mut standing_still).is_pending());
        let other = tokio::time::timeout(Duration::from_secs(1), limits.wait("/endpoint")).await;
        assert!(other.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn each_endpoint_has_a_limit_of_its_own() {
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
