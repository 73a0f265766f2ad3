//! One line a request, without its query.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

/// How a request was answered.
#[derive(Debug)]
pub(crate) struct Served<'a> {
    pub(crate) at: DateTime<Utc>,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// The HTTP status; nothing if the connection was broken off.
    pub(crate) status: Option<u16>,
    pub(crate) errcode: Option<i64>,
    pub(crate) fault: Option<&'static str>,
    pub(crate) took: Duration,
}

impl fmt::Display for Served<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        // What is as long as a request allows is not for one line.
        let cut = |text: &str, length| one_line(&text.chars().take(length).collect::<String>());
        write!(f, "{at} {} {} ", cut(self.method, 20), cut(self.path, 100))?;
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("broken off")?,
        }
        if let Some(errcode) = self.errcode {
            write!(f, " errcode={errcode}")?;
        }
        if let Some(fault) = self.fault {
            write!(f, " fault={fault}")?;
        }
        write!(f, " {:.1} ms", self.took.as_secs_f64() * 1_000.0)
    }
}

/// Text of others, so that it neither starts a line nor steers the terminal.
pub(crate) fn one_line(text: &str) -> String {
    let escaped = |one: char| match one {
        '"' | '\'' | '\\' => one.to_string(),
        _ => one.escape_debug().to_string(),
    };
    text.chars().map(escaped).collect()
}
