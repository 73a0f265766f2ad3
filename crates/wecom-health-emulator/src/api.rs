//! The server's responses: payloads from its own JSON, and refusals with the vendor's text.
//!
//! Checks run in the vendor's order: token, app, rate limit, method, body, parameters. Where the vendor does not document the
//! server's behaviour, [`Choices`](crate::Choices) decide.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::clock::{is_among_latest, parse_day};
use crate::config::{Ending, JobsOfUnlistedApps, LimitOver100, OldDays, Settings};
use crate::data::{Answers, Job, Usage, synthetic};
use crate::fault::Fault;
use crate::http::request::RecordedRequest;
use crate::state::State;

/// The errcode of a refusal, and the first part of its text.
struct Refusal(i64, &'static str);

type Payload = Result<Value, Refusal>;

/// The name of an endpoint, and the function that returns its payload.
type Endpoint = (&'static str, fn(&Query<'_>) -> Payload);

/// The endpoints below `/cgi-bin/health/`.
const HEALTH_ENDPOINTS: [Endpoint; 4] = [
    ("get_report_jobids", job_ids),
    ("get_report_job_info", job_info),
    ("get_report_answer", answers),
    ("get_health_report_stat", usage),
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
    match request.endpoint() {
        "get_report_jobids" => json!({"errcode": code, "errmsg": errmsg, "jobids": []}),
        "get_report_answer" => json!({"errcode": code, "errmsg": errmsg, "answers": []}),
        _ => json!({"errcode": code, "errmsg": errmsg}),
    }
}

