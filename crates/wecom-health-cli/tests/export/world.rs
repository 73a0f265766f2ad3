//! Jobs with what a careless export breaks, and the command that exports them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;
use wecom_health_emulator::{Emulator, EmulatorBuilder, NaiveDate};

use crate::support::command_at;

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn question(id: i64, title: &str, kind: i64, options: &[&str]) -> Value {
    let options: Vec<_> = (1..).zip(options).map(|(id, text)| json!({"option_id": id, "option_text": text})).collect();
    json!({"question_id": id, "title": title, "question_type": kind, "is_required": 1, "option_list": options})
}

pub(crate) fn job(questions: Vec<Value>) -> Value {
    json!({
        "title": "=1+1", "creator": "user1", "type": 1, "apply_range": {"userids": ["user1"]}, "report_to": {},
        "report_type": 2, "skip_weekend": 0, "finish_cnt": 0, "question_templates": questions,
    })
}

pub(crate) fn answer(number: usize, values: Value) -> Value {
    json!({"id_type": 1, "userid": format!("user{number}"), "report_time": 1_585_267_200 + number, "report_values": values})
}

/// Texts that a careless export breaks.
pub(crate) fn odd_texts() -> Vec<String> {
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

pub(crate) fn odd_emulator() -> EmulatorBuilder {
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
pub(crate) fn export(emulator: &Emulator, out: &Path, arguments: &[&str]) -> Command {
    command_at(emulator, &[&["export", "--out", out.to_str().unwrap()], arguments].concat())
}

/// The days of 2020-03-27 and 28, in every format.
pub(crate) const TWO_DAYS: [&str; 6] = ["--from", "2020-03-27", "--to", "2020-03-28", "--format", "csv,xlsx,ndjson"];

pub(crate) fn out() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    (folder, out)
}

pub(crate) fn succeed(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// All files of a folder but the manifest, whose times differ from run to run.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
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

pub(crate) fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

/// The manifest without its times.
pub(crate) fn recorded(folder: &Path) -> Value {
    let mut manifest = manifest(folder);
    for day in manifest["days"].as_array_mut().unwrap() {
        day.as_object_mut().unwrap().remove("fetched");
    }
    manifest
}

/// Python with openpyxl: `python3` or WECOM_HEALTH_PYTHON, which the gate demands with WECOM_HEALTH_REQUIRE_PYTHON.
pub(crate) fn python() -> Option<String> {
    let python = std::env::var("WECOM_HEALTH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_openpyxl = Command::new(&python).args(["-c", "import openpyxl"]).output();
    if has_openpyxl.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    assert!(std::env::var_os("WECOM_HEALTH_REQUIRE_PYTHON").is_none(), "{python} with openpyxl is missing");
    None
}
