//! Lists and maps inside of lists and maps: each level is read as `list.rs` and `keyed.rs` read it, with null as the empty one.

use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{DeserializeOwned, DeserializeSeed};

/// A way to read a value.
pub(crate) trait Read {
    type Value;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error>;
}

/// Reads a value as its type does.
pub(crate) struct Plain<T>(PhantomData<T>);

/// Reads a list of values.
pub(crate) struct List<R>(PhantomData<R>);

/// Reads an object whose keys are data.
pub(crate) struct Map<R>(PhantomData<R>);

impl<T: DeserializeOwned> Read for Plain<T> {
    type Value = T;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

/// Reads a value, for `deserialize_with`.
pub(crate) fn read<'de, R: Read, D: Deserializer<'de>>(deserializer: D) -> Result<R::Value, D::Error> {
    R::read(deserializer)
}

/// A way to read as a value that serde can pass on.
pub(crate) struct Seed<R>(PhantomData<R>);

impl<R> Default for Seed<R> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<'de, R: Read> DeserializeSeed<'de> for Seed<R> {
    type Value = R::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<R::Value, D::Error> {
        R::read(deserializer)
    }
}
