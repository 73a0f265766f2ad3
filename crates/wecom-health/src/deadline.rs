//! Adding a duration of the user's to the present.

use std::time::Duration;

use tokio::time::Instant;

/// Returns a moment after another. A duration too long for the clock is a century, which nobody will see.
pub(crate) fn after(start: Instant, time: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    start + time.min(CENTURY)
}
