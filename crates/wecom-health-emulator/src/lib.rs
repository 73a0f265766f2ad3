#![doc = include_str!("../README.md")]

mod answer;
mod emulator;
mod fault;
mod request;
mod server;
mod state;

pub use emulator::Emulator;
pub use fault::Fault;
pub use request::RecordedRequest;
