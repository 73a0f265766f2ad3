//! Data from JSON, and data that is made up.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{post, send, token, token_of};
use wecom_health_emulator::{Emulator, EmulatorBuilder, Fault, FaultRule};

mod support;

const NOON: i64 = 1_585_281_600;

#[tokio::test]
async fn data_from_json_is_served_unchanged() {
    let data = json!({
        "apps": [{"corp_id": "ww1", "secret": "one"}, {"corp_id": "ww1", "secret": "two", "allowed": false}],
        "jobs": [
            {
                "jobid": "a",
                "job_info": {"title": "甲", "new_field": {"x": 1}, "apply_range": null},
                "answers": [{"id_type": 1, "userid": "every day"}],
                "answers_on": {"2020-03-28": [], "2020-03-29": [{"userid": "u", "report_values": [{"question_id": 7}]}]},
            },
            {"jobid": "b"},
        ],
        "usage": {"pv": 1, "uv": 2},
        "usage_on": {"2020-03-28": {"pv": 3}},
    });
    let emulator = Emulator::builder().data_json(&data.to_string()).unwrap().start().await.unwrap();
    let token = token_of(&emulator, "ww1", "one").await;
    let on = |name: &'static str, jobid: &'static str, date: &'static str| {
        let (emulator, token) = (&emulator, &token);
        async move { post(emulator, token, name, &json!({"jobid": jobid, "date": date})).await }
    };
    let info = on("get_report_job_info", "a", "2020-03-27").await;
    assert_eq!(info["job_info"], data["jobs"][0]["job_info"]);
    for (date, answers) in [
        ("2020-03-27", &data["jobs"][0]["answers"]),
        ("2020-03-28", &json!([])),
        ("2020-03-29", &data["jobs"][0]["answers_on"]["2020-03-29"]),
    ] {
        assert_eq!(&on("get_report_answer", "a", date).await["answers"], answers);
    }
    assert!(on("get_report_job_info", "b", "2020-03-27").await["job_info"]["title"].is_string());
    assert_eq!(on("get_health_report_stat", "", "2020-03-27").await["uv"], 2);
    assert_eq!(on("get_health_report_stat", "", "2020-03-28").await["pv"], 3);
    token_of(&emulator, "ww1", "two").await;
}

#[tokio::test]
async fn an_address_book_from_json_is_served_unchanged() {
    let data = json!({
        "apps": [
            {"corp_id": "ww1", "secret": "one"},
            {"corp_id": "ww1", "secret": "two", "scope": [2], "school_scope": []},
        ],
        "departments": [{"id": 2, "parentid": 9, "order": 4_294_967_295_u64, "new": {"x": 1}}, {"id": 3, "parentid": 0}],
        "members": [{"userid": "U", "name": "甲", "department": [2, 2], "open_userid": "o"}],
        "school_departments": [{"id": 2, "parentid": 1, "name": "二", "type": 7}],
        "students": [{"student_userid": "s", "name": "乙", "department": [2], "parents": [{"parent_userid": "p"}]}],
    });
    let emulator = Emulator::builder().data_json(&data.to_string()).unwrap().start().await.unwrap();
    let token = token_of(&emulator, "ww1", "one").await;
    for (path, list, served) in [
        ("department/simplelist", "department_id", "departments"),
        ("user/simplelist", "userlist", "members"),
        ("school/department/list", "departments", "school_departments"),
        ("school/user/list", "students", "students"),
    ] {
        let target = format!("/cgi-bin/{path}?access_token={token}&department_id=2");
        assert_eq!(support::json(&emulator, "GET", &target, "").await[list], data[served], "{path}");
    }
    let token = token_of(&emulator, "ww1", "two").await;
    for (path, code) in [
        ("department/simplelist?id=2", 0),
        ("department/simplelist?id=3", 60011),
        ("school/department/list?id=2", 48002),
    ] {
        let target = format!("/cgi-bin/{path}&access_token={token}");
        assert_eq!(support::json(&emulator, "GET", &target, "").await["errcode"], code, "{path}");
    }
}

