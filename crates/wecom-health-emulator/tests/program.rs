//! The program: what it prints, how it stops, and its message when it cannot run.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wecom-health-emulator"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running program, which is stopped on drop.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program on a free port. Returns it, the lines that it printed, and its address.
fn start(arguments: &[&str]) -> (Running, Vec<String>, String) {
    let mut child = Running(program(&[&["--port", "0"], arguments].concat()).spawn().unwrap());
    let mut out = BufReader::new(child.0.stdout.take().unwrap());
    let mut lines = Vec::new();
    while lines.len() < 5 {
        let mut line = String::new();
        assert!(out.read_line(&mut line).unwrap() > 0, "{lines:?}");
        lines.push(line.trim_end().to_owned());
    }
    let address = lines[0].trim_start_matches("emulator at http://").to_owned();
    (child, lines, address)
}

fn stop(mut child: Running, signal: &str) -> (i32, String) {
    let status = Command::new("kill").args([signal, &child.0.id().to_string()]).status().unwrap();
    assert!(status.success());
    let status = child.0.wait().unwrap();
    let mut log = String::new();
    child.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    (status.code().unwrap(), log)
}

fn request(address: &str, head: &str, body: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        connection,
        "{head} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn it_prints_credentials_logs_no_secret_and_stops_cleanly() {
    for signal in ["-INT", "-TERM"] {
        let (child, lines, address) = start(&["--fault", "get_report_jobids:errcode=-1"]);
        assert!(address.starts_with("127.0.0.1:"), "{lines:?}");
        let query = "corpid=ww0emulator00000000&corpsecret=emulator-secret-that-guards-nothing";
        assert_eq!(lines[1..4], ["corp id:  ww0emulator00000000", "secret:   emulator-secret-that-guards-nothing", ""]);
        assert_eq!(lines[4], format!("curl 'http://{address}/cgi-bin/gettoken?{query}'"));
        assert!(request(&address, &format!("GET /cgi-bin/gettoken?{query}"), "").contains("\"errcode\":0"));
        assert!(
            request(&address, "POST /cgi-bin/health/get_report_jobids?access_token=t0ken", "{}")
                .contains("\"errcode\":-1")
        );
        request(&address, "GET /nope", "");
        // An open connection does not delay the end.
        let _open = TcpStream::connect(&address).unwrap();
        let (code, log) = stop(child, signal);
        assert_eq!(code, 0, "{log}");
        let log: Vec<_> = log.lines().map(|line| line.split_once('Z').unwrap().1).collect();
        let expected = [
            " GET /cgi-bin/gettoken 200 errcode=0 ",
            " POST /cgi-bin/health/get_report_jobids 200 errcode=-1 fault=errcode ",
            " GET /nope 404 ",
        ];
        assert_eq!(log.len(), 3, "{log:?}");
        for (line, expected) in log.iter().zip(expected) {
            assert!(line.starts_with(expected) && line.ends_with(" ms"), "{line}");
            assert!(!line.contains("guards-nothing") && !line.contains("t0ken"), "{line}");
        }
    }
}

#[test]
fn members_are_made_up_and_answer_the_made_up_jobs() {
    let (_child, _, address) = start(&["--members", "100", "--jobs", "1"]);
    let token = request(
        &address,
        "GET /cgi-bin/gettoken?corpid=ww0emulator00000000&corpsecret=emulator-secret-that-guards-nothing",
        "",
    );
    let token = token.split("\"access_token\":\"").nth(1).unwrap().split('"').next().unwrap();
    let departments = request(&address, &format!("GET /cgi-bin/department/simplelist?access_token={token}"), "");
    assert_eq!(departments.matches("\"parentid\"").count(), 4, "{departments}");
    let body = r#"{"jobid": "job0000", "date": "DATE"}"#;
    let today = (chrono::Utc::now() + chrono::TimeDelta::hours(8)).date_naive().to_string();
    let answers = format!("POST /cgi-bin/health/get_report_answer?access_token={token}");
    let answers = request(&address, &answers, &body.replace("DATE", &today));
    assert_eq!(answers.matches("\"id_type\"").count(), 80, "{answers}");
}

