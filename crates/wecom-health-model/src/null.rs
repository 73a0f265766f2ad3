//! Reads null as the empty value, for fields where absent, null and empty mean the same. `list.rs` does so for lists.

use serde::{Deserialize, Deserializer};

/// Reads null as the empty value.
pub(crate) fn as_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Returns whether a value is the empty one, which is not written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
