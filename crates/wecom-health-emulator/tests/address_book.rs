//! The address book: departments with those below them, the people of one department, and what an app sees of both.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{app, json, token, token_of};
use wecom_health_emulator::{Emulator, EmulatorBuilder, Fault};

mod support;

/// Each endpoint, its name in faults and counts, its list, and what else a request for department 1 needs.
const ENDPOINTS: [(&str, &str, &str, &str); 4] = [
    ("department/simplelist", "department_simplelist", "department_id", ""),
    ("user/simplelist", "user_simplelist", "userlist", "&department_id=1"),
    ("school/department/list", "school_department_list", "departments", ""),
    ("school/user/list", "school_user_list", "students", "&department_id=1"),
];

const BEYOND_32_BITS: i64 = 1 << 40;

/// A company and a school in which the same ids name other departments.
fn two_trees() -> EmulatorBuilder {
    let company = Emulator::builder().department(1, 0).department(2, 1).department(BEYOND_32_BITS, 2).department(4, 1);
    let company = company.member("Ann", "安", &[1]).member("bob", "博", &[2, 4]).member("cy", "岑", &[BEYOND_32_BITS]);
    let school =
        company.school_department(1, 0, "学校").school_department(2, 1, "一班").school_department(5, 1, "二班");
    school.student("s1", "小安", &[2], &["p1", "p2"]).student("s2", "小博", &[5], &[])
}

/// Sends a GET request with a token.
async fn get(emulator: &Emulator, token: &str, path: &str, query: &str) -> Value {
    json(emulator, "GET", &format!("/cgi-bin/{path}?access_token={token}{query}"), "").await
}

/// The values of a field in the response's list.
async fn listed(emulator: &Emulator, token: &str, path: &str, query: &str, field: &str) -> Value {
    let response = get(emulator, token, path, query).await;
    assert_eq!(response["errcode"], 0, "{path} {query}: {response}");
    let (_, _, list, _) = ENDPOINTS.iter().find(|(known, ..)| *known == path).unwrap();
    response[list].as_array().unwrap().iter().map(|item| item[field].clone()).collect()
}

#[tokio::test]
async fn departments_come_with_all_those_below_them() {
    let emulator = two_trees().start().await.unwrap();
    let token = token(&emulator).await;
    for (path, query, ids) in [
        ("department/simplelist", "", json!([1, 2, 4, BEYOND_32_BITS])),
        ("department/simplelist", "&id=", json!([1, 2, 4, BEYOND_32_BITS])),
        ("department/simplelist", "&id=1", json!([1, 2, 4, BEYOND_32_BITS])),
        ("department/simplelist", "&id=2", json!([2, BEYOND_32_BITS])),
        ("department/simplelist", "&id=1099511627776", json!([BEYOND_32_BITS])),
        ("school/department/list", "", json!([1, 2, 5])),
        ("school/department/list", "&id=2", json!([2])),
    ] {
        assert_eq!(listed(&emulator, &token, path, query, "id").await, ids, "{path} {query}");
    }
    let response = get(&emulator, &token, "department/simplelist", "&id=4").await;
    assert_eq!(response["department_id"], json!([{"id": 4, "parentid": 1, "order": 1}]));
}

#[tokio::test]
async fn people_come_without_those_of_departments_below() {
    let emulator = two_trees().start().await.unwrap();
    let token = token(&emulator).await;
    for (path, department, field, people) in [
        ("user/simplelist", 1, "userid", json!(["Ann"])),
        ("user/simplelist", 2, "userid", json!(["bob"])),
        ("user/simplelist", 4, "userid", json!(["bob"])),
        ("user/simplelist", BEYOND_32_BITS, "userid", json!(["cy"])),
        ("school/user/list", 1, "student_userid", json!([])),
        ("school/user/list", 2, "student_userid", json!(["s1"])),
    ] {
        let query = format!("&department_id={department}");
        assert_eq!(listed(&emulator, &token, path, &query, field).await, people, "{path} {department}");
    }
    let response = get(&emulator, &token, "user/simplelist", "&department_id=2").await;
    assert_eq!(response["userlist"], json!([{"userid": "bob", "name": "博", "department": [2, 4]}]));
    let parents = listed(&emulator, &token, "school/user/list", "&department_id=2", "parents").await;
    let parent = |id| json!({"parent_userid": id, "relation": "家长", "mobile": "00000000000", "is_subscribe": 0});
    assert_eq!(parents, json!([[parent("p1"), parent("p2")]]));
}

