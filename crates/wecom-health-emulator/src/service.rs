//! From a request to its answer: what arrived is remembered, a fault may step in, and the answer goes out.

use std::io;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::{Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::activity::Activity;
use crate::answer::{self, Paging, Refusal, query_of};
use crate::control;
use crate::fault::Fault;
use crate::log::Served;
use crate::reply::{self, Body, Half};
use crate::request::RecordedRequest;
use crate::settings::Log;
use crate::spoil;
use crate::state::{Shared, State};

/// A request's body beyond this is answered with 413.
const BODY_LIMIT: usize = 128 << 10;

/// So much of it is read and thrown away first, because a client that is still sending would not see the answer.
const READ_LIMIT: usize = 64 << 20;

/// How an answer gets to the client.
enum Delivery {
    After(Duration),
    InHalves(Half),
    /// Not at all: the connection breaks off.
    Never,
}

/// Answers a request; an error breaks its connection off.
pub(crate) async fn handle(
    state: Arc<Shared>,
    activity: Arc<Activity>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> io::Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let patience = state.lock().settings.patience;
    let body = tokio::time::timeout(patience, read(body)).await.map_err(|_| io::ErrorKind::TimedOut)??;
    let Some(body) = body else {
        return Ok(reply::plain(StatusCode::PAYLOAD_TOO_LARGE, Vec::new()));
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = RecordedRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
        peer,
    };
    let answering = Answering::start(&state, activity);
    if let Some(answer) = control::answer(&state, &request) {
        return Ok(answer);
    }
    let mut served = ServedOnDrop::new(&state.lock(), &request);
    let fault = next_fault(&state, &request);
    served.fault = fault.as_ref().map(Fault::name);
    let Decision { response, usual_delay, delivery, errcode } = decide(&mut state.lock(), request, fault);
    served.errcode = errcode;
    pause(usual_delay).await;
    let response = match delivery {
        Delivery::After(delay) => {
            pause(delay).await;
            response
        }
        Delivery::InHalves(second) => reply::in_halves(response, second, answering).await,
        Delivery::Never => return Err(io::ErrorKind::ConnectionReset.into()),
    };
    served.status = Some(response.status().as_u16());
    Ok(response)
}

/// A line for a request, also when its client does not wait for the answer.
struct ServedOnDrop {
    log: Option<Log>,
    at: DateTime<Utc>,
    started: Instant,
    method: String,
    path: String,
    status: Option<u16>,
    errcode: Option<i64>,
    fault: Option<&'static str>,
}

impl ServedOnDrop {
    fn new(state: &State, request: &RecordedRequest) -> Self {
        Self {
            log: state.settings.log.clone(),
            at: state.now(),
            started: Instant::now(),
            method: request.method.clone(),
            path: request.path.clone(),
            status: None,
            errcode: None,
            fault: None,
        }
    }
}

impl Drop for ServedOnDrop {
    fn drop(&mut self) {
        let Self { log, at, started, method, path, status, errcode, fault } = self;
        if let Some(log) = log {
            let took = started.elapsed();
            log(&Served { at: *at, method, path, status: *status, errcode: *errcode, fault: *fault, took });
        }
    }
}

/// Even the shortest sleep takes a millisecond.
async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// The whole body; nothing if it is too large.
async fn read(mut body: Incoming) -> io::Result<Option<Vec<u8>>> {
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(io::Error::other)?.into_data() else { continue };
        length += data.len();
        if length <= BODY_LIMIT {
            kept.extend_from_slice(&data);
        } else if length > READ_LIMIT {
            break;
        }
    }
    Ok((length <= BODY_LIMIT).then_some(kept))
}

/// Counts a request that is being answered, also when its connection breaks off.
pub(crate) struct Answering {
    state: Arc<Shared>,
    connection: Arc<Activity>,
}

impl Answering {
    fn start(state: &Arc<Shared>, connection: Arc<Activity>) -> Self {
        connection.busy();
        let at_once = &mut state.lock().at_once;
        at_once.now += 1;
        at_once.most = at_once.most.max(at_once.now);
        Self { state: Arc::clone(state), connection }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.connection.idle();
        self.state.lock().at_once.now -= 1;
    }
}

