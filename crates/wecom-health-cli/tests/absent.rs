//! Who has not reported, as people and scripts see it: the list, what it says when it is incomplete, and what it costs.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;
use wecom_health_emulator::{App, Emulator, EmulatorBuilder, Fault, FaultRule, NaiveDate};

/// A Friday.
const FRIDAY: &str = "2020-03-27";
/// Names of the tests' people, which nothing but the lists may show.
const NAMES: [&str; 4] = ["Wang", "Zhang", "Chen", "Liu"];

fn friday() -> NaiveDate {
    FRIDAY.parse().unwrap()
}

fn job(fields: Value) -> Value {
    let mut job = json!({
        "title": "Daily", "creator": "boss", "type": 1, "report_type": 2, "skip_weekend": 0, "finish_cnt": 1,
        "apply_range": {"partyids": [2]},
    });
    job.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    job
}

fn by(userid: &str) -> Value {
    json!({"id_type": 1, "userid": userid})
}

/// A company in which department 1 has 2, and 2 has 3; Wang and Zhang are in 2, Chen is in 3, Liu in 1. Wang has reported.
fn company(job: Value) -> EmulatorBuilder {
    let builder = Emulator::builder().department(1, 0).department(2, 1).department(3, 2);
    let builder = builder.member("wang", "Wang", &[2]).member("zhang", "Zhang", &[2]);
    let builder = builder.member("chen", "Chen", &[3]).member("liu", "Liu", &[1]);
    builder.job("job1", job).answers("job1", friday(), vec![by("wang")]).no_rate_limits()
}

/// An emulator and what runs the command against it.
struct World(Emulator);

impl World {
    async fn new(builder: EmulatorBuilder) -> Self {
        Self(builder.start().await.unwrap())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let config = self.0.client_config();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wecom-health"));
        command.args(["--base-url", &config.base_url]).args(arguments).env("LC_ALL", "C").env_remove("COLUMNS");
        command.env("WECOM_CORP_ID", &config.corp_id).env("WECOM_CORP_SECRET", &config.secret);
        command
    }

    /// Runs `absent` for the Friday. Its stderr never names anybody.
    fn absent(&self, arguments: &[&str]) -> Output {
        let output = self.command(&[&["absent", "--date", FRIDAY], arguments].concat()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!NAMES.iter().any(|name| stderr.contains(name)), "{stderr}");
        output
    }

