//! JSON as a page prints it.

use serde_json::{Number, Value};

/// A value of a sample. Unlike [`Value`], it knows a placeholder from a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`, or nothing where a value should be.
    Null,
    /// A word without quotes that stands for a value.
    Placeholder(String),
    /// `true` or `false`.
    Bool(bool),
    /// A number without a fraction.
    Integer(Number),
    /// A number with a fraction or an exponent.
    Float(Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object. A name may stand twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Returns the value as JSON. A placeholder becomes a text, and of a name that stands twice the last value is kept.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Placeholder(text) | Self::Text(text) => Value::String(text.clone()),
            Self::Bool(bool) => Value::Bool(*bool),
            Self::Integer(number) | Self::Float(number) => Value::Number(number.clone()),
            Self::List(items) => items.iter().map(Self::to_value).collect(),
            Self::Object(members) => members.iter().map(|(name, value)| (name.clone(), value.to_value())).collect(),
        }
    }

    /// Returns the value of a name, if this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

impl Repair {
    /// Returns whether the sample could have been meant otherwise. Punctuation and comments leave no doubt.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        let doubtful = ["brace", "bracket", "value", "nowhere", "missing quote", "missing colon"];
        let plain = ["a full-width brace", "a value without quotes", "words after a value"];
        doubtful.iter().any(|word| self.what.contains(word)) && !plain.contains(&self.what)
    }
}

/// What was done to a sample so that it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What was wrong there.
    pub what: &'static str,
}

/// A value of a block of code, with the line it begins on.
#[derive(Clone, Debug, PartialEq)]
pub struct Printed {
    /// The line that it begins on.
    pub line: usize,
    /// What is printed.
    pub json: Json,
    /// What had to be repaired to read it.
    pub repairs: Vec<Repair>,
}
