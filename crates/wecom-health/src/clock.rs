//! The wall clock, by which the processes that share a token agree on when it expires.

use std::time::SystemTime;

/// Returns the time.
#[cfg(not(test))]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// Returns a time that moves with tokio's clock, which tests put forward. Each test has its own thread and clock.
#[cfg(test)]
pub(crate) fn now() -> SystemTime {
    use tokio::time::Instant;
    thread_local!(static START: (SystemTime, Instant) = (SystemTime::now(), Instant::now()));
    START.with(|(system, start)| *system + start.elapsed())
}
