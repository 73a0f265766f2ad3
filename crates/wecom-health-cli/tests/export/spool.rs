//! The spool may have the only copy of a day: nothing takes its place that is less, and what is gone is named.

use std::fs;
use std::path::{Path, PathBuf};

use wecom_health_emulator::Emulator;

use crate::world::{TWO_DAYS, export, files, odd_emulator, out, stderr, succeed};

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
            assert!(stderr.contains("lost: job-1, 2020-03-27: its file in .spool is gone or was changed"), "{stderr}");
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
    let empty = Emulator::builder().job("job-1", crate::world::job(Vec::new())).start().await.unwrap();
    for _ in 0..2 {
        succeed(export(&empty, &out, &TWO_DAYS));
        assert!(file.is_file(), "the server has the day no longer");
    }
}
