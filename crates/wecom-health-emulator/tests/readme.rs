//! Runs the `curl` commands of the README in a shell and compares what they print with what the README shows.
//!
//! Without `curl` the test passes with a note; with `WECOM_HEALTH_REQUIRE_CURL` in the environment it fails.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may panic")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

const README: &str = include_str!("../README.md");

/// Separates the output of one command from that of the next.
const MARK: &str = "-- next --";

/// The port in the README, which the test replaces by a free one.
const PORT: &str = "8765";

/// The commands of the README, each with the output that is shown.
fn commands() -> Vec<(String, String)> {
    let (_, block) = README.split_once("```console\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let commands: Vec<_> = block.split("$ ").skip(1).filter_map(|command| command.split_once('\n')).collect();
    // A `$ ` within a command would have cut it.
    assert!(commands.iter().all(|(command, _)| command.starts_with(['w', 'c', 'T'])), "{commands:?}");
    commands.into_iter().map(|(command, printed)| (command.to_owned(), printed.to_owned())).collect()
}

#[test]
fn the_readme_shows_what_its_commands_print() {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("WECOM_HEALTH_REQUIRE_CURL").is_none(), "there is no curl");
        eprintln!("no curl: the commands of the README were not run");
        return;
    }
    let commands = commands();
    for shown in [
        "gettoken",
        "get_report_jobids",
        "get_report_job_info",
        "get_report_answer",
        "get_health_report_stat",
        "department/simplelist",
        "user/simplelist",
        "school/department/list",
        "school/user/list",
        "revoke_tokens",
    ] {
        assert!(commands.iter().any(|(command, printed)| format!("{command} {printed}").contains(shown)), "{shown}");
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let here = |text: &str| text.replace(PORT, &free);

    let (start, printed) = &commands[0];
    let arguments = here(start.strip_prefix("wecom-health emulator ").unwrap().strip_suffix(" &").unwrap());
    let mut emulator = Command::new(env!("CARGO_BIN_EXE_wecom-health-emulator"))
        .args(arguments.split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(emulator.stdout.take().unwrap());
    let mut started = String::new();
    while started.len() < here(printed).len() && out.read_line(&mut started).unwrap() > 0 {}

    let script: String =
        commands[1..].iter().map(|(command, _)| format!("{}\necho '{MARK}'\n", here(command))).collect();
    let folder = tempfile::tempdir().unwrap();
    // The requests stay on this machine.
    let ran = Command::new("sh").args(["-c", &script]).current_dir(&folder).env("no_proxy", "*").output();
    emulator.kill().unwrap();
    emulator.wait().unwrap();

    assert_eq!(started, here(printed));
    let ran = String::from_utf8(ran.unwrap().stdout).unwrap();
    let printed: Vec<_> = ran.split(&format!("{MARK}\n")).collect();
    assert_eq!(printed.len(), commands.len(), "{ran}");
    for ((command, shown), printed) in commands[1..].iter().zip(printed) {
        // curl prints no line break at the end.
        assert_eq!(printed.trim_end_matches('\n'), here(shown).trim_end_matches('\n'), "{command}");
    }
}
