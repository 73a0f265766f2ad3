//! How an emulator behaves, apart from its data.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::app::App;
use crate::call_limits::CallLimits;
use crate::choices::Choices;
use crate::clock::Clock;
use crate::fault::rule::FaultRule;
use crate::log::Log;

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) address: SocketAddr,
    /// Who may call; the default app if there is none.
    pub(crate) apps: Vec<App>,
    pub(crate) seed: u64,
    pub(crate) clock: Clock,
    pub(crate) choices: Choices,
    pub(crate) call_limits: CallLimits,
    pub(crate) faults: Vec<FaultRule>,
    /// No page holds more than this, whatever is asked for.
    pub(crate) page_cap: usize,
    /// Every page is the first one.
    pub(crate) repeat_pages: bool,
    /// How long every call but `gettoken` takes.
    pub(crate) delay: Duration,
    /// Seconds that a token is valid.
    pub(crate) expires_in: u32,
    /// How many requests are remembered.
    pub(crate) remembered: usize,
    /// Whether the paths that control the emulator are there.
    pub(crate) control: bool,
    pub(crate) log: Option<Log>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            apps: Vec::new(),
            seed: 0,
            clock: Clock::default(),
            choices: Choices::default(),
            call_limits: CallLimits::default(),
            faults: Vec::new(),
            page_cap: usize::MAX,
            repeat_pages: false,
            delay: Duration::ZERO,
            expires_in: 7_200,
            remembered: 100_000,
            control: false,
            log: None,
        }
    }
}
