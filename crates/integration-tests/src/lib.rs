//! Tests across crates. They keep schema, samples, types, emulator, documents and packages in step; the tests of one crate are in
//! that crate.

/// The Rust of the guides, which must compile and run. No published crate could include them.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../../../docs/first-job.md")]
    mod english {}
    #[doc = include_str!("../../../docs/first-job.zh-CN.md")]
    mod chinese {}
}
