//! Sets up an emulator with the data and behaviour that a test needs.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::config::{App, Choices, RateLimits, Settings};
use crate::data::file::{self, DataError};
use crate::data::{Answers, Data, Usage};
use crate::emulator::Emulator;
use crate::fault::rule::FaultRule;

mod address_book;

impl Emulator {
    /// Starts an emulator with the vendor's [samples](EmulatorBuilder::samples), on a free port of 127.0.0.1.
    ///
    /// Needs a running Tokio runtime with I/O and time.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn start() -> io::Result<Self> {
        EmulatorBuilder::default().samples().start().await
    }

    /// Creates a builder for an emulator with other data and behaviour.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }
}

/// Sets up an [`Emulator`].
///
/// It starts without data. Without apps, the emulator has one with a fixed corp id and secret.
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
    /// Adds the samples, the same on every day: `jobid1` of the vendor's pages, `jobid2` with all six kinds of questions, and a small
    /// address book to which both apply.
    pub fn samples(self) -> Self {
        match self.data_json(file::SAMPLES) {
            Ok(builder) => builder,
            Err(error) => unreachable!("tests read the samples: {error}"),
        }
    }

    /// Adds an app. All apps see the same jobs.
    pub fn app(mut self, app: App) -> Self {
        self.settings.apps.push(app);
        self
    }

    /// Adds apps, jobs, usage figures and an address book from JSON, in the form shown on the crate's front page.
    ///
    /// Jobs, departments and people replace earlier ones with the same id.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, or something in it is not as expected. The error says where.
    pub fn data_json(self, json: &str) -> Result<Self, DataError> {
        Ok(self.extend(file::parse(json)?))
    }

    /// Adds apps, jobs, usage figures and an address book from a JSON file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, and as [`data_json`](Self::data_json).
    pub fn data_file(self, file: impl AsRef<Path>) -> Result<Self, DataError> {
        Ok(self.extend(file::read(file.as_ref())?))
    }

    fn extend(mut self, (apps, data): (Vec<App>, Data)) -> Self {
        self.settings.apps.extend(apps);
        self.data.extend(data);
        self
    }

    /// Adds a running job with this `job_info`.
    pub fn job(mut self, jobid: &str, job_info: Value) -> Self {
        self.data.job(jobid).info = Some(job_info);
        self
    }

    /// Sets the answers to a job on a day. The job is generated if it was not added.
    pub fn answers(mut self, jobid: &str, date: NaiveDate, answers: Vec<Value>) -> Self {
        self.data.job(jobid).answers.set(date, Answers::Listed(answers));
        self
    }

    /// Sets the usage figures of a day.
    pub fn usage(mut self, date: NaiveDate, pv: u64, uv: u64) -> Self {
        self.data.usage.set(date, Usage::Fixed(json!({"pv": pv, "uv": uv})));
        self
    }

    /// Sets the seed of generated data, tokens and random faults. Defaults to 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// Adds running jobs `job0000`, `job0001` and so on, each with this many answers a day, and usage figures. Answers and
    /// figures exist for the latest `days`, including today. Answers are generated when requested.
    pub fn synthetic(mut self, jobs: usize, answers: usize, days: u32) -> Self {
        self = self.synthetic_jobs(jobs);
        for number in 0..jobs {
            self.data.job(&synthetic_id(number)).answers.set_latest(days, Answers::Synthetic(answers));
        }
        self.data.usage.set_latest(days, Usage::Synthetic);
        self
    }

    /// Adds running jobs `job0000`, `job0001` and so on, without answers.
    pub fn synthetic_jobs(mut self, jobs: usize) -> Self {
        for number in 0..jobs {
            self.data.job(&synthetic_id(number));
        }
        self
    }

    /// Sets how many answers there are to a job on a day. They are generated when requested. The job is generated if it was not
    /// added.
    pub fn synthetic_answers(mut self, jobid: &str, date: NaiveDate, answers: usize) -> Self {
        self.data.job(jobid).answers.set(date, Answers::Synthetic(answers));
        self
    }

    /// Adds a fault, as [`Emulator::add_fault`] does.
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.settings.faults.push(rule);
        self
    }

    /// Changes what the emulator does where the vendor documents nothing.
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

    /// Sets how many requests a corp may send to an endpoint in a minute and in an hour.
    ///
    /// Defaults to the vendor's 10,000 and 150,000. Further requests get errcode 45009, for a minute or an hour.
    pub fn rate_limits(mut self, a_minute: u32, an_hour: u32) -> Self {
        self.settings.rate_limits = RateLimits { per_minute: a_minute, per_hour: an_hour };
        self
    }

    /// Removes the limits on requests in a minute and in an hour.
    pub fn no_rate_limits(mut self) -> Self {
        self.settings.rate_limits = RateLimits::NONE;
        self
    }

    /// Stops the emulator's clock at this time, from 1970 to 9800. Only [`Emulator::advance`] moves it.
    ///
    /// All responses are then the same in each run, byte for byte.
    pub fn fixed_clock(mut self, unix_seconds: i64) -> Self {
        self.settings.clock = Clock::standing_at(unix_seconds);
        self
    }

    /// Caps the items of a page, whatever a request's `limit`. Defaults to no cap.
    pub fn page_cap(mut self, items: usize) -> Self {
        self.settings.page_cap = items;
        self
    }

    /// Sets the delay of all responses except those of `gettoken`. Defaults to none.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.settings.delay = delay;
        self
    }

    /// Sets how many seconds a token is valid. Defaults to 7200.
    pub fn expires_in(mut self, seconds: u32) -> Self {
        self.settings.expires_in = seconds;
        self
    }

    /// Sets how many of the latest requests [`Emulator::requests`] returns. Defaults to 100,000.
    pub fn keep_requests(mut self, requests: usize) -> Self {
        self.settings.history_capacity = requests;
        self
    }

    /// Sets the address to listen on. Defaults to a free port of 127.0.0.1.
    pub fn address(mut self, address: impl Into<SocketAddr>) -> Self {
        self.settings.address = address.into();
        self
    }

    /// Adds the program's paths under `/_emulator/`, for tests in other languages.
    pub fn control_paths(mut self) -> Self {
        self.settings.has_control_paths = true;
        self
    }

    #[cfg(any(test, feature = "program"))]
    pub(crate) fn log(mut self, log: crate::log::Log) -> Self {
        self.settings.log = Some(log);
        self
    }

    /// Starts the emulator. Needs a running Tokio runtime with I/O and time.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, e.g. because the port is in use.
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
