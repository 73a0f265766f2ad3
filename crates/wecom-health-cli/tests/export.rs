//! `wecom-health export` loses nothing: whole files, resumable at any point, equal in every format.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use wecom_health_emulator::{Emulator, EmulatorBuilder, Fault, RecordedRequest};

use world::{
    TWO_DAYS, answer, day, export, files, job, manifest, odd_emulator, out, python, question, stderr, succeed,
};

#[path = "export/asked.rs"]
mod asked;
#[path = "export/people.rs"]
mod people;
#[path = "export/spool.rs"]
mod spool;
#[cfg(unix)]
#[path = "export/stops.rs"]
mod stops;
mod support;
#[path = "export/world.rs"]
mod world;

#[tokio::test(flavor = "multi_thread")]
async fn every_format_has_the_same_values() {
    let Some(python) = python() else { return };
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
    let end = format!("Total answers: 24; the files are in {}\n", out.display());
    assert_eq!(table, format!("Job    Days  Answers  Missing days\njob-1  2     24       0\n{end}"));
    #[cfg(unix)]
    for file in files(&out).keys() {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(out.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
    #[cfg(unix)]
    for folder in ["", ".spool", ".spool/job-1"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(out.join(folder)).unwrap().permissions().mode() & 0o777, 0o700, "{folder:?}");
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
    let (_folder, expected) = world::out();
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
    assert!(run(&missing, &["--absent", "--names"]).contains("--absent is a sheet of the workbook: add --format xlsx"));
    assert!(run(&missing, &["--absent", "--format", "xlsx"]).contains("add --names or --roster FILE"));
    assert!(run(&missing, &["--roster", "/does/not/exist"]).contains("cannot read the roster /does/not/exist"));
    assert!(run(&missing, &["--format", "pdf"]).contains("csv, ndjson, xlsx"));
    assert!(run(&file, &[]).contains("is a file: name a folder with --out"));
    assert!(run(folder.path(), &[]).contains("has other files: name an empty folder"));
    // Other programs, too, have such files.
    for name in [".lock", "manifest.json", "package.json"] {
        fs::rename(&file, folder.path().join(name)).unwrap();
        assert!(run(folder.path(), &[]).contains("has other files: name an empty folder"));
        fs::rename(folder.path().join(name), &file).unwrap();
    }
    assert!(!missing.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_export_into_the_folder_is_refused() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let lock = fs::File::options().write(true).open(out.join(".wecom-health.lock")).unwrap();
    lock.lock().unwrap();
    let before = files(&out);
    let output = export(&emulator, &out, &["--refetch"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("another export works in "));
    assert_eq!(files(&out), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_on_tokens_is_waited_out_once() {
    let mut running = Vec::new();
    for (holds, arguments, code, said) in
        [(1, &["job-1"][..], 0, 1), (2, &["job-1"], 3, 1), (1, &["--quiet"], 0, 0), (2, &[], 3, 1)]
    {
        let emulator = odd_emulator().start().await.unwrap();
        (0..holds).for_each(|_| emulator.fail_next("gettoken", Fault::ErrCode(48001)));
        let (folder, out) = out();
        let mut command = export(&emulator, &out, &[arguments, &TWO_DAYS[..]].concat());
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        running.push((emulator, folder, child, code, said));
    }
    for (_emulator, folder, child, code, said) in running {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert_eq!(stderr(&output).matches("until the server issues a token again").count(), said, "{output:?}");
        assert_eq!(folder.path().join("out/answers_job-1_2020-03-27.csv").is_file(), code == 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_in_the_last_round_is_tried_again() {
    let emulator = odd_emulator().start().await.unwrap();
    // Three rounds of three attempts: the last one finds its token refused, and gets no other.
    for fault in [vec![-1; 6], vec![40014]].concat() {
        emulator.fail_next("get_report_job_info", Fault::ErrCode(fault));
    }
    let tokens = AtomicUsize::new(0);
    let is_second = move |request: &RecordedRequest| {
        request.path() == "/cgi-bin/gettoken" && tokens.fetch_add(1, Ordering::Relaxed) == 1
    };
    emulator.fail_when(is_second, Fault::ErrCode(48001));
    let (_folder, out) = out();
    let day = ["job-1", "--from", "2020-03-27", "--to", "2020-03-27"];
    let output = succeed(export(&emulator, &out, &day));
    assert!(stderr(&output).contains("until the server issues a token again"), "{output:?}");
    assert_eq!(emulator.pending_faults(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_job_at_all_can_mean_a_missing_permission() {
    let emulator = Emulator::builder().synthetic(0, 0, 0).start().await.unwrap();
    let (_folder, out) = out();
    let output = succeed(export(&emulator, &out, &[]));
    assert!(
        stderr(&output).contains("no running jobs; if there should be some, add the app in the admin console"),
        "{output:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_counts_from_the_beginning_of_its_fetch() {
    let emulator = odd_emulator().delay(Duration::from_millis(300)).start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let written = fs::metadata(out.join("manifest.json")).unwrap().modified().unwrap();
    for day in manifest(&out)["days"].as_array().unwrap() {
        let begun: chrono::DateTime<chrono::Utc> = day["fetched"].as_str().unwrap().parse().unwrap();
        assert!(written.duration_since(begun.into()).unwrap() > Duration::from_millis(500), "two requests take 600 ms");
    }
}

/// Nobody can create a folder in a file, not even the superuser.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_created_is_named() {
    let emulator = odd_emulator().start().await.unwrap();
    let (folder, _) = out();
    let broken = folder.path().join("broken");
    std::os::unix::fs::symlink(folder.path().join("nowhere/out"), &broken).unwrap();
    let output = export(&emulator, &broken, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let start = format!("error: cannot write {}: ", broken.display());
    assert!(stderr(&output).starts_with(&start) && stderr(&output).ends_with("and the free space\n"), "{output:?}");
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
