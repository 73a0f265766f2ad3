//! A service of your own, and how it is tested: who is absent today, asked of WeCom or of the emulator.
//!
//! ```sh
//! cargo run -p wecom-health --example absence_list     # asks the emulator
//! cargo test -p wecom-health --example absence_list    # the service's tests
//! ```

use std::time::Duration;

use wecom_health::model::{JobInfo, NaiveDate, ReportValue, Reporter, TypedValue};
use wecom_health::{Client, Error, Secret};
use wecom_health_emulator::Emulator;

/// The service: it knows which question asks whether somebody comes, and which option says no.
struct AbsenceList {
    client: Client,
    question: &'static str,
    absent: &'static str,
}

impl AbsenceList {
    fn new(base_url: &str, corp_id: &str, secret: &str) -> Result<Self, Error> {
        let client = Client::builder(corp_id, Secret::new(secret)).base_url(base_url);
        // Nobody waits longer than this for a page.
        let client = client.timeout(Duration::from_secs(10)).build()?;
        Ok(Self { client, question: "是否到校", absent: "在家" })
    }

    /// The ids of all who are absent, by all running jobs that ask.
    async fn on(&self, date: NaiveDate) -> Result<Vec<String>, Error> {
        let mut list = Vec::new();
        let mut jobs = self.client.report_job_ids().stream();
        while let Some(jobid) = jobs.try_next().await? {
            let job = self.client.report_job_info(jobid.clone(), date).await?;
            let mut answers = self.client.report_answers(jobid, date).stream();
            while let Some(answer) = answers.try_next().await? {
                if !answer.report_values.iter().any(|value| self.says_absent(&job, value)) {
                    continue;
                }
                match answer.reporter() {
                    Reporter::Member(userid) => list.push(userid.to_string()),
                    Reporter::Parent { student, .. } => list.push(student.to_string()),
                    // Whoever else the vendor lets answer one day is not on this list.
                    _ => {}
                }
            }
        }
        Ok(list)
    }

    fn says_absent(&self, job: &JobInfo, value: &ReportValue) -> bool {
        let asked = job.question(value.question_id).filter(|question| question.title == self.question);
        match (asked, value.typed()) {
            (Some(question), TypedValue::SingleChoice(chosen)) => {
                question.option(chosen).is_some_and(|option| option.option_text == self.absent)
            }
            _ => false,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
#[allow(clippy::print_stdout, reason = "this is what the program is for")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    let list = AbsenceList::new(&emulator.base_url(), emulator.corp_id(), emulator.secret())?;
    for userid in list.on("2020-03-27".parse()?).await? {
        println!("{userid} is absent");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use serde_json::json;
    use wecom_health_emulator::{EmulatorBuilder, Fault, FaultRule};

    use super::*;

    fn date() -> NaiveDate {
        "2020-03-27".parse().unwrap()
    }

    /// A school where every third of 250 students stays at home, which takes three pages to say.
    fn school() -> EmulatorBuilder {
        let question = json!({
            "question_id": 2, "title": "是否到校", "question_type": 2, "is_required": 1,
            "option_list": [{"option_id": 1, "option_text": "到校"}, {"option_id": 2, "option_text": "在家"}],
        });
        let job = json!({
            "title": "每日上报", "creator": "teacher", "type": 2, "report_type": 2, "skip_weekend": 1, "finish_cnt": 250,
            "question_templates": [question],
        });
        let answer = |number: u32| {
            json!({
                "id_type": 2, "student_userid": format!("student{number:03}"), "parent_userid": format!("parent{number:03}"),
                "report_values": [{"question_id": 2, "single_choice": if number.is_multiple_of(3) { 2 } else { 1 }}],
            })
        };
        Emulator::builder().job("morning", job).answers("morning", date(), (0..250).map(answer).collect())
    }

    fn absent() -> Vec<String> {
        (0..250).step_by(3).map(|number| format!("student{number:03}")).collect()
    }

    async fn start(builder: EmulatorBuilder) -> (Emulator, AbsenceList) {
        let emulator = builder.start().await.unwrap();
        let list = AbsenceList::new(&emulator.base_url(), emulator.corp_id(), emulator.secret()).unwrap();
        (emulator, list)
    }

    /// How many requests the service sent to each endpoint.
    fn requests(emulator: &Emulator) -> [usize; 4] {
        ["gettoken", "get_report_jobids", "get_report_job_info", "get_report_answer"]
            .map(|endpoint| emulator.count(endpoint))
    }

    #[tokio::test]
    async fn without_failures_no_request_is_sent_twice() {
        let (emulator, list) = start(school()).await;
        assert_eq!(list.on(date()).await.unwrap(), absent());
        // Pages of 100, 100 and 50 answers, and the empty one that tells the end.
        assert_eq!(requests(&emulator), [1, 1, 1, 4]);
    }

    #[tokio::test]
    async fn passing_failures_change_nothing_in_the_list() {
        let (emulator, list) = start(school()).await;
        let asks_from = |offset: u32| {
            let text = format!("\"offset\":{offset},");
            move |request: &wecom_health_emulator::RecordedRequest| request.body().contains(&text)
        };
        emulator.fail_next("get_report_job_info", Fault::ErrCode(-1));
        emulator.add_fault(FaultRule::new(Fault::ShortPage(7)).when(asks_from(100)));
        emulator.add_fault(FaultRule::new(Fault::RevokedToken).when(asks_from(107)));
        assert_eq!(list.on(date()).await.unwrap(), absent());
        // The details twice because of -1. The answers from 0, from 100 (seven of them), from 107 with the revoked token and
        // with a new one, from 207, and from 250, where there are none.
        assert_eq!(requests(&emulator), [2, 1, 2, 6]);
    }

    #[tokio::test]
    async fn an_app_without_permission_gets_an_error_and_no_list() {
        let (emulator, list) = start(school()).await;
        emulator.fail_next("get_report_answer", Fault::ErrCode(48002));
        let error = list.on(date()).await.unwrap_err();
        assert!(error.is_permission() && error.to_string().contains("可调用接口的应用"), "{error}");
        assert_eq!(requests(&emulator), [1, 1, 1, 1]);
    }

    #[tokio::test]
    async fn a_bad_network_gives_the_whole_list_or_an_error() {
        let [resets, busy] = [Fault::Reset, Fault::ErrCode(-1)].map(|fault| FaultRule::new(fault).share(0.2));
        let (emulator, list) = start(school().seed(7).fault(resets).fault(busy)).await;
        let mut failed = 0;
        for _ in 0..10 {
            match list.on(date()).await {
                Ok(list) => assert_eq!(list, absent()),
                Err(error) => {
                    assert!(error.is_transient(), "{error}");
                    failed += 1;
                }
            }
        }
        // Both happened.
        assert!((1..10).contains(&failed), "{failed} of 10 failed with {} requests", emulator.requests().len());
    }
}
