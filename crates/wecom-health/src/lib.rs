#![doc = include_str!("../README.md")]

mod client;
mod error;
mod generated;
mod pages;
mod secret;
mod token;
mod transport;

pub use client::{Client, ClientBuilder};
pub use error::Error;
pub use pages::{Items, Pages};
pub use secret::Secret;
/// The types of requests and answers, and the calls.
pub use wecom_health_model as model;
