//! The tasks of this workspace, as functions that tests can call.

pub mod audit;
pub mod codegen;
pub mod lint;
pub mod schema;
pub mod strict_json;
pub mod weight;
