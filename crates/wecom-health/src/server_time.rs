//! The server's clock, as its responses tell it.

use std::sync::{Mutex, PoisonError};
use std::time::{Instant, SystemTime};

use chrono::DateTime;
use reqwest::header::HeaderValue;

/// The latest `Date` header, and when it came. It is read only when somebody asks.
#[derive(Default)]
pub(crate) struct ServerTime(Mutex<Option<(HeaderValue, Instant)>>);

impl ServerTime {
    /// Notes the `Date` header of a response, if it has one.
    pub(crate) fn note(&self, date: Option<&HeaderValue>) {
        let Some(date) = date else { return };
        let latest = Some((date.clone(), Instant::now()));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = latest;
    }

    /// Returns the server's time now; `None` if no response had a readable date.
    pub(crate) fn now(&self) -> Option<SystemTime> {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (date, came) = latest?;
        // What HTTP calls IMF-fixdate is a date of RFC 2822.
        let date = DateTime::parse_from_rfc2822(date.to_str().ok()?).ok()?;
        SystemTime::from(date).checked_add(came.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_server_s_time_is_that_of_its_latest_date() {
        let time = ServerTime::default();
        assert_eq!(time.now(), None);
        time.note(Some(&HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT")));
        let written = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let since = |time: &ServerTime| time.now().unwrap().duration_since(written).unwrap();
        assert!(since(&time) < Duration::from_secs(60), "{:?}", time.now());
        time.note(None);
        assert!(since(&time) < Duration::from_secs(60), "a response without a date changes nothing");
        time.note(Some(&HeaderValue::from_static("yesterday")));
        assert_eq!(time.now(), None);
    }
}
