//! What the server says: payloads as JSON of its own, refusals with the usual text.

use std::collections::HashMap;

use chrono::{NaiveDate, Utc};
use serde_json::{Map, Value, json};

use crate::request::RecordedRequest;
use crate::state::{CORP_ID, EXPIRES_IN, SECRET, State};

/// A refusal: the code and the first part of its text.
pub(crate) struct Refusal(pub(crate) i64, pub(crate) &'static str);

impl Refusal {
    /// The body: code and text with hint, the caller's address and a link.
    pub(crate) fn body(&self, number: usize) -> Value {
        let Self(code, text) = self;
        let hint = format!("{}{number:015}", Utc::now().timestamp());
        let link = format!("https://open.work.weixin.qq.com/devtool/query?e={code}");
        json!({
            "errcode": code,
            "errmsg": format!("{text}, hint: [{hint}], from ip: 127.0.0.1, more info at {link}"),
        })
    }
}

/// The answer to a request; nothing for a path that the server does not know.
pub(crate) fn answer(state: &mut State, request: &RecordedRequest) -> Option<Result<Value, Refusal>> {
    let query = form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
    Some(match request.path.as_str() {
        "/cgi-bin/gettoken" => token(state, &query),
        "/cgi-bin/health/get_report_job_info" => {
            authorized(state, request, &query).and_then(|body| job_info(state, &body))
        }
        _ => return None,
    })
}

fn token(state: &mut State, query: &HashMap<String, String>) -> Result<Value, Refusal> {
    let text = |name: &str| query.get(name).map_or("", String::as_str);
    match (text("corpid"), text("corpsecret")) {
        (_, "") => Err(Refusal(41004, "corpsecret missing")),
        (CORP_ID, SECRET) => Ok(json!({"access_token": state.make_token(), "expires_in": EXPIRES_IN})),
        (CORP_ID, _) => Err(Refusal(40001, "invalid credential")),
        (_, _) => Err(Refusal(40013, "invalid corpid")),
    }
}

/// The checks before every call: token present, token valid, method, then the body.
fn authorized(
    state: &State,
    request: &RecordedRequest,
    query: &HashMap<String, String>,
) -> Result<Map<String, Value>, Refusal> {
    match query.get("access_token").map(String::as_str) {
        None | Some("") => return Err(Refusal(41001, "access_token missing")),
        Some(token) if !state.tokens.contains(token) => return Err(Refusal(40014, "invalid access_token")),
        Some(_) => {}
    }
    if request.method != "POST" {
        return Err(Refusal(40058, "invalid Request Parameter"));
    }
    match serde_json::from_str(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        // Which code the vendor answers is not known.
        _ => Err(Refusal(40063, "Warning: wrong json format. some parameters are empty")),
    }
}

fn job_info(state: &State, body: &Map<String, Value>) -> Result<Value, Refusal> {
    let jobid = text(body, "jobid")?;
    // Which days the vendor accepts, and what it answers to others, is not known: any day will do.
    if text(body, "date")?.parse::<NaiveDate>().is_err() {
        return Err(Refusal(40058, "invalid Request Parameter"));
    }
    let job = state.jobs.get(jobid).ok_or(Refusal(40088, "invalid jobid"))?;
    Ok(json!({"job_info": job}))
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Err(Refusal(40063, "some parameters are empty")),
        Some(Value::String(text)) if text.is_empty() => Err(Refusal(40063, "some parameters are empty")),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Refusal(40058, "invalid Request Parameter")),
    }
}
