//! The client reads what the emulator's README shows.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::path::Path;

use wecom_health::{Client, Secret};
use wecom_health_emulator::Emulator;

#[tokio::test]
async fn the_data_in_the_emulators_readme_can_be_read() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wecom-health-emulator/README.md");
    let readme = std::fs::read_to_string(file).unwrap();
    let json = readme.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let emulator = Emulator::builder().data_json(json).unwrap().start().await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret()));
    let client = builder.base_url(emulator.base_url()).build().unwrap();
    let date = "2020-03-27".parse().unwrap();
    let mut jobs = client.report_job_ids().stream();
    while let Some(jobid) = jobs.try_next().await.unwrap() {
        client.report_job_info(jobid.clone(), date).await.unwrap();
        let answers = client.report_answers(jobid, date).send().await.unwrap().answers;
        assert_eq!(answers.len(), 1);
    }
}
