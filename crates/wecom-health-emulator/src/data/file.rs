//! Data from JSON, checked as a whole before anything is served.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::Value;

use crate::clock::parse_day;
use crate::config::App;
use crate::data::directory::Directory;
use crate::data::{Answers, ByDay, Data, Job, Usage};
use crate::text::one_line;

/// The vendor's samples, a job of our own with all six kinds of questions, and an address book of our own.
pub(crate) const SAMPLES: &str = include_str!("../../data/sample.json");

/// An error from data that cannot be served.
///
/// It says where and what is expected there, in one line without values of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError(String);

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.0))
    }
}

impl std::error::Error for DataError {}

pub(crate) fn read(file: &Path) -> Result<(Vec<App>, Data), DataError> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|error| DataError(format!("cannot read the data in {name}: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| DataError(format!("{name} is not UTF-8")))?;
    parse(text.trim_start_matches('\u{feff}')).map_err(|DataError(problem)| DataError(format!("{name}: {problem}")))
}

pub(crate) fn parse(json: &str) -> Result<(Vec<App>, Data), DataError> {
    let (document, samples) = (from_json(json)?, from_json(SAMPLES)?);
    let root = Node { path: String::new(), value: &document };
    root.check_names(&[
        "apps",
        "jobs",
        "usage",
        "usage_on",
        "departments",
        "members",
        "school_departments",
        "students",
    ])?;
    let apps = root.list("apps")?.iter().map(app).collect::<Result<_, _>>()?;
    let mut data = Data::default();
    for node in root.list("jobs")? {
        node.check_names(&["jobid", "job_info", "answers", "answers_on"])?;
        let id = node.required("jobid")?;
        if data.jobs.insert(id.text()?.to_owned(), job(&node, &samples)?).is_some() {
            return Err(id.wrong("another job has this id"));
        }
    }
    data.company = directory(&root, &samples, "departments", "members", "userid")?;
    data.school = directory(&root, &samples, "school_departments", "students", "student_userid")?;
    data.usage = by_day(&root, "usage", |usage| usage.payload(&[&samples["usage"]]).map(Usage::Fixed))?;
    Ok((apps, data))
}

fn from_json(json: &str) -> Result<Value, DataError> {
    // The message of a syntax error shows a position, but no value.
    serde_json::from_str(json).map_err(|error| DataError(format!("not JSON: {error}")))
}

fn app(node: &Node<'_>) -> Result<App, DataError> {
    node.check_names(&["corp_id", "secret", "allowed", "scope", "school_scope"])?;
    let mut app = App::new(node.required("corp_id")?.text()?, node.required("secret")?.text()?);
    app.scope = node.field("scope").map(|ids| ids.ids()).transpose()?;
    app.school_scope = node.field("school_scope").map(|ids| ids.ids()).transpose()?;
    let is_listed = node.field("allowed").map_or(Ok(true), |allowed| allowed.boolean())?;
    Ok(if is_listed { app } else { app.unlisted() })
}

fn job(node: &Node<'_>, samples: &Value) -> Result<Job, DataError> {
    let sample_jobs = || samples["jobs"].as_array().into_iter().flatten();
    let sample_infos: Vec<_> = sample_jobs().map(|job| &job["job_info"]).collect();
    let sample_answers: Vec<_> = sample_jobs().filter_map(|job| job["answers"].as_array()).flatten().collect();
    let answers = by_day(node, "answers", |list| {
        let answers = list.items()?.into_iter().map(|answer| answer.payload(&sample_answers));
        answers.collect::<Result<_, _>>().map(Answers::Listed)
    })?;
    let info = node.field("job_info").map(|info| info.payload(&sample_infos)).transpose()?;
    Ok(Job { info, answers })
}

/// Reads departments and the people in them. Where a department has its place is not checked: tests may want a broken tree.
fn directory(
    root: &Node<'_>,
    samples: &Value,
    departments: &str,
    people: &str,
    userid: &str,
) -> Result<Directory, DataError> {
    let samples_of = |name: &str| samples[name].as_array().into_iter().flatten().collect::<Vec<_>>();
    let mut directory = Directory::default();
    for node in root.list(departments)? {
        let department = node.payload(&samples_of(departments))?;
        let id = node.required("id")?;
        node.required("parentid")?;
        if directory.departments.insert(id.id()?, department).is_some() {
            return Err(id.wrong("another department has this id"));
        }
    }
    for node in root.list(people)? {
        let person = node.payload(&samples_of(people))?;
        let id = node.required(userid)?;
        for department in node.required("department")?.items()? {
            if !directory.departments.contains_key(&department.id()?) {
                return Err(department.wrong(format_args!("none of {departments} has this id")));
            }
        }
        if directory.add_person(id.text()?, person).is_some() {
            return Err(id.wrong("somebody else has this id, perhaps in another case"));
        }
    }
    Ok(directory)
}

/// Reads the field `name` for every day, and the field `name_on` for single days.
fn by_day<T>(
    parent: &Node<'_>,
    name: &str,
    read: impl Fn(Node<'_>) -> Result<T, DataError>,
) -> Result<ByDay<T>, DataError> {
    let mut by_day = ByDay::default();
    if let Some(node) = parent.field(name) {
        by_day.set_other_days(read(node)?);
    }
    for (day, node) in parent.days(&format!("{name}_on"))? {
        by_day.set(day, read(node)?);
    }
    Ok(by_day)
}

/// A value of the document, and where it is.
struct Node<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Node<'a> {
    fn wrong(&self, problem: impl fmt::Display) -> DataError {
        let path = if self.path.is_empty() { "the document" } else { &self.path };
        DataError(format!("{path}: {problem}"))
    }

    fn needs(&self, expected: &str) -> DataError {
        self.wrong(format_args!("needs {expected}, not {}", kind(self.value)))
    }

    /// Returns the node of a field, which may be absent.
    fn at(&self, name: &str) -> Node<'a> {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Node { path, value: &self.value[name] }
    }

    /// Checks that this is an object without other fields.
    fn check_names(&self, known: &[&str]) -> Result<(), DataError> {
        let fields = self.value.as_object().ok_or_else(|| self.needs("an object"))?;
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(self.at(name).wrong(format_args!("unknown field; known are {}", known.join(", ")))),
            None => Ok(()),
        }
    }

    /// Returns a field, or `None` if it is absent or null.
    fn field(&self, name: &str) -> Option<Node<'a>> {
        Some(self.at(name)).filter(|node| !node.value.is_null())
    }

    fn required(&self, name: &str) -> Result<Node<'a>, DataError> {
        self.field(name).ok_or_else(|| self.at(name).wrong("is missing"))
    }

    fn list(&self, name: &str) -> Result<Vec<Node<'a>>, DataError> {
        self.field(name).map_or_else(|| Ok(Vec::new()), |node| node.items())
    }

    fn items(&self) -> Result<Vec<Node<'a>>, DataError> {
        let items = self.value.as_array().ok_or_else(|| self.needs("a list"))?.iter().enumerate();
        Ok(items.map(|(index, value)| Node { path: format!("{}[{index}]", self.path), value }).collect())
    }

    /// Returns the fields of an object whose names are dates.
    fn days(&self, name: &str) -> Result<Vec<(NaiveDate, Node<'a>)>, DataError> {
        let Some(node) = self.field(name) else { return Ok(Vec::new()) };
        let fields = node.value.as_object().ok_or_else(|| node.needs("an object with dates as names"))?;
        let day = |name: &String| match parse_day(name) {
            Some(day) => Ok((day, node.at(name))),
            None => Err(node.at(name).wrong("is not a date of the form YYYY-MM-DD")),
        };
        fields.keys().map(day).collect()
    }

    fn text(&self) -> Result<&'a str, DataError> {
        self.value.as_str().filter(|text| !text.is_empty()).ok_or_else(|| self.needs("a string that is not empty"))
    }

    /// Returns the id of a department.
    fn id(&self) -> Result<i64, DataError> {
        let id = self.value.as_i64().filter(|id| *id > 0);
        id.ok_or_else(|| self.wrong(format_args!("needs a whole number from 1 to {}", i64::MAX)))
    }

    fn ids(&self) -> Result<Vec<i64>, DataError> {
        self.items()?.iter().map(Node::id).collect()
    }

    fn boolean(&self) -> Result<bool, DataError> {
        self.value.as_bool().ok_or_else(|| self.needs("true or false"))
    }

    /// Returns an object that is served as it is, after comparing it with the samples.
    fn payload(&self, samples: &[&Value]) -> Result<Value, DataError> {
        if !self.value.is_object() {
            return Err(self.needs("an object"));
        }
        self.check_kinds(samples)?;
        Ok(self.value.clone())
    }

    /// Checks that each part has the kind of JSON that the samples have in its place. Other parts are free.
    fn check_kinds(&self, samples: &[&Value]) -> Result<(), DataError> {
        let kinds: BTreeSet<_> = samples.iter().map(|sample| kind(sample)).collect();
        if !kinds.is_empty() && !self.value.is_null() && !kinds.contains(kind(self.value)) {
            return Err(self.needs(&kinds.into_iter().collect::<Vec<_>>().join(" or ")));
        }
        match self.value {
            Value::Object(fields) => fields.keys().try_for_each(|name| {
                let samples: Vec<_> = samples.iter().filter_map(|sample| sample.get(name)).collect();
                self.at(name).check_kinds(&samples)
            }),
            Value::Array(_) => {
                let samples: Vec<_> = samples.iter().filter_map(|sample| sample.as_array()).flatten().collect();
                self.items()?.iter().try_for_each(|item| item.check_kinds(&samples))
            }
            _ => Ok(()),
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_i64() || number.is_u64() => "a whole number",
        Value::Number(_) => "a number with a fraction",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
