//! Paths by which programs in other languages do what Rust tests do by calling: faults, tokens, clock, requests.

use std::net::IpAddr;

use chrono::TimeDelta;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::clock::MAX_ADVANCE;
use crate::fault::rule::FaultRule;
use crate::http::request::RecordedRequest;
use crate::http::response::{self, Body};
use crate::state::{Shared, State};

/// More faults than these are a mistake.
const MOST_FAULTS: usize = 100;

/// Longer texts of requests are cut.
const TEXT: usize = 300;

/// How many requests are told of.
const LATEST: usize = 200;

/// The answer to a request that controls the emulator; nothing for all others.
pub(crate) fn answer(state: &Shared, request: &RecordedRequest) -> Option<Response<Body>> {
    let path = request.path.strip_prefix("/_emulator/").filter(|_| state.lock().settings.control)?;
    let by_a_page =
        |(name, value): &(String, String)| name == "origin" || (name == "sec-fetch-site" && value != "none");
    if request.headers.iter().any(by_a_page) {
        return Some(response::plain(StatusCode::FORBIDDEN, "not for pages in a browser\n"));
    }
    let hosts = request.headers.iter().filter(|(name, _)| name == "host");
    if !hosts.map(|(_, host)| host.as_str()).all(is_address_or_localhost) {
        return Some(response::plain(StatusCode::FORBIDDEN, "not by a name: write the IP address or localhost\n"));
    }
    let outcome = match (request.method.as_str(), path) {
        ("POST", "faults") => add_fault(&mut state.lock(), request.body.trim()),
        ("DELETE", "faults") => {
            let rules = state.lock().faults.clear();
            drop(rules);
            Ok(())
        }
        ("POST", "revoke_tokens") => {
            state.lock().tokens.clear();
            Ok(())
        }
        ("POST", "advance") => advance(&mut state.lock(), request.body.trim()),
        ("GET", "requests") => return Some(requests(state)),
        _ => Err("write POST faults, DELETE faults, POST revoke_tokens, POST advance or GET requests".to_owned()),
    };
    Some(match outcome {
        Ok(()) => response::plain(StatusCode::NO_CONTENT, ""),
        Err(told) => response::plain(StatusCode::BAD_REQUEST, format!("{told}\n")),
    })
}

/// Whether a page of another site could not have this host: its owner can point any other name to this machine.
fn is_address_or_localhost(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
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
    let by = by.filter(|by| TimeDelta::from_std(*by).is_ok_and(|by| by <= MAX_ADVANCE));
    let by = by.ok_or("write how far the clock goes, e.g. 2h or 30s, and a century at most")?;
    state.settings.clock.advance(by);
    Ok(())
}

/// The latest requests without their queries, which hold secrets.
fn requests(state: &Shared) -> Response<Body> {
    let cut = |text: &str| text.chars().take(TEXT).collect::<String>();
    let (count, latest) = {
        let state = state.lock();
        let latest = state
            .requests
            .iter()
            .rev()
            .take(LATEST)
            .map(|request| [cut(&request.method), cut(&request.path), cut(&request.body)]);
        (state.requests.total, latest.collect::<Vec<_>>())
    };
    let one = |[method, path, body]: [String; 3]| json!({"method": method, "path": path, "body": body});
    let latest: Vec<Value> = latest.into_iter().rev().map(one).collect();
    response::json(&json!({"count": count, "latest": latest}))
}
