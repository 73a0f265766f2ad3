//! The tasks of this workspace, as functions that tests can call.

pub mod audit;
pub mod codegen;
pub mod import;
pub mod page;
pub mod schema;
pub mod weight;
