//! Text, files and settings that were made to harm who runs the command.
//!
//! | attack | what the command does | test |
//! |---|---|---|
//! | characters that steer the terminal or hide, in what the server sends | escapes them in JSON, replaces them in words | `no_hidden_character_reaches_the_terminal` |
//! | the same in a name of a file | replaces them | `a_file_name_cannot_steer_the_terminal` |
//! | one answer of 100 kB among 2,000 | cuts it | `one_long_answer_does_not_make_every_row_long` |
//! | credentials without end | stops after 64 KiB | `credentials_without_end_are_not_read_to_their_end` |
//! | credentials from a pipe to which nobody writes | says what it waits for | `a_pipe_without_a_writer_is_named` |
//! | a secret that is not UTF-8 | says so, without the secret | `a_secret_that_is_not_utf_8_is_not_called_missing` |
//! | credentials that others can read | warns | `credentials_that_others_can_read_get_a_warning` |
//! | a malformed proxy in the environment | refuses to go without it | `a_malformed_proxy_is_an_error` |

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use support::command;
use wecom_health_emulator::{ClientConfig, Emulator, EmulatorBuilder, NaiveDate};

mod support;

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

/// Runs the command against an emulator.
async fn run(config: &ClientConfig, arguments: &[&str]) -> Output {
    let mut command = command(&[&["--base-url", &config.base_url], arguments].concat());
    command.env("WECOM_CORP_ID", &config.corp_id).env("WECOM_CORP_SECRET", &config.secret);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// The only line on stderr of a command that must fail for want of credentials.
fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let line = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(line.trim_end().lines().count(), 1, "{line}");
    line.trim_end().to_owned()
}

async fn emulator(change: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder) -> Emulator {
    change(Emulator::builder()).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hidden_character_reaches_the_terminal() {
    let hidden = "\u{1b}\u{7f}\u{9b}\u{61c}\u{200b}\u{2028}\u{202e}\u{206a}\u{feff}\u{fff9}\u{e0041}\r\n";
    let odd = format!("a{hidden}b");
    let job = json!({
        "title": odd, "creator": odd, "type": 1, "report_type": 1, "skip_weekend": 0, "finish_cnt": 1,
        "question_templates": [{"question_id": 1, "title": odd, "question_type": 6, "is_required": 1,
            "option_list": [{"option_id": 1, "option_text": odd}]}],
    });
    let answers = vec![json!({"id_type": 1, "userid": odd, "report_values": [
        {"question_id": 1, "high_risk_area": [odd, {odd.as_str(): "\n"}]}, {"question_id": 2, "text": odd},
    ]})];
    let emulator = emulator(|builder| builder.job(&odd, job.clone()).answers(&odd, date(), answers.clone())).await;
    let config = emulator.client_config();
    let day = ["--date", "2020-03-27"];
    for (arguments, expected) in [
        (&["jobs"][..], None),
        (&["job", &odd], None),
        (&["answers", &odd], None),
        (&["jobs", "--json"], Some(json!([odd]))),
        (&["jobs", "--ndjson"], Some(json!(odd))),
        (&["job", &odd, "--json"], Some(job)),
        (&["answers", &odd, "--json"], Some(json!(answers))),
        (&["answers", &odd, "--ndjson"], Some(answers[0].clone())),
    ] {
        let day = if arguments[0] == "jobs" { &[][..] } else { &day };
        let output = run(&config, &[arguments, day].concat()).await;
        assert!(output.status.success(), "{output:?}");
        let shown = String::from_utf8(output.stdout).unwrap();
        let found = shown.chars().find(|char| *char != '\n' && hidden.contains(*char));
        assert_eq!(found, None, "{arguments:?}: {shown:?}");
        if let Some(expected) = expected {
            assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), expected);
        }
        if arguments.contains(&"--ndjson") {
            assert_eq!(shown.lines().count(), 1, "{shown}");
        }
    }
}

