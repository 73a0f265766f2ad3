//! What scripts rely on: exit codes, errors as JSON on stderr, whole lines on stdout.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{command, command_at};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use wecom_health_emulator::{Emulator, Fault};

mod support;

const ENDPOINT: &str = "get_report_job_info";

/// The command with these arguments, which asks an emulator for a job with `--json`.
fn job(emulator: &Emulator, more: &[&str]) -> Command {
    command_at(emulator, &[&["job", "jobid1", "--json"], more].concat())
}

/// The object on stderr of a command that must fail with this exit code and print nothing else.
fn object(output: &Output, code: i32) -> Value {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    let lines: Vec<_> = stderr.lines().collect();
    assert_eq!(lines.len(), 1, "{stderr}");
    serde_json::from_str(lines[0]).unwrap_or_else(|_| panic!("no JSON: {stderr}"))
}

/// Kind, errcode, whether to retry, and endpoint. The rest is text.
fn essence(error: &Value) -> Value {
    let mut names: Vec<_> = error.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["advice", "caller_ip", "endpoint", "errcode", "kind", "message", "retryable"]);
    assert!(!error["message"].as_str().unwrap().is_empty());
    json!([error["kind"], error["errcode"], error["retryable"], error["endpoint"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_have_their_kind_and_exit_code() {
    let job_info = "/cgi-bin/health/get_report_job_info";
    for (fault, code, expected) in [
        (Fault::ErrCode(48002), 3, json!(["permission", 48002, false, job_info])),
        (Fault::ErrCode(60020), 3, json!(["permission", 60020, false, job_info])),
        (Fault::ErrCode(45009), 1, json!(["rate_limit", 45009, true, job_info])),
        (Fault::ErrCode(40058), 1, json!(["invalid_request", 40058, false, job_info])),
        (Fault::ErrCode(-1), 1, json!(["busy", -1, true, job_info])),
        (Fault::ErrCode(999_999), 1, json!(["refused", 999_999, false, job_info])),
        (Fault::Html, 4, json!(["not_the_api", null, false, job_info])),
        (
            Fault::Http { status: 407, headers: Vec::new(), body: b"<html>".to_vec() },
            4,
            json!(["not_the_api", null, false, job_info]),
        ),
        (
            Fault::Http { status: 302, headers: Vec::new(), body: Vec::new() },
            4,
            json!(["not_the_api", null, false, job_info]),
        ),
        (Fault::NoPayload, 1, json!(["response", null, false, job_info])),
        (Fault::Reset, 4, json!(["network", null, true, job_info])),
    ] {
        let emulator = Emulator::start().await.unwrap();
        for _ in 0..3 {
            emulator.fail_next(ENDPOINT, fault.clone());
        }
        let error = object(&job(&emulator, &[]).output().unwrap(), code);
        assert_eq!(essence(&error), expected, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untrusted_address_comes_with_address_and_advice() {
    let emulator = Emulator::start().await.unwrap();
    emulator.fail_next(ENDPOINT, Fault::ErrCode(60020));
    let error = object(&job(&emulator, &["--lang", "zh"]).output().unwrap(), 3);
    assert_eq!(error["caller_ip"], "127.0.0.1");
    assert!(error["advice"].as_str().unwrap().contains("可信IP"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_have_exit_code_3() {
    let none = object(&command(&["job", "jobid1", "--json"]).output().unwrap(), 3);
    assert_eq!(essence(&none), json!(["credentials", null, false, null]));

    let emulator = Emulator::start().await.unwrap();
    let wrong = job(&emulator, &[]).env("WECOM_CORP_SECRET", "wrong-secret").output().unwrap();
    let wrong = object(&wrong, 3);
    assert_eq!(essence(&wrong), json!(["credentials", 40001, false, "/cgi-bin/gettoken"]));
    assert!(!wrong.to_string().contains("wrong-secret"));
}

/// Serves TLS with a certificate that nobody trusts.
async fn untrusted_tls() -> String {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der()));
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![signed.cert.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { drop(acceptor.accept(stream).await) });
        }
    });
    format!("https://localhost:{port}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_fails_has_exit_code_4() {
    // Port 1 of this machine: nothing listens there.
    for (url, reason) in [("http://127.0.0.1:1".to_owned(), "refused"), (untrusted_tls().await, "certificate")] {
        let mut command = command(&["--base-url", &url, "stat", "--json"]);
        let output = command.env("WECOM_CORP_ID", "ww1").env("WECOM_CORP_SECRET", "s3cret").output().unwrap();
        let error = object(&output, 4);
        assert_eq!(essence(&error), json!(["network", null, true, "/cgi-bin/gettoken"]));
        assert!(error["message"].as_str().unwrap().contains(reason), "{error}");
    }
}

#[test]
fn wrong_arguments_are_an_object_where_a_script_asked_for_json() {
    for arguments in [
        &["--emulator", "jobs", "--json", "--ndjson"][..],
        &["--emulator", "job", "--json"],
        &["--emulator", "answers", "jobid1", "--ndjson", "--date", "tomorrow"],
        &["--base-url", "http://wecom.example", "stat", "--json"],
    ] {
        let mut command = command(arguments);
        let output = command.env("WECOM_CORP_ID", "ww1").env("WECOM_CORP_SECRET", "s3cret").output().unwrap();
        assert_eq!(essence(&object(&output, 2)), json!(["usage", null, false, null]));
    }
}

#[test]
fn notices_are_objects_too() {
    let output = command(&["--emulator", "job", "jobid1", "--date", "2020-03-27", "--json"]).output().unwrap();
    assert!(output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    let notices: Vec<Value> = stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(notices.len() == 2 && notices.iter().all(|notice| notice["kind"] == "notice"), "{stderr}");
}

#[test]
fn each_shell_gets_completions() {
    for (shell, part) in
        [("bash", "complete -F"), ("zsh", "#compdef wecom-health"), ("fish", "complete -c wecom-health")]
    {
        let output = command(&["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains(part) && script.contains("answers"), "{script}");
    }
    assert_eq!(command(&["--emulator", "completions", "bash"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn completions_that_nobody_reads_are_no_failure() {
    let mut child = command(&["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf8_is_a_usage_error() {
    let mut command = command(&["job"]);
    let name = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff");
    let error = object(&command.arg::<&std::ffi::OsStr>(name).arg("--json").output().unwrap(), 2);
    assert_eq!(essence(&error), json!(["usage", null, false, null]));
}

#[test]
fn an_argument_that_conflicts_is_named_with_what_it_conflicts_with() {
    let output = command(&["--emulator", "answers", "jobid1", "--names", "--json"]).output().unwrap();
    let message = object(&output, 2)["message"].as_str().unwrap().to_owned();
    assert!(message.contains("--names") && message.contains("--json"), "{message}");
}

/// Answers that arrive slowly, a page at a time.
async fn slow_emulator() -> Emulator {
    let date = wecom_health_emulator::NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let answer = |number| json!({"id_type": 1, "userid": format!("user{number}"), "report_time": 1_585_267_200});
    let builder = Emulator::builder().answers("jobid1", date, (0..1_000).map(answer).collect()).page_cap(10);
    builder.delay(Duration::from_millis(200)).start().await.unwrap()
}

/// Ends the command with a signal while it prints, and returns its exit code and what it printed.
#[cfg(unix)]
fn signalled(emulator: &Emulator, signal: &str, reads_on: bool) -> (Option<i32>, String, Duration) {
    let url = emulator.base_url();
    let arguments = ["--base-url", &url, "answers", "jobid1", "--date", "2020-03-27", "--ndjson"];
    let mut command = command(&arguments);
    command.env("WECOM_CORP_ID", emulator.corp_id()).env("WECOM_CORP_SECRET", emulator.secret());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    stdout.read_line(&mut text).unwrap();
    let sent = Instant::now();
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    if reads_on {
        stdout.read_to_string(&mut text).unwrap();
    }
    let code = child.wait().unwrap().code();
    (code, text, sent.elapsed())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_the_output_after_a_whole_line() {
    let emulator = slow_emulator().await;
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let (ended, text, _) = signalled(&emulator, signal, true);
        assert_eq!(ended, Some(code));
        assert!(text.ends_with('\n') && text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{text}");
        assert!(text.lines().count() < 1_000, "it ended on its own");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_a_program_whose_output_nobody_reads() {
    let date = wecom_health_emulator::NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let answer =
        json!({"id_type": 1, "userid": "u".repeat(60), "report_values": [{"question_id": 1, "text": "x".repeat(900)}]});
    let emulator = Emulator::builder().answers("jobid1", date, vec![answer; 1_000]).start().await.unwrap();
    let (ended, _, time) = signalled(&emulator, "-INT", false);
    assert_eq!(ended, Some(130));
    assert!(time < Duration::from_secs(10), "{time:?}");
}
