//! The definitions of a draft: their names, and which of them are the same.

use serde_json::{Map, Value};

use super::names;

/// The keyword under which a draft in the making keeps the line of the page.
pub(super) const LINE: &str = "x-import-line";

/// The keyword under which a draft in the making keeps how the page contradicts itself.
pub(super) const CONTRADICTION: &str = "x-import-contradiction";

/// The keyword that a draft in the making has at a field that a sample shows and no table names, though it names others beside it.
pub(super) const NO_ROW: &str = "x-import-no-row";

/// Definitions in the order in which their names were taken.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    by_name: Map<String, Value>,
}

impl Definitions {
    /// Takes a name for a definition that is still to be written.
    pub(super) fn reserve(&mut self, name: &str) -> String {
        let name = self.free(name);
        self.by_name.insert(name.clone(), Value::Null);
        name
    }

    /// Writes a definition under the name taken for it.
    pub(super) fn set(&mut self, name: &str, definition: Value) {
        self.by_name.insert(name.to_owned(), definition);
    }

    /// Notes which fields of a definition no row names.
    pub(super) fn note_without_row(&mut self, name: &str, fields: &[&str]) {
        let properties = &mut self.by_name[name]["properties"];
        for field in fields {
            if let Some(Value::Object(field)) = properties.get_mut(field) {
                field.insert(NO_ROW.into(), "".into());
            }
        }
    }

    /// Adds a definition under the first name that is free or has the same shape, and returns the name.
    pub(super) fn add(&mut self, candidates: &[String], definition: Value) -> String {
        for name in candidates {
            match self.by_name.get(name) {
                Some(known) if same_shape(known, &definition) => return name.clone(),
                None if names::is_free(name) => {
                    self.by_name.insert(name.clone(), definition);
                    return name.clone();
                }
                _ => {}
            }
        }
        let last = candidates.last().map_or("Type", String::as_str);
        let mut number = 2;
        loop {
            let name = format!("{last}{number}");
            match self.by_name.get(&name) {
                Some(known) if same_shape(known, &definition) => return name,
                None => {
                    self.by_name.insert(name.clone(), definition);
                    return name;
                }
                _ => number += 1,
            }
        }
    }

    fn free(&self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut all = std::iter::once(name.to_owned()).chain(numbered);
        all.find(|name| !self.by_name.contains_key(name)).unwrap_or_default()
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        self.by_name
    }
}

/// Whether two definitions are the same but for what people read.
pub(super) fn same_shape(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let read = |map: &Map<String, Value>| map.keys().filter(|key| !for_people(key, map)).count();
            read(one) == read(other)
                && one.iter().all(|(key, value)| {
                    for_people(key, one) || other.get(key).is_some_and(|other| same_shape(value, other))
                })
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_shape(one, other))
        }
        _ => one == other,
    }
}

/// Whether a keyword is for people. A field may have the name of a keyword: its value is then no text.
fn for_people(key: &str, map: &Map<String, Value>) -> bool {
    matches!(key, "title" | "x-term" | "description" | "$comment" | LINE | NO_ROW | CONTRADICTION)
        && map[key].is_string()
}
