//! A company on an emulator, and what runs the command against it.

use std::process::{Command, Output};

use serde_json::{Value, json};
use wecom_health_emulator::{Emulator, EmulatorBuilder, NaiveDate};

use crate::support::command_at;

/// A Friday.
pub(crate) const FRIDAY: &str = "2020-03-27";
/// Names of the tests' people, which nothing but the lists may show.
pub(crate) const NAMES: [&str; 4] = ["Wang", "Zhang", "Chen", "Liu"];

pub(crate) fn friday() -> NaiveDate {
    FRIDAY.parse().unwrap()
}

pub(crate) fn job(fields: Value) -> Value {
    let mut job = json!({
        "title": "Daily", "creator": "boss", "type": 1, "report_type": 2, "skip_weekend": 0, "finish_cnt": 1,
        "apply_range": {"partyids": [2]},
    });
    job.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    job
}

pub(crate) fn by(userid: &str) -> Value {
    json!({"id_type": 1, "userid": userid})
}

/// A company in which department 1 has 2, and 2 has 3; Wang and Zhang are in 2, Chen is in 3, Liu in 1. Wang has reported.
pub(crate) fn company(job: Value) -> EmulatorBuilder {
    let builder = Emulator::builder().department(1, 0).department(2, 1).department(3, 2);
    let builder = builder.member("wang", "Wang", &[2]).member("zhang", "Zhang", &[2]);
    let builder = builder.member("chen", "Chen", &[3]).member("liu", "Liu", &[1]);
    builder.job("job1", job).answers("job1", friday(), vec![by("wang")]).no_rate_limits()
}

/// An emulator and what runs the command against it.
pub(crate) struct World(pub(crate) Emulator);

impl World {
    pub(crate) async fn new(builder: EmulatorBuilder) -> Self {
        Self(builder.start().await.unwrap())
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        command_at(&self.0, arguments)
    }

    /// Runs `absent` for the Friday. Its stderr never names anybody.
    pub(crate) fn absent(&self, arguments: &[&str]) -> Output {
        let output = self.command(&[&["absent", "--date", FRIDAY], arguments].concat()).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!NAMES.iter().any(|name| stderr.contains(name)), "{stderr}");
        output
    }

    /// What `absent --json` prints of its only job, with this exit code.
    pub(crate) fn json(&self, arguments: &[&str], code: i32) -> Value {
        let output = self.absent(&[&["--json"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let mut lists: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(lists.len(), 1);
        lists.remove(0)
    }

    /// The departments whose people were requested, sorted: requests that go out together arrive in any order.
    pub(crate) fn departments_asked(&self, endpoint: &str) -> Vec<i64> {
        let requests = self.0.requests();
        let asked = requests.iter().filter(|request| request.endpoint() == endpoint);
        let ids = asked.map(|request| {
            let id = request.expose_query().split('&').find_map(|pair| pair.strip_prefix("department_id="));
            id.unwrap().parse().unwrap()
        });
        let mut ids: Vec<_> = ids.collect();
        ids.sort_unstable();
        ids
    }
}

pub(crate) fn userids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|person| person["userid"].as_str().unwrap()).collect()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
