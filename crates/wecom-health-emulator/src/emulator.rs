//! An emulator that runs: its address, its credentials, and what tests do to it.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::builder::EmulatorBuilder;
use crate::data::Data;
use crate::fault::Fault;
use crate::request::RecordedRequest;
use crate::server;
use crate::settings::Settings;
use crate::state::{self, Shared};

/// A server on a loopback port that answers like the vendor's. It stops when it is dropped.
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
    state: Arc<Shared>,
    _stop: oneshot::Sender<()>,
}

impl Emulator {
    /// Starts with the vendor's samples, the same on every day: `jobid1` of the vendor's pages, and `jobid2` with all six kinds of
    /// questions. On a free port of 127.0.0.1; needs a running tokio runtime.
    ///
    /// # Errors
    ///
    /// No port could be opened.
    pub async fn start() -> io::Result<Self> {
        EmulatorBuilder::sample()?.start().await
    }

    /// An emulator with data and behaviour of your own.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    pub(crate) async fn run(data: Data, settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Shared::new(data, settings));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server::serve(listener, Arc::clone(&state), async {
            // An error says that the emulator was dropped, which is how it stops.
            let _ = stopped.await;
        }));
        Ok(Self { address, state, _stop: stop })
    }

    /// Address to use as base URL, e.g. `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Corp id that the emulator knows.
    pub fn corp_id(&self) -> &'static str {
        state::CORP_ID
    }

    /// Secret of the one app that the emulator knows. It guards nothing.
    pub fn secret(&self) -> &'static str {
        state::SECRET
    }

    /// Makes the next request to a call, e.g. `get_report_job_info`, end in a fault. Several faults take turns.
    pub fn fail_next(&self, call: impl Into<String>, fault: Fault) {
        self.state.lock().faults.push_back((call.into(), fault));
    }

    /// Makes the server reject all tokens given out so far.
    pub fn revoke_tokens(&self) {
        self.state.lock().tokens.clear();
    }

    /// Puts the emulator's clock forward, e.g. beyond the time at which tokens expire; by a century at most in all.
    pub fn advance(&self, by: Duration) {
        let century = TimeDelta::days(36_525);
        let mut state = self.state.lock();
        let by = TimeDelta::from_std(by).unwrap_or(century).min(century);
        state.advanced = (state.advanced + by).min(century);
    }

    /// How many requests were being answered at the same time at most.
    pub fn most_at_once(&self) -> usize {
        self.state.lock().at_once.most
    }

    /// All requests that arrived whole and within the limit on bodies, in the order of arrival.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.lock().requests.clone()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
