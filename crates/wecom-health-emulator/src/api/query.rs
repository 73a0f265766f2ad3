//! The parameters of an authorized request.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::clock::{is_among_latest, parse_day};
use crate::config::{App, LimitOver100, OldDays, Settings};
use crate::data::Job;
use crate::fault::Fault;
use crate::state::State;

/// The errcode of a refusal, and the first part of its text.
pub(crate) struct Refusal(pub(crate) i64, pub(crate) &'static str);

/// The refusal of a request without a required parameter.
pub(crate) const MISSING: Refusal = Refusal(40063, "some parameters are empty");

pub(crate) type Payload = Result<Value, Refusal>;

/// An authorized request with its parameters.
pub(crate) struct Query<'a> {
    pub(crate) state: &'a State,
    /// The fields of the body of a POST request, or the query of a GET request as strings.
    pub(crate) parameters: Map<String, Value>,
    pub(crate) app: &'a App,
    pub(crate) fault: Option<&'a Fault>,
}

impl Query<'_> {
    pub(crate) fn invalid(&self) -> Refusal {
        Refusal(self.state.settings.choices.invalid_parameter, "invalid Request Parameter")
    }

    /// Returns a required parameter.
    fn text(&self, name: &str) -> Result<&str, Refusal> {
        match self.parameters.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            None | Some(Value::Null | Value::String(_)) => Err(MISSING),
            Some(_) => Err(self.invalid()),
        }
    }

    /// Returns the id in a query, which may be absent.
    pub(crate) fn id(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.parameters.get(name).and_then(Value::as_str).unwrap_or_default() {
            "" => Ok(None),
            text if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().map(Some).map_err(|_| self.invalid())
            }
            _ => Err(self.invalid()),
        }
    }

    fn number(&self, name: &str, default: u64) -> Result<u64, Refusal> {
        match self.parameters.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => value.as_u64().ok_or_else(|| self.invalid()),
        }
    }

    pub(crate) fn job_and_date(&self) -> Result<(&str, &Job, NaiveDate), Refusal> {
        let (jobid, date) = (self.text("jobid")?, self.date(14)?);
        let unknown_job = Refusal(self.state.settings.choices.unknown_job, "invalid jobid");
        let job = self.state.data.jobs.get(jobid).ok_or(unknown_job)?;
        Ok((jobid, job, date))
    }

    /// Returns the date, which is refused if it is not kept and [`OldDays::Refused`] is chosen.
    pub(crate) fn date(&self, kept_days: u32) -> Result<NaiveDate, Refusal> {
        let Settings { clock, choices, .. } = &self.state.settings;
        let date = parse_day(self.text("date")?).ok_or_else(|| self.invalid())?;
        let is_kept = choices.old_days == OldDays::Accepted || is_among_latest(date, kept_days, clock.today());
        if is_kept { Ok(date) } else { Err(self.invalid()) }
    }

    /// Returns offset and length of the page to serve, which settings and faults may change.
    pub(crate) fn page(&self) -> Result<(usize, usize), Refusal> {
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
