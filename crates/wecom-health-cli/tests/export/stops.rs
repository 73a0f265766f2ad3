//! Whatever stops an export, no file is half written, and the next run ends as if nothing had happened.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wecom_health_emulator::Emulator;

use crate::world::{TWO_DAYS, export, files, odd_emulator, out, recorded, stderr, succeed};

/// A limit on the size of files fails like a full disk: in the middle of a write.
fn on_a_full_disk(command: &Command) -> String {
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args());
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    stderr(&output)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_nothing_half_written() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    let said = on_a_full_disk(&export(&emulator, &out, &TWO_DAYS));
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("error: cannot write ") && last.contains("/.spool/job-1: "), "{said}");
    let left: Vec<_> = files(&out).into_keys().filter(|file| file.to_string_lossy() != ".wecom-health.lock").collect();
    assert!(left.iter().all(|file| file.to_string_lossy().contains("2020-03-28")), "{left:?}");
    succeed(export(&emulator, &out, &TWO_DAYS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_while_writing_is_named_in_a_line() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    let day = ["job-1", "--quiet", "--from", "2020-03-28", "--to", "2020-03-28", "--format", "xlsx"];
    succeed(export(&emulator, &out, &day));
    fs::remove_file(out.join("answers.xlsx")).unwrap();
    let said = on_a_full_disk(&export(&emulator, &out, &[&day[..], &["--lang", "zh"]].concat()));
    let path = out.join("answers.xlsx");
    assert_eq!(said, format!("错误：无法写入 {}：文件过大，请检查文件夹、权限和剩余空间\n", path.display()));
    assert!(!path.exists() && doing(&out).is_none());
}

/// The library for workbooks panics where it cannot write a row to its temporary file.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_of_rows_is_named_in_a_line() {
    let emulator = Emulator::builder().synthetic(1, 2_000, 2).no_rate_limits().start().await.unwrap();
    let (_folder, out) = out();
    let day = ["job0000", "--quiet", "--from", "yesterday", "--to", "yesterday"];
    succeed(export(&emulator, &out, &day));
    let said = on_a_full_disk(&export(&emulator, &out, &[&day[..], &["--format", "xlsx"]].concat()));
    let path = out.join("answers.xlsx");
    let line = format!("error: cannot write {}: the rows do not fit on the disk; check the folder", path.display());
    assert!(said.starts_with(&line) && said.lines().count() == 1, "{said}");
    assert!(!path.exists() && doing(&out).is_none());
}

/// What an export does, and where its unfinished file then is.
const PHASES: [(&str, &str); 4] = [
    ("spooling", ".spool/job0000/.part-"),
    ("recording", ".part-manifest"),
    ("rendering", ".part-answers_"),
    ("compressing", ".part-answers.xlsx"),
];

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
fn kill_at(mut export: Command, out: &Path, time: Duration, phase: Option<&str>) {
    let mut running = export.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    match phase {
        None => std::thread::sleep(time),
        Some(_) => while doing(out) != phase && running.try_wait().unwrap().is_none() {},
    }
    running.kill().unwrap();
    running.wait().unwrap();
}

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

fn copy(from: &Path, to: &Path) {
    for (file, contents) in files(from) {
        fs::create_dir_all(to.join(&file).parent().unwrap()).unwrap();
        fs::write(to.join(file), contents).unwrap();
    }
    fs::copy(from.join("manifest.json"), to.join("manifest.json")).unwrap();
}

/// Files of the spool that the manifest does not have: what was fetched and not recorded.
fn leftovers(out: &Path) -> usize {
    let recorded = recorded(out)["days"].as_array().unwrap().len();
    let complete = |file: &Path| file.starts_with(".spool") && !file.to_string_lossy().contains(".part-");
    files(out).keys().filter(|file| complete(file)).count() - recorded
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_refetch_loses_no_day() {
    let days = ["--from", "-5", "--to", "yesterday", "--format", "csv,ndjson", "--requests-per-minute", "0"];
    let refetch = [&days[..], &["--refetch"]].concat();
    let before = Emulator::builder().synthetic(2, 60, 7).seed(1).start().await.unwrap();
    let after = Emulator::builder().synthetic(2, 60, 7).seed(2).start().await.unwrap();
    let (_folder, full) = out();
    succeed(export(&before, &full, &days));
    let (_folder, expected) = out();
    copy(&full, &expected);
    succeed(export(&after, &expected, &refetch));
    assert_ne!(files(&full), files(&expected), "the server has other answers");
    let mut left = 0;
    for phase in ["recording", "spooling", "recording", "rendering", "recording", "recording"] {
        let (_folder, out) = out();
        copy(&full, &out);
        kill_at(export(&after, &out, &refetch), &out, Duration::ZERO, Some(phase));
        left = left.max(leftovers(&out));
        // A run for another job neither stops nor names a day.
        let output = succeed(export(&after, &out, &[&["job0001"], &days[..], &["--quiet"]].concat()));
        assert!(output.stderr.is_empty(), "{output:?}");
        assert_eq!(leftovers(&out), 0);
        succeed(export(&after, &out, &refetch));
        assert_eq!(files(&out), files(&expected));
    }
    assert!(left > 0, "no kill came between a day's file and its record");
}

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
async fn ctrl_c_while_files_are_written_leaves_no_part() {
    let emulator = Emulator::builder().synthetic(1, 20_000, 2).no_rate_limits().start().await.unwrap();
    let (_folder, out) = out();
    let days = ["--from", "-2", "--to", "yesterday", "--quiet", "--requests-per-minute", "0"];
    succeed(export(&emulator, &out, &[&days[..], &["--format", "ndjson"]].concat()));
    for (phase, format) in [("rendering", "csv"), ("compressing", "xlsx")] {
        let mut running = export(&emulator, &out, &[&days[..], &["--format", format]].concat());
        let mut running = running.stderr(Stdio::piped()).spawn().unwrap();
        while doing(&out) != Some(phase) {
            assert_eq!(running.try_wait().unwrap(), None);
        }
        assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
        let output = running.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "error: interrupted\n");
        assert_eq!(doing(&out), None);
    }
}
