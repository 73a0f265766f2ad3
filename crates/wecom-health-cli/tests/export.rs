//! `wecom-health export` loses nothing: whole files, resumable at any point, equal in every format.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use wecom_health_emulator::{Emulator, EmulatorBuilder, Fault, NaiveDate};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn question(id: i64, title: &str, kind: i64, options: &[&str]) -> Value {
    let options: Vec<_> = (1..).zip(options).map(|(id, text)| json!({"option_id": id, "option_text": text})).collect();
    json!({"question_id": id, "title": title, "question_type": kind, "is_required": 1, "option_list": options})
}

fn job(questions: Vec<Value>) -> Value {
    json!({
        "title": "=1+1", "creator": "user1", "type": 1, "apply_range": {"userids": ["user1"]}, "report_to": {},
        "report_type": 2, "skip_weekend": 0, "finish_cnt": 2, "question_templates": questions,
    })
}

fn answer(number: usize, values: Value) -> Value {
    json!({"id_type": 1, "userid": format!("user{number}"), "report_time": 1_585_267_200 + number, "report_values": values})
}

/// Texts that a careless export breaks.
fn odd_texts() -> Vec<String> {
    let texts = [
        "two\nlines",
        "two\r\nlines",
        "a \"quoted\" word",
        "comma, and; semicolon",
        "😷👨‍👩‍👧",
        "＝全角，文字",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\ttab",
        "\rreturn",
        "'quote",
        "",
        " blank ",
        "007",
        "1e5",
        "2020-03-27",
        "TRUE",
    ];
    let long = "长".repeat(32_767);
    texts.into_iter().map(str::to_owned).chain([long]).collect()
}

fn odd_emulator() -> EmulatorBuilder {
    let questions = vec![
        question(1, "同一个标题", 1, &[]),
        question(2, "同一个标题", 3, &["a; b", "c | d", "有", "=no"]),
        question(3, "=title", 2, &["yes", "no"]),
        question(4, "文件", 4, &[]),
        question(5, "userid", 5, &[]),
    ];
    let mut answers: Vec<Value> = odd_texts()
        .into_iter()
        .enumerate()
        .map(|(number, text)| {
            let choices = json!([1 + number % 4, 1 + (number + 1) % 4]);
            answer(
                number,
                json!([
                    {"question_id": 1, "text": text}, {"question_id": 2, "multi_choice": choices}, {"question_id": 3, "single_choice": 1},
                    {"question_id": 4, "fileid": ["FILE1", "FILE2"]}, {"question_id": 5, "url": "https://wecom.example/=1"},
                ]),
            )
        })
        .collect();
    answers.push(answer(90, json!([{"question_id": 1, "text": "once"}, {"question_id": 1, "text": "twice"}])));
    answers.push(answer(
        91,
        json!([{"question_id": 77, "text": "a question that is gone"}, {"question_id": 3, "single_choice": 9}]),
    ));
    answers.push(answer(92, json!([])));
    answers.push(
        json!({"id_type": 2, "student_userid": "s", "parent_userid": "p", "report_values": [{"question_id": 4}]}),
    );
    Emulator::builder().job("job-1", job(questions)).answers("job-1", day("2020-03-27"), answers).answers(
        "job-1",
        day("2020-03-28"),
        Vec::new(),
    )
}

/// The command with an emulator's credentials.
fn export(emulator: &Emulator, out: &Path, arguments: &[&str]) -> Command {
    let url = emulator.base_url();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wecom-health"));
    command.args(["--base-url", &url, "export", "--out", out.to_str().unwrap()]).args(arguments).env("LC_ALL", "C");
    for name in ["LANGUAGE", "LC_MESSAGES", "LANG", "COLUMNS"] {
        command.env_remove(name);
    }
    command.env("WECOM_CORP_ID", emulator.corp_id()).env("WECOM_CORP_SECRET", emulator.secret());
    command
}

/// The days of 2020-03-27 and 28, in every format.
const TWO_DAYS: [&str; 6] = ["--from", "2020-03-27", "--to", "2020-03-28", "--format", "csv,xlsx,ndjson"];

fn out() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    (folder, out)
}

