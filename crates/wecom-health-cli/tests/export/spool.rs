//! The spool may have the only copy of a day: nothing takes its place that is less, and what is gone is named.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wecom_health_emulator::Emulator;

use crate::world::{TWO_DAYS, export, files, job, manifest, odd_emulator, out, stderr, succeed};

/// The file of a day in the spool.
fn spooled(out: &Path, job: &str, date: &str) -> PathBuf {
    let files = fs::read_dir(out.join(".spool").join(job)).unwrap().map(|file| file.unwrap().path());
    let mut files = files.filter(|file| file.file_name().unwrap().to_string_lossy().starts_with(date));
    let file = files.next().unwrap();
    assert_eq!(files.next(), None, "a day has one file");
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_gone_or_changed_is_named_in_each_run() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let (all, file) = (files(&out), spooled(&out, "job-1", "2020-03-27"));
    let text = fs::read_to_string(&file).unwrap();
    let other = ["job-1", "--from", "2020-03-28", "--to", "2020-03-28", "--format", "csv,xlsx,ndjson"];
    for changed in [None, Some(text.replace("once", "twice")), Some(String::new())] {
        fs::remove_file(&file).unwrap();
        if let Some(changed) = changed {
            fs::write(&file, changed).unwrap();
        }
        // Twice: what is lost stays lost until somebody puts it back.
        for _ in 0..2 {
            fs::remove_file(out.join("answers_job-1_2020-03-28.csv")).unwrap();
            let output = export(&emulator, &out, &other).output().unwrap();
            assert_eq!(output.status.code(), Some(5), "{output:?}");
            let stderr = stderr(&output);
            assert!(
                stderr.contains(&format!("lost: job-1, 2020-03-27: {} is gone or was changed", file.display())),
                "{stderr}"
            );
            assert!(stderr.ends_with("incomplete; put the files that are lost back from a backup, or delete their days from manifest.json\n"), "{stderr}");
            assert!(out.join("answers_job-1_2020-03-28.csv").is_file(), "the others are written");
        }
        fs::write(&file, &text).unwrap();
        succeed(export(&emulator, &out, &other));
        assert_eq!(files(&out), all);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_day_that_the_server_keeps_is_fetched_again() {
    let emulator = Emulator::builder().synthetic(1, 20, 3).start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &["--days", "3"]));
    let before = files(&out);
    let day = before.keys().find(|file| file.starts_with(".spool")).unwrap();
    fs::write(out.join(day), "changed").unwrap();
    succeed(export(&emulator, &out, &["--days", "3"]));
    assert_eq!(files(&out), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_manifest_costs_no_day_of_the_spool() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let file = spooled(&out, "job-1", "2020-03-27");
    fs::remove_file(out.join("manifest.json")).unwrap();
    fs::remove_file(out.join(".wecom-health.lock")).unwrap();
    let before = files(&out);
    let output = export(&emulator, &out, &TWO_DAYS).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        stderr(&output).contains("manifest.json: it is gone; put it back from a backup, together with .spool"),
        "{output:?}"
    );
    fs::remove_file(out.join(".wecom-health.lock")).unwrap();
    assert!(file.is_file() && files(&out) == before, "nothing else was touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_answers_to_an_old_day_replace_nothing() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let (before, file) = (files(&out), spooled(&out, "job-1", "2020-03-27"));
    let text = fs::read_to_string(&file).unwrap();
    let empty = Emulator::builder().job("job-1", job(Vec::new())).start().await.unwrap();
    let refetch = || export(&empty, &out, &[&TWO_DAYS[..], &["--refetch"]].concat()).output().unwrap();
    let output = refetch();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(stderr(&output).contains("missing: job-1, 2020-03-27: the server has fewer answers"), "{output:?}");
    let still = |name: &str| files(&out).get(Path::new(name)) == before.get(Path::new(name));
    assert!(file.is_file() && still("answers_job-1_2020-03-27.csv"));
    // What is lost does not become a day without answers.
    fs::remove_file(&file).unwrap();
    assert_eq!(refetch().status.code(), Some(5));
    fs::write(&file, text).unwrap();
    assert_eq!(refetch().status.code(), Some(5));
    assert!(still("answers_job-1_2020-03-27.csv") && still("answers_job-1_2020-03-27.ndjson"));
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_answers_to_a_day_of_the_window_are_taken() {
    let with = |answers: usize| Emulator::builder().synthetic(1, answers, 2);
    let (_folder, out) = out();
    succeed(export(&with(30).start().await.unwrap(), &out, &["--days", "2"]));
    succeed(export(&with(20).start().await.unwrap(), &out, &["--days", "2", "--refetch"]));
    assert!(manifest(&out)["days"].as_array().unwrap().iter().all(|day| day["rows"].as_u64() < Some(21)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_with_a_day_twice_is_refused() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    // What is copied without its hidden files stays an export.
    fs::remove_file(out.join(".wecom-health.lock")).unwrap();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let mut manifest = manifest(&out);
    let days = manifest["days"].as_array_mut().unwrap();
    days.push(days[0].clone());
    fs::write(out.join("manifest.json"), manifest.to_string()).unwrap();
    let output = export(&emulator, &out, &TWO_DAYS).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = stderr(&output);
    assert!(said.contains("it has job-1, 2020-03-27 twice; put it back from a backup, together with .spool"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_gets_what_is_there_missing_and_lost() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    succeed(export(&emulator, &out, &TWO_DAYS));
    let file = spooled(&out, "job-1", "2020-03-27");
    fs::remove_file(&file).unwrap();
    let days = ["job-1", "nobody", "--json", "--from", "2020-03-28", "--to", "2020-03-28"];
    let output = export(&emulator, &out, &days).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let mut document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let reason = document["missing"][0]["error"].take();
    assert!(reason.as_str().unwrap().contains("40088"), "{reason}");
    assert_eq!(
        document,
        json!({
            "jobs": [
                {"jobid": "job-1", "days": 1, "answers": 0, "missing_days": 0},
                {"jobid": "nobody", "days": 0, "answers": 0, "missing_days": 1},
            ],
            "missing": [{"jobid": "nobody", "date": "2020-03-28", "error": null, "errcode": 40088, "retryable": false}],
            "lost": [{"jobid": "job-1", "date": "2020-03-27", "file": file.to_str().unwrap()}],
        })
    );
    let last: Value = serde_json::from_str(stderr(&output).lines().last().unwrap()).unwrap();
    let message = last["message"].as_str().unwrap();
    assert!(message.contains("check the ids") && message.contains("back from a backup"), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_day_whose_answers_are_gone_is_no_empty_day() {
    let mut details = job(Vec::new());
    details["finish_cnt"] = json!(381);
    let emulator = Emulator::builder().job("job-1", details).start().await.unwrap();
    let (_folder, out) = out();
    let output = export(&emulator, &out, &TWO_DAYS).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let said = stderr(&output);
    assert!(said.contains("missing: job-1, 2 days from 2020-03-27 to 2020-03-28: the server no longer has"), "{said}");
    assert!(
        !out.join("answers_job-1_2020-03-27.csv").exists()
            && !files(&out).keys().any(|file| file.starts_with(".spool"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_manifest_is_noticed() {
    let emulator = odd_emulator().start().await.unwrap();
    let (_folder, out) = out();
    let one_day = ["--from", "2020-03-28", "--to", "2020-03-28"];
    succeed(export(&emulator, &out, &one_day));
    let older = fs::read(out.join("manifest.json")).unwrap();
    succeed(export(&emulator, &out, &TWO_DAYS));
    fs::write(out.join("manifest.json"), older).unwrap();
    let output = export(&emulator, &out, &[&one_day[..], &["--quiet"]].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let said = stderr(&output);
    assert!(said.contains("manifest.json lacks days that .spool has: 1"), "{said}");
    assert!(said.ends_with("incomplete; put back the manifest.json that belongs to .spool\n"), "{said}");
    // A day that the manifest lacks is not recorded as one with fewer answers.
    let empty = Emulator::builder().job("job-1", job(Vec::new())).start().await.unwrap();
    let output = export(&empty, &out, &TWO_DAYS).output().unwrap();
    assert!(stderr(&output).contains("missing: job-1, 2020-03-27: the server has fewer answers"), "{output:?}");
    assert!(stderr(&output).contains("manifest.json lacks days that .spool has: 1"), "{output:?}");
    assert!(spooled(&out, "job-1", "2020-03-27").is_file());
}
