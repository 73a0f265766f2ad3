//! The log: one line about each request, without its query, which holds secrets.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::http::request::RecordedRequest;
use crate::text::one_line;

/// Writes a line somewhere.
pub(crate) type Log = Arc<dyn Fn(String) + Send + Sync>;

/// The line about a request, written on drop: a client that does not wait for its response has a line too.
pub(crate) struct LogLine {
    log: Option<Log>,
    at: DateTime<Utc>,
    started: Instant,
    method: String,
    path: String,
    /// The HTTP status, or `None` if the connection is closed without a response.
    pub(crate) status: Option<u16>,
    pub(crate) errcode: Option<i64>,
    pub(crate) fault: Option<&'static str>,
}

impl LogLine {
    pub(crate) fn new(log: Option<Log>, at: DateTime<Utc>, request: &RecordedRequest) -> Self {
        // A method or path can be as long as a head.
        let cut = |text: &str, length| one_line(&text.chars().take(length).collect::<String>());
        let (method, path) = (cut(&request.method, 20), cut(&request.path, 100));
        Self { log, at, started: Instant::now(), method, path, status: None, errcode: None, fault: None }
    }
}

impl Drop for LogLine {
    fn drop(&mut self) {
        let Some(log) = &self.log else { return };
        let at = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let status = self.status.map_or_else(|| "no response".to_owned(), |status| status.to_string());
        let errcode = self.errcode.map(|errcode| format!(" errcode={errcode}")).unwrap_or_default();
        let fault = self.fault.map(|fault| format!(" fault={fault}")).unwrap_or_default();
        let milliseconds = self.started.elapsed().as_secs_f64() * 1_000.0;
        log(format!("{at} {} {} {status}{errcode}{fault} {milliseconds:.1} ms", self.method, self.path));
    }
}
