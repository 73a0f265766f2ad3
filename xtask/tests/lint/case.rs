//! A way to break the schema, what is said about it, and what people write who obey.

use std::fmt;

use serde_json::{Value, json};

use crate::things::schema;

/// Where a value is put: `Null` takes away what is there, and `-` is the end of a list.
type Edit = (&'static str, Value);

pub(crate) struct Case {
    /// The edits that break the schema.
    edits: Vec<Edit>,
    /// Where it is reported.
    pub(crate) at: &'static str,
    /// What the message contains.
    pub(crate) says: &'static str,
    /// The edits of those who obey: one list for each way that the message offers.
    pub(crate) ways: Vec<Vec<Edit>>,
}

/// Breaks the schema by putting a value somewhere.
pub(crate) fn put(place: &'static str, value: Value) -> Case {
    Case { edits: vec![(place, value)], at: place, says: "", ways: Vec::new() }
}

/// Breaks the schema by taking something away.
pub(crate) fn take(place: &'static str) -> Case {
    put(place, Value::Null)
}

/// A field, or a definition.
pub(crate) fn field(rest: Value) -> Value {
    let mut field = json!({"title": "New", "x-term": "新", "description": "New."});
    field.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    field
}

impl Case {
    /// A further edit that breaks it.
    pub(crate) fn with(mut self, place: &'static str, value: Value) -> Self {
        self.edits.push((place, value));
        self
    }

    /// It is reported elsewhere.
    pub(crate) fn at(self, at: &'static str) -> Self {
        Self { at, ..self }
    }

    pub(crate) fn says(self, says: &'static str) -> Self {
        Self { says, ..self }
    }

    /// A way to obey: write this where it is reported.
    pub(crate) fn write(self, value: Value) -> Self {
        let at = self.at;
        self.edit(at, value)
    }

    /// A way to obey: delete what is reported.
    pub(crate) fn delete(self) -> Self {
        self.write(Value::Null)
    }

    /// A way to obey: write this elsewhere.
    pub(crate) fn edit(mut self, place: &'static str, value: Value) -> Self {
        self.ways.push(vec![(place, value)]);
        self
    }

    /// A further edit of this way.
    pub(crate) fn and(mut self, place: &'static str, value: Value) -> Self {
        self.ways.last_mut().unwrap().push((place, value));
        self
    }

    pub(crate) fn broken(&self) -> Value {
        let mut broken = schema();
        self.edits.iter().for_each(|edit| apply(&mut broken, edit));
        broken
    }

    pub(crate) fn obeyed(&self, way: usize) -> Value {
        let mut obeyed = self.broken();
        for edit in &self.ways[way] {
            apply(&mut obeyed, edit);
        }
        obeyed
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.edits[0].0, self.edits[0].1)
    }
}

fn apply(schema: &mut Value, (place, value): &Edit) {
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = schema.pointer_mut(parent).unwrap_or_else(|| panic!("{place} is nowhere"));
    match (parent, value) {
        (Value::Object(fields), Value::Null) => {
            fields.shift_remove(key).unwrap_or_else(|| panic!("{place} is not there"));
        }
        (Value::Object(fields), value) => drop(fields.insert(key.to_owned(), value.clone())),
        (Value::Array(list), value) if key == "-" => list.push(value.clone()),
        (Value::Array(list), Value::Null) => drop(list.remove(key.parse().unwrap())),
        (Value::Array(list), value) => list[key.parse::<usize>().unwrap()] = value.clone(),
        (other, _) => panic!("{place}: {other}"),
    }
}
