//! HTTP: connections, requests as they are recorded, and responses.
//!
//! This module is independent of what the emulator serves. [`connections`] hands each request to a `Handler`, which the rest of
//! the crate implements. The bounds on connections, heads, bodies and memory are here, so that no client can stop the emulator.

pub(crate) mod connections;
pub(crate) mod history;
pub(crate) mod request;
pub(crate) mod response;
