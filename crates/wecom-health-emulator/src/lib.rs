#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod builder;
mod clock;
mod config;
mod control;
mod data;
mod emulator;
mod endpoints;
mod fault;
mod handler;
mod http;
mod log;
#[cfg(feature = "program")]
pub mod program;
mod random;
mod rate_limit;
mod state;
mod text;

pub use builder::EmulatorBuilder;
/// The day of an answer, as in `chrono`.
pub use chrono::NaiveDate;
pub use config::{App, Choices, ClientConfig, Ending, JobsOfUnlistedApps, LimitOver100, OldDays};
pub use data::file::DataError;
pub use emulator::Emulator;
pub use fault::Fault;
pub use fault::notation::FaultRuleError;
pub use fault::rule::FaultRule;
pub use http::request::RecordedRequest;
