//! Tests across crates. They keep schema, samples, types, emulator, documents and packages in step; the tests of one crate are in
//! that crate.

/// The Rust of the front pages, which must compile. No published crate could include them.
#[cfg(doctest)]
mod front_pages {
    #[doc = include_str!("../../../README.md")]
    mod english {}
    #[doc = include_str!("../../../README.zh-CN.md")]
    mod chinese {}
}
