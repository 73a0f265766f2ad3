//! What the server says: payloads as JSON of its own, refusals with the usual text.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use crate::choices::{Ending, JobsOfUnlistedApps, LimitOver100, OldDays};
use crate::data::{Answers, Job, Usage, among_latest};
use crate::data_file::parse_day;
use crate::http::request::RecordedRequest;
use crate::settings::Settings;
use crate::state::State;
use crate::synthetic;

/// A refusal: the code and the first part of its text.
pub(crate) struct Refusal(pub(crate) i64, pub(crate) &'static str);

const MISSING: Refusal = Refusal(40063, "some parameters are empty");
const NOT_AUTHORIZED: Refusal = Refusal(48002, "api forbidden");

impl Refusal {
    /// The body: code and text with hint, the caller's address and a link. The lists of the call's answers stay, without items.
    pub(crate) fn body(&self, request: &RecordedRequest, now: DateTime<Utc>, number: u64) -> Value {
        let Self(code, text) = self;
        let hint = format!("{}{number:015}", now.timestamp());
        let link = format!("https://open.work.weixin.qq.com/devtool/query?e={code}");
        let mut body = json!({
            "errcode": code,
            "errmsg": format!("{text}, hint: [{hint}], from ip: {}, more info at {link}", request.peer),
        });
        match request.call() {
            "get_report_jobids" => body["jobids"] = json!([]),
            "get_report_answer" => body["answers"] = json!([]),
            _ => {}
        }
        body
    }
}

/// How a fault changes which items a page holds.
#[derive(Clone, Copy)]
pub(crate) struct Paging {
    /// No more than this.
    pub(crate) cap: usize,
    /// The page before.
    pub(crate) repeated: bool,
}

/// The answer to a request; nothing for a path that the server does not know.
pub(crate) fn answer(
    state: &mut State,
    request: &RecordedRequest,
    paging: Paging,
) -> Option<Result<Map<String, Value>, Refusal>> {
    let query = query_of(request);
    let (name, call): (&'static str, CallFunction) = match request.path.as_str() {
        "/cgi-bin/gettoken" => return Some(token(state, &query)),
        path => match path.strip_prefix("/cgi-bin/health/")? {
            "get_report_jobids" => ("get_report_jobids", job_ids),
            "get_report_job_info" => ("get_report_job_info", job_info),
            "get_report_answer" => ("get_report_answer", answers),
            "get_health_report_stat" => ("get_health_report_stat", usage),
            _ => return None,
        },
    };
    Some(authorized(state, name, request, &query).and_then(|allowed| {
        let body = body_of(state, request)?;
        call(&Call { state, body, paging, allowed })
    }))
}

type CallFunction = fn(&Call<'_>) -> Result<Map<String, Value>, Refusal>;

/// The parameters in the query of a request.
pub(crate) fn query_of(request: &RecordedRequest) -> HashMap<String, String> {
    form_urlencoded::parse(request.query.as_bytes()).into_owned().collect()
}

/// An object that is put together here.
fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

fn token(state: &mut State, query: &HashMap<String, String>) -> Result<Map<String, Value>, Refusal> {
    let text = |name: &str| query.get(name).map_or("", String::as_str);
    let (corp_id, secret) = (text("corpid"), text("corpsecret"));
    if secret.is_empty() {
        return Err(Refusal(41004, "corpsecret missing"));
    }
    if !state.settings.apps.iter().any(|app| app.corp_id == corp_id) {
        return Err(Refusal(40013, "invalid corpid"));
    }
    let app = state.settings.apps.iter().position(|app| app.corp_id == corp_id && app.secret == secret);
    let app = app.ok_or(Refusal(40001, "invalid credential"))?;
    count(state, app, "gettoken")?;
    Ok(object(json!({"access_token": state.make_token(app), "expires_in": state.settings.expires_in})))
}

/// The checks before every call: token present, token valid, app allowed, not too many calls. Whether the app is allowed.
fn authorized(
    state: &mut State,
    call: &'static str,
    request: &RecordedRequest,
    query: &HashMap<String, String>,
) -> Result<bool, Refusal> {
    let app = match query.get("access_token").map(String::as_str) {
        None | Some("") => return Err(Refusal(41001, "access_token missing")),
        Some(token) => match state.tokens.get(token) {
            None => return Err(Refusal(40014, "invalid access_token")),
            Some(issued) if issued.expires <= state.now() => return Err(Refusal(42001, "access_token expired")),
            Some(issued) => issued.app,
        },
    };
    let allowed = state.settings.apps[app].allowed;
    let sees_no_jobs = state.settings.choices.jobs_of_unlisted_apps == JobsOfUnlistedApps::EmptyList;
    let may_ask = allowed || (call == "get_report_jobids" && sees_no_jobs);
    if !may_ask {
        return Err(NOT_AUTHORIZED);
    }
    count(state, app, call)?;
    if request.method != "POST" {
        return Err(Refusal(state.settings.choices.wrong_method, "invalid Request Parameter"));
    }
    Ok(allowed)
}

fn count(state: &mut State, app: usize, call: &'static str) -> Result<(), Refusal> {
    let (now, limits) = (state.now(), state.settings.call_limits);
    let admitted = state.calls.admit(limits, &state.settings.apps[app].corp_id, call, now);
    if admitted { Ok(()) } else { Err(Refusal(45009, "api freq out of limit")) }
}

fn body_of(state: &State, request: &RecordedRequest) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_str(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(Refusal(state.settings.choices.not_json, "Warning: wrong json format. some parameters are empty")),
    }
}

fn job_ids(call: &Call<'_>) -> Result<Map<String, Value>, Refusal> {
    let Page { offset, limit } = call.page()?;
    let jobs = if call.allowed { call.state.data.jobs.len() } else { 0 };
    let ids: Vec<_> = call.state.data.jobs.keys().take(jobs).skip(offset).take(limit).collect();
    let all = offset.saturating_add(ids.len()) >= jobs;
    let ending = match call.state.settings.choices.ending {
        Ending::Absent => return Ok(object(json!({"jobids": ids}))),
        Ending::LastPage => all,
        Ending::EmptyPage => ids.is_empty(),
    };
    Ok(object(json!({"ending": u8::from(ending), "jobids": ids})))
}

fn job_info(call: &Call<'_>) -> Result<Map<String, Value>, Refusal> {
    let (_, job, _) = call.job_and_date()?;
    Ok(object(json!({"job_info": job.info})))
}

fn answers(call: &Call<'_>) -> Result<Map<String, Value>, Refusal> {
    let Page { offset, limit } = call.page()?;
    let (id, job, date) = call.job_and_date()?;
    let answers: Vec<_> = match job.answers.on(date, call.state.settings.clock.today()) {
        None => Vec::new(),
        Some(Answers::Listed(answers)) => answers.iter().skip(offset).take(limit).cloned().collect(),
        Some(Answers::Synthetic(count)) => {
            let info = job.info.as_ref().unwrap_or(&Value::Null);
            let numbers = offset..offset.saturating_add(limit).min(*count);
            numbers.map(|number| synthetic::answer(call.state.settings.seed, id, info, date, number)).collect()
        }
    };
    Ok(object(json!({"answers": answers})))
}

fn usage(call: &Call<'_>) -> Result<Map<String, Value>, Refusal> {
    // 30 back, and today.
    let date = call.date(31)?;
    Ok(object(match call.state.data.usage.on(date, call.state.settings.clock.today()) {
        Some(Usage::Given(usage)) => usage.clone(),
        Some(Usage::Synthetic) => synthetic::usage(call.state.settings.seed, date),
        None => json!({"pv": 0, "uv": 0}),
    }))
}

/// A call that passed the checks.
struct Call<'a> {
    state: &'a State,
    body: Map<String, Value>,
    paging: Paging,
    allowed: bool,
}

