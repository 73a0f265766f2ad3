//! An emulator with data and behaviour of the test's choice.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::Emulator;
use crate::clock::Clock;
use crate::config::{App, Choices, RateLimits, Settings};
use crate::data::file::{self, Contents, DataError};
use crate::data::{Answers, Data, Usage};
use crate::fault::rule::FaultRule;
use crate::log::Log;

/// Sets up an [`Emulator`]. There is no data but what is added; without an app there is one with a fixed corp id and secret.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use wecom_health_emulator::{Emulator, NaiveDate};
///
/// let date = NaiveDate::from_ymd_opt(2020, 3, 27).expect("a day of the calendar");
/// let emulator = Emulator::builder().seed(7).synthetic_answers("jobid1", date, 1_234).page_cap(37).start().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "nothing runs until `start`"]
pub struct EmulatorBuilder {
    data: Data,
    settings: Settings,
}

impl EmulatorBuilder {
    /// The vendor's samples, the same on every day: `jobid1` of the vendor's pages, and `jobid2` with all six kinds of questions.
    pub fn samples(self) -> Self {
        match file::parse(file::SAMPLES) {
            Ok(contents) => self.contents(contents),
            Err(error) => unreachable!("a test reads the samples: {error}"),
        }
    }

    /// An app that may ask. All apps see the same jobs.
    pub fn app(mut self, app: App) -> Self {
        self.settings.apps.push(app);
        self
    }

    /// Apps, jobs and usage figures from JSON, in the form that the crate's front page shows. A job that was there
    /// before is replaced.
    ///
    /// # Errors
    ///
    /// The text is no JSON, or something in it is not as expected; the error says where.
    pub fn data_json(self, json: &str) -> Result<Self, DataError> {
        Ok(self.contents(file::parse(json)?))
    }

    /// The same from a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or what [`data_json`](Self::data_json) says.
    pub fn data_file(self, file: impl AsRef<Path>) -> Result<Self, DataError> {
        Ok(self.contents(file::read(file.as_ref())?))
    }

    fn contents(mut self, Contents { apps, data }: Contents) -> Self {
        self.settings.apps.extend(apps);
        self.data.jobs.extend(data.jobs);
        self.data.usage.extend(data.usage);
        self
    }

    /// A running job, with the `job_info` that the server tells of it.
    pub fn job(mut self, jobid: &str, job_info: Value) -> Self {
        self.data.job(jobid).info = Some(job_info);
        self
    }

    /// The answers to a job on a day. The job is made up if it was not added.
    pub fn answers(mut self, jobid: &str, date: NaiveDate, answers: Vec<Value>) -> Self {
        self.data.job(jobid).answers.set(date, Answers::Listed(answers));
        self
    }

    /// The usage figures of a day.
    pub fn usage(mut self, date: NaiveDate, pv: u64, uv: u64) -> Self {
        self.data.usage.set(date, Usage::Fixed(json!({"pv": pv, "uv": uv})));
        self
    }

    /// What is made up, tokens, and which requests random faults hit: the same for the same seed; 0 if not set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// Running jobs `job0000`, `job0001` and so on, each with that many answers on each of so many days up to today, and usage
    /// figures of these days. Answers are made when asked for.
    pub fn synthetic(mut self, jobs: usize, answers: usize, days: u32) -> Self {
        self = self.synthetic_jobs(jobs);
        for number in 0..jobs {
            self.data.job(&synthetic_id(number)).answers.set_latest(days, Answers::Synthetic(answers));
        }
        self.data.usage.set_latest(days, Usage::Synthetic);
        self
    }

    /// That many running jobs without answers, `job0000`, `job0001` and so on.
    pub fn synthetic_jobs(mut self, jobs: usize) -> Self {
        for number in 0..jobs {
            self.data.job(&synthetic_id(number));
        }
        self
    }

    /// That many answers to a job on a day, made when asked for. The job is made up if it was not added.
    pub fn synthetic_answers(mut self, jobid: &str, date: NaiveDate, answers: usize) -> Self {
        self.data.job(jobid).answers.set(date, Answers::Synthetic(answers));
        self
    }

    /// A fault to come, also more than once or at random.
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.settings.faults.push(rule);
        self
    }

    /// Changes what the emulator does where the vendor says nothing.
    ///
    /// ```
    /// use wecom_health_emulator::{Emulator, Ending};
    ///
    /// let builder = Emulator::builder().choose(|choices| choices.ending = Ending::Absent);
    /// ```
    pub fn choose(mut self, change: impl FnOnce(&mut Choices)) -> Self {
        change(&mut self.settings.choices);
        self
    }

    /// Calls of a corp to one API in a minute and in an hour, beyond which it gets errcode 45009 for a minute or an hour;
    /// 10,000 and 150,000 if not set, as the vendor says.
    pub fn call_limits(mut self, a_minute: u32, an_hour: u32) -> Self {
        self.settings.rate_limits = RateLimits { per_minute: a_minute, per_hour: an_hour };
        self
    }

    /// Any number of calls.
    pub fn no_call_limits(mut self) -> Self {
        self.settings.rate_limits = RateLimits::NONE;
        self
    }

    /// The emulator's clock stands still at this time, from 1970 to 9800, and moves only by [`Emulator::advance`]. Then
    /// everything it answers is the same each time, byte for byte.
    pub fn clock_stands_at(mut self, unix_seconds: i64) -> Self {
        self.settings.clock = Clock::standing_at(unix_seconds);
        self
    }

    /// No page holds more than this, whatever `limit` asks for.
    pub fn page_cap(mut self, items: usize) -> Self {
        self.settings.page_cap = items;
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

    /// How many requests [`Emulator::requests`] tells of, the latest ones; 100,000 if not set.
    pub fn remember(mut self, requests: usize) -> Self {
        self.settings.history_capacity = requests;
        self
    }

    /// Where to listen; on a free port of 127.0.0.1 if not set.
    pub fn address(mut self, address: impl Into<SocketAddr>) -> Self {
        self.settings.address = address.into();
        self
    }

    /// Adds the paths under `/_emulator/` that the program has, for tests in other languages.
    pub fn control_paths(mut self) -> Self {
        self.settings.has_control_paths = true;
        self
    }

    #[cfg_attr(not(feature = "program"), allow(dead_code, reason = "the program logs"))]
    pub(crate) fn log(mut self, log: Log) -> Self {
        self.settings.log = Some(log);
        self
    }

    /// Starts. Needs a running tokio runtime with I/O and time.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, e.g. because the port is in use.
    pub async fn start(self) -> io::Result<Emulator> {
        Emulator::run(self.data, self.settings).await
    }
}

fn synthetic_id(number: usize) -> String {
    format!("job{number:04}")
}

impl fmt::Debug for EmulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("EmulatorBuilder");
        fields.field("jobs", &self.data.jobs.len()).field("apps", &self.settings.apps);
        fields.field("address", &self.settings.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::EmulatorBuilder;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_is_noted_before_its_connection_closes() {
        let builder = EmulatorBuilder::default().log(Arc::new(|_| panic!("no log today")));
        let emulator = builder.start().await.unwrap();
        let mut connection = TcpStream::connect(emulator.base_url().trim_start_matches("http://")).await.unwrap();
        connection.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut response = String::new();
        assert_eq!(connection.read_to_string(&mut response).await.unwrap_or_default(), 0);
        let panic = catch_unwind(AssertUnwindSafe(|| drop(emulator))).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"no log today"));
    }
}
