//! An emulator with data and behaviour of the test's choice.

use std::io;
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::Emulator;
use crate::data::{Answers, Data};
use crate::settings::{Ending, Settings};

/// Sets up an [`Emulator`]. Nothing is there but what is added.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use wecom_health_emulator::{Emulator, NaiveDate};
///
/// let date = NaiveDate::from_ymd_opt(2020, 3, 27).expect("a day of the calendar");
/// let emulator = Emulator::builder().synthetic_answers("jobid1", date, 1_234).page_cap(37).start().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "nothing runs until `start`"]
pub struct EmulatorBuilder {
    data: Data,
    settings: Settings,
}

impl EmulatorBuilder {
    pub(crate) fn sample() -> io::Result<Self> {
        Ok(Self { data: Data::sample()?, settings: Settings::default() })
    }

    /// A running job, with the `job_info` that the server tells of it.
    pub fn job(mut self, jobid: &str, job_info: Value) -> Self {
        self.data.job(jobid).info = job_info;
        self
    }

    /// That many running jobs, `job0000`, `job0001` and so on.
    pub fn synthetic_jobs(mut self, count: usize) -> Self {
        for number in 0..count {
            self.data.job(&format!("job{number:04}"));
        }
        self
    }

    /// The answers to a job on a day. The job is made up if it was not added.
    pub fn answers(mut self, jobid: &str, date: NaiveDate, answers: Vec<Value>) -> Self {
        self.data.job(jobid).answers.set(date, Answers::Listed(answers));
        self
    }

    /// That many answers to a job on a day, made when asked for. The job is made up if it was not added.
    pub fn synthetic_answers(mut self, jobid: &str, date: NaiveDate, count: usize) -> Self {
        self.data.job(jobid).answers.set(date, Answers::Synthetic(count));
        self
    }

    /// The usage figures of a day.
    pub fn usage(mut self, date: NaiveDate, pv: u64, uv: u64) -> Self {
        self.data.usage.set(date, json!({"pv": pv, "uv": uv}));
        self
    }

    /// No page holds more than this, whatever `limit` asks for.
    pub fn page_cap(mut self, items: usize) -> Self {
        self.settings.page_cap = items;
        self
    }

    /// How a list of job ids says that it ends.
    pub fn ending(mut self, ending: Ending) -> Self {
        self.settings.ending = ending;
        self
    }

    /// Every page is the first one, whatever `offset` asks for.
    pub fn repeat_pages(mut self) -> Self {
        self.settings.repeat_pages = true;
        self
    }

    /// How long every call but `gettoken` takes.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.settings.delay = delay;
        self
    }

    /// How many seconds a token is valid; 7200 if not set.
    pub fn expires_in(mut self, seconds: u32) -> Self {
        self.settings.expires_in = seconds;
        self
    }

    /// Starts on a free port of 127.0.0.1. Needs a running tokio runtime.
    ///
    /// # Errors
    ///
    /// No port could be opened.
    pub async fn start(self) -> io::Result<Emulator> {
        Emulator::run(self.data, self.settings).await
    }
}
