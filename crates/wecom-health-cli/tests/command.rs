//! The command as people run it: data on stdout, one clear line on stderr, and an exit code that says which.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{command, command_at};
use unicode_width::UnicodeWidthStr;
use wecom_health::model::{Answer, Described, HealthReportStat, JobInfo, Shape};
use wecom_health_emulator::{Emulator, Fault};

mod support;

fn sample_job() -> Value {
    serde_json::from_str(include_str!("job_info.json")).unwrap()
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// The only line on stderr of a command that must fail with this exit code and print nothing.
fn refusal(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    let beside = ["using the emulator at ", "warning: other users of this machine can read the secret"];
    let lines: Vec<_> = stderr.lines().filter(|line| !beside.iter().any(|start| line.starts_with(start))).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines[0].to_owned()
}

/// Every view in both languages. No line is wider than a terminal of 80 columns.
#[test]
fn every_view_fits_80_columns_in_both_languages() {
    for language in ["en", "zh"] {
        for (name, arguments) in [
            ("jobs", &["jobs"][..]),
            ("job", &["job", "jobid1"]),
            ("job_with_all_kinds", &["job", "jobid2"]),
            ("answers", &["answers", "jobid1"]),
            ("answers_as_blocks", &["answers", "jobid2", "--date", "yesterday"]),
            ("stat", &["stat"]),
        ] {
            let shown = shown(&[&["--emulator", "--lang", language], arguments].concat());
            assert_fits_80_columns(&shown);
            insta::assert_snapshot!(format!("{name}.{language}"), shown);
        }
    }
}

fn assert_fits_80_columns(shown: &str) {
    for line in shown.lines() {
        assert!(line.width() <= 80, "{line}");
    }
}

/// A job whose answers are shown as blocks in 80 columns, because it has many questions.
fn job_with_many_questions() -> Value {
    let mut job = sample_job();
    let question = |id| serde_json::json!({"question_id": id, "title": "9", "question_type": 1, "is_required": 0});
    job["question_templates"] = (1..=6).map(question).collect();
    job
}

/// The longest ids that the vendor allows, and a link that is longer than any.
#[tokio::test(flavor = "multi_thread")]
async fn blocks_with_long_ids_and_links_fit_80_columns() {
    let link = format!("https://wecom.example/{}", "s".repeat(100_000));
    let answer = |parent: &str| {
        serde_json::json!({
            "id_type": 2, "student_userid": "s".repeat(64), "parent_userid": parent, "report_time": 1_585_267_200,
            "report_values": [{"question_id": 1, "url": link}],
        })
    };
    let answers = vec![answer(&"p".repeat(64)), answer("p")];
    let (_emulator, run) = emulator_with(job_with_many_questions(), answers).await;
    for language in ["en", "zh"] {
        let output = run(&["--lang", language, "answers", "jobid1", "--date", "2020-03-27"]).output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert_fits_80_columns(&shown);
        assert_eq!(shown.matches("    2020-03-27 08:00:00\n").count(), 2, "each time is whole: {shown}");
        assert_eq!(shown.matches('…').count(), 2, "each link is cut: {shown}");
    }
}

/// Two students whose ids, as long as the vendor allows, differ in the last letter.
#[tokio::test(flavor = "multi_thread")]
async fn no_reporter_is_cut_in_a_table() {
    let id = |letter: &str, number| format!("{}{number}", letter.repeat(63));
    let answer =
        |number| serde_json::json!({"id_type": 2, "student_userid": id("s", number), "parent_userid": id("p", number)});
    let (_emulator, run) = emulator_with(sample_job(), vec![answer(1), answer(2)]).await;
    for columns in [80, 120] {
        let mut command = run(&["answers", "jobid1", "--date", "2020-03-27"]);
        let output = command.env("COLUMNS", columns.to_string()).output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.starts_with("Reporter") && !shown.contains("Other questions"), "{shown}");
        assert!(shown.lines().all(|line| line.width() <= columns), "{shown}");
        let ids: String = shown.split_whitespace().collect();
        for number in [1, 2] {
            assert!(ids.contains(&format!("{}({})", id("s", number), id("p", number))), "{shown}");
        }
    }
}

