//! Data from JSON: checked as a whole before anything is served, with the place of what is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::app::App;
use crate::data::{Answers, Data, Job, Usage};
use crate::text::one_line;

/// The vendor's samples and a job of our own with all six kinds of questions, in the same form as everybody's data.
pub(crate) const SAMPLE: &str = include_str!("../data/sample.json");

/// Why data cannot be served: where, and what is expected there. It holds no value of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError(String);

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.0))
    }
}

impl std::error::Error for DataError {}

/// What data holds.
pub(crate) struct Contents {
    pub(crate) apps: Vec<App>,
    pub(crate) data: Data,
}

pub(crate) fn read(file: &Path) -> Result<Contents, DataError> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|error| DataError(format!("cannot read the data in {name}: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| DataError(format!("{name} is not UTF-8")))?;
    parse(text.trim_start_matches('\u{feff}')).map_err(|DataError(problem)| DataError(format!("{name}: {problem}")))
}

pub(crate) fn parse(json: &str) -> Result<Contents, DataError> {
    contents(&syntax(json)?, &Kinds::of_the_sample()?)
}

fn syntax(json: &str) -> Result<Value, DataError> {
    // The message of a syntax error tells of no value, only of a place.
    serde_json::from_str(json).map_err(|error| DataError(format!("not JSON: {error}")))
}

fn contents(json: &Value, kinds: &Kinds) -> Result<Contents, DataError> {
    let root = Place::root(json).object(&["apps", "jobs", "usage", "usage_on"])?;
    let mut apps = Vec::new();
    for app in root.list("apps")? {
        let app = app.object(&["corp_id", "secret", "allowed"])?;
        let is_listed = app.optional("allowed").map_or(Ok(true), |place| place.boolean())?;
        let named = App::new(app.required("corp_id")?.text()?, app.required("secret")?.text()?);
        apps.push(if is_listed { named } else { named.unlisted() });
    }
    let mut data = Data::default();
    for place in root.list("jobs")? {
        let fields = place.object(&["jobid", "job_info", "answers", "answers_on"])?;
        let id = fields.required("jobid")?;
        if data.jobs.insert(id.text()?.to_owned(), job(&fields, kinds)?).is_some() {
            return Err(id.wrong("another job has this id"));
        }
    }
    if let Some(place) = root.optional("usage") {
        data.usage.set_other_days(Usage::Given(place.payload("usage", kinds)?));
    }
    for (day, place) in root.days("usage_on")? {
        data.usage.set(day, Usage::Given(place.payload("usage", kinds)?));
    }
    Ok(Contents { apps, data })
}

fn job(fields: &Object<'_>, kinds: &Kinds) -> Result<Job, DataError> {
    let mut job = Job::default();
    if let Some(place) = fields.optional("job_info") {
        job.info = Some(place.payload("job_info", kinds)?);
    }
    let listed = |place: Place<'_>| {
        let answers = place.items()?.into_iter().map(|answer| answer.payload("answers[]", kinds));
        answers.collect::<Result<_, _>>().map(Answers::Listed)
    };
    if let Some(place) = fields.optional("answers") {
        job.answers.set_other_days(listed(place)?);
    }
    for (day, place) in fields.days("answers_on")? {
        job.answers.set(day, listed(place)?);
    }
    Ok(job)
}

/// A value and where it is.
struct Place<'a> {
    path: String,
    value: &'a Value,
}

