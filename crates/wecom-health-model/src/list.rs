//! Reads lists, and refuses those that would take much more memory than their text.
//!
//! A hostile server needs three bytes for an empty string, which takes 24 in memory, and 17 for an object that takes 150. So
//! [`from_slice`](crate::from_slice) gives all lists of a text a common allowance that grows with the text, and each list takes
//! from it what its items need. Real responses stay far below it, because every item has at least an id.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::mem::{needs_drop, size_of};

use serde::Deserializer;
use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};

use crate::nested::{List, Plain, Read, Seed};

/// A list of more capacity is charged only for its items: the rest of its memory is never touched.
const LONG_LIST: usize = 1_024;
/// Bytes that the lists of any text may take.
const ALLOWANCE: usize = 4 << 20;
/// Additional bytes that lists may take for each byte of text.
const ALLOWANCE_PER_BYTE: usize = 5;
/// Bytes of the smallest block that an allocator hands out: what a short text takes beside its item.
pub(crate) const SMALLEST_BLOCK: usize = 32;
/// The message by which `decode.rs` recognises a list that is refused.
pub(crate) const REFUSED: &str = "the lists take too much memory";

thread_local! {
    /// Bytes that lists may still take; `None` outside `from_slice`, where there is no limit.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Takes so many bytes from what is left.
pub(crate) fn take<E: Error>(bytes: usize) -> Result<(), E> {
    if let Some(left) = LEFT.get() {
        LEFT.set(Some(left.checked_sub(bytes).ok_or_else(|| E::custom(REFUSED))?));
    }
    Ok(())
}

/// Limits the lists that this thread decodes, for as long as it lives.
pub(crate) struct Allowance {
    before: Option<usize>,
}

impl Allowance {
    /// Creates an allowance for a text of this length.
    pub(crate) fn new(text: usize) -> Self {
        let allowance = text.saturating_mul(ALLOWANCE_PER_BYTE).saturating_add(ALLOWANCE);
        Self { before: LEFT.replace(Some(allowance)) }
    }
}

impl Drop for Allowance {
    fn drop(&mut self) {
        LEFT.set(self.before);
    }
}

/// Reads a list. Null reads as an empty one.
pub(crate) fn read<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    List::<Plain<T>>::read(deserializer)
}

impl<R: Read> Read for List<R> {
    type Value = Vec<R::Value>;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(Items::<R>(PhantomData))
    }
}

struct Items<R>(PhantomData<R>);

impl<'de, R: Read> Visitor<'de> for Items<R> {
    type Value = Vec<R::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let beside = if needs_drop::<R::Value>() { SMALLEST_BLOCK } else { 0 };
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(Seed::<R>::default())? {
            let before = items.capacity();
            items.push(item);
            let places = if items.capacity() <= LONG_LIST { items.capacity() - before } else { 1 };
            take(places * size_of::<R::Value>() + beside)?;
        }
        Ok(items)
    }
}