#[tokio::test]
async fn an_app_sees_nothing_outside_its_scope() {
    let scoped = app("scoped").scope([2, 77]).school_scope([5]);
    let emulator = two_trees().app(scoped).app(app("all")).app(app("none").scope([])).start().await.unwrap();
    let token = token_of(&emulator, "ww-test", "secret-of-scoped").await;
    for (path, query, code) in [
        ("department/simplelist", "&id=2", 0),
        ("department/simplelist", "&id=1099511627776", 0),
        ("department/simplelist", "&id=1", 60011),
        ("department/simplelist", "&id=4", 60011),
        ("department/simplelist", "&id=77", 60011),
        ("user/simplelist", "&department_id=1099511627776", 0),
        ("user/simplelist", "&department_id=1", 60011),
        ("user/simplelist", "&department_id=5", 60011),
        ("school/department/list", "&id=5", 0),
        ("school/department/list", "&id=2", 60011),
        ("school/user/list", "&department_id=5", 0),
        ("school/user/list", "&department_id=2", 60011),
    ] {
        assert_eq!(get(&emulator, &token, path, query).await["errcode"], code, "{path} {query}");
    }
    assert_eq!(listed(&emulator, &token, "department/simplelist", "", "id").await, json!([2, BEYOND_32_BITS]));
    assert_eq!(listed(&emulator, &token, "school/department/list", "", "id").await, json!([5]));
    let all = token_of(&emulator, "ww-test", "secret-of-all").await;
    assert_eq!(get(&emulator, &all, "user/simplelist", "&department_id=1").await["errcode"], 0);
    let none = token_of(&emulator, "ww-test", "secret-of-none").await;
    assert_eq!(listed(&emulator, &none, "department/simplelist", "", "id").await, json!([]));
}

#[tokio::test]
async fn only_the_school_refuses_apps_not_on_its_list() {
    let apps = two_trees().app(app("outside").school_scope([])).app(app("unlisted").unlisted());
    let emulator = apps.start().await.unwrap();
    for (name, codes) in [("outside", [0, 0, 48002, 48002]), ("unlisted", [0, 0, 0, 0])] {
        let token = token_of(&emulator, "ww-test", &format!("secret-of-{name}")).await;
        for ((path, _, _, query), code) in ENDPOINTS.iter().zip(codes) {
            assert_eq!(get(&emulator, &token, path, query).await["errcode"], code, "{name} {path}");
        }
    }
}

#[tokio::test]
async fn an_unknown_department_has_a_code_that_can_be_chosen() {
    for code in [60003, 60123] {
        let builder = two_trees().choose(|choices| choices.unknown_department = code);
        let emulator = builder.start().await.unwrap();
        let token = token(&emulator).await;
        for (path, query) in [
            ("department/simplelist", "&id=3"),
            ("user/simplelist", "&department_id=0"),
            ("school/department/list", "&id=4"),
            ("school/user/list", "&department_id=9223372036854775807"),
        ] {
            assert_eq!(get(&emulator, &token, path, query).await["errcode"], code, "{path} {query}");
        }
    }
}

#[tokio::test]
async fn a_tree_with_a_cycle_is_served_and_ends() {
    let builder = Emulator::builder().department(1, 0).department(2, 3).department(3, 2);
    let emulator = builder.app(app("all")).app(app("scoped").scope([1])).start().await.unwrap();
    let token = token_of(&emulator, "ww-test", "secret-of-all").await;
    assert_eq!(listed(&emulator, &token, "department/simplelist", "", "id").await, json!([1, 2, 3]));
    assert_eq!(listed(&emulator, &token, "department/simplelist", "&id=3", "id").await, json!([2, 3]));
    let token = token_of(&emulator, "ww-test", "secret-of-scoped").await;
    assert_eq!(get(&emulator, &token, "department/simplelist", "&id=2").await["errcode"], 60011);
}

