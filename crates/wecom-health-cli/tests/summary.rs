//! `wecom-health summary`: the numbers in the terminal and as JSON, and a page that is safe to open.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use support::command_at;
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;
use wecom_health_emulator::{Emulator, EmulatorBuilder, Fault, FaultRule, NaiveDate};

mod support;

const FRIDAY: &str = "2020-03-27";

fn friday() -> NaiveDate {
    FRIDAY.parse().unwrap()
}

fn question(id: i64, title: &str, kind: i64, options: &[&str]) -> Value {
    let options: Vec<_> = (1..).zip(options).map(|(id, text)| json!({"option_id": id, "option_text": text})).collect();
    json!({"question_id": id, "title": title, "question_type": kind, "is_required": 1, "option_list": options})
}

fn job(fields: Value) -> Value {
    let questions = [
        question(1, "Any symptoms?", 3, &["发热", "cough <b>", "none"]),
        question(2, "Temperature", 1, &[]),
        question(3, "At work?", 2, &["yes", "no"]),
    ];
    let mut job = json!({
        "title": "Daily <script>alert(1)</script>", "creator": "boss", "type": 1, "report_type": 2, "skip_weekend": 0, "finish_cnt": 3,
        "apply_range": {"partyids": [2]}, "question_templates": questions,
    });
    job.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    job
}

fn answer(userid: &str, values: &Value) -> Value {
    json!({"id_type": 1, "userid": userid, "report_time": 1_585_267_200, "report_values": values})
}

/// A department with Wang, Zhang and Chen, of whom Wang and Chen answered, and Liu, whom nobody expects.
fn company(job: Value) -> EmulatorBuilder {
    let answers = vec![
        answer(
            "wang",
            &json!([{"question_id": 1, "multi_choice": [1, 2]}, {"question_id": 2, "text": "</script><script>alert(2)"}]),
        ),
        answer(
            "chen",
            &json!([{"question_id": 1, "multi_choice": [2]}, {"question_id": 3, "single_choice": 2}, {"question_id": 9, "text": "<i>"}]),
        ),
        answer("liu", &json!([{"question_id": 3, "single_choice": 7}])),
    ];
    let builder = Emulator::builder().department(1, 0).department(2, 1);
    let builder =
        builder.member("wang", "Wang <img src=x>", &[2]).member("zhang", "Zhang", &[2]).member("chen", "Chen", &[2]);
    builder.member("liu", "Liu", &[1]).job("job1", job).answers("job1", friday(), answers).no_rate_limits()
}

/// An emulator, and a folder for pages.
struct World(Emulator, TempDir);

impl World {
    async fn new(builder: EmulatorBuilder) -> Self {
        Self(builder.start().await.unwrap(), tempfile::tempdir().unwrap())
    }

    fn page(&self) -> PathBuf {
        self.1.path().join("page.html")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let day = if arguments.contains(&"--date") { &[][..] } else { &["--date", FRIDAY] };
        command_at(&self.0, &[&["summary"], arguments, day].concat()).current_dir(self.1.path()).output().unwrap()
    }

    /// Runs it with this exit code, and returns stdout and stderr without the warning that says how long ago the day is.
    fn shown(&self, arguments: &[&str], code: i32) -> (String, String) {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        let is_kept = |line: &&str| !line.starts_with("warning: ") && !line.starts_with("警告：");
        let said = said.lines().filter(is_kept).map(|line| line.to_owned() + "\n").collect();
        (String::from_utf8(output.stdout).unwrap(), said)
    }

