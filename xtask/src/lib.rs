//! The tasks of this workspace, as functions that tests can call.

pub mod audit;
pub mod codegen;
pub mod import;
pub mod openapi;
pub mod page;
pub mod reference;
pub mod schema;
pub mod weight;
