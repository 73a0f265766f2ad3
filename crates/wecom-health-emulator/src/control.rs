//! Paths by which programs in other languages do what Rust tests do by calling: faults, tokens, clock, requests.

use chrono::TimeDelta;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::clock::CENTURY;
use crate::fault_rule::FaultRule;
use crate::reply::{self, Body};
use crate::request::RecordedRequest;
use crate::state::State;

/// More faults than these are a mistake.
const MOST_FAULTS: usize = 100;

/// Longer texts of requests are cut.
const TEXT: usize = 1_000;

/// The answer to a request that controls the emulator; nothing for all others.
pub(crate) fn answer(state: &mut State, request: &RecordedRequest) -> Option<Response<Body>> {
    let path = request.path.strip_prefix("/_emulator/").filter(|_| state.settings.control)?;
    if request.headers.iter().any(|(name, _)| name == "origin") {
        return Some(reply::plain(StatusCode::FORBIDDEN, b"not for pages in a browser\n".to_vec()));
    }
    let outcome = match (request.method.as_str(), path) {
        ("POST", "faults") => add_fault(state, request.body.trim()),
        ("DELETE", "faults") => {
            state.faults.clear();
            Ok(())
        }
        ("POST", "revoke_tokens") => {
            state.tokens.clear();
            Ok(())
        }
        ("POST", "advance") => advance(state, request.body.trim()),
        ("GET", "requests") => return Some(requests(state)),
        _ => Err("write POST faults, DELETE faults, POST revoke_tokens, POST advance or GET requests".to_owned()),
    };
    Some(match outcome {
        Ok(()) => reply::plain(StatusCode::NO_CONTENT, Vec::new()),
        Err(told) => reply::plain(StatusCode::BAD_REQUEST, format!("{told}\n").into_bytes()),
    })
}

fn add_fault(state: &mut State, text: &str) -> Result<(), String> {
    if state.faults.len() >= MOST_FAULTS {
        return Err(format!("there are {MOST_FAULTS} faults to come; DELETE them first"));
    }
    let rule: FaultRule = text.parse().map_err(|error| format!("{error}"))?;
    state.faults.add(rule);
    Ok(())
}

fn advance(state: &mut State, text: &str) -> Result<(), String> {
    let by = humantime::parse_duration(text).ok();
    let by = by.filter(|by| TimeDelta::from_std(*by).is_ok_and(|by| by <= CENTURY));
    let by = by.ok_or("write how far the clock goes, e.g. 2h or 30s, and a century at most")?;
    state.settings.clock.advance(by);
    Ok(())
}

/// The latest requests without their queries, which hold secrets.
fn requests(state: &State) -> Response<Body> {
    let cut = |text: &str| text.chars().take(TEXT).collect::<String>();
    let one = |request: &RecordedRequest| json!({"method": cut(&request.method), "path": cut(&request.path), "body": cut(&request.body)});
    let latest: Vec<Value> = state.requests.iter().map(one).collect();
    reply::json(&json!({"count": state.requests.count, "latest": latest}))
}
