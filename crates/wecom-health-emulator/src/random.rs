//! Numbers that look random and are the same wherever seed and label are the same.

use fastrand::Rng;

/// A generator for one thing, e.g. `jobid1/2020-03-27/17`: what is made up does not depend on what was made up before it.
pub(crate) fn rng(seed: u64, label: &str) -> Rng {
    let mix = |state: u64, byte: u8| Rng::with_seed(state ^ u64::from(byte)).u64(..);
    Rng::with_seed(label.bytes().fold(seed, mix))
}
