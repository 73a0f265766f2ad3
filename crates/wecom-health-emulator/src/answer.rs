//! What the server says: payloads as JSON of its own, refusals with the usual text.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use crate::data::Job;
use crate::request::RecordedRequest;
use crate::settings::Ending;
use crate::state::{CORP_ID, SECRET, State};

/// A refusal: the code and the first part of its text.
pub(crate) struct Refusal(pub(crate) i64, pub(crate) &'static str);

const INVALID: Refusal = Refusal(40058, "invalid Request Parameter");
const MISSING: Refusal = Refusal(40063, "some parameters are empty");

impl Refusal {
    /// The body: code and text with hint, the caller's address and a link.
    pub(crate) fn body(&self, now: DateTime<Utc>, number: usize) -> Value {
        let Self(code, text) = self;
        let hint = format!("{}{number:015}", now.timestamp());
        let link = format!("https://open.work.weixin.qq.com/devtool/query?e={code}");
        json!({
            "errcode": code,
            "errmsg": format!("{text}, hint: [{hint}], from ip: 127.0.0.1, more info at {link}"),
        })
    }
}

/// The answer to a request, with at most `cap` items; nothing for a path that the server does not know.
pub(crate) fn answer(state: &mut State, request: &RecordedRequest, cap: usize) -> Option<Result<Value, Refusal>> {
    let query = form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
    Some(match request.path.as_str() {
        "/cgi-bin/gettoken" => token(state, &query),
        path => {
            let call = match path.strip_prefix("/cgi-bin/health/")? {
                "get_report_jobids" => job_ids,
                "get_report_job_info" => job_info,
                "get_report_answer" => answers,
                "get_health_report_stat" => usage,
                _ => return None,
            };
            authorized(state, request, &query).and_then(|body| call(&Call { state, body, cap }))
        }
    })
}

fn token(state: &mut State, query: &HashMap<String, String>) -> Result<Value, Refusal> {
    let text = |name: &str| query.get(name).map_or("", String::as_str);
    match (text("corpid"), text("corpsecret")) {
        (_, "") => Err(Refusal(41004, "corpsecret missing")),
        (CORP_ID, SECRET) => Ok(json!({"access_token": state.make_token(), "expires_in": state.settings.expires_in})),
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
        Some(token) => match state.tokens.get(token) {
            None => return Err(Refusal(40014, "invalid access_token")),
            Some(expires) if *expires <= state.now() => return Err(Refusal(42001, "access_token expired")),
            Some(_) => {}
        },
    }
    if request.method != "POST" {
        return Err(INVALID);
    }
    match serde_json::from_str(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        // Which code the vendor answers is not known.
        _ => Err(Refusal(40063, "Warning: wrong json format. some parameters are empty")),
    }
}

fn job_ids(call: &Call<'_>) -> Result<Value, Refusal> {
    let Page { offset, limit } = call.page()?;
    let ids: Vec<_> = call.state.data.jobs.keys().skip(offset).take(limit).collect();
    let all = offset + ids.len() >= call.state.data.jobs.len();
    let ending = match call.state.settings.ending {
        Ending::Absent => return Ok(json!({"jobids": ids})),
        Ending::LastPage => all,
        Ending::EmptyPage => ids.is_empty(),
    };
    Ok(json!({"ending": u8::from(ending), "jobids": ids}))
}

fn job_info(call: &Call<'_>) -> Result<Value, Refusal> {
    let (job, _) = call.job_and_date()?;
    Ok(json!({"job_info": job.info}))
}

fn answers(call: &Call<'_>) -> Result<Value, Refusal> {
    let (job, date) = call.job_and_date()?;
    let Page { offset, limit } = call.page()?;
    let answers = job.answers.on(date).map(|answers| answers.page(offset, limit)).unwrap_or_default();
    Ok(json!({"answers": answers}))
}

fn usage(call: &Call<'_>) -> Result<Value, Refusal> {
    let date = call.date()?;
    Ok(call.state.data.usage.on(date).cloned().unwrap_or_else(|| json!({"pv": 0, "uv": 0})))
}

/// A call that passed the checks.
struct Call<'a> {
    state: &'a State,
    body: Map<String, Value>,
    cap: usize,
}

/// Which items a call asks for.
struct Page {
    offset: usize,
    limit: usize,
}

impl Call<'_> {
    fn job_and_date(&self) -> Result<(&Job, NaiveDate), Refusal> {
        let (jobid, date) = (self.text("jobid")?, self.date()?);
        Ok((self.state.data.jobs.get(jobid).ok_or(Refusal(40088, "invalid jobid"))?, date))
    }

    /// Which days the vendor accepts, and what it answers to others, is not known: any day will do.
    fn date(&self) -> Result<NaiveDate, Refusal> {
        let text = self.text("date")?;
        text.parse().ok().filter(|date: &NaiveDate| text.len() == 10 && date.to_string() == text).ok_or(INVALID)
    }

    fn page(&self) -> Result<Page, Refusal> {
        let number = |name: &str, default: u64| match self.body.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => value.as_u64().ok_or(INVALID),
        };
        let (offset, limit) = (number("offset", 0)?, number("limit", 100)?);
        // What the vendor answers to other limits is not known.
        if !(1..=100).contains(&limit) {
            return Err(INVALID);
        }
        let settings = &self.state.settings;
        let offset = if settings.repeat_pages { 0 } else { offset };
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(Page { offset: whole(offset), limit: whole(limit).min(settings.page_cap).min(self.cap) })
    }

    fn text(&self, name: &str) -> Result<&str, Refusal> {
        match self.body.get(name) {
            None | Some(Value::Null) => Err(MISSING),
            Some(Value::String(text)) if text.is_empty() => Err(MISSING),
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(INVALID),
        }
    }
}
