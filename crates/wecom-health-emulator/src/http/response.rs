//! Responses: statuses, headers, and bodies that may come in two halves.

use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::Value;

pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Returns a response without headers.
pub(crate) fn plain(status: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    let body = Full::new(body.into()).map_err(|never: Infallible| match never {});
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    response
}

/// Returns a response with JSON and the vendor's headers.
pub(crate) fn json(body: &Value) -> Response<Body> {
    json_with_bytes(body, to_text(body))
}

/// Returns a response with the headers that the vendor sends with `body`, but with other bytes.
pub(crate) fn json_with_bytes(body: &Value, bytes: impl Into<Bytes>) -> Response<Body> {
    let mut response = plain(StatusCode::OK, bytes);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    headers.insert("Error-Code", body["errcode"].as_i64().unwrap_or_default().into());
    if let Ok(text) = HeaderValue::from_str(body["errmsg"].as_str().unwrap_or_default()) {
        headers.insert("Error-Msg", text);
    }
    response
}

/// Returns JSON as text with sorted fields.
///
/// Their order would otherwise depend on which features of `serde_json` other crates of the build enable.
pub(crate) fn to_text(body: &Value) -> String {
    let mut body = body.clone();
    body.sort_all_objects();
    body.to_string()
}

/// Splits the body of a response into two halves.
///
/// The second half is sent after a pause; without one, the connection is closed instead. `in_progress` is kept until then.
pub(crate) async fn in_halves(
    response: Response<Body>,
    pause: Option<Duration>,
    in_progress: impl Send + 'static,
) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let mut rest = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    head.headers.insert(CONTENT_LENGTH, rest.len().into());
    let first = rest.split_to(rest.len() / 2);
    let second = async move {
        let _in_progress = in_progress;
        // If the connection were closed at once, the first half could be lost.
        tokio::time::sleep(pause.unwrap_or(Duration::from_millis(20))).await;
        if pause.is_some() { Ok(Frame::data(rest)) } else { Err(io::ErrorKind::ConnectionReset.into()) }
    };
    let halves = stream::once(ready(Ok(Frame::data(first)))).chain(stream::once(second));
    Response::from_parts(head, StreamBody::new(halves).boxed_unsync())
}
