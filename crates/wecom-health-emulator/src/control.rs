//! The paths under `/_emulator/`, which offer other languages what the methods of `Emulator` offer Rust.

use std::net::IpAddr;

use chrono::TimeDelta;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::clock::MAX_ADVANCE;
use crate::fault::rule::FaultRule;
use crate::http::request::RecordedRequest;
use crate::http::response::{self, Body, plain};
use crate::state::{Shared, State};

/// More faults than this are considered a mistake.
const MAX_FAULTS: usize = 100;

/// How many of the latest requests are shown.
const SHOWN_REQUESTS: usize = 200;

/// How many characters of a text are shown.
const SHOWN_CHARS: usize = 300;

/// Responds to a request that controls the emulator. Returns `None` for all others.
pub(crate) fn respond(state: &Shared, request: &RecordedRequest) -> Option<Response<Body>> {
    let path = request.path.strip_prefix("/_emulator/").filter(|_| state.lock().settings.has_control_paths)?;
    if let Some(problem) = suspicion(&request.headers) {
        return Some(plain(StatusCode::FORBIDDEN, problem));
    }
    let outcome = match (request.method.as_str(), path) {
        ("POST", "faults") => add_fault(&mut state.lock(), request.body.trim()),
        ("DELETE", "faults") => {
            state.clear_faults();
            Ok(())
        }
        ("POST", "revoke_tokens") => {
            state.lock().tokens.clear();
            Ok(())
        }
        ("POST", "advance") => advance(&mut state.lock(), request.body.trim()),
        ("GET", "requests") => {
            let requests = requests(&state.lock());
            return Some(response::json(&requests));
        }
        _ => Err("write POST faults, DELETE faults, POST revoke_tokens, POST advance or GET requests".to_owned()),
    };
    Some(match outcome {
        Ok(()) => plain(StatusCode::NO_CONTENT, ""),
        Err(message) => plain(StatusCode::BAD_REQUEST, format!("{message}\n")),
    })
}

/// Returns why a request may come from a web page, which must not control the emulator.
///
/// The owner of another site can point a name to this machine, so that the browser takes the emulator for the page's own server.
/// IP addresses and `localhost` cannot be redirected like that.
fn suspicion(headers: &[(String, String)]) -> Option<&'static str> {
    let is_from_page = |name: &str, value: &str| name == "origin" || (name == "sec-fetch-site" && value != "none");
    if headers.iter().any(|(name, value)| is_from_page(name, value)) {
        return Some("refused: web pages must not control the emulator\n");
    }
    let is_foreign = |name: &str, value: &str| name == "host" && !is_address_or_localhost(value);
    let is_foreign_host = headers.iter().any(|(name, value)| is_foreign(name, value));
    is_foreign_host.then_some("refused: use the IP address or localhost as the host\n")
}

fn is_address_or_localhost(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
}

fn add_fault(state: &mut State, text: &str) -> Result<(), String> {
    if state.faults.len() >= MAX_FAULTS {
        return Err(format!("there are {MAX_FAULTS} faults already; DELETE them first"));
    }
    let rule: FaultRule = text.parse().map_err(|error| format!("{error}"))?;
    state.faults.add(rule);
    Ok(())
}

fn advance(state: &mut State, text: &str) -> Result<(), String> {
    let by = humantime::parse_duration(text).ok();
    let by = by.filter(|by| TimeDelta::from_std(*by).is_ok_and(|by| by <= MAX_ADVANCE));
    let by = by.ok_or("write how far to advance the clock, e.g. 2h or 30s, at most a century")?;
    state.settings.clock.advance(by);
    Ok(())
}

/// Returns the latest requests without their queries, which hold secrets.
fn requests(state: &State) -> Value {
    let cut = |text: &str| text.chars().take(SHOWN_CHARS).collect::<String>();
    let show = |request: &RecordedRequest| json!({"method": cut(&request.method), "path": cut(&request.path), "body": cut(&request.body)});
    let latest: Vec<_> = state.requests.latest(SHOWN_REQUESTS).map(show).collect();
    json!({"count": state.requests.total, "latest": latest})
}
