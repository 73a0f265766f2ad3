//! Adding a duration that the user chose to a moment.

use std::time::Duration;

use tokio::time::Instant;

/// Adds a duration to a moment. Durations are capped at a century, because longer ones may overflow the clock.
pub(crate) fn after(start: Instant, time: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    start + time.min(CENTURY)
}
