//! A running emulator: its address, its credentials, and how tests control it.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::config::{App, ClientConfig, Settings};
use crate::data::Data;
use crate::fault::Fault;
use crate::fault::rule::FaultRule;
use crate::http::connections;
use crate::http::request::RecordedRequest;
use crate::state::Shared;

/// A local server that behaves like the vendor's. It stops when dropped; its port is free once the runtime has run the task that
/// held it. If the server panicked, dropping it panics too, so that the test fails.
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
    config: ClientConfig,
    state: Arc<Shared>,
    server: AbortHandle,
}

impl Emulator {
    /// Returns the base URL, e.g. `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        self.config.base_url.clone()
    }

    /// Returns the corp id of the first app.
    pub fn corp_id(&self) -> &str {
        &self.config.corp_id
    }

    /// Returns the secret of the first app. It guards nothing.
    pub fn secret(&self) -> &str {
        &self.config.secret
    }

    /// Returns base URL, corp id and secret at once.
    pub fn client_config(&self) -> ClientConfig {
        self.config.clone()
    }

    /// Makes the next request to an endpoint, e.g. `get_report_job_info`, end in a fault.
    ///
    /// Several faults happen one after the other.
    ///
    /// # Panics
    ///
    /// As [`FaultRule::new`] and [`FaultRule::endpoint`] do.
    pub fn fail_next(&self, endpoint: &str, fault: Fault) {
        self.add_fault(FaultRule::new(fault).endpoint(endpoint));
    }

    /// Makes every request that meets a condition end in a fault. A condition that uses the emulator should hold it by `Weak`: an
    /// `Arc` would keep it alive.
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
    pub fn fail_when(&self, condition: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static, fault: Fault) {
        self.add_fault(FaultRule::new(fault).when(condition).always());
    }

    /// Adds a fault. The first rule that applies to a request decides.
    pub fn add_fault(&self, rule: FaultRule) {
        self.state.lock().faults.add(rule);
    }

    /// Returns how many rules for a number of requests have not been used up: 0 at the end of most tests.
    pub fn pending_faults(&self) -> usize {
        self.state.lock().faults.pending()
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.state.clear_faults();
    }

    /// Revokes all tokens issued so far.
    pub fn revoke_tokens(&self) {
        self.state.lock().tokens.clear();
    }

    /// Advances the emulator's clock, e.g. beyond the expiry of tokens; at most a century in all.
    pub fn advance(&self, by: Duration) {
        self.state.lock().settings.clock.advance(by);
    }

    /// Returns the most requests that were in progress at the same time.
    pub fn max_in_flight(&self) -> usize {
        self.state.lock().most_in_progress
    }

    /// Returns the latest requests in the order of arrival, without those that were incomplete or too large.
    ///
    /// There are at most 100,000, or as many as [`EmulatorBuilder::keep_requests`](crate::EmulatorBuilder::keep_requests) says, and at most
    /// 64 MiB of them.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.lock().requests.latest(usize::MAX).cloned().collect()
    }

    /// Returns how many of the [`requests`](Self::requests) went to an endpoint, e.g. `get_report_answer`.
    pub fn count(&self, endpoint: &str) -> usize {
        self.state.lock().requests.latest(usize::MAX).filter(|request| request.endpoint() == endpoint).count()
    }

    pub(crate) async fn run(data: Data, settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.address).await?;
        let base_url = url_on_this_machine(listener.local_addr()?);
        let state = Arc::new(Shared::new(data, settings));
        let App { corp_id, secret, .. } = state.lock().settings.apps.first().cloned().unwrap_or_default();
        let server = tokio::spawn(connections::serve(listener, Arc::clone(&state))).abort_handle();
        Ok(Self { config: ClientConfig { base_url, corp_id, secret }, state, server })
    }
}

/// Returns a URL for the address, which may stand for all addresses of this machine.
fn url_on_this_machine(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
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
        f.debug_struct("Emulator").field("base_url", &self.config.base_url).finish_non_exhaustive()
    }
}