fn payload(state: &mut State, request: &RecordedRequest, fault: Option<&Fault>) -> Option<Payload> {
    if request.path == "/cgi-bin/gettoken" {
        return Some(token(state, request));
    }
    let name = request.path.strip_prefix("/cgi-bin/health/")?;
    let (endpoint, payload) = HEALTH_ENDPOINTS.iter().find(|(endpoint, _)| *endpoint == name)?;
    Some(authorize(state, endpoint, request).and_then(|app_is_listed| {
        let parameters = parameters(state, request)?;
        payload(&Query { state, parameters, app_is_listed, fault })
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

/// Checks everything but the parameters. Returns whether the app is listed.
fn authorize(state: &mut State, endpoint: &'static str, request: &RecordedRequest) -> Result<bool, Refusal> {
    let token = request.query_parameter("access_token");
    if token.is_empty() {
        return Err(Refusal(41001, "access_token missing"));
    }
    let issued = state.tokens.get(&token).ok_or(Refusal(40014, "invalid access_token"))?;
    if issued.expires <= state.now() {
        return Err(Refusal(42001, "access_token expired"));
    }
    let (app, is_listed) = (issued.app, state.settings.apps[issued.app].is_listed);
    let is_empty_list = endpoint == "get_report_jobids"
        && state.settings.choices.jobs_of_unlisted_apps == JobsOfUnlistedApps::EmptyList;
    if !is_listed && !is_empty_list {
        return Err(Refusal(48002, "api forbidden"));
    }
    count(state, app, endpoint)?;
    if request.method != "POST" {
        return Err(Refusal(state.settings.choices.wrong_method, "invalid Request Parameter"));
    }
    Ok(is_listed)
}

fn count(state: &mut State, app: usize, endpoint: &'static str) -> Result<(), Refusal> {
    let (now, limits) = (state.now(), state.settings.rate_limits);
    let admitted = state.rate_limiter.admit(limits, &state.settings.apps[app].corp_id, endpoint, now);
    if admitted { Ok(()) } else { Err(Refusal(45009, "api freq out of limit")) }
}

fn parameters(state: &State, request: &RecordedRequest) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_str(&request.body) {
        Ok(Value::Object(parameters)) => Ok(parameters),
        _ => Err(Refusal(state.settings.choices.not_json, "Warning: wrong json format. some parameters are empty")),
    }
}

fn job_ids(query: &Query<'_>) -> Payload {
    let (offset, limit) = query.page()?;
    let jobs = if query.app_is_listed { query.state.data.jobs.len() } else { 0 };
    let ids: Vec<_> = query.state.data.jobs.keys().take(jobs).skip(offset).take(limit).collect();
    let is_last_page = offset.saturating_add(ids.len()) >= jobs;
    Ok(match query.state.settings.choices.ending {
        Ending::Absent => json!({"jobids": ids}),
        Ending::LastPage => json!({"ending": u8::from(is_last_page), "jobids": ids}),
        Ending::EmptyPage => json!({"ending": u8::from(ids.is_empty()), "jobids": ids}),
    })
}

fn job_info(query: &Query<'_>) -> Payload {
    let (_, job, _) = query.job_and_date()?;
    Ok(json!({"job_info": job.info}))
}

fn answers(query: &Query<'_>) -> Payload {
    let (offset, limit) = query.page()?;
    let (id, job, date) = query.job_and_date()?;
    let Settings { clock, seed, .. } = &query.state.settings;
    let answers: Vec<_> = match job.answers.on(date, clock.today()) {
        None => Vec::new(),
        Some(Answers::Listed(answers)) => answers.iter().skip(offset).take(limit).cloned().collect(),
        Some(Answers::Synthetic(count)) => {
            let info = job.info.as_ref().unwrap_or(&Value::Null);
            let numbers = offset..offset.saturating_add(limit).min(*count);
            numbers.map(|number| synthetic::answer(*seed, id, info, date, number)).collect()
        }
    };
    Ok(json!({"answers": answers}))
}

fn usage(query: &Query<'_>) -> Payload {
    // Today and 30 days back.
    let date = query.date(31)?;
    let Settings { clock, seed, .. } = &query.state.settings;
    Ok(match query.state.data.usage.on(date, clock.today()) {
        Some(Usage::Fixed(usage)) => usage.clone(),
        Some(Usage::Synthetic) => synthetic::usage(*seed, date),
        None => json!({"pv": 0, "uv": 0}),
    })
}

/// An authorized request with its parameters.
struct Query<'a> {
    state: &'a State,
    parameters: Map<String, Value>,
    app_is_listed: bool,
    fault: Option<&'a Fault>,
}

impl Query<'_> {
    fn invalid(&self) -> Refusal {
        Refusal(self.state.settings.choices.invalid_parameter, "invalid Request Parameter")
    }

    /// Returns a required parameter.
    fn text(&self, name: &str) -> Result<&str, Refusal> {
        match self.parameters.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            None | Some(Value::Null | Value::String(_)) => Err(Refusal(40063, "some parameters are empty")),
            Some(_) => Err(self.invalid()),
        }
    }

    fn number(&self, name: &str, default: u64) -> Result<u64, Refusal> {
        match self.parameters.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => value.as_u64().ok_or_else(|| self.invalid()),
        }
    }

    fn job_and_date(&self) -> Result<(&str, &Job, NaiveDate), Refusal> {
        let (jobid, date) = (self.text("jobid")?, self.date(14)?);
        let unknown_job = Refusal(self.state.settings.choices.unknown_job, "invalid jobid");
        let job = self.state.data.jobs.get(jobid).ok_or(unknown_job)?;
        Ok((jobid, job, date))
    }

    /// Returns the date, which is refused if it is not kept and [`OldDays::Refused`] is chosen.
    fn date(&self, kept_days: u32) -> Result<NaiveDate, Refusal> {
        let Settings { clock, choices, .. } = &self.state.settings;
        let date = parse_day(self.text("date")?).ok_or_else(|| self.invalid())?;
        let is_kept = choices.old_days == OldDays::Accepted || is_among_latest(date, kept_days, clock.today());
        if is_kept { Ok(date) } else { Err(self.invalid()) }
    }

    /// Returns offset and length of the page to serve, which settings and faults may change.
    fn page(&self) -> Result<(usize, usize), Refusal> {
        let Settings { choices, page_cap, .. } = &self.state.settings;
        let offset = self.number("offset", 0)?;
        let limit = match self.number("limit", choices.default_limit.clamp(1, 100).into())? {
            limit @ 1..=100 => limit,
            101.. if choices.limit_over_100 == LimitOver100::Lowered => 100,
            _ => return Err(self.invalid()),
        };
        let to_usize = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (offset, mut limit) = (to_usize(offset), to_usize(limit).min(*page_cap));
        if let Some(Fault::ShortPage(items)) = self.fault {
            limit = limit.min(*items);
        }
        Ok(match self.fault {
            Some(Fault::RepeatedPage) => (offset.saturating_sub(limit), limit),
            _ => (offset, limit),
        })
    }
}
