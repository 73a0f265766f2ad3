//! Paths by which programs in other languages do what Rust tests do by calling: faults, tokens, clock, requests.

use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::fault_rule::FaultRule;
use crate::reply::{self, Body};
use crate::request::RecordedRequest;
use crate::state::State;

/// The answer to a request that controls the emulator; nothing for all others.
pub(crate) fn answer(state: &mut State, request: &RecordedRequest) -> Option<Response<Body>> {
    let path = request.path.strip_prefix("/_emulator/").filter(|_| state.settings.control)?;
    let outcome = match (request.method.as_str(), path) {
        ("POST", "faults") => request
            .body
            .trim()
            .parse::<FaultRule>()
            .map(|rule| state.faults.add(rule))
            .map_err(|error| error.to_string()),
        ("DELETE", "faults") => {
            state.faults.clear();
            Ok(())
        }
        ("POST", "revoke_tokens") => {
            state.tokens.clear();
            Ok(())
        }
        ("POST", "advance") => match humantime::parse_duration(request.body.trim()) {
            Ok(by) => {
                state.settings.clock.advance(by);
                Ok(())
            }
            Err(_) => Err("write how far the clock goes, e.g. 2h or 30s".to_owned()),
        },
        ("GET", "requests") => return Some(requests(state)),
        _ => Err("write POST faults, DELETE faults, POST revoke_tokens, POST advance or GET requests".to_owned()),
    };
    Some(match outcome {
        Ok(()) => reply::plain(StatusCode::NO_CONTENT, Vec::new()),
        Err(told) => reply::plain(StatusCode::BAD_REQUEST, format!("{told}\n").into_bytes()),
    })
}

/// The latest requests without their queries, which hold secrets.
fn requests(state: &State) -> Response<Body> {
    let one = |request: &RecordedRequest| json!({"method": request.method, "path": request.path, "body": request.body});
    reply::json(
        &json!({"count": state.requests.count, "latest": state.requests.iter().map(one).collect::<Vec<Value>>()}),
    )
}