    /// What `absent --json` prints of its only job, with this exit code.
    fn json(&self, arguments: &[&str], code: i32) -> Value {
        let output = self.absent(&[&["--json"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let mut lists: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(lists.len(), 1);
        lists.remove(0)
    }

    /// The values of a parameter in the requests to an endpoint, in their order.
    fn departments_asked(&self, endpoint: &str) -> Vec<i64> {
        let requests = self.0.requests();
        let asked = requests.iter().filter(|request| request.endpoint() == endpoint);
        let ids = asked.map(|request| {
            let id = request.expose_query().split('&').find_map(|pair| pair.strip_prefix("department_id="));
            id.unwrap().parse().unwrap()
        });
        ids.collect()
    }
}

fn userids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|person| person["userid"].as_str().unwrap()).collect()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What `absent` shows of a file as the roster.
async fn with_roster(file: &[u8], arguments: &[&str]) -> (Output, World) {
    let world = World::new(company(job(json!({})))).await;
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("roster.csv");
    std::fs::write(&path, file).unwrap();
    let output = world.absent(&[&["--roster", path.to_str().unwrap()], arguments].concat());
    (output, world)
}

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
async fn a_roster_needs_no_address_book() {
    let file =
        "userid;name;department\r\nWANG;Wang;Sales\r\nzhang;Zhang;Sales\r\nzhang;Zhang;Board\r\nZhang;;Sales\r\n";
    let (output, world) = with_roster(file.as_bytes(), &[]).await;
    let list = "Not reported: 1 of 2 expected; reported: 1 (50%)\nDaily (job1), 2020-03-27\n\n\
                Name   Userid  Department\nZhang  zhang   Sales, Board\n";
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), list.to_owned()), "duplicates count once");
    let asked: BTreeSet<_> = world.0.requests().iter().map(|request| request.endpoint().to_owned()).collect();
    let expected = ["get_report_answer", "get_report_job_info", "get_report_jobids", "gettoken"].map(str::to_owned);
    assert_eq!(asked, expected.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_in_gbk_is_read() {
    // 账号,姓名,部门 and zhang,张雨晴,销售部
    let mut file = b"\xd5\xcb\xba\xc5,\xd0\xd5\xc3\xfb,\xb2\xbf\xc3\xc5\r\n".to_vec();
    file.extend(b"zhang,\xd5\xc5\xd3\xea\xc7\xe7,\xcf\xfa\xca\xdb\xb2\xbf\r\n");
    let (output, _world) = with_roster(&file, &["--csv"]).await;
    let rows = "\u{feff}jobid,date,userid,name,department\r\njob1,2020-03-27,zhang,张雨晴,销售部\r\n";
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), rows.to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_roster_is_refused_before_any_request() {
    for (file, message) in [
        (&b""[..], "roster.csv: the roster is empty: add a line for each person"),
        (b"userid,name,department\n", "roster.csv: the roster is empty: add a line for each person"),
        (b"userid,name\nzhang,Zhang\n", "roster.csv: the roster has no column `department` (or "),
        (b"zhang,Zhang,Sales\n", "roster.csv: the first line of the roster has no headings"),
    ] {
        let (output, world) = with_roster(file, &[]).await;
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{output:?}");
        assert!(stderr(&output).contains(message), "{output:?}");
        assert_eq!(world.0.requests().len(), 0);
    }
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
async fn no_jobs_may_be_a_missing_permission() {
    let world = World::new(company(job(json!({}))).app(App::new("ww1", "secret-of-the-test").unlisted())).await;
    let output = world.absent(&[]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    assert!(stderr(&output).contains("no running jobs; if there should be some, add the app"), "{output:?}");
    assert_eq!(stdout(&world.absent(&["--json"])), "[]\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_for_a_spreadsheet_run_no_formulas() {
    let builder = company(job(json!({}))).member("evil", "=HYPERLINK(\"x\")", &[3]).member("-1", "+1", &[3]);
    let world = World::new(builder).await;
    let rows = stdout(&world.absent(&["--csv"]));
    assert!(rows.contains("\r\njob1,2020-03-27,evil,\"'=HYPERLINK(\"\"x\"\")\",3\r\n"), "{rows}");
    assert!(rows.contains("\r\njob1,2020-03-27,'-1,'+1,3\r\n"), "{rows}");
    let departments = stdout(&world.absent(&["--csv", "--by-department"]));
    let expected = "\u{feff}jobid,date,department_id,department,expected,reported,absent,rate\r\n\
                    job1,2020-03-27,2,,2,1,1,0.5000\r\njob1,2020-03-27,3,,3,0,3,0.0000\r\n";
    assert_eq!(departments, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_cannot_control_the_terminal() {
    let world = World::new(company(job(json!({}))).member("evil", "\u{1b}[2J\u{202e}", &[3])).await;
    for format in [&[][..], &["--json"]] {
        let shown = stdout(&world.absent(format));
        assert!(shown.contains("evil") && !shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn names_are_beside_ids_only_if_asked_for() {
    let job = job(
        json!({"creator": "liu", "report_to": {"userids": ["chen"]}, "apply_range": {"partyids": [2], "userids": ["zhang"]}}),
    );
    let world = World::new(company(job)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roster.csv");
    std::fs::write(&path, "userid,name,department\nwang,Wang,\nliu,Liu,\nchen,Chen,\nzhang,Zhang,\n").unwrap();
    for names in [&["--names"][..], &["--roster", path.to_str().unwrap()]] {
        let shown =
            |arguments: &[&str]| stdout(&world.command(&[arguments, &["--date", FRIDAY]].concat()).output().unwrap());
        let answers = shown(&[&["answers", "job1"], names].concat());
        assert!(answers.contains("Wang wang"), "{answers}");
        let job = shown(&[&["job", "job1"], names].concat());
        for beside in ["liu (Liu)", "chen (Chen)", "zhang (Zhang)"] {
            assert!(job.contains(beside), "{job}");
        }
        for command in ["answers", "job"] {
            assert!(!NAMES.iter().any(|name| shown(&[command, "job1"]).contains(name)));
            let refused = world.command(&[&[command, "job1", "--json"], names].concat()).output().unwrap();
            assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_refused_are_a_notice() {
    let refused = FaultRule::new(Fault::ErrCode(60011)).endpoint("user_simplelist").always();
    let world = World::new(company(job(json!({}))).fault(refused)).await;
    for command in ["answers", "job"] {
        let output = world.command(&[command, "job1", "--date", FRIDAY, "--names"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(stderr(&output).contains("some names are missing: the server refuses a part of the address book"));
    }
}

/// The text of a guide; nothing in a packaged crate, which is without the workspace's documents.
fn guide(name: &str) -> Option<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let is_workspace = root.join("schema/health.schema.json").exists();
    is_workspace.then(|| std::fs::read_to_string(root.join("docs").join(name)).unwrap())
}

/// The blocks of a document in this language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let blocks = text.split(&fence).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// The guides' roster, command, script and line for cron, as they are written, but with an emulator as the server.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_guides_say_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for text in ["absent-list.md", "absent-list.zh-CN.md"].into_iter().filter_map(guide) {
        let refused = FaultRule::new(Fault::ErrCode(60011)).endpoint("school_user_list");
        let job = job(json!({"type": 2, "apply_range": {"partyids": [3, 4_294_967_296_i64]}}));
        let world = World::new(Emulator::builder().samples().job("jobid2", job)).await;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("absent");
        std::fs::create_dir(&folder).unwrap();
        let config = world.0.client_config();
        let command =
            format!("#!/bin/sh\nexec {} --base-url {} \"$@\"\n", env!("CARGO_BIN_EXE_wecom-health"), config.base_url);
        let wrapper = home.path().join(".cargo/bin/wecom-health");
        std::fs::create_dir_all(wrapper.parent().unwrap()).unwrap();
        std::fs::write(&wrapper, command).unwrap();
        std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o700)).unwrap();
        let credentials = format!("WECOM_CORP_ID={}\nWECOM_CORP_SECRET={}\n", config.corp_id, config.secret);
        std::fs::write(folder.join("wecom.env"), &credentials).unwrap();
        let sh = |script: &str| {
            let mut shell = Command::new("sh");
            shell
                .args(["-c", script])
                .env_clear()
                .env("PATH", std::env::var("PATH").unwrap())
                .env("HOME", home.path())
                .env("LC_ALL", "C");
            shell.current_dir(&folder).output().unwrap()
        };
        let (scripts, cron) = (blocks(&text, "sh"), blocks(&text, "text"));
        assert_eq!((scripts.len(), cron.len()), (2, 1));

        std::fs::write(folder.join("class.csv"), &blocks(&text, "csv")[0]).unwrap();
        let with_roster = format!("PATH=$HOME/.cargo/bin:$PATH; set -a; . ./wecom.env; {}", scripts[0]);
        assert!(stdout(&sh(&with_roster)).starts_with("Not reported: 1 of 2 expected; reported: 1 (50%)\n"));

        std::fs::write(folder.join("absent.sh"), &scripts[1]).unwrap();
        let line = cron[0].lines().last().unwrap();
        let line = line.strip_prefix("0 10 * * 1-5 ").unwrap();
        let rows = || std::fs::read_to_string(folder.join("absent.csv")).unwrap().lines().count() - 1;
        let complete = sh(line);
        assert_eq!((complete.status.code(), stderr(&complete), rows()), (Some(0), String::new(), 4));
        let mode = folder.join("absent.csv").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "only the user may read it");
        world.0.add_fault(refused.clone().times(1));
        let partial = sh(line);
        assert_eq!(partial.status.code(), Some(5));
        assert!(stderr(&partial).contains("error: the list is incomplete") && rows() < 4, "{partial:?}");
        world.0.add_fault(refused.always());
        let before = rows();
        assert_eq!((sh(line).status.code(), rows()), (Some(3), before), "the last list is kept");
        assert!(!folder.join("absent.csv.new").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_explain_every_reason_and_no_other() {
    let world = World::new(company(job(json!({})))).await;
    let list = world.json(&[], 0);
    let reasons: BTreeSet<_> = list["incomplete"].as_object().unwrap().keys().cloned().collect();
    let reason = |line: &str| line.strip_prefix("| `").and_then(|rest| rest.split('`').next()).map(str::to_owned);
    for text in ["absent-list.md", "absent-list.zh-CN.md"].into_iter().filter_map(guide) {
        assert_eq!(text.lines().filter_map(reason).collect::<BTreeSet<_>>(), reasons);
    }
}
