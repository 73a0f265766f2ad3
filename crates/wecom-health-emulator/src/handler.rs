//! From a request to its response: the request is recorded, a fault may step in, and the response goes out.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use hyper::header::{DATE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::answer::{self, Paging, Refusal, query_of};
use crate::control;
use crate::fault::Fault;
use crate::http::connections::{Busy, Handler, Panic};
use crate::http::request::RecordedRequest;
use crate::http::response::{self, Body, SecondHalf};
use crate::log::LogLine;
use crate::spoil;
use crate::state::{Shared, State};

impl Handler for Shared {
    async fn handle(self: Arc<Self>, request: RecordedRequest, busy: Busy) -> io::Result<Response<Body>> {
        let in_progress = InProgress::new(Arc::clone(&self), busy);
        if let Some(response) = control::answer(&self, &request) {
            return Ok(response);
        }
        let mut line = log_line(&self.lock(), &request);
        let fault = next_fault(&self, &request);
        line.fault = fault.as_ref().map(Fault::name);
        let delay = usual_delay(&self.lock(), &request);
        let response = record_and_respond(&mut self.lock(), request, fault.as_ref());
        line.errcode = errcode(&response);
        // Even the shortest sleep takes a millisecond.
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let response = deliver(response, fault.as_ref(), in_progress).await?;
        line.status = Some(response.status().as_u16());
        Ok(response)
    }

    fn panicked(&self, panic: Panic) {
        self.lock().panic.get_or_insert(panic);
    }
}

/// Counts a request as in progress until this is dropped, also when its connection closes early.
struct InProgress {
    state: Arc<Shared>,
    _busy: Busy,
}

impl InProgress {
    fn new(state: Arc<Shared>, busy: Busy) -> Self {
        let at_once = &mut state.lock().at_once;
        at_once.now += 1;
        at_once.most = at_once.most.max(at_once.now);
        Self { state: Arc::clone(&state), _busy: busy }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.state.lock().at_once.now -= 1;
    }
}

fn log_line(state: &State, request: &RecordedRequest) -> LogLine {
    LogLine::new(state.settings.log.clone(), state.now(), request)
}

fn usual_delay(state: &State, request: &RecordedRequest) -> Duration {
    if request.call() == "gettoken" { Duration::ZERO } else { state.settings.delay }
}

fn errcode(response: &Response<Body>) -> Option<i64> {
    response.headers().get("error-code")?.to_str().ok()?.parse().ok()
}

/// Delivers a response, late, in part or not at all if the fault wants that.
async fn deliver(
    response: Response<Body>,
    fault: Option<&Fault>,
    in_progress: InProgress,
) -> io::Result<Response<Body>> {
    Ok(match fault {
        Some(Fault::Delay(delay)) => {
            tokio::time::sleep(*delay).await;
            response
        }
        Some(Fault::SlowBody(pause)) => response::in_halves(response, SecondHalf::Late(*pause), in_progress).await,
        Some(Fault::Truncated) => response::in_halves(response, SecondHalf::Missing, in_progress).await,
        Some(Fault::Reset) => return Err(io::ErrorKind::ConnectionReset.into()),
        _ => response,
    })
}

/// The fault for a request. Conditions are other people's code, which may ask the emulator: they run without its lock. A panic is the
/// test's to see.
fn next_fault(state: &Shared, request: &RecordedRequest) -> Option<Fault> {
    let (rules, seed, nth) = {
        let mut state = state.lock();
        (state.faults.for_call(request.call()), state.settings.seed, state.count(request))
    };
    for (number, condition) in rules {
        let holds = condition.is_none_or(|holds| match catch_unwind(AssertUnwindSafe(|| holds(request))) {
            Ok(holds) => holds,
            Err(panic) => {
                state.lock().panic.get_or_insert(panic);
                false
            }
        });
        if holds {
            let taken = state.lock().faults.take(number, seed, request.call(), nth);
            if let Some((fault, _rule)) = taken {
                return Some(fault);
            }
        }
    }
    None
}

/// Responds to a request and records it.
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
    let (now, number) = (state.now(), state.requests.total + 1);
    let mut paging = Paging { cap: usize::MAX, repeated: false };
    match fault {
        Some(Fault::ErrCode(code)) => {
            return response::json(&Refusal(*code, "emulated fault").body(request, now, number));
        }
        Some(Fault::Http { status, headers, body }) => return response::http(*status, headers, body.clone()),
        Some(Fault::Body(body)) => return response::json_with_bytes(&success(Value::Null), body.clone()),
        Some(Fault::Html) => return response::html(),
        Some(Fault::NoPayload) => return response::json(&success(Value::Null)),
        Some(Fault::ShortPage(items)) => paging.cap = *items,
        Some(Fault::RepeatedPage) => paging.repeated = true,
        Some(fault @ (Fault::ExpiredToken | Fault::RevokedToken)) => {
            if let Some(token) = query_of(request).get("access_token") {
                end_token(state, token, fault);
            }
        }
        _ => {}
    }
    let mut body = match answer::answer(state, request, paging) {
        None => return response::plain(StatusCode::NOT_FOUND, ""),
        Some(Ok(payload)) => success(payload.into()),
        Some(Err(refusal)) => refusal.body(request, now, number),
    };
    match fault {
        Some(Fault::InvalidJson) => {
            let mut text = response::to_text(&body).into_bytes();
            text.truncate(text.len() / 2);
            return response::json_with_bytes(&body, text);
        }
        Some(Fault::WrongCharset) => return response::in_gbk(&body),
        Some(Fault::UnknownField) => spoil::with_unknown_fields(&mut body),
        Some(Fault::UnknownValue) => spoil::with_unknown_values(&mut body),
        Some(Fault::NullLists) => spoil::with_null_lists(&mut body),
        Some(Fault::NoErrCode) if body["errcode"] == 0 => {
            let status = body.clone();
            if let Value::Object(fields) = &mut body {
                fields.retain(|name, _| name != "errcode" && name != "errmsg");
            }
            return response::json_with_bytes(&status, response::to_text(&body));
        }
        Some(Fault::PartlyRead) if body["errcode"] == 0 => body["errmsg"] = json!("ok. Warning: wrong json format. "),
        Some(fault @ (Fault::ExpiredToken | Fault::RevokedToken)) => {
            if let Some(token) = body["access_token"].as_str() {
                end_token(state, token, fault);
            }
        }
        _ => {}
    }
    response::json(&body)
}

/// Makes a token that was given out expire, or takes it back.
fn end_token(state: &mut State, token: &str, fault: &Fault) {
    let now = state.now();
    match (fault, state.tokens.get_mut(token)) {
        (Fault::ExpiredToken, Some(issued)) => issued.expires = now,
        _ => drop(state.tokens.remove(token)),
    }
}

/// A payload with the status in front of it.
fn success(payload: Value) -> Value {
    let mut answer = if payload.is_object() { payload } else { json!({}) };
    answer["errcode"] = json!(0);
    answer["errmsg"] = json!("ok");
    answer
}
