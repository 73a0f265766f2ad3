//! Whether something is being answered on a connection, or how long nothing has been.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Something is being answered.
const BUSY: u64 = u64::MAX;

/// What a connection does.
#[derive(Debug)]
pub(crate) struct Activity {
    opened: Instant,
    /// In milliseconds since it was opened.
    idle_since: AtomicU64,
}

impl Activity {
    /// A connection that was just opened.
    pub(crate) fn new() -> Self {
        Self { opened: Instant::now(), idle_since: AtomicU64::new(0) }
    }

    pub(crate) fn busy(&self) {
        self.idle_since.store(BUSY, Ordering::Relaxed);
    }

    pub(crate) fn idle(&self) {
        self.idle_since.store(self.age(), Ordering::Relaxed);
    }

    /// How long nothing has been answered; nothing if something is.
    pub(crate) fn idle_for(&self) -> Option<Duration> {
        let since = Some(self.idle_since.load(Ordering::Relaxed)).filter(|since| *since != BUSY)?;
        Some(Duration::from_millis(self.age().saturating_sub(since)))
    }

    fn age(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(BUSY - 1)
    }
}
