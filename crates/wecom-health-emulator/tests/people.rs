//! Made-up people: where they are, and that made-up answers come from them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use support::{json, post, token};
use wecom_health_emulator::{Emulator, EmulatorBuilder};

mod support;

const NOON: i64 = 1_585_281_600;
const DATE: &str = "2020-03-27";

/// A list of the address book.
async fn list(emulator: &Emulator, token: &str, path: &str, query: &str) -> Vec<Value> {
    let response = json(emulator, "GET", &format!("/cgi-bin/{path}?access_token={token}{query}"), "").await;
    assert_eq!(response["errcode"], 0, "{path} {query}: {response}");
    response.as_object().unwrap().values().find_map(Value::as_array).unwrap().clone()
}

/// The people below these departments, by userid.
async fn people(emulator: &Emulator, token: &str, is_school: bool, ids: &Value) -> BTreeMap<String, Value> {
    let (departments, of_department, userid) = if is_school {
        ("school/department/list", "school/user/list", "student_userid")
    } else {
        ("department/simplelist", "user/simplelist", "userid")
    };
    let mut people = BTreeMap::new();
    for id in ids.as_array().unwrap() {
        for department in list(emulator, token, departments, &format!("&id={id}")).await {
            let query = format!("&department_id={}", department["id"]);
            for person in list(emulator, token, of_department, &query).await {
                people.insert(person[userid].as_str().unwrap().to_owned(), person);
            }
        }
    }
    people
}

/// All answers to a job.
async fn answers(emulator: &Emulator, token: &str, jobid: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    loop {
        let page = json!({"jobid": jobid, "date": DATE, "offset": answers.len(), "limit": 100});
        let page = post(emulator, token, "get_report_answer", &page).await["answers"].as_array().unwrap().clone();
        if page.is_empty() {
            return answers;
        }
        answers.extend(page);
    }
}

fn made_up(people: usize, answers: usize) -> EmulatorBuilder {
    let departments = people.div_ceil(25).max(1);
    let builder = Emulator::builder().seed(7).synthetic(4, answers, 1).fixed_clock(NOON);
    builder.synthetic_people(people, departments, 6).no_rate_limits()
}

#[tokio::test]
async fn made_up_answers_come_from_the_people_of_the_job() {
    for (count, answered) in [(400, 300), (400, 500), (1, 1), (1, 5), (30, 29), (0, 3)] {
        let emulator = made_up(count, answered).start().await.unwrap();
        let token = token(&emulator).await;
        let mut reported = BTreeSet::new();
        for jobid in ["job0000", "job0001", "job0002", "job0003"] {
            let job = json!({"jobid": jobid, "date": DATE});
            let job = post(&emulator, &token, "get_report_job_info", &job).await["job_info"].clone();
            let is_school = job["type"] == 2;
            let expected = people(&emulator, &token, is_school, &job["apply_range"]["partyids"]).await;
            assert_eq!(expected.len(), count, "{jobid}");
            let named = job["apply_range"]["userids"].as_array().unwrap();
            assert!(named.iter().all(|userid| expected.contains_key(userid.as_str().unwrap())), "{named:?}");
            let answers = answers(&emulator, &token, jobid).await;
            let mut reporters = BTreeSet::new();
            for answer in &answers {
                let userid = answer[if is_school { "student_userid" } else { "userid" }].as_str().unwrap();
                let person = expected.get(userid).unwrap_or_else(|| panic!("{userid} is nobody"));
                let parents = person["parents"].as_array().into_iter().flatten();
                let parents: Vec<_> = parents.map(|parent| &parent["parent_userid"]).collect();
                assert!(!is_school || parents.contains(&&answer["parent_userid"]), "{answer}");
                assert_eq!(answer["id_type"], if is_school { 2 } else { 1 });
                reporters.insert(userid.to_owned());
            }
            assert_eq!((answers.len(), reporters.len()), (answered.min(count), answered.min(count)), "{jobid}");
            reported.insert(reporters);
        }
        // Those who are absent are not the same for each job.
        assert!(count != 400 || answered > 300 || reported.len() == 4, "{reported:?}");
    }
}

#[tokio::test]
async fn made_up_people_look_like_the_vendors_but_cannot_be_called() {
    let emulator = made_up(300, 1).start().await.unwrap();
    let token = token(&emulator).await;
    let (members, students) =
        (people(&emulator, &token, false, &json!([1])).await, people(&emulator, &token, true, &json!([1])).await);
    let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut names = BTreeSet::new();
    let mut in_two = 0;
    for person in members.values().chain(students.values()) {
        let expected: &[&str] = if person.get("userid").is_some() {
            &["department", "name", "userid"]
        } else {
            &["department", "name", "parents", "student_userid"]
        };
        assert_eq!(fields(person), expected);
        let name = person["name"].as_str().unwrap();
        assert!((2..=4).contains(&name.chars().count()) && !name.is_ascii(), "{name}");
        names.insert(name.to_owned());
        in_two += usize::from(person["department"].as_array().unwrap().len() == 2);
        for parent in person["parents"].as_array().into_iter().flatten() {
            let mobile = parent["mobile"].as_str().unwrap();
            assert!(mobile.len() == 11 && mobile.starts_with("000"), "{mobile}");
            assert_eq!(parent.get("external_userid").is_some(), parent["is_subscribe"] == 1, "{parent}");
        }
    }
    assert!(names.len() > 200 && in_two > 30, "{} names, {in_two} in two departments", names.len());
    let departments = list(&emulator, &token, "department/simplelist", "").await;
    assert!(departments.iter().all(|department| fields(department) == ["id", "order", "parentid"]), "{departments:?}");
    assert!(departments.iter().any(|department| department["id"].as_i64().unwrap() > 1 << 32), "{departments:?}");
    let classes = list(&emulator, &token, "school/department/list", "").await;
    let kinds: BTreeSet<_> = classes.iter().map(|department| department["type"].as_i64().unwrap()).collect();
    assert_eq!(kinds, (1..=5).collect());
}

#[tokio::test]
async fn the_same_seed_makes_up_the_same_people() {
    let mut rounds = Vec::new();
    for seed in [7, 7, 8] {
        let emulator = made_up(100, 60).seed(seed).start().await.unwrap();
        let token = token(&emulator).await;
        let mut round = Vec::new();
        for is_school in [false, true] {
            round.push(format!("{:?}", people(&emulator, &token, is_school, &json!([1])).await));
        }
        for path in ["department/simplelist", "school/department/list"] {
            round.push(format!("{:?}", list(&emulator, &token, path, "").await));
        }
        for jobid in ["job0000", "job0001"] {
            round.push(format!("{:?}", answers(&emulator, &token, jobid).await));
        }
        rounds.push(round);
    }
    assert_eq!(rounds[0], rounds[1]);
    for (first, other) in rounds[0].iter().zip(&rounds[2]) {
        assert_ne!(first, other);
    }
}

#[tokio::test]
async fn senseless_sizes_are_replaced_by_the_nearest() {
    for (people, departments, depth, expected) in [(0, 0, 0, 1), (5, 3, 0, 3), (5, 3, usize::MAX, 3), (5, 1, 9, 1)] {
        let builder = Emulator::builder().synthetic(2, 9, 1).synthetic_people(people, departments, depth);
        let emulator = builder.start().await.unwrap();
        let token = token(&emulator).await;
        for path in ["department/simplelist", "school/department/list"] {
            assert_eq!(list(&emulator, &token, path, "").await.len(), expected, "{people} {departments} {depth}");
        }
    }
}
