//! Who has not reported, as people and scripts see it: the list, what it says when it is incomplete, and what it costs.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;
use wecom_health_emulator::{Emulator, EmulatorBuilder, Fault, FaultRule};

use world::{FRIDAY, World, by, company, friday, job, stderr, stdout, userids};

#[path = "absent/files.rs"]
mod files;
#[path = "absent/guides.rs"]
mod guides;
#[path = "absent/names.rs"]
mod names;
mod support;
#[path = "absent/unseen.rs"]
mod unseen;
#[path = "absent/world.rs"]
mod world;

/// A list in which everything occurs that a list can say, as a school's and as a company's.
fn everything() -> EmulatorBuilder {
    let range = json!({"partyids": [2, 3, 4_294_967_296_i64, 9], "userids": ["student1", "stranger"]});
    let school = job(json!({"title": "学生每日健康上报", "type": 2, "apply_range": range, "finish_cnt": 3}));
    let company_range = json!({"partyids": [1]});
    let builder = company(job(json!({"report_type": 1, "apply_range": company_range}))).job("job2", school);
    let builder = builder.school_department(1, 0, "示例学校").school_department(2, 1, "一年级");
    let builder = builder.school_department(3, 2, "一班").school_department(4_294_967_296, 1, "一班");
    let builder =
        builder.student("student1", "林一一", &[3], &["p1"]).student("student2", "陈小雨", &[3], &["p2", "p3"]);
    let builder = builder.student("student3", "黄安宁", &[3], &["p4"]).student("student4", "罗子舟", &[2, 3], &["p5"]);
    let answered =
        |student: &str, parent: &str| json!({"id_type": 2, "student_userid": student, "parent_userid": parent});
    let answers =
        vec![answered("STUDENT2", "p2"), answered("student2", "p3"), answered("away", "p9"), json!({"id_type": 9})];
    let refused = FaultRule::new(Fault::ErrCode(60011)).endpoint("school_user_list").always();
    let builder = builder.answers("job2", friday(), answers);
    builder.fault(refused.when(|request| request.expose_query().contains("department_id=4294967296")))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lists_fit_80_columns_in_both_languages() {
    let world = World::new(everything()).await;
    for language in ["en", "zh"] {
        let output = world.absent(&["--by-department", "--lang", language]);
        assert_eq!(output.status.code(), Some(5));
        let (shown, said) = (stdout(&output), stderr(&output));
        assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
        let sections = format!("{shown}\n-- stderr --\n{}", without_the_day(&said));
        insta::assert_snapshot!(format!("everything.{language}"), sections);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_ids_and_names_fit_80_columns() {
    let (id, title) = ("u".repeat(64), "很长的标题".repeat(30));
    let builder = company(job(json!({"title": title}))).member(&id, &"很长的姓名".repeat(20), &[2, 3, 1]);
    let mut builder = builder.job(&"j".repeat(64), job(json!({"title": title})));
    for department in 0..100 {
        builder = builder.department(1 << 40 | department, 2);
    }
    let refused = FaultRule::new(Fault::ErrCode(60011)).endpoint("user_simplelist").always();
    let refused = refused.when(|request| request.expose_query().contains("department_id=10995"));
    let world = World::new(builder.fault(refused)).await;
    for language in ["en", "zh"] {
        let shown = stdout(&world.absent(&["--by-department", "--lang", language]));
        assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
        let letters: String = shown.chars().filter(|char| *char == 'u').collect();
        assert!(letters.len() >= 2 * 64, "the id is whole in both lists: {shown}");
        let joined = shown.replace("\n  ", " ");
        assert!(joined.contains(if language == "en" { "and 80 more" } else { "等 100 个部门" }), "{shown}");
    }
}

/// Stderr without the warning that says how long ago the day is.
fn without_the_day(said: &str) -> String {
    let is_kept = |line: &&str| !line.starts_with("warning: ") && !line.starts_with("警告：");
    said.lines().filter(is_kept).map(|line| line.to_owned() + "\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_are_shown_in_both_languages() {
    for language in ["en", "zh"] {
        let world = World::new(Emulator::builder().samples()).await;
        let shown = stdout(&world.absent(&["--lang", language]));
        assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
        insta::assert_snapshot!(format!("samples.{language}"), shown);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn expected_are_those_in_and_below_the_departments() {
    let world = World::new(company(job(json!({})))).await;
    let list = world.json(&[], 0);
    assert_eq!((userids(&list["reported"]), userids(&list["absent"])), (vec!["wang"], vec!["chen", "zhang"]));
    assert_eq!(list["counts"], json!({"expected": 3, "reported": 1, "absent": 2, "rate": 1.0 / 3.0}));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_department_is_fetched_once_for_all_jobs() {
    let other = job(json!({"apply_range": {"partyids": [3, 2], "userids": ["wang"]}}));
    let world = World::new(company(job(json!({}))).job("job2", other)).await;
    assert_eq!(world.absent(&[]).status.code(), Some(0));
    assert_eq!(world.departments_asked("user_simplelist"), [2, 3]);
    assert_eq!(world.0.count("department_simplelist"), 1);
    assert_eq!(world.0.count("school_department_list") + world.0.count("school_user_list"), 0);
    assert_eq!(world.0.count("get_report_job_info"), 2);
    assert_eq!(world.0.count("get_report_jobids"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_book_is_read_where_nobody_needs_it() {
    let weekend = job(json!({"skip_weekend": 1}));
    let by_name = job(json!({"apply_range": {"userids": ["wang", "liu"]}}));
    for (job, date, first) in [
        (weekend, "2020-03-28", "Nobody has to report: it is a weekend"),
        (by_name, FRIDAY, "Not reported: 1 of 2 expected; reported: 1 (50%)"),
    ] {
        let world = World::new(company(job)).await;
        let output = world.command(&["absent", "--date", date]).output().unwrap();
        assert_eq!((output.status.code(), stdout(&output).lines().next()), (Some(0), Some(first)));
        assert_eq!(world.0.count("department_simplelist") + world.0.count("user_simplelist"), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn departments_are_fetched_together() {
    let mut builder =
        company(job(json!({"apply_range": {"partyids": [1]}}))).delay(std::time::Duration::from_millis(50));
    for id in 10..40 {
        builder = builder.department(id, 3);
    }
    let world = World::new(builder).await;
    assert_eq!(world.absent(&[]).status.code(), Some(0));
    assert_eq!(world.departments_asked("user_simplelist").len(), 33);
    assert!((4..=8).contains(&world.0.max_in_flight()), "{}", world.0.max_in_flight());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_id_beyond_32_bits_works() {
    let large = (1_i64 << 32) + 7;
    let builder = company(job(json!({"apply_range": {"partyids": [large]}}))).department(large, 1).department(8, large);
    let world = World::new(builder.member("eight", "Eight", &[8]).member("large", "Large", &[large])).await;
    assert_eq!(userids(&world.json(&[], 0)["absent"]), ["eight", "large"]);
    assert_eq!(world.departments_asked("user_simplelist"), [8, large]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_of_departments_ends() {
    // Department 2 is below 3, and 3 is below 2.
    let world = World::new(company(job(json!({}))).department(2, 3)).await;
    assert_eq!(userids(&world.json(&[], 0)["absent"]), ["chen", "zhang"]);
    assert_eq!(world.departments_asked("user_simplelist"), [2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn userids_in_other_case_are_the_same() {
    let range = json!({"userids": ["WANG", "Liu"], "partyids": [2]});
    let builder = company(job(json!({"apply_range": range, "finish_cnt": 2})));
    let world = World::new(builder.answers("job1", friday(), vec![by("Wang"), by("LIU"), by("liu")])).await;
    let list = world.json(&[], 0);
    assert_eq!((userids(&list["absent"]), &list["counts"]["expected"]), (vec!["chen", "zhang"], &json!(4)));
    assert_eq!(list["not_expected"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_differs_is_a_note_and_no_failure() {
    let world = World::new(company(job(json!({"finish_cnt": 10})))).await;
    let output = world.absent(&[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("note: job1: the server counts 10 who have reported, and sends answers of 1\n"));
    let finish_count = json!({"by_job": 10, "by_answers": 1, "difference": 9});
    assert_eq!(world.json(&[], 0)["finish_count"], finish_count);
    let alike = World::new(company(job(json!({})))).await;
    assert!(!stderr(&alike.absent(&[])).contains("note"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_reported_once_counts_answers_of_14_days() {
    let today = (chrono::Utc::now() + chrono::TimeDelta::hours(8)).date_naive();
    let long_ago = today - chrono::Days::new(13);
    let builder = company(job(json!({"report_type": 1, "finish_cnt": 2})));
    let builder = builder.answers("job1", long_ago, vec![by("zhang")]).answers("job1", today, vec![by("chen")]);
    let world = World::new(builder).await;
    let output = world.command(&["absent", "job1", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "older answers are no failure");
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(userids(&list[0]["absent"]), ["wang"]);
    assert_eq!(list[0]["incomplete"]["older_answers"], true);
    let days: BTreeSet<_> = world
        .0
        .requests()
        .iter()
        .filter_map(|request| {
            let is_answers = request.endpoint() == "get_report_answer";
            is_answers.then(|| serde_json::from_str::<Value>(request.body()).unwrap()["date"].to_string())
        })
        .collect();
    assert_eq!(days.len(), 14, "{days:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_is_100_only_if_all_have_reported() {
    let file: String = (0..2_000).map(|number| format!("user{number},Name,Sales\n")).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roster.csv");
    std::fs::write(&path, format!("userid,name,department\n{file}")).unwrap();
    for (reported, percent) in [(1_999, "99.9%"), (2_000, "100%"), (0, "0%")] {
        let answers = (0..reported).map(|number| by(&format!("user{number}"))).collect();
        let world = World::new(company(job(json!({"finish_cnt": reported}))).answers("job1", friday(), answers)).await;
        let shown = stdout(&world.absent(&["--roster", path.to_str().unwrap()]));
        assert!(shown.lines().next().unwrap().ends_with(&format!("reported: {reported} ({percent})")), "{shown}");
    }
}
