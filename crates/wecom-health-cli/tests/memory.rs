//! A million answers go through the command in flat memory. Takes a minute: `cargo test -p wecom-health-cli --test memory -- --ignored`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use wecom_health_emulator::{Emulator, NaiveDate};

const ANSWERS: usize = 1_000_000;
const LIMIT_KIB: usize = 64 * 1024;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute"]
async fn a_million_answers_as_lines_stay_under_64_mib() {
    let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let emulator =
        Emulator::builder().synthetic_answers("jobid1", date, ANSWERS).no_rate_limits().start().await.unwrap();
    let base_url = emulator.base_url();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wecom-health"))
        .args(["--base-url", &base_url, "answers", "jobid1", "--date", "2020-03-27", "--ndjson"])
        .env("WECOM_CORP_ID", emulator.corp_id())
        .env("WECOM_CORP_SECRET", emulator.secret())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (lines, peak) = tokio::task::spawn_blocking(move || {
        let (mut lines, mut peak) = (0, 0);
        for line in BufReader::new(command.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            // Every answer, in order: the number is in its text.
            assert!(line.contains(&format!("/signature/{lines}\"")), "{line}");
            lines += 1;
            if lines % 1_000 == 0 {
                peak = peak_memory(command.id()).unwrap_or(peak);
            }
        }
        assert!(command.wait().unwrap().success());
        (lines, peak)
    })
    .await
    .unwrap();
    println!("{lines} answers, peak {} MiB resident", peak / 1024);
    assert_eq!(lines, ANSWERS);
    assert!(peak > 0 && peak < LIMIT_KIB, "{peak} KiB");
}

/// The most memory that a process ever had resident, in KiB; nothing if it is gone.
fn peak_memory(process: u32) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().trim_end_matches(" kB").parse().ok())
}
