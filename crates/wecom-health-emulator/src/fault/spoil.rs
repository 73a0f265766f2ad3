//! What faults do to a response: replace it, change its body, or deliver it badly.

use std::io;

use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::http::response::{Body, in_halves, json, json_with_bytes, plain, to_text};

/// The integers whose values are codes.
const CODED: [&str; 11] = [
    "type",
    "report_type",
    "question_type",
    "id_type",
    "itinerary_card_type",
    "is_required",
    "skip_weekend",
    "ending",
    "is_graduated",
    "open_group_chat",
    "is_subscribe",
];

/// Returns the response of a fault that replaces the API's.
pub(crate) fn replacement(fault: &Fault) -> Option<Response<Body>> {
    let success = json!({"errcode": 0, "errmsg": "ok"});
    match fault {
        Fault::Http { status, headers, body } => Some(http(*status, headers, body.clone())),
        Fault::Body(body) => Some(json_with_bytes(&success, body.clone())),
        Fault::NoPayload => Some(json(&success)),
        Fault::Html => {
            let page = plain(StatusCode::OK, "<html><body>请先登录</body></html>\n");
            Some(with_content_type(page, "text/html; charset=UTF-8"))
        }
        _ => None,
    }
}

fn http(status: u16, headers: &[(&'static str, String)], body: Vec<u8>) -> Response<Body> {
    // `Fault::check` has accepted status and headers, so nothing is left out here.
    let mut response = plain(StatusCode::from_u16(status).unwrap_or_default(), body);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn with_content_type(mut response: Response<Body>, content_type: &'static str) -> Response<Body> {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Returns a response with this body, changed by the fault.
pub(crate) fn with_body(mut body: Value, fault: Option<&Fault>) -> Response<Body> {
    let is_success = body["errcode"] == 0;
    match fault {
        Some(Fault::InvalidJson) => {
            let mut half = to_text(&body).into_bytes();
            half.truncate(half.len() / 2);
            return json_with_bytes(&body, half);
        }
        Some(Fault::WrongCharset) => {
            let gbk = encoding_rs::GBK.encode(&to_text(&body)).0.into_owned();
            return with_content_type(json_with_bytes(&body, gbk), "application/json; charset=GBK");
        }
        Some(Fault::NoErrCode) if is_success => {
            let mut bare = body.clone();
            if let Value::Object(fields) = &mut bare {
                fields.retain(|name, _| name != "errcode" && name != "errmsg");
            }
            return json_with_bytes(&body, to_text(&bare));
        }
        Some(Fault::PartlyRead) if is_success => body["errmsg"] = json!("ok. Warning: wrong json format. "),
        Some(Fault::UnknownField) => for_each_value(&mut body, &mut add_unknown_field),
        Some(Fault::UnknownValue) => for_each_value(&mut body, &mut set_unknown_values),
        Some(Fault::NullLists) => for_each_value(&mut body, &mut replace_list_by_null),
        _ => {}
    }
    json(&body)
}

/// Changes the parts of a value before the value itself, so that what is added stays unchanged.
fn for_each_value(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_value(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| for_each_value(field, change)),
        _ => {}
    }
    change(value);
}

fn add_unknown_field(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.insert("emulated_new_field".to_owned(), json!({"list": [1, null, "新"]}));
    }
}

fn set_unknown_values(value: &mut Value) {
    if let Value::Object(fields) = value {
        let codes = fields.iter_mut().filter(|(name, _)| CODED.contains(&name.as_str()));
        codes.for_each(|(_, code)| *code = json!(99));
    }
}

fn replace_list_by_null(value: &mut Value) {
    if value.is_array() {
        *value = Value::Null;
    }
}

/// Delivers a response: late, in part or not at all, if the fault says so.
pub(crate) async fn deliver(
    response: Response<Body>,
    fault: Option<&Fault>,
    in_progress: impl Send + 'static,
) -> io::Result<Response<Body>> {
    match fault {
        Some(Fault::Delay(delay)) => {
            tokio::time::sleep(*delay).await;
            Ok(response)
        }
        Some(Fault::SlowBody(pause)) => Ok(in_halves(response, Some(*pause), in_progress).await),
        Some(Fault::Truncated) => Ok(in_halves(response, None, in_progress).await),
        Some(Fault::Reset) => Err(io::ErrorKind::ConnectionReset.into()),
        _ => Ok(response),
    }
}
