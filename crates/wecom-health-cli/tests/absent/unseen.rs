//! What the app may not see is named, with an exit code.

use serde_json::{Value, json};
use wecom_health_emulator::{App, Fault, FaultRule};

use crate::world::{World, company, job, stderr, stdout, userids};

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_address_book_exits_with_3() {
    for (endpoint, code, reason) in [
        (
            "department_simplelist",
            60011,
            "the app does not see department 2 in the list of departments (errcode 60011)",
        ),
        (
            "department_simplelist",
            48002,
            "the app does not see department 2 in the list of departments (errcode 48002)",
        ),
        ("user_simplelist", 60011, "the server does not show the people of departments 2, 3 (errcode 60011)"),
        ("user_simplelist", 48002, "the server does not show the people of departments 2, 3 (errcode 48002)"),
    ] {
        let refused = FaultRule::new(Fault::ErrCode(code)).endpoint(endpoint).always();
        let world = World::new(company(job(json!({}))).fault(refused)).await;
        for format in [&[][..], &["--csv"], &["--json"]] {
            let output = world.absent(format);
            assert_eq!((output.status.code(), stdout(&output)), (Some(3), String::new()), "{output:?}");
            let said = stderr(&output);
            assert!(said.contains(&format!("nobody could be seen: {reason}; let the app see")), "{said}");
            assert!(format != ["--json"] || said.contains(r#""kind":"permission""#), "{said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_refused_departments_are_named_with_exit_code_5() {
    for code in [60011, 48002] {
        let refused = FaultRule::new(Fault::ErrCode(code)).endpoint("user_simplelist").always();
        let refused = refused.when(|request| request.expose_query().contains("department_id=3"));
        let world = World::new(company(job(json!({}))).fault(refused)).await;
        let list = world.json(&[], 5);
        assert_eq!(userids(&list["absent"]), ["zhang"]);
        assert_eq!(list["incomplete"]["departments_not_seen"], json!([{"id": 3}]));
        let output = world.absent(&[]);
        let first = "Incomplete. Not reported: 1 of 2 expected; reported: 1 (50%)\n";
        assert!(stdout(&output).starts_with(first), "{output:?}");
        assert!(
            stdout(&output).contains("\nIncomplete, because the server does not show the people of department 3\n")
        );
        assert!(stderr(&output).contains("error: the list is incomplete: the server does not show"), "{output:?}");
        assert!(stderr(&world.absent(&["--json"])).contains(r#""kind":"partial""#));
        let chinese = world.absent(&["--lang", "zh"]);
        assert!(stdout(&chinese).contains("\n不完整的原因：服务器不返回以下部门的人员：3\n"), "{chinese:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_outside_the_apps_scope_is_incomplete() {
    let app = App::new("ww1", "secret-of-the-test").scope([3]);
    let world = World::new(company(job(json!({"apply_range": {"partyids": [2, 3]}}))).app(app)).await;
    let list = world.json(&[], 5);
    assert_eq!(list["incomplete"]["departments_unknown"], json!([{"id": 2}]));
    assert_eq!(userids(&list["absent"]), ["chen"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_errors_of_the_address_book_fail() {
    for (fault, code) in [(Fault::ErrCode(45009), 1), (Fault::Html, 4), (Fault::InvalidJson, 1)] {
        let fault = FaultRule::new(fault).endpoint("user_simplelist").always();
        let world = World::new(company(job(json!({}))).fault(fault)).await;
        let output = world.absent(&[]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(code), String::new()), "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_for_nobody_is_incomplete() {
    let world = World::new(company(job(json!({"apply_range": {}})))).await;
    let list = world.json(&[], 5);
    assert_eq!((&list["incomplete"]["range_empty"], &list["counts"]["rate"]), (&json!(true), &Value::Null));
    assert_eq!(userids(&list["not_expected"]), ["wang"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_jobs_may_be_a_missing_permission() {
    let world = World::new(company(job(json!({}))).app(App::new("ww1", "secret-of-the-test").unlisted())).await;
    let output = world.absent(&[]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    assert!(stderr(&output).contains("no running jobs; if there should be some, add the app"), "{output:?}");
    assert_eq!(stdout(&world.absent(&["--json"])), "[]\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_be_read_fails_and_one_that_ended_is_named() {
    for (code, exit, message) in [
        (40058, 1, "errcode 40058"),
        (40088, 0, "left out: job1: it has ended since it was listed, or had not begun on"),
    ] {
        let refused = FaultRule::new(Fault::ErrCode(code)).endpoint("get_report_job_info").always();
        let world = World::new(company(job(json!({}))).fault(refused)).await;
        let output = world.absent(&[]);
        assert_eq!(output.status.code(), Some(exit), "{output:?}");
        let said = stderr(&output);
        assert!(said.contains(message) && !said.contains("no running jobs"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_that_is_gone_is_incomplete() {
    let gone = FaultRule::new(Fault::ErrCode(60003)).endpoint("user_simplelist").always();
    let gone = gone.when(|request| request.expose_query().contains("department_id=3"));
    let world = World::new(company(job(json!({}))).fault(gone)).await;
    let list = world.json(&[], 5);
    assert_eq!(list["incomplete"]["departments_not_seen"], json!([{"id": 3}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_get_the_code_for_which_nobody_could_be_seen() {
    let refused = FaultRule::new(Fault::ErrCode(60011)).endpoint("user_simplelist").always();
    let world = World::new(company(job(json!({}))).fault(refused)).await;
    let said = stderr(&world.absent(&["--json"]));
    let error: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!(error["errcode"], 60011, "{said}");
}
