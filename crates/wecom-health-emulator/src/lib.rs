#![doc = include_str!("../README.md")]

mod answer;
mod builder;
mod data;
mod emulator;
mod fault;
mod request;
mod server;
mod settings;
mod state;

pub use builder::EmulatorBuilder;
/// The day of an answer, as in `chrono`.
pub use chrono::NaiveDate;
pub use emulator::Emulator;
pub use fault::Fault;
pub use request::RecordedRequest;
pub use settings::Ending;
