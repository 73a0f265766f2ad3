//! Jobs, answers and address books of tests.

#![allow(dead_code, reason = "each test uses a part")]

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wecom_health_report::model::{Answer, Department, JobInfo, Member, NaiveDate, SchoolDepartment, Student};
use wecom_health_report::{Absentees, Person, Roster, absentees};

pub(crate) fn of<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// A job that members report to every day; `fields` replace or add to its fields.
pub(crate) fn job(fields: Value) -> JobInfo {
    let mut job = json!({
        "title": "Daily", "creator": "boss", "type": 1, "report_type": 2, "skip_weekend": 0, "finish_cnt": 0,
    });
    job.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    of(job)
}

pub(crate) fn by_member(userid: &str) -> Answer {
    of(json!({ "id_type": 1, "userid": userid }))
}

pub(crate) fn by_parent(student: &str, parent: &str) -> Answer {
    of(json!({ "id_type": 2, "student_userid": student, "parent_userid": parent }))
}

/// Departments of the company, each with its parent.
pub(crate) fn departments(edges: &[(i64, i64)]) -> Vec<Department> {
    edges.iter().map(|(id, parent)| of(json!({ "id": id, "parentid": parent, "order": 1 }))).collect()
}

pub(crate) fn school_departments(edges: &[(i64, i64, &str)]) -> Vec<SchoolDepartment> {
    let list = edges.iter();
    list.map(|(id, parent, name)| of(json!({ "id": id, "parentid": parent, "name": name, "type": 1 }))).collect()
}

pub(crate) fn member(userid: &str, name: &str, departments: &[i64]) -> Member {
    of(json!({ "userid": userid, "name": name, "department": departments }))
}

pub(crate) fn student(userid: &str, name: &str, departments: &[i64]) -> Student {
    of(json!({ "student_userid": userid, "name": name, "department": departments }))
}

/// A company in which department 1 has 2, and 2 has 3, each with a member named after it, and all of it was seen.
pub(crate) fn company() -> Roster {
    let mut roster = Roster::new();
    roster.add_departments(departments(&[(1, 0), (2, 1), (3, 2)]));
    for id in 1..=3 {
        roster.add_members(id.into(), [member(&format!("of{id}"), &format!("Name{id}"), &[id])]);
    }
    roster
}

/// A Friday.
pub(crate) fn date() -> NaiveDate {
    "2020-03-27".parse().unwrap()
}

pub(crate) fn report(job: &JobInfo, roster: &Roster, answers: &[Answer]) -> Absentees {
    absentees(&"jobid1".into(), job, date(), roster, answers)
}

pub(crate) fn userids<'a>(people: impl IntoIterator<Item = &'a Person>) -> Vec<&'a str> {
    people.into_iter().map(|person| person.userid.as_ref()).collect()
}
