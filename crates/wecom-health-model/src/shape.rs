//! The schema at run time: names, labels and known values, for code that walks a response without naming its fields.

use crate::Words;

/// A type whose fields and values can be looked up.
pub trait Described {
    /// What the schema says about the type.
    const SHAPE: Shape;
}

/// What the schema says about a value.
///
/// ```
/// use wecom_health_model::{Described, JobInfo, Language, Shape};
///
/// let Shape::Object { fields, .. } = JobInfo::SHAPE else { panic!() };
/// assert_eq!(fields[0].name, "title");
/// assert_eq!(fields[0].label.get(Language::English), "Title");
/// assert_eq!(fields[0].label.get(Language::Chinese), "任务名称");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// A string or a date.
    Text,
    /// A string that no output may show.
    Secret,
    /// An integer.
    Integer,
    /// An integer with the meanings known so far.
    Coded(&'static [KnownValue]),
    /// An integer of which the schema names only some values: others are no drift.
    Sparse(&'static [KnownValue]),
    /// A number that may have a fraction.
    Number,
    /// True or false.
    Boolean,
    /// A string with the meanings known so far.
    CodedText(&'static [KnownValue<&'static str>]),
    /// An object.
    Object {
        /// The fields known so far, in the vendor's order.
        fields: &'static [Field],
        /// The names of fields that the schema leaves out on purpose: they are not read, and no drift.
        left_out: &'static [&'static str],
    },
    /// A list. Absent, null and empty are the same.
    List(&'static Shape),
    /// An object whose keys are data. Absent, null and empty are the same.
    Map(&'static Shape),
    /// JSON whose structure the vendor does not describe.
    Undocumented,
}

impl Shape {
    /// Returns what is known about a value of a coded integer.
    pub fn known_value(self, value: i64) -> Option<&'static KnownValue> {
        match self {
            Self::Coded(known) | Self::Sparse(known) => known.iter().find(|known| known.value == value),
            _ => None,
        }
    }

    /// Returns what is known about a value of a coded string.
    pub fn known_text(self, value: &str) -> Option<&'static KnownValue<&'static str>> {
        match self {
            Self::CodedText(known) => known.iter().find(|known| known.value == value),
            _ => None,
        }
    }
}

/// A field of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it is called: an English label, and the vendor's own term.
    pub label: Words,
    /// What it holds.
    pub shape: Shape,
}

/// One meaning of a coded integer or string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownValue<V = i64> {
    /// The value on the wire.
    pub value: V,
    /// What it means: an English label, and the vendor's own term.
    pub label: Words,
    /// What the caller can do about it.
    pub advice: Option<Words>,
}