    fn written(&self, arguments: &[&str]) -> String {
        self.shown(&[arguments, &["--html", "page.html", "--force"]].concat(), 0);
        fs::read_to_string(self.page()).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_fit_80_columns_in_both_languages() {
    let world = World::new(company(job(json!({})))).await;
    for language in ["en", "zh"] {
        let (shown, said) = world.shown(&["job1", "--lang", language, "--names"], 0);
        assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
        assert_eq!(said, "");
        insta::assert_snapshot!(format!("numbers.{language}"), shown);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_titles_and_options_fit_80_columns() {
    let questions = [question(1, &"很长的题目".repeat(30), 2, &[&"很长的选项".repeat(30), "short"])];
    let world = World::new(company(job(json!({"question_templates": questions})))).await;
    let (shown, _) = world.shown(&["job1"], 0);
    assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
    assert!(shown.contains("short"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_how_many_is_said_with_a_roster_alone() {
    let world = World::new(company(job(json!({})))).await;
    fs::write(world.1.path().join("roster.csv"), "userid,name,department\nwang,W,A\nzhang,Z,A\nchen,C,B\nli,L,B\n")
        .unwrap();
    for (arguments, first) in [
        (&["job1"][..], "Answers: 3"),
        (&["job1", "--names"], "Not reported: 1 of 3 expected; reported: 2 (66.7%)"),
        (&["job1", "--roster", "roster.csv"], "Not reported: 2 of 4 expected; reported: 2 (50%)"),
    ] {
        let (shown, _) = world.shown(arguments, 0);
        assert_eq!(shown.lines().next(), Some(first), "{arguments:?}");
    }
    assert_eq!(world.0.count("user_simplelist"), 1, "the address book is read where it was asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_has_counts_and_the_absent() {
    let world = World::new(company(job(json!({})))).await;
    let document: Value = serde_json::from_str(&world.shown(&["job1", "--json", "--names"], 0).0).unwrap();
    assert_eq!(
        (&document["jobid"], &document["date"], &document["answers"]),
        (&json!("job1"), &json!(FRIDAY), &json!(3))
    );
    let symptoms = &document["questions"][0];
    assert_eq!((&symptoms["answered"], &symptoms["options"][1]["count"]), (&json!(2), &json!(2)));
    assert_eq!(document["absentees"]["absent"][0]["userid"], "zhang");
    let without: Value = serde_json::from_str(&world.shown(&["job1", "--json"], 0).0).unwrap();
    assert_eq!(without["absentees"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_reported_once_counts_all_kept_days() {
    let today = chrono::Utc::now().with_timezone(&chrono::FixedOffset::east_opt(8 * 3_600).unwrap()).date_naive();
    let builder = company(job(json!({"report_type": 1}))).answers("job1", today, vec![answer("wang", &json!([]))]);
    let earlier = today - chrono::Days::new(3);
    let world = World::new(builder.answers("job1", earlier, vec![answer("chen", &json!([]))])).await;
    let (shown, _) = world.shown(&["job1", "--date", &today.to_string()], 0);
    assert!(shown.starts_with("Answers: 2\n") && shown.contains("All answers of the latest 14 days"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_cannot_be_seen_make_it_incomplete() {
    let refused = FaultRule::new(Fault::ErrCode(60011)).endpoint("user_simplelist").always();
    let range = json!({"apply_range": {"partyids": [2], "userids": ["wang"]}});
    let world = World::new(company(job(range)).fault(refused)).await;
    let (shown, said) = world.shown(&["job1", "--names", "--html", "page.html"], 5);
    assert!(shown.is_empty() && said.contains("the list is incomplete"), "{said}");
    let page = fs::read_to_string(world.page()).unwrap();
    assert!(page.contains("Incomplete, because the server does not show the people of department 2"), "{page}");
    assert!(page.contains("Not reported (incomplete)") && !page.contains("Nobody."), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_seen_is_not_taken_for_nobody_absent() {
    let refused = FaultRule::new(Fault::ErrCode(60011)).endpoint("user_simplelist").always();
    let world = World::new(company(job(json!({}))).fault(refused)).await;
    let (shown, said) = world.shown(&["job1", "--names"], 3);
    assert!(shown.starts_with("Answers: 3\n") && shown.contains("Incomplete, because"), "{shown}");
    assert!(said.contains("error: nobody could be seen"), "{said}");
    world.shown(&["job1", "--names", "--html", "page.html"], 3);
    let page = fs::read_to_string(world.page()).unwrap();
    assert!(
        page.contains("nobody could be seen") && !page.contains("Not reported") && !page.contains("Nobody."),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_text_of_the_page_is_escaped() {
    let world = World::new(company(job(json!({})))).await;
    let page = world.written(&["job1", "--names"]);
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
    for harmless in [
        "&lt;script&gt;alert(1)",
        "&lt;/script&gt;&lt;script&gt;alert(2)",
        "cough &lt;b&gt;",
        "Wang &lt;img",
        "&lt;i&gt;",
    ] {
        assert!(page.contains(harmless), "{harmless}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_may_load_nothing() {
    let world = World::new(company(job(json!({})))).await;
    let page = world.written(&["job1", "--names"]);
    let text = page.to_lowercase();
    for from_elsewhere in ["src=", "href=", "url(", "@import", "fetch(", "xmlhttp", "style=\"", "onclick"] {
        // What people wrote stands as text, with its quotation marks and brackets escaped.
        assert!(!text.replace("&lt;img src=x&gt;", "").contains(from_elsewhere), "{from_elsewhere}");
    }
    let own = |element: &str| {
        let (_, rest) = page.split_once(&format!("<{element}>")).unwrap();
        let text = rest.split(&format!("</{element}>")).next().unwrap();
        BASE64_STANDARD.encode(hmac_sha256::Hash::hash(text.as_bytes()))
    };
    let (style, script) = (own("style"), own("script"));
    let policy =
        format!("default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'");
    assert!(page.contains(&policy), "{}", &page[..800]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_one_language() {
    let world = World::new(company(job(json!({})))).await;
    let (english, chinese) = (world.written(&["job1", "--names"]), world.written(&["job1", "--names", "--lang", "zh"]));
    assert!(english.contains("<html lang=\"en\">") && chinese.contains("<html lang=\"zh-CN\">"));
    for (word, term) in [("Not reported", "未填报"), ("Questions", "问题"), ("Search", "搜索"), ("Reporter", "填写人")]
    {
        assert!(english.contains(word) && !english.contains(term), "{word}");
        assert!(chinese.contains(term) && !chinese.contains(word), "{term}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_the_user_can_read_the_page() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(company(job(json!({})))).await;
    world.written(&["job1"]);
    assert_eq!(fs::metadata(world.page()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(world.1.path()).unwrap().count(), 1, "no other file is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_replaced_by_force_alone() {
    let world = World::new(company(job(json!({})))).await;
    fs::write(world.page(), "mine").unwrap();
    let (shown, said) = world.shown(&["job1", "--html", "page.html"], 2);
    assert!(
        shown.is_empty() && said.contains("page.html is there already: name another file, or add --force"),
        "{said}"
    );
    assert_eq!(world.0.requests().len(), 0, "nothing was fetched");
    assert_eq!(fs::read_to_string(world.page()).unwrap(), "mine");
    assert!(world.written(&["job1"]).contains("<!DOCTYPE html>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_written_leaves_nothing() {
    let world = World::new(company(job(json!({})))).await;
    for (file, code, line) in [
        (".", 2, "error: . is a folder: name a file with --html\n"),
        ("no/page.html", 1, "error: cannot write no/page.html: "),
    ] {
        let (shown, said) = world.shown(&["job1", "--html", file], code);
        assert!(shown.is_empty() && said.starts_with(line) && said.lines().count() == 1, "{said}");
    }
    assert_eq!(fs::read_dir(world.1.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_leaves_out_is_said() {
    let long = "长".repeat(300);
    let mut answers: Vec<_> = (0..5_001)
        .map(|number| answer(&format!("user{number}"), &json!([{"question_id": 3, "single_choice": 1}])))
        .collect();
    answers[0] = answer("wang", &json!([{"question_id": 2, "text": long}]));
    let world = World::new(company(job(json!({}))).answers("job1", friday(), answers)).await;
    let (shown, said) = world.shown(&["job1", "--html", "page.html"], 0);
    assert_eq!(shown, "");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "page.html: answers: 5001");
    assert!(
        lines[1].starts_with("not in the page: 1 of 5001 answers") && lines[2].contains("the ends of long texts"),
        "{said}"
    );
    let page = fs::read_to_string(world.page()).unwrap();
    assert!(page.contains("5000 of 5001<") && page.contains("Not in this page: 1 of 5001 answers"));
    assert!(
        page.contains("<span class=\"number\">5000 · 100%</span>"),
        "the chart counts all who answered the question"
    );
    assert!(!page.contains(&long));
}

/// A school with two classes of the same name, in one of which everybody has reported.
fn school(fields: Value) -> EmulatorBuilder {
    let mut school = job(json!({"type": 2, "skip_weekend": 1, "apply_range": {"partyids": [1]}, "finish_cnt": 3}));
    school.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let builder = Emulator::builder().school_department(1, 0, "小学").school_department(2, 1, "一班");
    let builder = builder.school_department(3, 1, "一班").school_department(4, 1, "二班");
    let builder = builder.student("s1", "同名", &[2], &["p1"]).student("s2", "同名", &[2], &["p2"]);
    let builder = builder.student("s3", "独名", &[3], &["p3"]).student("s4", "四", &[4], &["p4"]).student(
        "s5",
        "五",
        &[3],
        &["p5"],
    );
    let by = |student: &str, values: Value| json!({"id_type": 2, "student_userid": student, "parent_userid": "p", "report_values": values});
    let answers = vec![
        by("s4", json!([{"question_id": 3, "single_choice": 1}])),
        by("s5", json!([{"question_id": 3, "single_choice": 2}, {"question_id": 1, "multi_choice": [1, 3]}])),
        by("away", json!([{"question_id": 3, "single_choice": 1}])),
    ];
    builder.job("job1", school).answers("job1", friday(), answers).no_rate_limits()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_who_is_absent_class_by_class() {
    let page = World::new(school(json!({}))).await.written(&["job1", "--names", "--lang", "zh"]);
    let section = page.split("<h2>未填报</h2>").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(
        section.contains("<h3>一班（2） ") && section.contains("<h3>一班（3） "),
        "classes of the same name: {section}"
    );
    assert!(section.contains("<li>同名 <small>s1</small></li><li>同名 <small>s2</small></li>"), "{section}");
    assert!(section.contains("<li>独名</li>") && !section.contains("五"), "{section}");
    assert!(section.contains("全部已填报的部门：二班</p>"), "{section}");
    assert!(section.contains("已填报，但不在应填报之列：1 人") && section.contains("<li>away</li>"), "{section}");
    assert!(page.contains("不在应填报之列、但图表已计入其填报的人数：1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bars_are_as_long_as_their_numbers_say() {
    let page = World::new(school(json!({}))).await.written(&["job1", "--names"]);
    let chart = page.split("<h3>At work?</h3>").nth(1).unwrap().split("</article>").next().unwrap();
    let widths: Vec<_> =
        chart.split("class=\"part\" width=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(widths, ["133", "67"], "two and one of three, of a width of 200");
    assert!(chart.contains("2 · 66.7%") && chart.contains("1 · 33.3%"), "{chart}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_what_is_special_about_the_day() {
    let saturday = "2020-03-28";
    for (fields, date, sentence) in [
        (json!({}), saturday, "Nobody has to report: it is a weekend."),
        (json!({"report_type": 1}), FRIDAY, "All answers of the latest 14 days up to this day count"),
        (json!({}), FRIDAY, "and the vendor keeps 14 days"),
    ] {
        let page = World::new(school(fields)).await.written(&["job1", "--names", "--date", date]);
        assert!(page.contains(sentence), "{sentence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_departments_beyond_the_limits_are_counted() {
    let mut builder = company(job(json!({})));
    for number in 0..2_100 {
        builder = builder.member(&format!("m{number:04}"), &"名".repeat(20), &[2]);
    }
    let world = World::new(builder).await;
    let (_, said) = world.shown(&["job1", "--names", "--html", "page.html"], 0);
    let page = fs::read_to_string(world.page()).unwrap();
    assert_eq!(page.matches("<small>m").count(), 2_000, "of 2,100 and Zhang");
    assert!(said.contains("not in the page: 101 of those who have not reported"), "{said}");
    assert!(page.contains("<li>and 101 more</li>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_questions_fit_into_little_memory() {
    let questions: Vec<_> = (1..=3_000).map(|id| question(id, "title", 1, &[])).collect();
    let values: Vec<_> = (1..=3_000).map(|id| json!({"question_id": id, "text": "x"})).collect();
    let answers = (0..20).map(|number| answer(&format!("user{number}"), &json!(values))).collect();
    let builder = company(job(json!({"question_templates": questions}))).answers("job1", friday(), answers);
    let world = World::new(builder).await;
    let (_, said) = world.shown(&["job1", "--html", "page.html"], 0);
    assert!(said.contains("not in the page: 2900 of the questions, in the table"), "{said}");
    let page = fs::read_to_string(world.page()).unwrap();
    assert_eq!((page.matches("<th scope=\"col\"").count(), page.matches("<td").count()), (102, 20 * 101));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_stays_below_3_mb_whatever_comes() {
    let text = "&".repeat(500);
    let options: Vec<_> = (0..300).map(|_| text.as_str()).collect();
    let questions: Vec<_> = (1..=20).map(|id| question(id, &text, 3, &options)).collect();
    let values: Vec<_> = (1..=20).map(|id| json!({"question_id": id, "text": text})).collect();
    let answers = (0..200).map(|number| answer(&format!("{number}{text}"), &json!(values))).collect();
    let mut builder =
        company(job(json!({"title": text, "question_templates": questions}))).answers("job1", friday(), answers);
    for number in 0..3_000 {
        builder = builder.member(&format!("{number}{}", "&".repeat(60)), &text, &[2]);
    }
    let world = World::new(builder).await;
    let page = world.written(&["job1", "--names"]);
    assert!(page.len() < 3_000_000, "{}", page.len());
}
