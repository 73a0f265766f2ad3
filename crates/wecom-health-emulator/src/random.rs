//! Pseudo-random numbers, determined by a seed and a label.

use fastrand::Rng;

/// Returns a generator for one thing, e.g. `jobid1/2020-03-27/17`: its numbers do not depend on what was generated before.
pub(crate) fn rng(seed: u64, label: &str) -> Rng {
    let mix = |state: u64, byte: u8| Rng::with_seed(state ^ u64::from(byte)).u64(..);
    Rng::with_seed(label.bytes().fold(seed, mix))
}
