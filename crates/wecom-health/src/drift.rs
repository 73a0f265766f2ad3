//! Reports drift: what a response contains that the schema does not describe, because the vendor has added a field or a value.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::{Response, Shape};

/// Something in a response that the schema does not describe.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Drift {
    /// A field that is not in the schema. Its value is left out, because it may be somebody's answer.
    UnknownField {
        /// The path, e.g. `job_info.question_templates[].score`.
        path: String,
    },
    /// A coded integer with a value that the schema does not name.
    UnknownValue {
        /// The path, e.g. `job_info.type`.
        path: String,
        /// The number.
        value: i64,
    },
    /// A coded string with a value that the schema does not name. The value is left out, because it may be anything.
    UnknownText {
        /// Where, e.g. `template.controls[].kind`.
        path: String,
    },
}

/// One line: what and where.
impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField { path } => write!(f, "the schema does not describe {path}"),
            Self::UnknownText { path } => write!(f, "the schema does not name a value of {path}"),
            Self::UnknownValue { path, value } => write!(f, "the schema does not name the value {value} of {path}"),
        }
    }
}

/// After this many, the response is from another API, and further reports would only fill memory.
const MAX_REPORTS: usize = 1_000;

/// How many characters of a field's name are kept: the server may send longer ones.
const LONGEST_NAME: usize = 100;

type Callback = Arc<dyn Fn(&Drift) + Send + Sync>;

/// Passes each drift to a callback once.
#[derive(Clone)]
pub(crate) struct DriftReporter {
    callback: Callback,
    reported: Arc<Mutex<HashSet<Drift>>>,
}

impl DriftReporter {
    pub(crate) fn new(callback: Callback) -> Self {
        Self { callback, reported: Arc::default() }
    }

    /// Reports the drift in a response, without building the response in memory.
    pub(crate) fn inspect<R: Response>(&self, body: &[u8]) {
        let Some(shape) = R::shape() else { return };
        let walk = Walk { reporter: self, shape, path: &mut String::new() };
        // Unreadable JSON is not drift: decoding has reported it.
        let _ = walk.deserialize(&mut serde_json::Deserializer::from_slice(body));
    }

    fn report(&self, drift: Drift) {
        let is_new = {
            let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
            reported.len() < MAX_REPORTS && reported.insert(drift.clone())
        };
        if is_new {
            (self.callback)(&drift);
        }
    }
}

/// A value of a response, and what the schema says about it.
struct Walk<'a> {
    reporter: &'a DriftReporter,
    shape: Shape,
    path: &'a mut String,
}

impl Walk<'_> {
    /// Walks through an object whose keys are data: they are left out of the path.
    fn entries<'de, A: MapAccess<'de>>(&mut self, values: Shape, mut fields: A) -> Result<(), A::Error> {
        let before = self.path.len();
        self.path.push_str(".*");
        while fields.next_key::<IgnoredAny>()?.is_some() {
            fields.next_value_seed(self.inside(values))?;
        }
        self.path.truncate(before);
        Ok(())
    }

    /// Returns the walk over a value inside this one.
    fn inside(&mut self, shape: Shape) -> Walk<'_> {
        Walk { reporter: self.reporter, shape, path: self.path }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        match self.shape {
            Shape::Object { .. } | Shape::List(_) | Shape::Map(_) | Shape::Coded(_) | Shape::CodedText(_) => {
                value.deserialize_any(self)
            }
            _ => value.deserialize_ignored_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<(), A::Error> {
        let (known, left_out) = match self.shape {
            Shape::Object { fields, left_out } => (fields, left_out),
            Shape::Map(values) => return self.entries(*values, fields),
            _ => return IgnoredAny.visit_map(fields).map(drop),
        };
        while let Some(name) = fields.next_key::<String>()? {
            let before = self.path.len();
            if !self.path.is_empty() {
                self.path.push('.');
            }
            self.path.extend(name.chars().take(LONGEST_NAME));
            match known.iter().find(|field| field.name == name) {
                Some(field) => fields.next_value_seed(self.inside(field.shape))?,
                None => {
                    fields.next_value::<IgnoredAny>()?;
                    if !left_out.contains(&name.as_str()) {
                        self.reporter.report(Drift::UnknownField { path: self.path.clone() });
                    }
                }
            }
            self.path.truncate(before);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut values: A) -> Result<(), A::Error> {
        let Shape::List(item) = self.shape else { return IgnoredAny.visit_seq(values).map(drop) };
        let before = self.path.len();
        self.path.push_str("[]");
        while values.next_element_seed(self.inside(*item))?.is_some() {}
        self.path.truncate(before);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        if let Shape::Coded(known) = self.shape
            && known.iter().all(|known| known.value != value)
        {
            self.reporter.report(Drift::UnknownValue { path: self.path.clone(), value });
        }
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        if matches!(self.shape, Shape::CodedText(known) if known.iter().all(|known| known.value != value)) {
            self.reporter.report(Drift::UnknownText { path: self.path.clone() });
        }
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        i64::try_from(value).map_or(Ok(()), |value| self.visit_i64(value))
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::Value;

    use super::*;
    use crate::model::{GetReportAnswerResponse, GetReportJobInfoResponse};

    #[test]
    fn a_field_that_the_schema_leaves_out_is_no_drift() {
        let reports = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&reports);
        let reporter = DriftReporter::new(Arc::new(move |drift: &Drift| list.lock().unwrap().push(drift.to_string())));
        reporter.inspect::<GetReportAnswerResponse>(br#"{"creator":"userid1","score":1}"#);
        assert_eq!(*reports.lock().unwrap(), ["the schema does not describe score"]);
    }

    #[test]
    fn reports_end_after_a_thousand() {
        let reports = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&reports);
        let reporter = DriftReporter::new(Arc::new(move |_: &Drift| {
            counter.fetch_add(1, Ordering::Relaxed);
        }));
        let fields: serde_json::Map<_, _> =
            (0..2 * MAX_REPORTS).map(|number| (format!("field{number}"), Value::Null)).collect();
        reporter.inspect::<GetReportJobInfoResponse>(Value::from(fields).to_string().as_bytes());
        assert_eq!(reports.load(Ordering::Relaxed), MAX_REPORTS);
    }
}
