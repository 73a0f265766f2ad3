//! Reads objects whose keys are data, e.g. ids. Their keys never appear in errors: `decode.rs` asks here which steps of a path they are.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::mem::size_of;

use serde::Deserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};

use crate::list::{SMALLEST_BLOCK, take};
use crate::nested::{Map, Plain, Read, Seed};

thread_local! {
    /// The keys that lead to the value which could not be read.
    static FAILED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Returns the keys of maps that lead to the last value which could not be read, and forgets them.
pub(crate) fn take_failed_keys() -> Vec<String> {
    FAILED.take()
}

/// Reads a map. Null is the empty one.
pub(crate) fn read<'de, T, D>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    Map::<Plain<T>>::read(deserializer)
}

impl<R: Read> Read for Map<R> {
    type Value = BTreeMap<String, R::Value>;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(Entries::<R>(PhantomData))
    }
}

struct Entries<R>(PhantomData<R>);

impl<'de, R: Read> Visitor<'de> for Entries<R> {
    type Value = BTreeMap<String, R::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = fields.next_key::<String>()? {
            // A tree may leave half of its places empty.
            take(2 * size_of::<(String, R::Value)>() + SMALLEST_BLOCK)?;
            let value = match fields.next_value_seed(Seed::<R>::default()) {
                Ok(value) => value,
                Err(error) => {
                    FAILED.with_borrow_mut(|keys| keys.push(key));
                    return Err(error);
                }
            };
            entries.insert(key, value);
        }
        Ok(entries)
    }
}
