//! HTTP around the answers: statuses, headers, faults.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream;
use http_body_util::{BodyExt, Full, Limited, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::answer::{Refusal, answer};
use crate::fault::Fault;
use crate::request::RecordedRequest;
use crate::state::Shared;

/// A request's body beyond this is answered with 413.
const BODY_LIMIT: usize = 1 << 20;

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Answers requests until `stopped`, and then breaks all connections off.
pub(crate) async fn serve(
    listener: TcpListener,
    state: Arc<Shared>,
    stopped: impl Future<Output = ()> + Send + 'static,
) {
    let mut connections = JoinSet::new();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let connection = tokio::select! {
            () = &mut stopped => return,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            connection = listener.accept() => connection,
        };
        // Out of file descriptors, or a client that has gone already: the next one may do better.
        let Ok((connection, _)) = connection else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let service = service_fn(move |request| handle(Arc::clone(&state), request));
            let mut http = hyper::server::conn::http1::Builder::new();
            // A client that breaks off, and a fault that does, end here.
            let _ = http.timer(TokioTimer::new()).serve_connection(TokioIo::new(connection), service).await;
        });
    }
}

/// How an answer gets to the client.
enum Delivery {
    After(Duration),
    InHalves(Half),
    /// Not at all: the connection breaks off.
    Never,
}

/// What becomes of the second half of a body.
#[derive(Clone, Copy)]
enum Half {
    Late(Duration),
    Never,
}

async fn handle(state: Arc<Shared>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, Vec::new()));
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = RecordedRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
    };
    let _answering = Answering::start(&state);
    let (response, usual_delay, delivery) = respond(&state, request);
    tokio::time::sleep(usual_delay).await;
    match delivery {
        Delivery::After(delay) => {
            tokio::time::sleep(delay).await;
            Ok(response)
        }
        Delivery::InHalves(second) => Ok(in_halves(response, second).await),
        Delivery::Never => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

/// Counts a request that is being answered, also when its connection breaks off.
struct Answering(Arc<Shared>);

impl Answering {
    fn start(state: &Arc<Shared>) -> Self {
        let at_once = &mut state.lock().at_once;
        at_once.now += 1;
        at_once.most = at_once.most.max(at_once.now);
        Self(Arc::clone(state))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.lock().at_once.now -= 1;
    }
}

/// The answer, how long every such call takes, and how the answer gets to the client.
fn respond(state: &Shared, request: RecordedRequest) -> (Response<Body>, Duration, Delivery) {
    let mut state = state.lock();
    let number = state.requests.len() + 1;
    let now = state.now();
    let delay = if request.call() == "gettoken" { Duration::ZERO } else { state.settings.delay };
    let fault = state.take_fault(request.call());
    let cap = if let Some(Fault::ShortPage(items)) = fault { items } else { usize::MAX };
    let mut usual = || match answer(&mut state, &request, cap) {
        None => plain(StatusCode::NOT_FOUND, Vec::new()),
        Some(outcome) => json_reply(&outcome.map_or_else(|refusal| refusal.body(now, number), success)),
    };
    let at_once = Delivery::After(Duration::ZERO);
    let (response, delivery) = match fault {
        None | Some(Fault::ShortPage(_)) => (usual(), at_once),
        Some(Fault::Delay(more)) => (usual(), Delivery::After(more)),
        Some(Fault::SlowBody(pause)) => (usual(), Delivery::InHalves(Half::Late(pause))),
        Some(Fault::Truncated) => (usual(), Delivery::InHalves(Half::Never)),
        Some(Fault::Reset) => (usual(), Delivery::Never),
        Some(Fault::ErrCode(code)) => (json_reply(&Refusal(code, "emulated fault").body(now, number)), at_once),
        Some(Fault::Body(body)) => (json_text(&success(json!({})), body.into_bytes()), at_once),
        Some(Fault::Http { status, headers, body }) => (http(status, headers, body), at_once),
    };
    state.requests.push(request);
    (response, delay, delivery)
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
fn json_reply(answer: &Value) -> Response<Body> {
    json_text(answer, answer.to_string().into_bytes())
}

fn json_text(status: &Value, body: Vec<u8>) -> Response<Body> {
    let mut response = plain(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    headers.insert("Error-Code", status["errcode"].as_i64().unwrap_or_default().into());
    if let Ok(text) = HeaderValue::from_str(status["errmsg"].as_str().unwrap_or_default()) {
        headers.insert("Error-Msg", text);
    }
    response
}

fn plain(status: StatusCode, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Full::from(body).map_err(|never: Infallible| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response
}

fn http(status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Response<Body> {
    let mut response = plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The same response with the body in two halves.
async fn in_halves(response: Response<Body>, second: Half) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    head.headers.insert(CONTENT_LENGTH, body.len().into());
    let (first, rest) = (body.slice(..body.len() / 2), body.slice(body.len() / 2..));
    let halves = stream::unfold(0, move |half| {
        let (first, rest) = (first.clone(), rest.clone());
        async move {
            match (half, second) {
                (0, _) => Some((Ok(Frame::data(first)), 1)),
                (1, Half::Late(pause)) => {
                    tokio::time::sleep(pause).await;
                    Some((Ok(Frame::data(rest)), 2))
                }
                (1, Half::Never) => {
                    // The first half is on its way before the connection breaks off.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Some((Err(io::ErrorKind::ConnectionReset.into()), 2))
                }
                _ => None,
            }
        }
    });
    Response::from_parts(head, StreamBody::new(halves).boxed_unsync())
}
