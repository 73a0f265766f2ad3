//! The tasks of this workspace, as functions that tests can call.

pub mod audit;
pub mod codegen;
pub mod lint;
pub mod schema;
pub mod strict_json;
pub mod weight;

/// The Rust in the guides, which must compile and run. No published crate could include them.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../../docs/first-job.md")]
    mod english {}
    #[doc = include_str!("../../docs/first-job.zh-CN.md")]
    mod chinese {}
}