#[tokio::test]
async fn address_book_checks_run_in_the_documented_order() {
    let apps = two_trees().app(app("listed")).app(app("outside").school_scope([]));
    let emulator = apps.rate_limits(4, 1_000).start().await.unwrap();
    let token = token_of(&emulator, "ww-test", "secret-of-listed").await;
    let outside = token_of(&emulator, "ww-test", "secret-of-outside").await;
    for (path, _, list, query) in ENDPOINTS {
        let code = async |method: &str, query: &str| {
            let response = json(&emulator, method, &format!("/cgi-bin/{path}?{query}"), "").await;
            // A refusal has the list too: it must not pass for "nobody".
            assert!(response["errcode"] == 0 || response[list] == json!([]), "{response}");
            response["errcode"].as_i64().unwrap()
        };
        assert_eq!(code("POST", query).await, 41001, "{path}");
        assert_eq!(code("POST", &format!("access_token=x{query}")).await, 40014, "{path}");
        // Neither of these counts for the rate limit.
        let refused = if path.starts_with("school") { 48002 } else { 40058 };
        assert_eq!(code("POST", &format!("access_token={outside}{query}")).await, refused, "{path}");
        assert_eq!(code("POST", &format!("access_token={token}{query}")).await, 40058, "{path}");
        let required = query.contains("department_id");
        assert_eq!(code("GET", &format!("access_token={token}")).await, if required { 40063 } else { 0 }, "{path}");
        assert_eq!(code("GET", &format!("access_token={token}{query}")).await, 0, "{path}");
        let last = if path.starts_with("school") { 0 } else { 45009 };
        assert_eq!(code("GET", &format!("access_token={token}{query}")).await, last, "{path}");
        assert_eq!(code("POST", &format!("access_token={token}&id=x&department_id=x")).await, 45009, "{path}");
    }
    emulator.advance(Duration::from_secs(7_200));
    for (path, _, _, query) in ENDPOINTS {
        assert_eq!(get(&emulator, &token, path, query).await["errcode"], 42001, "{path}");
    }
}

#[tokio::test]
async fn hostile_queries_get_an_errcode() {
    let emulator = two_trees().no_rate_limits().start().await.unwrap();
    let token = token(&emulator).await;
    let long = "9".repeat(10_000);
    for (value, code) in [
        ("-1", 40058),
        ("%2B1", 40058),
        ("+1", 40058),
        ("1.0", 40058),
        ("1e3", 40058),
        ("0x1", 40058),
        ("1%00", 40058),
        ("%ff", 40058),
        ("%E4%B8%80", 40058),
        ("9223372036854775808", 40058),
        (&long, 40058),
        ("1;drop", 40058),
        ("[1]", 40058),
        ("01", 0),
        ("x&id=1&department_id=1", 0),
    ] {
        for (path, ..) in ENDPOINTS {
            let query = format!("&id={value}&department_id={value}");
            assert_eq!(get(&emulator, &token, path, &query).await["errcode"], code, "{path} {value:.40}");
        }
    }
    for path in ["user/simplelist", "school/user/list"] {
        for query in ["&department_id", "&department_id=", "&DEPARTMENT_ID=1", "&id=1"] {
            assert_eq!(get(&emulator, &token, path, query).await["errcode"], 40063, "{path} {query}");
        }
    }
    for path in ["/cgi-bin/simplelist", "/cgi-bin/user/simplelist/", "/cgi-bin/school/simplelist"] {
        let (head, _) = support::send(&emulator, "GET", &format!("{path}?access_token={token}"), "", "").await;
        assert!(head.starts_with("http/1.1 404"), "{path}: {head}");
    }
}

#[tokio::test]
async fn faults_and_counts_tell_the_four_endpoints_apart() {
    let emulator = two_trees().start().await.unwrap();
    let token = token(&emulator).await;
    for (number, (_, name, ..)) in ENDPOINTS.iter().enumerate() {
        emulator.fail_next(name, Fault::ErrCode(-1 - number as i64));
    }
    for (number, (path, name, _, query)) in ENDPOINTS.iter().enumerate().rev() {
        assert_eq!(get(&emulator, &token, path, query).await["errcode"], -1 - number as i64, "{path}");
        assert_eq!(get(&emulator, &token, path, query).await["errcode"], 0, "{path}");
        assert_eq!(emulator.count(name), 2, "{name}");
    }
    assert_eq!(emulator.pending_faults(), 0);
    emulator.fail_next("school_department_list", Fault::UnknownValue);
    let kinds = listed(&emulator, &token, "school/department/list", "", "type").await;
    assert_eq!(kinds, json!([99, 99, 99]));
}

