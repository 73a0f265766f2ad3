//! HTTP around the answers: statuses, headers, faults.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::answer::{Refusal, answer};
use crate::fault::Fault;
use crate::request::RecordedRequest;
use crate::state::Shared;

/// A request's body beyond this is answered with 413.
const BODY_LIMIT: usize = 1 << 20;

/// Answers requests until `stopped`.
pub(crate) async fn serve(
    listener: TcpListener,
    state: Arc<Shared>,
    stopped: impl Future<Output = ()> + Send + 'static,
) {
    let router = Router::new().fallback(handle).with_state(state);
    // `axum::serve` deals with failing connections by itself and does not end with an error.
    let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
}

async fn handle(State(state): State<Arc<Shared>>, request: Request) -> Response {
    let (response, delay) = respond(&state, request).await;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    response
}

/// The answer, and how long it takes.
async fn respond(state: &Shared, request: Request) -> (Response, Duration) {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE.into_response(), Duration::ZERO);
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = RecordedRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let mut state = state.lock();
    state.requests.push(request.clone());
    let number = state.requests.len();
    let delay = if request.call() == "gettoken" { Duration::ZERO } else { state.settings.delay };
    let fault = state.take_fault(request.call());
    let truncate = matches!(fault, Some(Fault::Truncated));
    let outcome = match fault {
        Some(Fault::Http { status, header: (name, value), body }) => return (other(status, name, value, body), delay),
        Some(Fault::Body(body)) => return (reply(&success(json!({})), body.into()), delay),
        Some(Fault::ErrCode(code)) => Some(Err(Refusal(code, "emulated fault"))),
        Some(Fault::ShortPage(items)) => answer(&mut state, &request, items),
        Some(Fault::Truncated) | None => answer(&mut state, &request, usize::MAX),
    };
    let response = match outcome {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(outcome) => {
            let json = outcome.map_or_else(|refusal| refusal.body(number), success);
            let body = json.to_string();
            if truncate { truncated(&json, body) } else { reply(&json, body.into()) }
        }
    };
    (response, delay)
}

/// A payload with the status in front of it.
fn success(payload: Value) -> Value {
    let mut answer = json!({"errcode": 0, "errmsg": "ok"});
    if let (Value::Object(answer), Value::Object(payload)) = (&mut answer, payload) {
        answer.extend(payload);
    }
    answer
}

/// HTTP 200 with the headers of every JSON answer.
fn reply(status: &Value, body: Body) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    headers.insert("Error-Code", status["errcode"].as_i64().unwrap_or_default().into());
    if let Ok(text) = HeaderValue::from_str(status["errmsg"].as_str().unwrap_or_default()) {
        headers.insert("Error-Msg", text);
    }
    (headers, body).into_response()
}

/// Half of the body that the headers promise.
fn truncated(status: &Value, body: String) -> Response {
    let half = Bytes::from(body.as_bytes()[..body.len() / 2].to_vec());
    let pieces = [Ok::<_, Infallible>(half)];
    let mut response = reply(status, Body::from_stream(futures_util::stream::iter(pieces)));
    response.headers_mut().insert(CONTENT_LENGTH, body.len().into());
    response
}

fn other(status: u16, name: &str, value: String, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, body).into_response();
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        response.headers_mut().insert(name, value);
    }
    response
}