#[test]
fn columns_counts_where_stdout_is_no_terminal() {
    for (columns, is_table) in
        [("200", true), ("18446744073709551615", true), ("0", false), ("-200", false), ("wide", false), ("", false)]
    {
        let mut command = command(&["--emulator", "answers", "jobid2", "--date", "yesterday"]);
        let output = command.env("COLUMNS", columns).output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert_eq!(shown.starts_with("Reporter "), is_table, "{columns}: {shown}");
    }
}

/// All strings in a value.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(strings).collect(),
        Value::Object(fields) => fields.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// The Chinese labels of a shape, with those of the shapes in it.
fn chinese_labels(shape: Shape) -> Vec<String> {
    match shape {
        Shape::Object { fields, .. } => fields
            .iter()
            .flat_map(|field| [vec![field.label.chinese.to_owned()], chinese_labels(field.shape)].concat())
            .collect(),
        Shape::List(item) => chinese_labels(*item),
        Shape::Coded(known) | Shape::Sparse(known) => {
            known.iter().map(|known| known.label.chinese.to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

/// A text without these parts of it, whole or cut.
fn without(text: &str, parts: &[String]) -> String {
    let cut = parts.iter().flat_map(|part| part.char_indices().map(|(end, _)| format!("{}…", &part[..end])));
    let mut parts: Vec<_> = parts.iter().cloned().chain(cut).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts.iter().fold(text.to_owned(), |text, part| text.replace(part, ""))
}

/// Whether a character is Chinese writing or punctuation.
fn is_chinese(char: char) -> bool {
    char.len_utf8() > 1 && char != '…'
}

/// Fails if a view holds the other language, or its punctuation, outside of what the server sent.
fn assert_one_language(language: &str, shown: &str, sent: &[String]) {
    let own = without(shown, sent);
    if language == "en" {
        assert!(!own.contains(is_chinese), "{own}in:\n{shown}");
    } else {
        // Labels of the schema and the heading of `jobs` have Latin letters of the vendor's own terms.
        let labels = [JobInfo::SHAPE, Answer::SHAPE, HealthReportStat::SHAPE].into_iter().flat_map(chinese_labels);
        let rest = without(&own, &labels.chain(["任务ID".to_owned()]).collect::<Vec<_>>());
        assert!(!rest.contains(|char: char| char.is_ascii_alphabetic()), "{rest}in:\n{shown}");
        assert!(![", ", ": ", "("].iter().any(|punctuation| rest.contains(punctuation)), "{rest}in:\n{shown}");
    }
}

#[test]
fn each_view_is_in_one_language() {
    let views = [
        &["jobs"][..],
        &["job", "jobid1"],
        &["job", "jobid2"],
        &["answers", "jobid1"],
        &["answers", "jobid2", "--date", "yesterday"],
        &["stat"],
    ];
    let json =
        |view: &[&str]| serde_json::from_str(&shown(&[&["--emulator"][..], view, &["--json"]].concat())).unwrap();
    let sent: Vec<_> = views.into_iter().flat_map(|view| strings(&json(view))).collect();
    for view in views {
        for language in ["en", "zh"] {
            let shown = shown(&[&["--emulator", "--lang", language], view].concat());
            assert_one_language(language, &shown, &sent);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_is_shown_in_one_language() {
    let table = serde_json::json!({"title": "1", "creator": "2", "type": 9, "report_type": 9, "skip_weekend": 9,
        "finish_cnt": 0, "question_templates": [{"question_id": 1, "title": "3", "question_type": 9, "is_required": 9}]});
    let answer = serde_json::json!({"id_type": 9, "report_values": [
        {"question_id": 1, "multi_choice": [8, 9]}, {"question_id": 99, "itinerary_card_type": 9},
    ]});
    for job in [table, job_with_many_questions()] {
        let sent = strings(&job);
        let (_emulator, run) = emulator_with(job, vec![answer.clone()]).await;
        for command in ["job", "answers"] {
            for language in ["en", "zh"] {
                let arguments = ["--lang", language, command, "jobid1", "--date", "2020-03-27"];
                let shown = String::from_utf8(run(&arguments).output().unwrap().stdout).unwrap();
                assert!(shown.contains('9'), "{shown}");
                assert_one_language(language, &shown, &sent);
            }
        }
    }
}

#[test]
fn the_language_is_that_of_the_locale() {
    let run = |variables: &[(&str, &str)]| {
        let mut command = command(&["--emulator", "stat"]);
        let output = command.env_remove("LC_ALL").envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains("应用使用次数")
    };
    // Elsewhere the system may answer.
    if cfg!(target_os = "linux") {
        assert!(!run(&[]), "English where nothing is set");
        assert!(!run(&[("LANGUAGE", "zh_CN:zh")]), "not the variable of gettext");
    }
    assert!(run(&[("LANG", "zh_CN.UTF-8")]));
    assert!(run(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_TW")]));
    assert!(!run(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]));
    assert!(run(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")]), "an empty variable is not set");
    assert!(!run(&[("LANGUAGE", "zh_CN:zh"), ("LC_ALL", "C")]));
    assert!(run(&[("LANGUAGE", "en"), ("LANG", "zh_CN.UTF-8")]));
    assert!(!run(&[("LANG", "de_DE.UTF-8")]));
}

#[test]
fn messages_are_in_the_language_that_was_chosen() {
    for (arguments, english, chinese) in [
        (
            &["job", "nobody"][..],
            "error: /cgi-bin/health/get_report_job_info: errcode 40088: Unknown jobid; check the jobid: only running jobs are listed",
            "错误：/cgi-bin/health/get_report_job_info：错误码 40088：不合法的jobid；请核对 jobid，任务列表只包含进行中的任务",
        ),
        (&["stat", "--date", "2020-03-27"], "warning: 2020-03-27 is ", "警告：2020-03-27 是 "),
    ] {
        for (language, message) in [("en", english), ("zh", chinese)] {
            let output = run(&[&["--emulator", "--lang", language], arguments].concat());
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.lines().any(|line| line.starts_with(message)), "{said}");
        }
    }
    let refused = ["--lang", "zh", "--base-url", "http://127.0.0.1:1", "jobs"];
    let refused = command(&refused).env("WECOM_CORP_ID", "ww1").env("WECOM_CORP_SECRET", "s3cret").output().unwrap();
    let refused = refusal(&refused, 4);
    assert!(refused.starts_with("错误：/cgi-bin/gettoken：无法连接 127.0.0.1:1："), "{refused}");
    assert!(refused.ends_with("，请检查服务器地址和网络"), "{refused}");
    let missing = refusal(&run(&["--lang", "zh", "jobs"]), 3);
    assert_eq!(
        missing,
        "错误：缺少凭据，请设置环境变量 WECOM_CORP_ID 和 WECOM_CORP_SECRET，或用 --credentials 指定凭据文件，或用 --emulator 试用"
    );
}

#[test]
fn a_job_as_json_is_what_the_server_has() {
    let output = run(&["--emulator", "job", "jobid1", "--date", "2020-03-27", "--json"]);
    let job: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sample = sample_job();
    for (name, value) in sample.as_object().unwrap() {
        assert_eq!(job[name], *value, "{name}");
    }
    assert_eq!(job, sample);
    assert_eq!(output.status.code(), Some(0));
}

/// What a command prints that must succeed.
fn shown(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn jobs_as_json_are_their_ids() {
    assert_eq!(shown(&["--emulator", "jobs", "--json"]), "[\n  \"jobid1\",\n  \"jobid2\"\n]\n");
    assert_eq!(shown(&["--emulator", "jobs", "--ndjson"]), "\"jobid1\"\n\"jobid2\"\n");
}

#[test]
fn answers_as_json_are_what_the_server_has() {
    let answers: Value = serde_json::from_str(include_str!("answers.json")).unwrap();
    let document: Value = serde_json::from_str(&shown(&["--emulator", "answers", "jobid1", "--json"])).unwrap();
    assert_eq!(document, answers);
    let lines = shown(&["--emulator", "answers", "jobid1", "--date", "-3", "--ndjson"]);
    let lines: Value = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect();
    assert_eq!(lines, answers);
}

#[test]
fn usage_figures_as_json_are_what_the_server_has() {
    assert_eq!(shown(&["--emulator", "stat", "--json"]), "{\n  \"pv\": 100,\n  \"uv\": 50\n}\n");
}

#[test]
fn a_day_outside_the_window_is_warned_about() {
    for (arguments, warned) in [
        (&["stat", "--date", "-30"][..], false),
        (&["stat", "--date", "-31"], true),
        (&["answers", "jobid1", "--date", "-13"], false),
        (&["answers", "jobid1", "--date", "-14"], true),
        (&["job", "jobid1", "--date", "2020-03-27"], true),
        (&["job", "jobid1", "--date", "9999-12-31"], true),
    ] {
        let output = run(&[&["--emulator"], arguments].concat());
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(message.contains("warning: "), warned, "{arguments:?}: {message}");
        assert!(
            !message.contains("keeps")
                || message.contains("the vendor keeps 14 days")
                || message.contains("keeps 30 days"),
            "{message}"
        );
        assert!(output.status.success() && !output.stdout.is_empty());
    }
}

#[test]
fn wrong_arguments_have_exit_code_2() {
    for (arguments, message) in [
        (&["--emulator", "job", ""][..], "the job id must not be empty"),
        (&["--emulator", "job", "jobid1", "--date", "2020-13-01"], "write it as YYYY-MM-DD"),
        (&["--emulator", "job"], "<JOBID>"),
        (&["--emulator", "--base-url", "https://localhost", "job", "jobid1"], "cannot be used with"),
        (&["jobs1"], "unrecognized subcommand"),
        (&["--emulator", "jobs", "--json", "--ndjson"], "cannot be used with"),
        (&["--emulator", "answers", "jobid1", "--date", "tomorrow"], "write it as YYYY-MM-DD, today, yesterday, or -3"),
        (&["--lang", "de", "jobs"], "write en or zh"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!((said.starts_with("error: ") || arguments.contains(&"--json")) && said.contains(message), "{said}");
    }
}

#[test]
fn wrong_credentials_and_urls_are_one_line() {
    for (arguments, message) in [
        (&["job", "jobid1"][..], "set WECOM_CORP_ID and WECOM_CORP_SECRET in the environment"),
        (&["--credentials", "/does/not/exist", "job", "jobid1"], "cannot read the credentials in /does/not/exist"),
    ] {
        let line = refusal(&run(arguments), 3);
        assert!(line.starts_with("error: ") && line.contains(message), "{line}");
    }
    let half = command(&["job", "jobid1"]).env("WECOM_CORP_ID", "ww1").env("WECOM_CORP_SECRET", "").output().unwrap();
    assert!(refusal(&half, 3).contains("set WECOM_CORP_SECRET in the environment"));
    let http = ["--base-url", "http://wecom.example", "job", "jobid1"];
    let http = command(&http).env("WECOM_CORP_ID", "ww1").env("WECOM_CORP_SECRET", "s3cret").output().unwrap();
    assert!(refusal(&http, 2).contains("use https"));
}

#[test]
fn a_failed_request_is_one_line() {
    let unknown = refusal(&run(&["--emulator", "job", "nobody-has-this"]), 1);
    assert!(unknown.contains("40088") && unknown.contains("check the jobid"), "{unknown}");

    // Port 1 of this machine: nothing listens there.
    let refused = ["--base-url", "http://127.0.0.1:1", "job", "jobid1"];
    let refused = command(&refused).env("WECOM_CORP_ID", "ww1").env("WECOM_CORP_SECRET", "s3cret").output().unwrap();
    let refused = refusal(&refused, 4);
    assert!(refused.starts_with("error: /cgi-bin/gettoken: could not connect to 127.0.0.1:1: "), "{refused}");
    assert!(refused.contains("refused") && refused.ends_with(": check the base URL and the network"), "{refused}");
    assert!(!refused.contains("s3cret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_from_a_file_and_the_day_is_that_of_utc_8() {
    let emulator = Emulator::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    let (corp_id, secret, base_url) = (emulator.corp_id(), emulator.secret(), emulator.base_url());
    let run = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let arguments = ["--credentials", file.to_str().unwrap(), "--base-url", &base_url, "job", "jobid1"];
        // A proxy of the environment is not for this machine: it would get the secret.
        command(&arguments)
            .env("http_proxy", "http://127.0.0.1:1")
            .env("all_proxy", "http://127.0.0.1:1")
            .output()
            .unwrap()
    };
    let today = || (chrono::Utc::now() + chrono::TimeDelta::hours(8)).date_naive();
    let before = today();
    let good = format!("\u{feff}# the app\r\nexport WECOM_CORP_ID = '{corp_id}'\r\nWECOM_CORP_SECRET=\"{secret}\"\r\n");
    let output = run(&good);
    assert!(output.status.success(), "{output:?}");
    let requests = emulator.requests();
    assert_eq!(requests[0].expose_query(), format!("corpid={corp_id}&corpsecret={secret}"));
    let body: Value = serde_json::from_str(requests[1].body()).unwrap();
    let date = body["date"].as_str().unwrap().parse().unwrap();
    assert!((before..=today()).contains(&date), "{date}");

    for (bad, code, message) in [
        (format!("WECOM_CORP_ID={corp_id}\nWECOM_CORP_SECRET_2={secret}\n"), 3, "there is no line WECOM_CORP_SECRET=…"),
        (format!("WECOM_CORP_ID=\nWECOM_CORP_SECRET={secret}\n"), 3, "there is no line WECOM_CORP_ID=…"),
        (format!("WECOM_CORP_ID={corp_id}\nWECOM_CORP_SECRET={secret} # mine\n"), 3, "comments on separate lines"),
        (
            format!("WECOM_CORP_ID={corp_id} 2\nWECOM_CORP_SECRET={secret}\n"),
            2,
            "the corp id contains an invalid character",
        ),
    ] {
        let bad = refusal(&run(&bad), code);
        assert!(bad.contains(message) && !bad.contains(secret), "{bad}");
    }
    assert_eq!(emulator.requests().len(), 2, "nothing was sent without credentials");
}

#[test]
fn without_a_command_the_help_is_shown() {
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("Usage: wecom-health"));
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

/// The documents that show commands, with their text: this crate's, and the workspace's, which are not beside a packaged crate.
fn documents() -> Vec<(String, String)> {
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.join("../..");
    let mut files = vec![own.join("README.md")];
    if root.join("schema/health.schema.json").exists() {
        let guides = std::fs::read_dir(root.join("docs")).unwrap();
        files.extend(
            guides.map(|file| file.unwrap().path()).filter(|file| file.extension().is_some_and(|end| end == "md")),
        );
        files.extend(["README.md", "README.zh-CN.md"].map(|name| root.join(name)));
    }
    files.into_iter().map(|file| (file.display().to_string(), std::fs::read_to_string(file).unwrap())).collect()
}

/// What `console` blocks show must be what the commands print; `sh` blocks show commands alone. With `INSTA_UPDATE=always`, as for
/// snapshots, the documents are updated instead.
#[test]
fn the_documents_show_what_the_commands_print() {
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    for (name, text) in documents() {
        let blocks: Vec<_> = text.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert!(!blocks.is_empty(), "{name} shows no command");
        let mut updated = text.clone();
        for block in blocks {
            let now = session(&name, block);
            assert!(
                update || block == now,
                "{name}: update it with INSTA_UPDATE=always cargo test\nit shows:\n{block}\nnow it is:\n{now}"
            );
            updated = updated.replacen(block, &now, 1);
        }
        if update {
            std::fs::write(&name, updated).unwrap();
        }
    }
}

/// A block of commands with what they print now.
fn session(name: &str, block: &str) -> String {
    // Some commands write files.
    let folder = tempfile::tempdir().unwrap();
    let commands = block.strip_prefix("$ ").unwrap().split("\n$ ").map(|part| part.lines().next().unwrap());
    let sessions = commands.map(|command| {
        let arguments = command.strip_prefix("cargo run -- ").or(command.strip_prefix("wecom-health "));
        let arguments: Vec<_> = arguments.unwrap_or_else(|| panic!("{name}: {command}")).split(' ').collect();
        assert!(arguments.contains(&"--emulator"), "{name}: nothing can be compared with {command}");
        let output = self::command(&arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{name}: {command}: {output:?}");
        format!("$ {command}\n{}", String::from_utf8(output.stdout).unwrap())
    });
    sessions.collect()
}

/// Failures that an administrator meets, with what the command says of them.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_what_to_do_in_both_languages() {
    let mut lines = String::new();
    for language in ["en", "zh"] {
        for code in [40001, 40013, 40014, 42001, 40088, 40089, 45009, 48001, 48002, 60020, 12345] {
            let emulator = Emulator::start().await.unwrap();
            let body = format!(r#"{{"errcode": {code}, "errmsg": "refused, from ip: 203.0.113.7"}}"#);
            // Twice, because a rejected token is replaced once.
            for _ in 0..2 {
                emulator.fail_next("get_report_job_info", Fault::Body(body.clone()));
            }
            let output = command_at(&emulator, &["--lang", language, "job", "jobid1"]).output().unwrap();
            let code = if matches!(code, 40088 | 40089 | 45009 | 12345) { 1 } else { 3 };
            assert_eq!(output.status.code(), Some(code));
            lines += &String::from_utf8(output.stderr).unwrap();
        }
        let emulator = Emulator::builder().start().await.unwrap();
        let output = command_at(&emulator, &["--lang", language, "jobs"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        lines += &String::from_utf8(output.stderr).unwrap();
    }
    insta::assert_snapshot!("refusals", lines);
}

/// An emulator with a job and one day of its answers, and what runs the command against it.
async fn emulator_with(job: Value, answers: Vec<Value>) -> (Emulator, impl Fn(&[&str]) -> Command) {
    let date = wecom_health_emulator::NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let builder = Emulator::builder().job("jobid1", job).answers("jobid1", date, answers).page_cap(1);
    let emulator = builder.delay(Duration::from_millis(300)).start().await.unwrap();
    let config = emulator.client_config();
    let run = move |arguments: &[&str]| {
        let mut command = command(&[&["--base-url", &config.base_url], arguments].concat());
        command.env("WECOM_CORP_ID", &config.corp_id).env("WECOM_CORP_SECRET", &config.secret);
        command
    };
    (emulator, run)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_answered_twice_shows_both_values() {
    let twice = serde_json::json!({"id_type": 3, "report_values": [
        {"question_id": 1, "single_choice": 1}, {"question_id": 1, "single_choice": 9}, {"question_id": 2},
    ]});
    let (_emulator, run) = emulator_with(sample_job(), vec![twice]).await;
    let output = run(&["answers", "jobid1", "--date", "2020-03-27"]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.lines().nth(1).unwrap().ends_with("有 / 9"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_kind_of_reporter_is_named_as_in_the_schema() {
    let (_emulator, run) = emulator_with(job_with_many_questions(), vec![serde_json::json!({"id_type": 9})]).await;
    for (language, kind) in [("en", "9 (Kind of reporter)\n"), ("zh", "9（填写人类型）\n")] {
        let output = run(&["--lang", language, "answers", "jobid1", "--date", "2020-03-27"]).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_appear_as_the_items_come() {
    let answers = (0..4).map(|number| serde_json::json!({"id_type": 1, "userid": format!("user{number}")})).collect();
    let (_emulator, run) = emulator_with(sample_job(), answers).await;
    let mut command = run(&["answers", "jobid1", "--date", "2020-03-27", "--ndjson"]);
    let mut command = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let stdout = BufReader::new(command.stdout.take().unwrap());
    let times: Vec<_> = tokio::task::spawn_blocking(move || {
        let times = stdout.lines().map(|line| line.map(|_| Instant::now()).unwrap()).collect();
        assert!(command.wait().unwrap().success());
        times
    })
    .await
    .unwrap();
    assert_eq!(times.len(), 4);
    // The first page is asked for alone, and the answers after it take their time.
    assert!(times[3] - times[0] > Duration::from_millis(250), "{times:?}");
}

#[test]
fn output_counts_where_nobody_reads_the_notices() {
    let mut command = command(&["--emulator", "stat", "--date", "2020-03-27", "--json"]);
    let mut command = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(command.stderr.take());
    let mut shown = String::new();
    command.stdout.take().unwrap().read_to_string(&mut shown).unwrap();
    assert!(command.wait().unwrap().success());
    assert!(shown.contains("\"pv\""), "{shown}");
}

#[test]
fn the_emulator_is_the_same_program_as_its_own() {
    let mut emulator = command(&["emulator", "--port", "0", "--jobs", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(emulator.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let base_url = line.trim_end().strip_prefix("emulator at ").unwrap().to_owned();
    let output = command(&["--base-url", &base_url, "jobs", "--json"])
        .env("WECOM_CORP_ID", "ww0emulator00000000")
        .env("WECOM_CORP_SECRET", "emulator-secret-that-guards-nothing")
        .output()
        .unwrap();
    emulator.kill().unwrap();
    emulator.wait().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "[\n  \"job0000\"\n]\n");
    let port = base_url.rsplit(':').next().unwrap();
    let taken = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for (arguments, message) in [
        (&["emulator", "--port", port][..], format!("error: port {port} of 127.0.0.1 is in use; choose another with")),
        (&["emulator", "--emulator"], "error: the command emulator uses no server: leave out --emulator,".to_owned()),
        (&["emulator", "--data", "missing.json"], "error: cannot read the data in missing.json: ".to_owned()),
        (
            &["emulator", "--fault", "x"],
            "error: invalid value 'x' for '--fault <FAULT>': there is no fault x;".to_owned(),
        ),
        (&["emulator", "--jobs", "-1"], "error: invalid value '-1' for '--jobs <N>': write a whole number".to_owned()),
    ] {
        // It is English, as its help is, whatever the language.
        for language in ["en", "zh"] {
            let output = run(&[&["--lang", language], arguments].concat());
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), said.starts_with(&message)), (Some(2), true), "{said}");
        }
    }
    drop(taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_are_fetched_together_and_shown_in_order() {
    let emulator = Emulator::builder().synthetic_jobs(30).delay(Duration::from_millis(100)).start().await.unwrap();
    let mut command = command_at(&emulator, &["jobs"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let ids: Vec<_> = shown.lines().skip(1).map(|line| line.trim().split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(ids, (0..30).map(|number| format!("job{number:04}")).collect::<Vec<_>>());
    assert!((2..=8).contains(&emulator.max_in_flight()), "{}", emulator.max_in_flight());
}
