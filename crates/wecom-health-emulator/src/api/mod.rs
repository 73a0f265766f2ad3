//! The server's responses: payloads from its own JSON, and refusals with the vendor's text.
//!
//! Checks run in the vendor's order: token, app, rate limit, method, body, parameters. Where the vendor does not document the
//! server's behaviour, [`Choices`](crate::Choices) decide.

use serde_json::{Map, Value, json};

use crate::config::{App, JobsOfUnlistedApps};
use crate::endpoints::{self, Endpoint};
use crate::fault::Fault;
use crate::http::request::RecordedRequest;
use crate::state::State;

mod address_book;
mod health;
mod query;

use query::{Payload, Query, Refusal};

/// The name of an endpoint, and the function that returns its payload.
type PayloadOf = (&'static str, fn(&Query<'_>) -> Payload);

/// The endpoints that need a token.
const PAYLOADS: [PayloadOf; 8] = [
    ("get_report_jobids", health::job_ids),
    ("get_report_job_info", health::job_info),
    ("get_report_answer", health::answers),
    ("get_health_report_stat", health::usage),
    ("department_simplelist", address_book::company_departments),
    ("user_simplelist", address_book::members),
    ("school_department_list", address_book::school_departments),
    ("school_user_list", address_book::students),
];

/// Returns the body of the response to a request, or `None` for an unknown path.
pub(crate) fn respond(state: &mut State, request: &RecordedRequest, fault: Option<&Fault>) -> Option<Value> {
    let payload = match fault {
        Some(Fault::ErrCode(code)) => Err(Refusal(*code, "emulated fault")),
        _ => payload(state, request, fault)?,
    };
    Some(match payload {
        Ok(mut body) => {
            body["errcode"] = json!(0);
            body["errmsg"] = json!("ok");
            body
        }
        Err(refusal) => refusal_body(state, request, &refusal),
    })
}

/// Returns code and text with the vendor's hint, address and link. Lists of the endpoint's payload are present, but empty.
fn refusal_body(state: &State, request: &RecordedRequest, Refusal(code, text): &Refusal) -> Value {
    let hint = format!("{}{:015}", state.now().timestamp(), state.requests.total + 1);
    let link = format!("https://open.work.weixin.qq.com/devtool/query?e={code}");
    let errmsg = format!("{text}, hint: [{hint}], from ip: {}, more info at {link}", request.peer);
    let mut body = json!({"errcode": code, "errmsg": errmsg});
    if let Some(list) = request.known_endpoint().and_then(|endpoint| endpoint.list) {
        body[list] = json!([]);
    }
    body
}

fn payload(state: &mut State, request: &RecordedRequest, fault: Option<&Fault>) -> Option<Payload> {
    let endpoint = endpoints::at(&request.path)?;
    if endpoint.name == "gettoken" {
        return Some(token(state, request));
    }
    let (_, payload) = PAYLOADS.iter().find(|(name, _)| *name == endpoint.name)?;
    Some(authorize(state, endpoint, request).and_then(|app| {
        let parameters = parameters(state, endpoint, request)?;
        payload(&Query { state, parameters, app: &state.settings.apps[app], fault })
    }))
}

fn token(state: &mut State, request: &RecordedRequest) -> Payload {
    let (corp_id, secret) = (request.query_parameter("corpid"), request.query_parameter("corpsecret"));
    if secret.is_empty() {
        return Err(Refusal(41004, "corpsecret missing"));
    }
    let apps = &state.settings.apps;
    if !apps.iter().any(|app| app.corp_id == corp_id) {
        return Err(Refusal(40013, "invalid corpid"));
    }
    let app = apps.iter().position(|app| app.corp_id == corp_id && app.secret == secret);
    let app = app.ok_or(Refusal(40001, "invalid credential"))?;
    count(state, app, "gettoken")?;
    Ok(json!({"access_token": state.issue_token(app), "expires_in": state.settings.expires_in}))
}

/// Checks everything but the parameters. Returns the index of the app.
fn authorize(state: &mut State, endpoint: &'static Endpoint, request: &RecordedRequest) -> Result<usize, Refusal> {
    let token = request.query_parameter("access_token");
    if token.is_empty() {
        return Err(Refusal(41001, "access_token missing"));
    }
    let issued = state.tokens.get(&token).ok_or(Refusal(40014, "invalid access_token"))?;
    if issued.expires <= state.now() {
        return Err(Refusal(42001, "access_token expired"));
    }
    let app = issued.app;
    if !may_call(&state.settings.apps[app], endpoint, state.settings.choices.jobs_of_unlisted_apps) {
        return Err(Refusal(48002, "api forbidden"));
    }
    count(state, app, endpoint.name)?;
    if request.method != endpoint.method {
        return Err(Refusal(state.settings.choices.wrong_method, "invalid Request Parameter"));
    }
    Ok(app)
}

/// Returns whether an app is on the vendor's list for this kind of endpoint. The company's address book has no list.
fn may_call(app: &App, endpoint: &Endpoint, jobs_of_unlisted_apps: JobsOfUnlistedApps) -> bool {
    let is_empty_list = endpoint.name == "get_report_jobids" && jobs_of_unlisted_apps == JobsOfUnlistedApps::EmptyList;
    if endpoint.path.starts_with("/cgi-bin/health/") {
        app.is_listed || is_empty_list
    } else if endpoint.path.starts_with("/cgi-bin/school/") {
        app.school_scope.as_ref().is_none_or(|departments| !departments.is_empty())
    } else {
        true
    }
}

fn count(state: &mut State, app: usize, endpoint: &'static str) -> Result<(), Refusal> {
    let (now, limits) = (state.now(), state.settings.rate_limits);
    let admitted = state.rate_limiter.admit(limits, &state.settings.apps[app].corp_id, endpoint, now);
    if admitted { Ok(()) } else { Err(Refusal(45009, "api freq out of limit")) }
}

/// Returns the fields of the body, or the query of a GET request.
fn parameters(state: &State, endpoint: &Endpoint, request: &RecordedRequest) -> Result<Map<String, Value>, Refusal> {
    if endpoint.method == "GET" {
        return Ok(request.query_parameters().map(|(name, value)| (name, Value::String(value))).collect());
    }
    match serde_json::from_str(&request.body) {
        Ok(Value::Object(parameters)) => Ok(parameters),
        _ => Err(Refusal(state.settings.choices.not_json, "Warning: wrong json format. some parameters are empty")),
    }
}