#[tokio::test]
async fn later_people_replace_earlier_ones_in_any_case() {
    let emulator = two_trees().member("ANN", "新", &[4]).department(4, 2).start().await.unwrap();
    let token = token(&emulator).await;
    assert_eq!(listed(&emulator, &token, "user/simplelist", "&department_id=1", "userid").await, json!([]));
    assert_eq!(listed(&emulator, &token, "user/simplelist", "&department_id=4", "userid").await, json!(["ANN", "bob"]));
    assert_eq!(listed(&emulator, &token, "department/simplelist", "&id=2", "id").await, json!([2, 4, BEYOND_32_BITS]));
}

/// The people in these departments and all below, each once.
async fn people_below(emulator: &Emulator, token: &str, paths: [&str; 2], field: &str, ids: &Value) -> Vec<String> {
    let mut people = Vec::new();
    for id in ids.as_array().unwrap() {
        let query = format!("&id={id}");
        for below in listed(emulator, token, paths[0], &query, "id").await.as_array().unwrap() {
            let found = listed(emulator, token, paths[1], &format!("&department_id={below}"), field).await;
            people.extend(found.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()));
        }
    }
    people.sort_unstable();
    people.dedup();
    people
}

#[tokio::test]
async fn the_samples_apply_to_their_address_book() {
    let emulator = Emulator::start().await.unwrap();
    let token = token(&emulator).await;
    let members =
        people_below(&emulator, &token, ["department/simplelist", "user/simplelist"], "userid", &json!([1, 2])).await;
    let named: Vec<_> = (1..10).map(|number| format!("userid{number}")).collect();
    assert_eq!(members, [&["creator_userid".to_owned()], &named[..]].concat());
    let paths = ["school/department/list", "school/user/list"];
    let students = people_below(&emulator, &token, paths, "student_userid", &json!([4_294_967_296_i64])).await;
    assert_eq!(students, [2, 3, 4, 5].map(|number| format!("student_userid{number}")));
}

#[tokio::test]
async fn fifty_thousand_people_in_two_thousand_departments() {
    let started = Instant::now();
    let builder = Emulator::builder().synthetic(2, 30_000, 1).synthetic_people(50_000, 2_000, 12);
    let emulator = builder.no_rate_limits().start().await.unwrap();
    let token = token(&emulator).await;
    for (paths, field) in [
        (["department/simplelist", "user/simplelist"], "userid"),
        (["school/department/list", "school/user/list"], "student_userid"),
    ] {
        let response = get(&emulator, &token, paths[0], "").await;
        let departments = response.as_object().unwrap().values().find_map(Value::as_array).unwrap();
        assert_eq!((departments.len(), depth(departments)), (2_000, 12));
        let mut people = std::collections::BTreeSet::new();
        for department in departments {
            let query = format!("&department_id={}", department["id"]);
            let found = listed(&emulator, &token, paths[1], &query, field).await;
            assert!(found.as_array().unwrap().len() < 200, "{department}");
            people.extend(found.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()));
        }
        assert_eq!(people.len(), 50_000);
    }
    // Searching everybody on each of these 4,000 requests would take minutes.
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[tokio::test]
async fn made_up_departments_are_as_deep_as_requested() {
    for (departments, requested, levels) in
        [(12, 12, 12), (12, 99, 12), (13, 12, 12), (40, 3, 3), (40, 0, 2), (1, 9, 1)]
    {
        let builder = Emulator::builder().synthetic_people(1, departments, requested);
        let emulator = builder.start().await.unwrap();
        let token = token(&emulator).await;
        let response = get(&emulator, &token, "department/simplelist", "").await;
        assert_eq!(depth(response["department_id"].as_array().unwrap()), levels, "{departments} {requested}");
    }
}

/// The number of levels.
fn depth(departments: &[Value]) -> usize {
    let parents: std::collections::BTreeMap<_, _> =
        departments.iter().map(|department| (department["id"].as_i64(), department["parentid"].as_i64())).collect();
    let level = |id| std::iter::successors(Some(id), |id| parents.get(id).copied()).count() - 1;
    parents.keys().map(|id| level(*id)).max().unwrap()
}