#[test]
fn control_paths_do_what_the_methods_do() {
    let (child, _, address) = start(&["--jobs", "2", "--answers", "5", "--days", "1", "--seed", "7"]);
    let ids = |query: &str| request(&address, &format!("POST /cgi-bin/health/get_report_jobids?{query}"), "{}");
    let token = request(
        &address,
        "GET /cgi-bin/gettoken?corpid=ww0emulator00000000&corpsecret=emulator-secret-that-guards-nothing",
        "",
    );
    let token = token.split("\"access_token\":\"").nth(1).unwrap().split('"').next().unwrap();
    let good = format!("access_token={token}");
    assert!(ids(&good).contains(r#"["job0000","job0001"]"#));
    assert!(
        request(&address, "POST /_emulator/faults", "get_report_jobids:http=502@always\n").starts_with("HTTP/1.1 204")
    );
    assert!(ids(&good).starts_with("HTTP/1.1 502") && ids(&good).starts_with("HTTP/1.1 502"));
    assert!(request(&address, "DELETE /_emulator/faults", "").starts_with("HTTP/1.1 204"));
    assert!(ids(&good).contains("\"errcode\":0"));
    assert!(request(&address, "POST /_emulator/advance", "2h").starts_with("HTTP/1.1 204"));
    assert!(ids(&good).contains("\"errcode\":42001"));
    assert!(request(&address, "POST /_emulator/revoke_tokens", "").starts_with("HTTP/1.1 204"));
    assert!(ids(&good).contains("\"errcode\":40014"));
    let requests = request(&address, "GET /_emulator/requests", "");
    assert!(
        request(&address, "POST /_emulator/revoke_tokens HTTP/1.1\r\norigin: https://wecom.example\r\nx-rest:", "")
            .starts_with("HTTP/1.1 403")
    );
    assert!(
        request(&address, "GET /_emulator/requests HTTP/1.1\r\nsec-fetch-site: same-origin\r\nx-rest:", "")
            .starts_with("HTTP/1.1 403")
    );
    // A page of another site, whose owner points its name to this machine.
    for (host, status) in [
        ("wecom.example", 403),
        ("wecom.example:8765", 403),
        ("localhost.wecom.example", 403),
        ("127.0.0.1.wecom.example:80", 403),
        ("", 403),
        ("localhost:8765", 200),
        ("LOCALHOST", 200),
        ("[::1]:8765", 200),
        ("192.0.2.1", 200),
    ] {
        let mut connection = TcpStream::connect(&address).unwrap();
        write!(connection, "GET /_emulator/requests HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut response = String::new();
        connection.read_to_string(&mut response).unwrap();
        assert!(response.starts_with(&format!("HTTP/1.1 {status}")), "{host}: {response}");
    }
    assert!(requests.contains("\"count\":7") && requests.contains("get_report_jobids"), "{requests}");
    assert!(!requests.contains(token) && !requests.contains("guards-nothing"), "{requests}");
    for (head, body, message) in [
        ("POST /_emulator/faults", "nope", "there is no fault nope; write one of errcode=-1, "),
        ("POST /_emulator/advance", "tomorrow", "write how far to advance the clock, e.g. 2h or 30s"),
        ("GET /_emulator/nope", "", "write POST faults, "),
    ] {
        let response = request(&address, head, body);
        assert!(response.starts_with("HTTP/1.1 400") && response.contains(message), "{response}");
    }
    assert_eq!(stop(child, "-INT").0, 0);
}

#[test]
fn an_unread_log_does_not_block_requests() {
    let (child, _, address) = start(&[]);
    for _ in 0..3_000 {
        assert!(
            request(&address, "GET /a-path-that-makes-the-line-in-the-log-longer-than-it-would-be-otherwise", "")
                .contains("404")
        );
    }
    let started = std::time::Instant::now();
    let status = Command::new("kill").args(["-TERM", &child.0.id().to_string()]).status().unwrap();
    assert!(status.success());
    let mut child = child;
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
    assert!(started.elapsed().as_secs() < 10);
}

#[test]
fn requests_of_clients_that_leave_are_logged_too() {
    let (child, _, address) = start(&["--fault", "delay=60s@always"]);
    let mut connection = TcpStream::connect(&address).unwrap();
    connection.write_all(b"GET /cgi-bin/gettoken HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    while !request(&address, "GET /_emulator/requests", "").contains("gettoken") {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    drop(connection);
    std::thread::sleep(std::time::Duration::from_millis(500));
    let (_, log) = stop(child, "-INT");
    assert!(log.contains(" GET /cgi-bin/gettoken no response errcode=41004 fault=delay "), "{log}");
}

#[test]
fn idle_connections_make_room_when_descriptors_run_out() {
    let script = format!("ulimit -n 60; exec '{}' --port 0", env!("CARGO_BIN_EXE_wecom-health-emulator"));
    let child = Command::new("sh").args(["-c", &script]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut child = Running(child);
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim_end().trim_start_matches("emulator at http://");
    let idle: Vec<_> = (0..150).map(|_| TcpStream::connect(address).unwrap()).collect();
    let started = std::time::Instant::now();
    assert!(request(address, "GET /cgi-bin/gettoken", "").contains("41004"));
    assert!(started.elapsed().as_secs() < 15);
    drop(idle);
}

/// What it prints to stderr instead of running.
fn refusal(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = program(arguments).output().unwrap();
    let message = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.len()), (Some(2), 0), "{arguments:?}: {message}");
    message.trim_end().to_owned()
}

#[test]
fn wrong_arguments_have_exit_code_2() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.json");
    std::fs::write(&data, r#"{"jobs": [{"jobid": "a", "answers": [{"report_time": "39C"}]}]}"#).unwrap();
    let data = data.to_str().unwrap();
    let message = format!("error: {data}: jobs[0].answers[0].report_time: needs a whole number, not a string");
    assert_eq!(refusal(&["--data", data]), message);
    for (arguments, message) in [
        (&["--data", "/nowhere.json"][..], "error: cannot read the data in /nowhere.json: "),
        (&["--port", &port], &format!("error: port {port} of 127.0.0.1 is in use; choose another with --port,")),
        (&["--port", "70000"], "error: invalid value '70000' for '--port <PORT>': write a number from 0 to 65535"),
        (
            &["--fault", "resett"],
            "error: invalid value 'resett' for '--fault <FAULT>': there is no fault resett; write one of errcode=-1, http=502, ",
        ),
        (
            &["--jobs", "-5"],
            "error: invalid value '-5' for '--jobs <N>': write a whole number from 0 to 10000, e.g. 20",
        ),
        (
            &["--jobs", "10001"],
            "error: invalid value '10001' for '--jobs <N>': write a whole number from 0 to 10000, e.g. 20",
        ),
        (
            &["--members", "1000001"],
            "error: invalid value '1000001' for '--members <N>': write a whole number from 0 to 1000000, e.g. 500",
        ),
        (&["--data", "a", "--members", "1"], "error: the argument '--data <FILE>' cannot be used with '--members <N>'"),
        (
            &["--choose", "unknown_department=0"],
            "error: invalid value 'unknown_department=0' for '--choose <NAME=VALUE>': unknown_department must be an errcode",
        ),
        (&["--answers", "-1"], "error: invalid value '-1' for '--answers <N>': write a whole number, e.g. 100"),
        (&["--days", "-1"], "error: invalid value '-1' for '--days <N>': write a whole number, e.g. 14"),
        (&["--seed", "-1"], "error: invalid value '-1' for '--seed <N>': write a whole number, e.g. 7"),
        (
            &["--now", "9999-01-01T00:00:00Z"],
            "error: invalid value '9999-01-01T00:00:00Z' for '--now <TIME>': write it like 2020-03-27T12:00:00+08:00, from",
        ),
        (
            &["--now", "noon"],
            "error: invalid value 'noon' for '--now <TIME>': write it like 2020-03-27T12:00:00+08:00, from 1970 to 9800",
        ),
        (
            &["--choose", "unknown_job"],
            "error: invalid value 'unknown_job' for '--choose <NAME=VALUE>': write it like unknown_job=40058",
        ),
        (
            &["--choose", "old_days=x"],
            "error: invalid value 'old_days=x' for '--choose <NAME=VALUE>': old_days must be accepted or refused",
        ),
        (
            &["--choose", "default_limit=101"],
            "error: invalid value 'default_limit=101' for '--choose <NAME=VALUE>': default_limit must be a number from 1 to 100",
        ),
        (
            &["--choose", "nope=1"],
            "error: invalid value 'nope=1' for '--choose <NAME=VALUE>': there is no choice nope; write one of unknown_job, ",
        ),
        (&["--data", "a.json", "--jobs", "1"], "error: the argument '--data <FILE>' cannot be used with '--jobs <N>'"),
        (&["--prot", "1"], "error: unexpected argument '--prot' found"),
    ] {
        let line = refusal(arguments);
        assert!(line.starts_with(message), "{line}");
    }
    drop(taken);
}

#[test]
fn listening_on_all_addresses_is_printed() {
    let (_child, lines, _) = start(&["--bind", "0.0.0.0"]);
    assert!(lines[0].starts_with("emulator at http://127.0.0.1:"), "{lines:?}");
    assert!(lines[0].ends_with(" and at every other address of this machine (--bind 0.0.0.0)"), "{lines:?}");
}