/// Which items a call asks for.
struct Page {
    offset: usize,
    limit: usize,
}

impl Call<'_> {
    fn invalid(&self) -> Refusal {
        Refusal(self.state.settings.choices.invalid_parameter, "invalid Request Parameter")
    }

    fn job_and_date(&self) -> Result<(&str, &Job, NaiveDate), Refusal> {
        let (jobid, date) = (self.text("jobid")?, self.date(14)?);
        let unknown = self.state.settings.choices.unknown_job;
        let job = self.state.data.jobs.get(jobid).ok_or(Refusal(unknown, "invalid jobid"))?;
        Ok((jobid, job, date))
    }

    /// A day, which may have to be among the latest.
    fn date(&self, latest: u32) -> Result<NaiveDate, Refusal> {
        let Settings { clock, choices, .. } = &self.state.settings;
        let kept = |day: &NaiveDate| choices.old_days == OldDays::Accepted || among_latest(*day, latest, clock.today());
        parse_day(self.text("date")?).filter(kept).ok_or_else(|| self.invalid())
    }

    fn page(&self) -> Result<Page, Refusal> {
        let settings = &self.state.settings;
        let number = |name: &str, default: u64| match self.body.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => value.as_u64().ok_or_else(|| self.invalid()),
        };
        let (offset, mut limit) =
            (number("offset", 0)?, number("limit", settings.choices.default_limit.clamp(1, 100).into())?);
        if limit > 100 && settings.choices.limit_over_100 == LimitOver100::Lowered {
            limit = 100;
        }
        if !(1..=100).contains(&limit) {
            return Err(self.invalid());
        }
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (offset, limit) = (whole(offset), whole(limit).min(settings.page_cap).min(self.paging.cap));
        let offset = match (settings.repeat_pages, self.paging.repeated) {
            (true, _) => 0,
            (false, true) => offset.saturating_sub(limit),
            (false, false) => offset,
        };
        Ok(Page { offset, limit })
    }

    fn text(&self, name: &str) -> Result<&str, Refusal> {
        match self.body.get(name) {
            None | Some(Value::Null) => Err(MISSING),
            Some(Value::String(text)) if text.is_empty() => Err(MISSING),
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(self.invalid()),
        }
    }
}
