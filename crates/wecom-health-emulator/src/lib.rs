#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod app;
mod builder;
mod call_limits;
mod choices;
mod clock;
mod control;
mod data;
mod emulator;
mod fault;
mod handler;
mod http;
mod log;
#[cfg(feature = "program")]
pub mod program;
mod random;
mod settings;
mod state;
mod text;

pub use app::{App, ClientConfig};
pub use builder::EmulatorBuilder;
pub use choices::{Choices, Ending, JobsOfUnlistedApps, LimitOver100, OldDays};
/// The day of an answer, as in `chrono`.
pub use chrono::NaiveDate;
pub use data::file::DataError;
pub use emulator::Emulator;
pub use fault::Fault;
pub use fault::notation::FaultRuleError;
pub use fault::rule::FaultRule;
pub use http::request::RecordedRequest;
