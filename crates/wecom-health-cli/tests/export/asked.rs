//! All that was asked for is fetched, or named at the end with a reason and an exit code.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use wecom_health_emulator::{Emulator, Fault, FaultRule, RecordedRequest};

use crate::world::{TWO_DAYS, answer, export, job, manifest, odd_emulator, out, question, stderr, succeed};

/// Makes a recorded day one that was fetched before it ended.
fn reopen(out: &Path, date: &str) {
    let mut manifest = manifest(out);
    let days = manifest["days"].as_array_mut().unwrap();
    days.iter_mut().find(|day| day["date"] == date).unwrap()["state"] = "open".into();
    fs::write(out.join("manifest.json"), manifest.to_string()).unwrap();
}

fn state(out: &Path, date: &str) -> String {
    let manifest = manifest(out);
    let days = manifest["days"].as_array().unwrap();
    days.iter().find(|day| day["date"] == date).unwrap()["state"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_not_final_is_fetched_while_it_is_kept() {
    let emulator = Emulator::builder().synthetic(1, 5, 9).start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &[]));
    let date = manifest(&out)["days"][6]["date"].as_str().unwrap().to_owned();
    reopen(&out, &date);
    for arguments in [&["--from", "today"][..], &["job0000", "--days", "1"]] {
        succeed(export(&emulator, &out, arguments));
        assert_eq!(state(&out, &date), "open", "another day was asked for");
    }
    succeed(export(&emulator, &out, &["--days", "1"]));
    assert_eq!(state(&out, &date), "final");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_can_never_be_completed_is_named() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    reopen(&out, "2020-03-28");
    let said = stderr(&succeed(export(&emulator, &out, &["--days", "1"])));
    assert!(
        said.contains("note: fetched before they ended, and can no longer be completed (1): job-1, 2020-03-28"),
        "{said}"
    );
    assert_eq!(stderr(&succeed(export(&emulator, &out, &["--days", "1", "--quiet"]))), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_day_that_was_open_is_not_asked_for_again() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    reopen(&out, "2020-03-27");
    let empty = Emulator::builder().job("job-1", job(Vec::new())).start().await.unwrap();
    let said = stderr(&succeed(export(&empty, &out, &TWO_DAYS)));
    assert!(said.contains("can no longer be completed (1): job-1, 2020-03-27"), "{said}");
    assert_eq!(empty.count("get_report_answer"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_job_alone_is_named() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    let output = export(&emulator, &out, &[&["nobody"], &TWO_DAYS[..]].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(stderr(&output).contains("missing: nobody, 2 days from 2020-03-27 to 2020-03-28: "), "{output:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_credentials_or_network_the_exit_code_says_so() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let arguments = [&["job-1", "--refetch"], &TWO_DAYS[..]].concat();
    let rendered = out.join("answers_job-1_2020-03-27.csv");
    let check = |mut command: Command, code| {
        fs::remove_file(&rendered).unwrap();
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(!stderr(&output).contains("run it again") && output.stdout.is_empty(), "{output:?}");
        assert!(rendered.is_file(), "what is there is written");
    };
    let mut wrong = export(&emulator, &out, &arguments);
    wrong.env("WECOM_CORP_SECRET", "wrong");
    check(wrong, 3);
    let unreachable = export(&emulator, &out, &arguments);
    drop(emulator);
    check(unreachable, 4);
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
    let stderr = stderr(&output);
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
    let stderr = stderr(&output);
    assert!(stderr.contains("missing: nobody, 2 days from 2020-03-27 to 2020-03-28: "), "{stderr}");
    assert!(out.join("answers_job-1_2020-03-27.csv").is_file() && !out.join("answers_nobody_2020-03-27.csv").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_days_are_joined_only_if_they_follow_each_other() {
    let emulator = odd_emulator().start().await.unwrap();
    let fails = |request: &RecordedRequest| ["03-25", "03-27", "03-28"].iter().any(|day| request.body().contains(day));
    emulator.fail_when(fails, Fault::ErrCode(40058));
    let (_folder, out) = out();
    let output = export(&emulator, &out, &["job-1", "--from", "2020-03-25", "--to", "2020-03-28"]).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let said = stderr(&output);
    assert!(said.contains("missing: job-1, 2020-03-25: "), "{said}");
    assert!(said.contains("missing: job-1, 2 days from 2020-03-27 to 2020-03-28: "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_say_what_to_do_and_whether_to_run_it_again() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let last = |mut command: Command| -> Value {
        let output = command.arg("--json").output().unwrap();
        serde_json::from_str(stderr(&output).lines().last().unwrap()).unwrap()
    };
    let one = |advice: &str, is_retryable: bool, failure: &Value| {
        assert!(failure["advice"].as_str().is_some_and(|text| text.contains(advice)), "{failure}");
        assert_eq!(failure["retryable"], is_retryable, "{failure}");
    };

    let mut command = export(&emulator, &out, &TWO_DAYS);
    command.env_remove("WECOM_CORP_ID");
    one("set WECOM_CORP_ID in the environment", false, &last(command));

    let lock = fs::File::open(out.join(".wecom-health.lock")).unwrap();
    lock.lock().unwrap();
    one("wait until it ends", true, &last(export(&emulator, &out, &TWO_DAYS)));
    drop(lock);

    let again = [&TWO_DAYS[..], &["--refetch"]].concat();
    for (code, is_retryable) in [(-1, true), (45009, true), (40058, false)] {
        let emulator = odd_emulator().start().await.unwrap();
        emulator.add_fault(FaultRule::new(Fault::ErrCode(code)).endpoint("get_report_answer").always());
        let failure = last(export(&emulator, &out, &again));
        assert_eq!((&failure["kind"], &failure["retryable"]), (&json!("partial"), &json!(is_retryable)), "{failure}");
        let advice = failure["advice"].as_str();
        assert_eq!(advice.is_some_and(|advice| advice.contains("run it again")), is_retryable, "{failure}");
    }

    fs::remove_file(out.join("manifest.json")).unwrap();
    one("put it back from a backup", false, &last(export(&emulator, &out, &TWO_DAYS)));
}
