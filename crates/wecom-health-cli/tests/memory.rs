//! Large companies go through the command in little memory. Takes minutes: `cargo test -p wecom-health-cli --test memory -- --ignored`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::command_at;
use wecom_health::model::{DepartmentId, UserId};
use wecom_health::{Client, Secret};
use wecom_health_emulator::{Emulator, NaiveDate};

mod support;

const ANSWERS: usize = 1_000_000;
const LIMIT_KIB: usize = 64 * 1024;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute"]
async fn a_million_answers_as_lines_stay_under_64_mib() {
    let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let emulator =
        Emulator::builder().synthetic_answers("jobid1", date, ANSWERS).no_rate_limits().start().await.unwrap();
    let mut command = command_at(&emulator, &["answers", "jobid1", "--date", "2020-03-27", "--ndjson"])
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

const SUMMARISED: usize = 100_000;
const LONGEST_PAGE: u64 = 3_000_000;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute"]
async fn a_page_of_100_000_answers_is_small_and_takes_no_more_memory() {
    let (few, few_bytes) = page(SUMMARISED / 10).await;
    let (many, bytes) = page(SUMMARISED).await;
    println!("page of {bytes} bytes, peak {} MiB resident; {} MiB for a tenth of the answers", many / 1024, few / 1024);
    assert!(bytes < LONGEST_PAGE && few_bytes < LONGEST_PAGE, "{bytes} {few_bytes}");
    assert!(few > 0 && many < few + few / 5 && many < LIMIT_KIB, "{many} KiB after {few} KiB");
}

/// Writes a page of so many answers. Returns the most memory that this took, in KiB, and the length of the page.
async fn page(answers: usize) -> (usize, u64) {
    let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let builder = Emulator::builder().synthetic_answers("job0002", date, answers);
    let emulator = builder.no_rate_limits().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let mut command = command_at(&emulator, &["summary", "job0002", "--date", "2020-03-27", "--html"])
        .arg(&file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let run = move || {
        let mut peak = 0;
        let status = loop {
            peak = peak_memory(command.id()).unwrap_or(peak);
            if let Some(status) = command.try_wait().unwrap() {
                break status;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(status.success());
        peak
    };
    let peak = tokio::task::spawn_blocking(run).await.unwrap();
    (peak, std::fs::metadata(file).unwrap().len())
}

const PEOPLE: usize = 50_000;
const DEPARTMENTS: usize = 2_000;
const DEPTH: usize = 12;
const REPORTED: usize = 30_000;
const LIMIT_OF_ABSENT_KIB: usize = 128 * 1024;

/// The job `job0002` is reported daily by all members.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute"]
async fn fifty_thousand_people_stay_under_128_mib() {
    let friday = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let builder = Emulator::builder().synthetic_people(PEOPLE, DEPARTMENTS, DEPTH).no_rate_limits();
    let emulator = builder
        .synthetic_answers("job0002", friday, REPORTED)
        .keep_requests(10_000)
        .delay(Duration::from_millis(10))
        .start()
        .await
        .unwrap();
    let begin = Instant::now();
    let (list, peak) = absent(&emulator, "job0002").await;
    let taken = begin.elapsed();
    let (of_departments, of_answers) = (emulator.count("user_simplelist"), emulator.count("get_report_answer"));
    let asked: BTreeSet<String> = emulator
        .requests()
        .iter()
        .filter(|request| request.endpoint() == "user_simplelist")
        .map(|request| request.expose_query().split("department_id=").nth(1).unwrap().to_owned())
        .collect();
    println!(
        "{of_departments} departments and {of_answers} pages in {taken:?}, {} at once, peak {} MiB resident",
        emulator.max_in_flight(),
        peak / 1024
    );

    assert_eq!((&list["counts"]["expected"], &list["counts"]["reported"]), (&PEOPLE.into(), &REPORTED.into()));
    // Nobody is in the root, which the job therefore leaves out.
    assert_eq!((of_departments, asked.len()), (DEPARTMENTS - 1, DEPARTMENTS - 1), "each once");
    assert_eq!(emulator.count("department_simplelist"), 1);
    // The server does not say which page of answers is the last: of four at once, the last full page may be the first.
    assert!((REPORTED / 100 + 1..=REPORTED / 100 + 4).contains(&of_answers), "{of_answers}");
    assert!((4..=8).contains(&emulator.max_in_flight()));
    assert_eq!(userids(&list["absent"]), absent_by_subtraction(&emulator, friday).await);
    assert!(peak > 0 && peak < LIMIT_OF_ABSENT_KIB, "{peak} KiB");
}

/// What `absent --json` prints of a job, and the most memory that it had resident.
async fn absent(emulator: &Emulator, job: &str) -> (Value, usize) {
    let mut command = command_at(emulator, &["absent", job, "--date", "2020-03-27", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let run = move || {
        let (mut stdout, mut shown) = (command.stdout.take().unwrap(), Vec::new());
        // It has all that it needs in memory when it begins to print, more than fits into a pipe.
        shown.resize(1, 0);
        stdout.read_exact(&mut shown).unwrap();
        let peak = peak_memory(command.id()).unwrap();
        stdout.read_to_end(&mut shown).unwrap();
        assert_eq!(command.wait().unwrap().code(), Some(0));
        (serde_json::from_slice::<Value>(&shown).unwrap()[0].take(), peak)
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn userids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|person| person["userid"].as_str().unwrap().to_owned()).collect()
}

/// Who is absent by another way: everybody in any department but the root, asked for one by one, less all who answered.
async fn absent_by_subtraction(emulator: &Emulator, date: NaiveDate) -> Vec<String> {
    let client = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = client.build().unwrap();
    let mut people = BTreeSet::new();
    for department in client.department_simplelist().send().await.unwrap().department_id {
        if department.id == DepartmentId::from(1) {
            continue;
        }
        for member in client.user_simplelist(department.id).await.unwrap().userlist {
            people.insert(member.userid.as_ref().to_owned());
        }
    }
    let mut answers = client.report_answers("job0002", date).stream();
    while let Some(answer) = answers.try_next().await.unwrap() {
        people.remove(answer.userid.as_ref().map(UserId::as_ref).unwrap());
    }
    people.into_iter().collect()
}