#[test]
fn errors_of_wrong_data_show_the_place_but_no_value() {
    for (data, message) in [
        ("", "not JSON: EOF while parsing a value at line 1 column 0"),
        ("{\"jobs\": [}", "not JSON: expected value at line 1 column 11"),
        ("[]", "the document: needs an object, not a list"),
        (
            r#"{"job": []}"#,
            "job: unknown field; known are apps, jobs, usage, usage_on, departments, members, school_departments, students",
        ),
        (r#"{"jobs": {}}"#, "jobs: needs a list, not an object"),
        (r#"{"jobs": [{}]}"#, "jobs[0].jobid: is missing"),
        (r#"{"jobs": [{"jobid": 39}]}"#, "jobs[0].jobid: needs a string that is not empty, not a whole number"),
        (r#"{"jobs": [{"jobid": "a"}, {"jobid": "a"}]}"#, "jobs[1].jobid: another job has this id"),
        (
            r#"{"jobs": [{"jobid": "a", "answer": []}]}"#,
            "jobs[0].answer: unknown field; known are jobid, job_info, answers, answers_on",
        ),
        (r#"{"jobs": [{"jobid": "a", "answers": [{}, "39C"]}]}"#, "jobs[0].answers[1]: needs an object, not a string"),
        (
            r#"{"jobs": [{"jobid": "a", "answers": [{"report_values": [{"text": 39}]}]}]}"#,
            "jobs[0].answers[0].report_values[0].text: needs a string, not a whole number",
        ),
        (
            r#"{"jobs": [{"jobid": "a", "job_info": {"finish_cnt": "39"}}]}"#,
            "jobs[0].job_info.finish_cnt: needs a whole number, not a string",
        ),
        (
            r#"{"jobs": [{"jobid": "a", "job_info": {"finish_cnt": 0.5}}]}"#,
            "jobs[0].job_info.finish_cnt: needs a whole number, not a number with a fraction",
        ),
        (
            r#"{"jobs": [{"jobid": "a", "job_info": {"apply_range": {"partyids": [1, "2"]}}}]}"#,
            "jobs[0].job_info.apply_range.partyids[1]: needs a whole number, not a string",
        ),
        (
            r#"{"jobs": [{"jobid": "a", "answers_on": {"2020-3-7": []}}]}"#,
            "jobs[0].answers_on.2020-3-7: is not a date of the form YYYY-MM-DD",
        ),
        (r#"{"usage_on": {"2020-02-30": {}}}"#, "usage_on.2020-02-30: is not a date of the form YYYY-MM-DD"),
        (r#"{"departments": {}}"#, "departments: needs a list, not an object"),
        (r#"{"departments": [{"parentid": 39}]}"#, "departments[0].id: is missing"),
        (r#"{"departments": [{"id": 39}]}"#, "departments[0].parentid: is missing"),
        (r#"{"departments": [{"id": "39", "parentid": 0}]}"#, "departments[0].id: needs a whole number, not a string"),
        (
            r#"{"school_departments": [{"id": 0, "parentid": 0}]}"#,
            "school_departments[0].id: needs a whole number from 1 to 9223372036854775807",
        ),
        (
            r#"{"departments": [{"id": 39, "parentid": 0}, {"id": 39, "parentid": 0}]}"#,
            "departments[1].id: another department has this id",
        ),
        (r#"{"members": [{"userid": "39"}]}"#, "members[0].department: is missing"),
        (r#"{"members": [{"department": []}]}"#, "members[0].userid: is missing"),
        (
            r#"{"members": [{"userid": "39", "name": 39, "department": []}]}"#,
            "members[0].name: needs a string, not a whole number",
        ),
        (
            r#"{"departments": [{"id": 1, "parentid": 0}], "members": [{"userid": "39", "department": [1, 39]}]}"#,
            "members[0].department[1]: none of departments has this id",
        ),
        (
            r#"{"departments": [{"id": 1, "parentid": 0}], "students": [{"student_userid": "39", "department": [1]}]}"#,
            "students[0].department[0]: none of school_departments has this id",
        ),
        (
            r#"{"students": [{"student_userid": "a39", "department": []}, {"student_userid": "A39", "department": []}]}"#,
            "students[1].student_userid: somebody else has this id, perhaps in another case",
        ),
        (
            r#"{"students": [{"student_userid": "a", "department": [], "parents": [{"mobile": 39}]}]}"#,
            "students[0].parents[0].mobile: needs a string, not a whole number",
        ),
        (
            r#"{"apps": [{"corp_id": "ww1", "secret": "39", "scope": 39}]}"#,
            "apps[0].scope: needs a list, not a whole number",
        ),
        (
            r#"{"apps": [{"corp_id": "ww1", "secret": "39", "school_scope": ["39"]}]}"#,
            "apps[0].school_scope[0]: needs a whole number from 1 to 9223372036854775807",
        ),
        (r#"{"usage": {"pv": "39"}}"#, "usage.pv: needs a whole number, not a string"),
        (r#"{"apps": [{"corp_id": "ww1"}]}"#, "apps[0].secret: is missing"),
        (
            "{\"a\\nb\\u001b[31m\": 39}",
            "a\\nb\\u{1b}[31m: unknown field; known are apps, jobs, usage, usage_on, departments, members, school_departments, students",
        ),
        (r#"{"usage_on": {"+10000-01-01": {}}}"#, "usage_on.+10000-01-01: is not a date of the form YYYY-MM-DD"),
        (
            r#"{"apps": [{"corp_id": "ww1", "secret": "39", "allowed": "39"}]}"#,
            "apps[0].allowed: needs true or false, not a string",
        ),
    ] {
        let error = Emulator::builder().data_json(data).unwrap_err().to_string();
        assert_eq!(error, message, "{data}");
        assert!(!error.contains("39"), "{error}");
    }
}

#[test]
fn an_unreadable_data_file_is_named_in_the_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.json");
    std::fs::write(&file, "\u{feff}{\"jobs\": []}").unwrap();
    assert!(Emulator::builder().data_file(&file).is_ok());
    std::fs::write(&file, b"{\"jobs\": \"\xff\"}").unwrap();
    let error = Emulator::builder().data_file(&file).unwrap_err().to_string();
    assert!(error.ends_with("data.json is not UTF-8"), "{error}");
    let error = Emulator::builder().data_file("/nowhere/data.json").unwrap_err().to_string();
    assert!(error.starts_with("cannot read the data in /nowhere/data.json: "), "{error}");
}

/// All responses of an emulator to a round of requests, head and body.
async fn round(builder: EmulatorBuilder) -> String {
    let emulator = builder.fixed_clock(NOON).start().await.unwrap();
    let mut all = String::new();
    for name in ["get_report_jobids", "get_report_job_info", "get_report_answer", "get_health_report_stat", "nope"] {
        let token = token(&emulator).await;
        for query in [format!("?access_token={token}"), String::new()] {
            for (jobid, date) in [("job0000", "2020-03-27"), ("job0003", "2020-03-14"), ("job0001", "2020-03-13")] {
                let target = format!("/cgi-bin/health/{name}{query}");
                let body = json!({"jobid": jobid, "date": date, "limit": 7}).to_string();
                let (head, body) = send(&emulator, "POST", &target, "", &body).await;
                all.extend([head, body, token.clone(), "\n".to_owned()]);
            }
        }
    }
    all
}

fn made_up(seed: u64) -> EmulatorBuilder {
    let random = |fault: Fault| FaultRule::new(fault).share(0.5);
    let builder = Emulator::builder().seed(seed).synthetic(5, 20, 14);
    builder
        .fault(random(Fault::ErrCode(-1)).endpoint("get_report_answer"))
        .fault(random(Fault::UnknownValue).when(|request| request.path().starts_with("/cgi-bin/health/")))
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    let (first, second, other) = (round(made_up(7)).await, round(made_up(7)).await, round(made_up(8)).await);
    assert!(first == second, "two runs differ");
    assert_ne!(first, other);
    assert!(first.contains("\"errcode\":-1") && first.contains(":99") && first.contains("\"answers\":[{"), "{first}");
    // A constant, so that a change from one version to the next is noticed too.
    assert_eq!(fingerprint(&first), FINGERPRINT, "the responses of seed 7 have changed");
}

/// The fingerprint of the responses of seed 7, where `usize` has 64 bits.
const FINGERPRINT: u64 = 13_745_456_901_335_607_385;

/// FNV-1a.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[tokio::test]
async fn synthetic_data_has_all_kinds_on_the_requested_days() {
    let emulator = Emulator::builder().synthetic(4, 120, 3).fixed_clock(NOON).start().await.unwrap();
    let token = token(&emulator).await;
    let mut seen: [BTreeSet<i64>; 4] = Default::default();
    for number in 0..4 {
        let job = json!({"jobid": format!("job000{number}"), "date": "2020-03-27"});
        let info = post(&emulator, &token, "get_report_job_info", &job).await["job_info"].clone();
        let questions = info["question_templates"].as_array().unwrap();
        let kinds: BTreeSet<_> = questions.iter().map(|question| question["question_type"].as_i64().unwrap()).collect();
        assert_eq!(kinds, (1..=6).collect(), "job {number}");
        seen[0].extend(info["type"].as_i64());
        seen[1].extend(info["report_type"].as_i64());
        let departments = info["apply_range"]["partyids"].as_array().unwrap();
        assert!(departments.iter().any(|id| id.as_i64().unwrap() >= 1 << 32), "{departments:?}");
        for (date, count) in [("2020-03-28", 0), ("2020-03-27", 100), ("2020-03-25", 100), ("2020-03-24", 0)] {
            let body = json!({"jobid": job["jobid"], "date": date});
            let page = post(&emulator, &token, "get_report_answer", &body).await["answers"].clone();
            assert_eq!(page.as_array().unwrap().len(), count, "{date}");
            for answer in page.as_array().unwrap() {
                seen[2].extend(answer["id_type"].as_i64());
                assert_fits(answer, questions, date, &mut seen[3]);
            }
        }
        let rest = json!({"jobid": job["jobid"], "date": "2020-03-27", "offset": 100});
        assert_eq!(post(&emulator, &token, "get_report_answer", &rest).await["answers"].as_array().unwrap().len(), 20);
    }
    let [audiences, frequencies, reporters, cards] = seen;
    assert_eq!((audiences, frequencies, reporters), ([1, 2].into(), [1, 2].into(), [1, 2].into()));
    assert_eq!(cards, (0..=5).collect());
    let usage = post(&emulator, &token, "get_health_report_stat", &json!({"date": "2020-03-26"})).await;
    assert!(usage["pv"].as_i64().unwrap() >= usage["uv"].as_i64().unwrap() && usage["uv"].as_i64().unwrap() > 0);
}

/// Checks that an answer has the day and the options of its job.
fn assert_fits(answer: &Value, questions: &[Value], date: &str, cards: &mut BTreeSet<i64>) {
    let start = date.parse::<wecom_health_emulator::NaiveDate>().unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
    let seconds = answer["report_time"].as_i64().unwrap() - (start.timestamp() - 8 * 3_600);
    assert!((0..86_400).contains(&seconds), "{date}: {seconds}");
    let values = answer["report_values"].as_array().unwrap();
    assert_eq!(values.len(), questions.len());
    for value in values {
        let question = questions.iter().find(|question| question["question_id"] == value["question_id"]).unwrap();
        let options: Vec<_> =
            question["option_list"].as_array().into_iter().flatten().map(|option| &option["option_id"]).collect();
        let chosen = value["multi_choice"].as_array().into_iter().flatten().chain(value.get("single_choice"));
        chosen.for_each(|option| assert!(options.contains(&option), "{value} {question}"));
        cards.extend(value["itinerary_card_type"].as_i64());
    }
}

#[test]
fn the_data_and_faults_of_the_readme_can_be_parsed() {
    let readme = include_str!("../README.md");
    let json = readme.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(Emulator::builder().data_json(json).is_ok());
    let (_, table) = readme.split_once("| fault | Rust | what the client gets |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let written: Vec<_> = rows.map(|row| row.split('`').skip(1).step_by(2).take(2).collect::<Vec<_>>()).collect();
    for fault in &written {
        let rule = format!("{:?}", fault[0].parse::<FaultRule>().unwrap());
        let (_, variant) = rule.split_once("fault: ").unwrap();
        let variant: String = variant.chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(fault[1].starts_with(&format!("Fault::{variant}")), "{fault:?}: {rule}");
    }
    assert_eq!(written.len(), 20, "{written:?}");
}