/// An object that holds nothing unexpected.
struct Object<'a> {
    path: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Place<'a> {
    fn root(value: &'a Value) -> Self {
        Self { path: String::new(), value }
    }

    fn wrong(&self, what: impl fmt::Display) -> DataError {
        let at = if self.path.is_empty() { "the whole" } else { &self.path };
        DataError(format!("{at}: {what}"))
    }

    fn needs(&self, what: &str) -> DataError {
        self.wrong(format_args!("needs {what}, not {}", kind(self.value)))
    }

    fn object(&self, known: &[&str]) -> Result<Object<'a>, DataError> {
        let fields = self.value.as_object().ok_or_else(|| self.needs("an object"))?;
        let object = Object { path: self.path.clone(), fields };
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(object.at(name).wrong(format_args!("is not read; known are {}", known.join(", ")))),
            None => Ok(object),
        }
    }

    fn items(&self) -> Result<Vec<Place<'a>>, DataError> {
        let items = self.value.as_array().ok_or_else(|| self.needs("a list"))?.iter().enumerate();
        Ok(items.map(|(index, value)| Place { path: format!("{}[{index}]", self.path), value }).collect())
    }

    fn text(&self) -> Result<&'a str, DataError> {
        self.value.as_str().filter(|text| !text.is_empty()).ok_or_else(|| self.needs("a text that is not empty"))
    }

    fn boolean(&self) -> Result<bool, DataError> {
        self.value.as_bool().ok_or_else(|| self.needs("true or false"))
    }

    /// What is served as it is: an object whose fields have the kinds that they have in the samples. Other fields are free.
    fn payload(&self, pattern: &str, kinds: &Kinds) -> Result<Value, DataError> {
        if !self.value.is_object() {
            return Err(self.needs("an object"));
        }
        kinds.check(pattern, self)?;
        Ok(self.value.clone())
    }

    /// The parts of an object or a list, with the last part of their pattern.
    fn parts(&self) -> Vec<(String, Place<'a>)> {
        match self.value {
            Value::Object(fields) => {
                let object = Object { path: self.path.clone(), fields };
                fields.keys().map(|name| (format!(".{name}"), object.at(name))).collect()
            }
            Value::Array(_) => self.items().into_iter().flatten().map(|item| ("[]".to_owned(), item)).collect(),
            _ => Vec::new(),
        }
    }
}

impl<'a> Object<'a> {
    fn at(&self, name: &str) -> Place<'a> {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Place { path, value: self.fields.get(name).unwrap_or(&Value::Null) }
    }

    /// A field, which may be absent or null.
    fn optional(&self, name: &str) -> Option<Place<'a>> {
        Some(self.at(name)).filter(|place| !place.value.is_null())
    }

    fn required(&self, name: &str) -> Result<Place<'a>, DataError> {
        self.optional(name).ok_or_else(|| self.at(name).wrong("is missing"))
    }

    fn list(&self, name: &str) -> Result<Vec<Place<'a>>, DataError> {
        self.optional(name).map_or_else(|| Ok(Vec::new()), |place| place.items())
    }

    /// What an object holds by day.
    fn days(&self, name: &str) -> Result<Vec<(NaiveDate, Place<'a>)>, DataError> {
        let Some(place) = self.optional(name) else { return Ok(Vec::new()) };
        let days = place.value.as_object().ok_or_else(|| place.needs("an object with days as names"))?;
        let object = Object { path: place.path.clone(), fields: days };
        let days = days.keys().map(|name| match parse_day(name) {
            Some(day) => Ok((day, object.at(name))),
            None => Err(object.at(name).wrong("is no day of the form YYYY-MM-DD")),
        });
        days.collect()
    }
}

/// A day as the vendor writes it.
pub(crate) fn parse_day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|day: &NaiveDate| text.len() == 10 && day.to_string() == text)
}

/// Which kinds of JSON values the samples have where. Taken from the samples, so that no field is described here.
struct Kinds(BTreeMap<String, BTreeSet<&'static str>>);

impl Kinds {
    fn of_the_sample() -> Result<Self, DataError> {
        let sample = syntax(SAMPLE)?;
        let root = Place::root(&sample).object(&["jobs", "usage"])?;
        let mut kinds = Self(BTreeMap::new());
        for job in root.list("jobs")? {
            kinds.learn("", &job);
        }
        kinds.learn("usage", &root.required("usage")?);
        Ok(kinds)
    }

    fn learn(&mut self, pattern: &str, place: &Place<'_>) {
        self.0.entry(pattern.to_owned()).or_default().insert(kind(place.value));
        for (part, place) in place.parts() {
            self.learn(format!("{pattern}{part}").trim_start_matches('.'), &place);
        }
    }

    fn check(&self, pattern: &str, place: &Place<'_>) -> Result<(), DataError> {
        if let Some(known) = self.0.get(pattern)
            && !place.value.is_null()
            && !known.contains(kind(place.value))
        {
            return Err(place.needs(&known.iter().copied().collect::<Vec<_>>().join(" or ")));
        }
        place.parts().iter().try_for_each(|(part, place)| self.check(&format!("{pattern}{part}"), place))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_i64() || number.is_u64() => "a whole number",
        Value::Number(_) => "a number with a fraction",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