fn succeed(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

/// All files of a folder but the manifest, whose times differ from run to run.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            } else if entry.file_name() != "manifest.json" {
                files.insert(entry.path().strip_prefix(folder).unwrap().to_owned(), fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}

fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

/// The manifest without its times.
fn recorded(folder: &Path) -> Value {
    let mut manifest = manifest(folder);
    for day in manifest["days"].as_array_mut().unwrap() {
        day.as_object_mut().unwrap().remove("fetched");
    }
    manifest
}

/// Needs Python with openpyxl, `python3` or WECOM_HEALTH_PYTHON, which the gate demands with WECOM_HEALTH_REQUIRE_PYTHON.
#[tokio::test(flavor = "multi_thread")]
async fn every_format_has_the_same_values() {
    let python = std::env::var("WECOM_HEALTH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_openpyxl =
        Command::new(&python).args(["-c", "import openpyxl"]).output().is_ok_and(|output| output.status.success());
    if !has_openpyxl {
        assert!(std::env::var_os("WECOM_HEALTH_REQUIRE_PYTHON").is_none(), "{python} with openpyxl is missing");
        return;
    }
    let emulator = odd_emulator().start().await.unwrap();
    for raw in [true, false] {
        let (_folder, out) = out();
        let mut command = export(&emulator, &out, &TWO_DAYS);
        succeed(if raw {
            command.arg("--raw");
            command
        } else {
            command
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export/equal.py");
        let mut python = Command::new(&python);
        let output = python.arg(script).arg(&out).arg(if raw { "raw" } else { "guarded" }).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && text.contains("2 days are equal"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_the_user_alone_and_end_with_a_table() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    let output = succeed(export(&emulator, &out, &TWO_DAYS));
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(table, "Job    Days  Answers  Missing days\njob-1  2     24       0\n");
    #[cfg(unix)]
    for file in files(&out).keys() {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(out.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
    let empty = fs::read_to_string(out.join("answers_job-1_2020-03-28.csv")).unwrap();
    assert_eq!(empty.lines().count(), 1, "a day without answers has a header: {empty}");
}

#[tokio::test(flavor = "multi_thread")]
async fn final_days_are_fetched_once() {
    let emulator = Emulator::builder().synthetic(2, 30, 3).start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &["--days", "3"]));
    let before = files(&out);
    let asked = |emulator: &Emulator| -> BTreeSet<String> {
        let bodies = emulator.requests().into_iter().map(|request| request.body().to_owned());
        let bodies = bodies.filter_map(|body| serde_json::from_str::<Value>(&body).ok());
        bodies.filter_map(|body| Some(body["date"].as_str()?.to_owned())).collect()
    };
    assert_eq!(asked(&emulator).len(), 3);
    let sent = emulator.requests().len();
    succeed(export(&emulator, &out, &["--days", "3"]));
    let again: BTreeSet<_> = emulator.requests()[sent..]
        .iter()
        .filter_map(|request| serde_json::from_str::<Value>(request.body()).ok())
        .filter_map(|body| Some(body["date"].as_str()?.to_owned()))
        .collect();
    assert_eq!(again.len(), 1, "only today is not final: {again:?}");
    assert_eq!(files(&out), before);
    let sent = emulator.requests().len();
    succeed(export(&emulator, &out, &["--days", "3", "--refetch"]));
    assert!(emulator.requests().len() > sent + 6, "all days are fetched again");
    assert_eq!(files(&out), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_gone_from_the_spool_is_never_left_out_silently() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let (all, spooled) = (files(&out), out.join(".spool/job-1/2020-03-27.ndjson"));
    let (kept, text) = (out.join("kept"), fs::read_to_string(&spooled).unwrap());
    fs::rename(&spooled, &kept).unwrap();
    let other = ["job-1", "--from", "2020-03-28", "--to", "2020-03-28", "--format", "csv,xlsx,ndjson"];
    // Twice: what is lost stays lost until somebody puts it back.
    for _ in 0..2 {
        let output = export(&emulator, &out, &other).output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{output:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("lost: job-1, 2020-03-27: its file is gone from .spool"), "{stderr}");
    }
    fs::write(&spooled, text.replace("once", "twice")).unwrap();
    let changed = export(&emulator, &out, &other).output().unwrap();
    assert_eq!(changed.status.code(), Some(1), "{changed:?}");
    assert!(String::from_utf8(changed.stderr).unwrap().contains("2020-03-27.ndjson was changed: put it back"));
    fs::rename(&kept, &spooled).unwrap();
    succeed(export(&emulator, &out, &other));
    assert_eq!(files(&out), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_ended_are_asked_for_their_unfinished_days() {
    let (_folder, out) = out();
    let today = (chrono::Utc::now() + chrono::TimeDelta::hours(8)).date_naive();
    let with = |job_id: &str| {
        Emulator::builder().job(job_id, job(vec![question(1, "q", 1, &[])])).answers(
            job_id,
            today,
            vec![answer(1, json!([]))],
        )
    };
    let first = with("first").start().await.unwrap();
    succeed(export(&first, &out, &["--days", "2"]));
    let second = with("second").start().await.unwrap();
    let output = export(&second, &out, &["--days", "2"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains(&format!("missing: first, {today}: ")) && stderr.contains("40088"), "{stderr}");
    let jobs: Vec<_> = manifest(&out)["days"].as_array().unwrap().iter().map(|day| day["jobid"].clone()).collect();
    assert_eq!(jobs, ["first", "first", "second", "second"], "what was fetched before stays");
    assert!(out.join(format!("answers_first_{today}.csv")).is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_job_is_named_and_the_others_are_there() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    let output = export(&emulator, &out, &[&["job-1", "nobody"], &TWO_DAYS[..]].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("missing: nobody, 2 days from 2020-03-27 to 2020-03-28: "), "{stderr}");
    assert!(out.join("answers_job-1_2020-03-27.csv").is_file() && !out.join("answers_nobody_2020-03-27.csv").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn passing_faults_lose_nothing() {
    let faults = ["get_report_answer:errcode=-1@5%", "http=502@3%", "get_report_answer:reset@3%", "truncated@3%"];
    let faults = faults.into_iter().map(|fault| fault.parse().unwrap());
    let builder = Emulator::builder().synthetic(3, 450, 4).seed(7);
    let emulator = faults.fold(builder, EmulatorBuilder::fault).start().await.unwrap();
    let (_folder, out) = out();
    let mut running = export(&emulator, &out, &["--days", "4", "--format", "ndjson,csv", "--quiet"]);
    let running = running.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(150));
    emulator.revoke_tokens();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    let calm = Emulator::builder().synthetic(3, 450, 4).seed(7).start().await.unwrap();
    let (_folder, expected) = self::out();
    succeed(export(&calm, &expected, &["--days", "4", "--format", "ndjson,csv", "--quiet"]));
    assert_eq!(files(&out), files(&expected));
}

#[test]
fn bad_input_has_exit_code_2_and_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let missing = folder.path().join("missing");
    let run = |out: &Path, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wecom-health"));
        command.args(["--emulator", "export", "--out", out.to_str().unwrap()]).args(arguments).env("LC_ALL", "C");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(
        run(&missing, &["--from", "2020-03-28", "--to", "2020-03-27"])
            .contains("--from 2020-03-28 is after --to 2020-03-27")
    );
    assert!(run(&missing, &["--roster", "/does/not/exist"]).contains("cannot read the roster /does/not/exist"));
    assert!(run(&missing, &["--format", "pdf"]).contains("csv, ndjson, xlsx"));
    assert!(run(&file, &[]).contains("is a file: name a folder with --out"));
    assert!(run(folder.path(), &[]).contains("has other files: name an empty folder"));
    assert!(!missing.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_export_into_the_folder_is_refused() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let lock = fs::File::options().write(true).open(out.join(".lock")).unwrap();
    lock.lock().unwrap();
    let before = files(&out);
    let output = export(&emulator, &out, &["--refetch"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("another export works in "));
    assert_eq!(files(&out), before);
}

/// A limit on the size of files fails like a full disk: in the middle of a write.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_nothing_half_written() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    let command = export(&emulator, &out, &TWO_DAYS);
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args());
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.lines().last().unwrap().starts_with("error: cannot write the output: "), "{stderr}");
    let left: Vec<_> = files(&out).into_keys().filter(|file| file.to_string_lossy() != ".lock").collect();
    assert!(left.iter().all(|file| file.ends_with("2020-03-28.ndjson")), "{left:?}");
    succeed(export(&emulator, &out, &TWO_DAYS));
}

/// What an export does, and where its unfinished file then is.
const PHASES: [(&str, &str); 3] =
    [("spooling", ".spool/job0000/.part-"), ("recording", ".part-manifest"), ("rendering", ".part-answers")];

/// What an export is doing, by its unfinished files.
fn doing(out: &Path) -> Option<&'static str> {
    let is_there = |part: &str| {
        let (folder, start) = part.rsplit_once('/').unwrap_or(("", part));
        let names = fs::read_dir(out.join(folder)).into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.into_iter().any(|name| name.to_string_lossy().starts_with(start))
    };
    PHASES.into_iter().find(|(_, part)| is_there(part)).map(|(phase, _)| phase)
}

/// Starts an export and kills it after a while, or as soon as it does what it is to be killed at.
#[cfg(unix)]
fn kill_at(mut export: Command, out: &Path, time: Duration, phase: Option<&str>) {
    let mut running = export.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    match phase {
        None => std::thread::sleep(time),
        Some(_) => while doing(out) != phase && running.try_wait().unwrap().is_none() {},
    }
    running.kill().unwrap();
    running.wait().unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_export_resumes_to_the_same_bytes() {
    let arguments = ["--from", "-5", "--to", "yesterday", "--format", "csv,xlsx,ndjson", "--requests-per-minute", "0"];
    let emulator = Emulator::builder().synthetic(3, 100, 7).start().await.unwrap();
    let (_folder, expected) = out();
    let begun = Instant::now();
    succeed(export(&emulator, &expected, &arguments));
    let whole = begun.elapsed();
    let mut hit = BTreeSet::new();
    let mut random = 1_u64;
    for kill in 0..60 {
        let (_folder, out) = out();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let time = whole * u32::try_from(random >> 48).unwrap() / (1 << 16);
        // The first kills come at random times. Then each phase is hit that they missed.
        let missed = PHASES.into_iter().map(|(phase, _)| phase).find(|phase| !hit.contains(phase));
        if kill >= 20 && missed.is_none() {
            return;
        }
        kill_at(export(&emulator, &out, &arguments), &out, time, missed.filter(|_| kill >= 20));
        // What a killed program leaves shows where it was.
        hit.extend(doing(&out));
        succeed(export(&emulator, &out, &arguments));
        assert_eq!(files(&out), files(&expected));
        assert_eq!(recorded(&out), recorded(&expected));
    }
    panic!("60 kills hit only {hit:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_whole_files_alone() {
    let builder = Emulator::builder().synthetic(2, 400, 3).delay(Duration::from_millis(100));
    let emulator = builder.start().await.unwrap();
    let (_folder, out) = out();
    let mut running = export(&emulator, &out, &["--days", "3", "--quiet"]);
    let running = running.stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
    let output = running.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "error: interrupted\n");
    assert!(files(&out).keys().all(|file| !file.to_string_lossy().contains(".part-")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_on_tokens_is_waited_out_once() {
    let emulator = odd_emulator().start().await.unwrap();
    emulator.fail_next("gettoken", Fault::ErrCode(48001));
    let (_folder, out) = out();
    let output = succeed(export(&emulator, &out, &[&["job-1"], &TWO_DAYS[..]].concat()));
    assert!(String::from_utf8(output.stderr).unwrap().contains("until the server issues a token again"));
}

/// What a newer server may send: fields of its own, in its own order, with numbers of any length, over several lines.
const NEWER: &str = "{ \"mood\": 1.0,\r\n  \"userid\": \"user1\",\n  \"id_type\": 1, \"report_values\": [\n    {\"question_id\": 1, \
                     \"temperature\": {\"z\": 1e5, \"a\": 123456789012345678901234567890}, \"text\": \"two\\nlines\"} ] }";

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_nobody_knows_yet_are_kept_as_they_came() {
    let mut details = job(vec![question(1, "q", 1, &[])]);
    details["score"] = json!(7);
    let answers = vec![answer(1, json!([{"question_id": 1, "text": "a", "stars": [5]}]))];
    let known = Emulator::builder().job("job-1", details).answers("job-1", day("2020-03-27"), answers.clone());
    let emulator = known.start().await.unwrap();
    emulator.fail_next("get_report_answer", Fault::Body(format!("{{\"errcode\": 0, \"answers\": [\n{NEWER}\n]}}")));
    let (_folder, out) = out();
    let one_day = ["--from", "2020-03-27", "--to", "2020-03-27", "--format", "csv,ndjson"];
    succeed(export(&emulator, &out, &one_day));
    let lines = || fs::read_to_string(out.join("answers_job-1_2020-03-27.ndjson")).unwrap();
    assert_eq!(lines(), NEWER.replace(['\r', '\n'], "") + "\n");
    let spooled = files(&out).into_iter().find(|(path, _)| path.starts_with(".spool")).unwrap().1;
    assert!(String::from_utf8(spooled).unwrap().lines().next().unwrap().contains(r#""score":7"#));
    succeed(export(&emulator, &out, &[&one_day[..], &["--refetch"]].concat()));
    assert_eq!(serde_json::from_str::<Value>(&lines()).unwrap(), answers[0]);
}
