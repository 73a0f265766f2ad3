//! An emulator that runs: its address, its credentials, and what tests do to it.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::builder::EmulatorBuilder;
use crate::config::{App, ClientConfig, Settings};
use crate::data::Data;
use crate::fault::Fault;
use crate::fault::rule::FaultRule;
use crate::http::connections;
use crate::http::request::RecordedRequest;
use crate::state::Shared;

/// A server on a loopback port that answers like the vendor's. It stops when it is dropped; if it panicked, so does dropping it,
/// so that the test fails. Its port is free once the runtime has run the task that held it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use wecom_health_emulator::Emulator;
///
/// let emulator = Emulator::start().await?;
/// assert!(emulator.base_url().starts_with("http://127.0.0.1:"));
/// assert!(emulator.requests().is_empty());
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    address: SocketAddr,
    app: App,
    state: Arc<Shared>,
    server: AbortHandle,
}

impl Emulator {
    /// Starts with the vendor's [`samples`](EmulatorBuilder::samples). On a free port of 127.0.0.1; needs a running tokio runtime
    /// with I/O and time.
    ///
    /// # Errors
    ///
    /// No port could be opened.
    pub async fn start() -> io::Result<Self> {
        EmulatorBuilder::default().samples().start().await
    }

    /// An emulator with data and behaviour of your own.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    pub(crate) async fn run(data: Data, settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.address).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Shared::new(data, settings));
        let app = state.lock().settings.apps.first().cloned().unwrap_or_default();
        let server = tokio::spawn(connections::serve(listener, Arc::clone(&state))).abort_handle();
        Ok(Self { address, app, state, server })
    }

    /// Address to use as base URL, e.g. `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        let ip = match self.address.ip() {
            // What listens everywhere is asked on this machine.
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// Corp id of the first app.
    pub fn corp_id(&self) -> &str {
        &self.app.corp_id
    }

    /// Secret of the first app. It guards nothing.
    pub fn secret(&self) -> &str {
        &self.app.secret
    }

    /// Address, corp id and secret at once.
    pub fn client_config(&self) -> ClientConfig {
        let App { corp_id, secret, .. } = self.app.clone();
        ClientConfig { base_url: self.base_url(), corp_id, secret }
    }

    /// Makes the next request to a call, e.g. `get_report_job_info`, end in a fault. Several faults take turns.
    ///
    /// # Panics
    ///
    /// What [`FaultRule::new`] and [`FaultRule::call`] say.
    pub fn fail_next(&self, call: &str, fault: Fault) {
        self.add_fault(FaultRule::new(fault).call(call));
    }

    /// Makes every request of which this holds end in a fault. What asks the emulator itself needs a `Weak` of it: with an `Arc`, it
    /// would keep itself alive.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use wecom_health_emulator::{Emulator, Fault};
    ///
    /// let emulator = Emulator::start().await?;
    /// emulator.fail_when(|request| request.body().contains("jobid2"), Fault::ErrCode(60011));
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_when(&self, holds: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static, fault: Fault) {
        self.add_fault(FaultRule::new(fault).when(holds).always());
    }

    /// Adds a fault to come, also more than once or at random. The first rule that is for a request decides.
    pub fn add_fault(&self, rule: FaultRule) {
        self.state.lock().faults.add(rule);
    }

    /// How many faults were announced for the next requests and have not all happened: 0 at the end of most tests.
    pub fn pending_faults(&self) -> usize {
        self.state.lock().faults.pending()
    }

    /// Forgets all faults to come.
    pub fn clear_faults(&self) {
        self.state.clear_faults();
    }

    /// Makes the server reject all tokens given out so far.
    pub fn revoke_tokens(&self) {
        self.state.lock().tokens.clear();
    }

    /// Puts the emulator's clock forward, e.g. beyond the time at which tokens expire; by a century at most in all.
    pub fn advance(&self, by: Duration) {
        self.state.lock().settings.clock.advance(by);
    }

    /// How many requests were being answered at the same time at most.
    pub fn most_at_once(&self) -> usize {
        self.state.lock().most_in_progress
    }

    /// The requests that arrived whole and within the limit on bodies, in the order of arrival: the latest 100,000, or as many as
    /// [`EmulatorBuilder::remember`] says, and at most 64 MiB of them.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.lock().requests.latest(usize::MAX).cloned().collect()
    }

    /// How many requests arrived to a call, e.g. `get_report_answer`, among those that [`requests`](Self::requests) tells of.
    pub fn count(&self, call: &str) -> usize {
        self.state.lock().requests.latest(usize::MAX).filter(|request| request.call() == call).count()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
        let panic = self.state.lock().panic.take();
        if let (Some(panic), false) = (panic, std::thread::panicking()) {
            std::panic::resume_unwind(panic);
        }
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