/// What a request gets.
struct Decision {
    response: Response<Body>,
    /// How long every such call takes.
    usual_delay: Duration,
    delivery: Delivery,
    errcode: Option<i64>,
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

fn decide(state: &mut State, request: RecordedRequest, fault: Option<Fault>) -> Decision {
    let usual_delay = if request.call() == "gettoken" { Duration::ZERO } else { state.settings.delay };
    let number = state.requests.count + 1;
    let (mut response, delivery) = respond(state, &request, fault, number);
    if let Ok(date) = HeaderValue::from_str(&state.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string()) {
        response.headers_mut().entry(hyper::header::DATE).or_insert(date);
    }
    state.requests.push(request);
    let errcode = response.headers().get("error-code").and_then(|code| code.to_str().ok()?.parse().ok());
    Decision { response, usual_delay, delivery, errcode }
}

fn respond(
    state: &mut State,
    request: &RecordedRequest,
    fault: Option<Fault>,
    number: u64,
) -> (Response<Body>, Delivery) {
    let at_once = Delivery::After(Duration::ZERO);
    let now = state.now();
    let mut paging = Paging { cap: usize::MAX, repeated: false };
    match &fault {
        Some(Fault::ErrCode(code)) => {
            return (reply::json(&Refusal(*code, "emulated fault").body(request, now, number)), at_once);
        }
        Some(Fault::Http { status, headers, body }) => return (reply::http(*status, headers, body.clone()), at_once),
        Some(Fault::Body(body)) => {
            return (reply::json_text(&success(Value::Null), body.clone().into_bytes()), at_once);
        }
        Some(Fault::Html) => return (reply::html(), at_once),
        Some(Fault::NoPayload) => return (reply::json(&success(Value::Null)), at_once),
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
        None => return (reply::plain(StatusCode::NOT_FOUND, Vec::new()), delivery(fault.as_ref())),
        Some(Ok(payload)) => success(payload.into()),
        Some(Err(refusal)) => refusal.body(request, now, number),
    };
    let delivery = delivery(fault.as_ref());
    match fault {
        Some(Fault::InvalidJson) => {
            let mut text = reply::text(&body).into_bytes();
            text.truncate(text.len() / 2);
            return (reply::json_text(&body, text), at_once);
        }
        Some(Fault::WrongCharset) => return (reply::in_gbk(&body), at_once),
        Some(Fault::UnknownField) => spoil::with_unknown_fields(&mut body),
        Some(Fault::UnknownValue) => spoil::with_unknown_values(&mut body),
        Some(Fault::NullLists) => spoil::with_null_lists(&mut body),
        Some(Fault::NoErrCode) if body["errcode"] == 0 => {
            let status = body.clone();
            if let Value::Object(fields) = &mut body {
                fields.retain(|name, _| name != "errcode" && name != "errmsg");
            }
            return (reply::json_text(&status, reply::text(&body).into_bytes()), at_once);
        }
        Some(Fault::PartlyRead) if body["errcode"] == 0 => body["errmsg"] = json!("ok. Warning: wrong json format. "),
        Some(fault @ (Fault::ExpiredToken | Fault::RevokedToken)) => {
            if let Some(token) = body["access_token"].as_str() {
                end_token(state, token, &fault);
            }
        }
        _ => {}
    }
    (reply::json(&body), delivery)
}

/// How a fault lets an answer get to the client.
fn delivery(fault: Option<&Fault>) -> Delivery {
    match fault {
        Some(Fault::Delay(more)) => Delivery::After(*more),
        Some(Fault::SlowBody(pause)) => Delivery::InHalves(Half::Late(*pause)),
        Some(Fault::Truncated) => Delivery::InHalves(Half::Never),
        Some(Fault::Reset) => Delivery::Never,
        _ => Delivery::After(Duration::ZERO),
    }
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
