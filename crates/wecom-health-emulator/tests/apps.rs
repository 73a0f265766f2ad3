//! Which apps may use the endpoints, and how often.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::Duration;

use serde_json::json;
use support::{app, post, token_of};
use wecom_health_emulator::{Emulator, EmulatorBuilder, JobsOfUnlistedApps};

mod support;

fn two_apps() -> EmulatorBuilder {
    Emulator::builder().samples().app(app("listed")).app(app("unlisted").unlisted())
}

#[tokio::test]
async fn unlisted_apps_see_no_jobs_and_are_refused_the_rest() {
    for (jobs, code) in [(JobsOfUnlistedApps::EmptyList, 0), (JobsOfUnlistedApps::Refused, 48002)] {
        let emulator = two_apps().choose(|choices| choices.jobs_of_unlisted_apps = jobs).start().await.unwrap();
        let token = token_of(&emulator, "ww-test", "secret-of-unlisted").await;
        let response = post(&emulator, &token, "get_report_jobids", &json!({})).await;
        assert_eq!(response["errcode"], code, "{response}");
        if code == 0 {
            assert_eq!((&response["jobids"], &response["ending"]), (&json!([]), &json!(1)));
        }
        for name in ["get_report_job_info", "get_report_answer", "get_health_report_stat"] {
            let response = post(&emulator, &token, name, &json!({"jobid": "jobid1", "date": "2020-03-27"})).await;
            assert_eq!(response["errcode"], 48002, "{name}");
        }
        let token = token_of(&emulator, "ww-test", "secret-of-listed").await;
        let response = post(&emulator, &token, "get_report_jobids", &json!({})).await;
        assert_eq!(response["jobids"], json!(["jobid1", "jobid2"]));
    }
}

#[tokio::test]
async fn client_config_has_the_credentials_of_the_first_app() {
    let emulator = two_apps().start().await.unwrap();
    let config = emulator.client_config();
    assert_eq!((config.corp_id.as_str(), config.secret.as_str()), ("ww-test", "secret-of-listed"));
    assert_eq!((config.base_url, emulator.secret()), (emulator.base_url(), "secret-of-listed"));
    assert!(!format!("{:?} {:?}", emulator.client_config(), app("listed")).contains("secret-of"));
    token_of(&emulator, emulator.corp_id(), emulator.secret()).await;
}

#[tokio::test]
async fn one_request_too_many_blocks_the_corp_for_this_endpoint() {
    let usage = json!({"date": "2020-03-27"});
    for (a_minute, an_hour, block) in [(3, 1_000, 60), (1_000, 3, 3_600)] {
        let emulator = two_apps().rate_limits(a_minute, an_hour).start().await.unwrap();
        let token = token_of(&emulator, "ww-test", "secret-of-listed").await;
        for code in [0, 0, 0, 45009, 45009] {
            let response = post(&emulator, &token, "get_health_report_stat", &usage).await;
            assert_eq!(response["errcode"], code);
        }
        // The other endpoints have limits of their own.
        let jobs = |token: String| {
            let emulator = &emulator;
            async move { post(emulator, &token, "get_report_jobids", &json!({})).await["errcode"].clone() }
        };
        assert_eq!(jobs(token.clone()).await, 0);
        assert_eq!(jobs(token_of(&emulator, "ww-test", "secret-of-unlisted").await).await, 0);
        token_of(&emulator, "ww-test", "secret-of-unlisted").await;
        let (_, fourth) =
            support::send(&emulator, "GET", "/cgi-bin/gettoken?corpid=ww-test&corpsecret=secret-of-listed", "", "")
                .await;
        assert!(fourth.contains("\"errcode\":45009"), "{fourth}");
        assert_eq!(jobs(token.clone()).await, 0);
        assert_eq!(jobs(token.clone()).await, 45009);
        emulator.advance(Duration::from_secs(block - 1));
        assert_eq!(post(&emulator, &token, "get_health_report_stat", &usage).await["errcode"], 45009);
        emulator.advance(Duration::from_secs(2));
        assert_eq!(post(&emulator, &token, "get_health_report_stat", &usage).await["errcode"], 0);
    }
}

#[tokio::test]
async fn rate_limits_can_be_removed() {
    let emulator = Emulator::builder().rate_limits(1, 1).no_rate_limits().samples().start().await.unwrap();
    let token = support::token(&emulator).await;
    for _ in 0..5 {
        assert_eq!(post(&emulator, &token, "get_report_jobids", &json!({})).await["errcode"], 0);
    }
}