#[test]
fn a_file_name_cannot_steer_the_terminal() {
    let output = command(&["--credentials", "/missing\u{1b}[2J\u{202e}", "jobs"]).output().unwrap();
    let line = refusal(&output);
    assert!(line.contains("/missing\u{fffd}[2J\u{fffd}: "), "{line:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_long_answer_does_not_make_every_row_long() {
    let text = |number: usize| if number == 1_000 { "长".repeat(33_333) } else { number.to_string() };
    let answer = |number| {
        json!({"id_type": 1, "userid": format!("user{number}"),
        "report_values": [{"question_id": 1, "text": text(number)}, {"question_id": 9, "text": text(number)}]})
    };
    let job = json!({
        "title": "t", "creator": "c", "type": 1, "report_type": 1, "skip_weekend": 0, "finish_cnt": 1,
        "question_templates": [{"question_id": 1, "title": "q", "question_type": 1, "is_required": 1}],
    });
    let answers = (0..2_000).map(answer).collect();
    let emulator = emulator(|builder| builder.job("jobid1", job).answers("jobid1", date(), answers)).await;
    let output = run(&emulator.client_config(), &["answers", "jobid1", "--date", "2020-03-27"]).await;
    let shown = String::from_utf8(output.stdout).unwrap();
    // A row and the values of other questions, of which the long one is cut and wraps.
    let lines = shown.lines().count();
    assert!((4_001..4_100).contains(&lines), "{lines}");
    let longest = shown.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(longest <= 80 && shown.contains("长…"), "{longest}");
}

fn with_credentials(file: &Path) -> Output {
    command(&["--credentials", file.to_str().unwrap(), "--base-url", "http://127.0.0.1:1", "jobs"]).output().unwrap()
}

#[test]
fn credentials_without_end_are_not_read_to_their_end() {
    let line = refusal(&with_credentials(Path::new("/dev/zero")));
    assert!(line.contains("cannot read the credentials in /dev/zero: it is longer than 64 KiB"), "{line}");

    // A pipe is read as a file is, for `--credentials <(…)`.
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let written = pipe.clone();
    let writer = std::thread::spawn(move || std::fs::write(written, "WECOM_CORP_ID=ww1\n"));
    let line = refusal(&with_credentials(&pipe));
    writer.join().unwrap().unwrap();
    assert!(line.contains("there is no line WECOM_CORP_SECRET=…"), "{line}");
}

#[test]
fn a_pipe_without_a_writer_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (language, waiting) in [("en", "waiting until the credentials are written to "), ("zh", "正在等待凭据写入 ")]
    {
        let mut command = command(&["--lang", language, "--credentials", pipe.to_str().unwrap(), "jobs"]);
        let mut command = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(command.stderr.take().unwrap());
        let mut said = String::new();
        stderr.read_line(&mut said).unwrap();
        assert!(said.starts_with(&format!("{waiting}{}", pipe.display())), "{said}");
        // What comes late still counts.
        std::fs::write(&pipe, "WECOM_CORP_ID=ww1\n").unwrap();
        stderr.read_line(&mut said).unwrap();
        assert!(said.contains("WECOM_CORP_SECRET=…"), "{said}");
        assert_eq!(command.wait().unwrap().code(), Some(3));
    }
}

#[test]
fn a_secret_that_is_not_utf_8_is_not_called_missing() {
    let secret = OsStr::from_bytes(b"s3cret\xff");
    for (language, message) in [
        ("en", "the environment variable WECOM_CORP_SECRET is not UTF-8; "),
        ("zh", "环境变量 WECOM_CORP_SECRET 不是有效的 UTF-8 文本，"),
    ] {
        let mut command = command(&["--lang", language, "jobs"]);
        let line = refusal(&command.env("WECOM_CORP_ID", "ww1").env("WECOM_CORP_SECRET", secret).output().unwrap());
        assert!(line.contains(message) && !line.contains("s3cret"), "{line}");
    }
}

#[test]
fn credentials_that_others_can_read_get_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    std::fs::write(&file, "WECOM_CORP_ID=ww1\nWECOM_CORP_SECRET=s3cret\n").unwrap();
    for (mode, warned) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o711, false)] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let said = String::from_utf8(with_credentials(&file).stderr).unwrap();
        assert_eq!(said.starts_with("warning: other users of this machine can read the secret in "), warned, "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[test]
fn a_malformed_proxy_is_an_error() {
    for (variable, value, refused) in [
        ("HTTPS_PROXY", "http://bad host:1", true),
        ("https_proxy", "http://", true),
        ("ALL_PROXY", "ftp://127.0.0.1:1", true),
        ("HTTPS_PROXY", "http://127.0.0.1:port", true),
        ("HTTPS_PROXY", "127.0.0.1:1/", true),
        ("HTTPS_PROXY", "http://127.0.0.1:1 ", true),
        ("HTTPS_PROXY", "socks5://127.0.0.1:1", true),
        ("HTTPS_PROXY", "http://user:s3cret@127.0.0.1:port", true),
        // Nobody listens on port 1 of this machine.
        ("HTTPS_PROXY", "127.0.0.1:1", false),
        ("https_proxy", "http://user:s3cret@127.0.0.1:1", false),
        ("all_proxy", "http://127.0.0.1:1", false),
    ] {
        let mut command = command(&["--base-url", "https://wecom.invalid", "jobs"]);
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
            command.env_remove(name);
        }
        command.env("WECOM_CORP_ID", "ww1").env("WECOM_CORP_SECRET", "s").env("HTTP_PROXY", "not for https");
        let output = command.env(variable, value).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let refusal = format!("the environment variable {variable} is not an HTTP proxy");
        let connecting = format!("could not connect to wecom.invalid:443 (a proxy is set in {variable}): ");
        assert_eq!((said.contains(&refusal), said.contains(&connecting)), (refused, !refused), "{value}: {said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}
