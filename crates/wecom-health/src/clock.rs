//! The wall clock, by which the processes that share a token agree on when it expires.

use std::time::SystemTime;

/// Returns the time.
#[cfg(not(test))]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// Returns a time that moves with tokio's clock, which tests put forward.
#[cfg(test)]
pub(crate) fn now() -> SystemTime {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<(SystemTime, Instant)> = OnceLock::new();
    let (system, start) = START.get_or_init(|| (SystemTime::now(), Instant::now()));
    *system + tokio::time::Instant::now().into_std().saturating_duration_since(*start)
}
