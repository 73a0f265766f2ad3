#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod cause;
mod client;
mod clock;
mod deadline;
mod drift;
mod error;
mod generated;
mod limits;
mod pages;
mod prepared;
mod proxy;
#[cfg(feature = "redis")]
mod redis_store;
mod secret;
mod server_time;
mod task;
mod token;
mod token_store;
mod trace;
mod transport;

pub use builder::ClientBuilder;
pub use client::Client;
pub use drift::Drift;
pub use error::Error;
pub use pages::{Items, Pages};
pub use prepared::Prepared;
#[cfg(feature = "redis")]
pub use redis_store::RedisTokenStore;
pub use secret::Secret;
pub use token_store::{MemoryTokenStore, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
/// The types of requests and responses, and the endpoints.
pub use wecom_health_model as model;
