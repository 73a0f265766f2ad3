//! Answers as HTTP: statuses, headers, and bodies that come in pieces.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use futures_util::stream;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::Value;

use crate::service::Answering;

pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// HTTP 200 with the headers of every JSON answer.
pub(crate) fn json(answer: &Value) -> Response<Body> {
    json_text(answer, text(answer).into_bytes())
}

/// JSON with the fields in one order, whichever order the features of serde_json in this build keep.
pub(crate) fn text(answer: &Value) -> String {
    let mut answer = answer.clone();
    answer.sort_all_objects();
    answer.to_string()
}

/// The headers tell of `status`, whatever the body is.
pub(crate) fn json_text(status: &Value, body: Vec<u8>) -> Response<Body> {
    let mut response = plain(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    headers.insert("Error-Code", status["errcode"].as_i64().unwrap_or_default().into());
    if let Ok(text) = HeaderValue::from_str(status["errmsg"].as_str().unwrap_or_default()) {
        headers.insert("Error-Msg", text);
    }
    response
}

/// The answer in GBK.
pub(crate) fn in_gbk(answer: &Value) -> Response<Body> {
    let mut response = json_text(answer, encoding_rs::GBK.encode(&text(answer)).0.into_owned());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=GBK"));
    response
}

/// What a proxy answers that wants people to log in first.
pub(crate) fn html() -> Response<Body> {
    let mut response = plain(StatusCode::OK, "<html><body>请先登录</body></html>\n".into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    response
}

pub(crate) fn plain(status: StatusCode, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Full::from(body).map_err(|never: Infallible| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response
}

/// An answer of the test's choice.
pub(crate) fn http(status: u16, headers: &[(&'static str, String)], body: Vec<u8>) -> Response<Body> {
    let mut response = plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// What becomes of the second half of a body.
#[derive(Clone, Copy)]
pub(crate) enum Half {
    Late(Duration),
    Never,
}

/// The same response with the body in two halves, which is being answered until the second.
pub(crate) async fn in_halves(response: Response<Body>, second: Half, answering: Answering) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    head.headers.insert(CONTENT_LENGTH, body.len().into());
    let (first, rest) = (body.slice(..body.len() / 2), body.slice(body.len() / 2..));
    let halves = stream::unfold(0, move |half| {
        let _ = &answering;
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
