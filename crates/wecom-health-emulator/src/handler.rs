//! From a request to its response.
//!
//! A request that controls the emulator is served at once. For all others, the first rule that applies determines the fault,
//! which may replace the response, change its body, or deliver it badly.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use hyper::header::{DATE, HeaderValue};
use hyper::{Response, StatusCode};

use crate::api;
use crate::control;
use crate::fault::rule::FaultRule;
use crate::fault::{Fault, spoil};
use crate::http::connections::{Busy, Handler, Panic};
use crate::http::request::RecordedRequest;
use crate::http::response::{Body, plain};
use crate::log::LogLine;
use crate::state::{Shared, State};

impl Handler for Shared {
    async fn handle(self: Arc<Self>, request: RecordedRequest, busy: Busy) -> io::Result<Response<Body>> {
        let in_progress = (self.lock().start_request(), busy);
        if let Some(response) = control::respond(&self, &request) {
            return Ok(response);
        }
        let (mut line, delay) = prepare(&self.lock(), &request);
        let fault = next_fault(&self, &request);
        line.fault = fault.as_ref().map(Fault::name);
        let response = record_and_respond(&mut self.lock(), request, fault.as_ref());
        line.errcode = errcode(&response);
        // Even the shortest sleep takes a millisecond.
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let response = spoil::deliver(response, fault.as_ref(), in_progress).await?;
        line.status = Some(response.status().as_u16());
        Ok(response)
    }

    fn panicked(&self, panic: Panic) {
        self.lock().panic.get_or_insert(panic);
    }
}

/// Returns the log line of a request, and the delay of all requests to its endpoint.
fn prepare(state: &State, request: &RecordedRequest) -> (LogLine, Duration) {
    let delay = if request.endpoint() == "gettoken" { Duration::ZERO } else { state.settings.delay };
    (LogLine::new(state.settings.log.clone(), state.now(), request), delay)
}

fn errcode(response: &Response<Body>) -> Option<i64> {
    response.headers().get("error-code")?.to_str().ok()?.parse().ok()
}

/// Returns the fault for a request: that of the first rule that applies. Conditions are the test's code and may call the
/// emulator, so they run without its lock. If one panics, the test gets the panic when it drops the emulator.
fn next_fault(state: &Shared, request: &RecordedRequest) -> Option<Fault> {
    let endpoint = request.endpoint();
    let (rules, seed, nth) = {
        let mut state = state.lock();
        (state.faults.for_endpoint(endpoint), state.settings.seed, state.count(endpoint))
    };
    let holds = |rule: &FaultRule| {
        let Some(condition) = &rule.condition else { return true };
        let outcome = catch_unwind(AssertUnwindSafe(|| condition(request)));
        outcome.unwrap_or_else(|panic| {
            state.panicked(panic);
            false
        })
    };
    let rule = rules.iter().find(|rule| holds(rule) && state.lock().faults.apply(rule, seed, endpoint, nth))?;
    Some(rule.fault.clone())
}

/// Returns the response to a request, and records the request.
fn record_and_respond(state: &mut State, request: RecordedRequest, fault: Option<&Fault>) -> Response<Body> {
    let mut response = respond(state, &request, fault);
    let date = state.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().entry(DATE).or_insert(date);
    }
    state.requests.push(request);
    response
}

fn respond(state: &mut State, request: &RecordedRequest, fault: Option<&Fault>) -> Response<Body> {
    if let Some(response) = fault.and_then(spoil::replacement) {
        return response;
    }
    state.end_token(&request.query_parameter("access_token"), fault);
    let Some(body) = api::respond(state, request, fault) else { return plain(StatusCode::NOT_FOUND, "") };
    state.end_token(body["access_token"].as_str().unwrap_or_default(), fault);
    spoil::with_body(body, fault)
}
