//! Reports what an answer holds beyond the schema: the vendor has added a field or a value.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::model::{Field, Response, Shape};

/// Something in an answer that the schema does not describe.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Drift {
    /// A field that is not in the schema. Its value is not told: it may be somebody's answer.
    UnknownField {
        /// Where, e.g. `job_info.question_templates[].score`.
        path: String,
    },
    /// A coded integer with a value that the schema does not name.
    UnknownValue {
        /// Where, e.g. `job_info.type`.
        path: String,
        /// The number.
        value: i64,
    },
}

/// One line: what and where.
impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField { path } => write!(f, "the schema does not describe {path}"),
            Self::UnknownValue { path, value } => write!(f, "the schema does not name the value {value} of {path}"),
        }
    }
}

/// After so many the schema is of another API, and memory is better used otherwise.
const MOST: usize = 1_000;

type Callback = Arc<dyn Fn(&Drift) + Send + Sync>;

/// Tells a callback of each drift once.
#[derive(Clone)]
pub(crate) struct Watch {
    callback: Callback,
    told: Arc<Mutex<HashSet<Drift>>>,
}

impl Watch {
    pub(crate) fn new(callback: Callback) -> Self {
        Self { callback, told: Arc::default() }
    }

    /// Looks through an answer.
    pub(crate) fn look<R: Response>(&self, body: &[u8]) {
        // What cannot be read is not drift: decoding has told of it.
        if let (Some(shape), Ok(answer)) = (R::shape(), serde_json::from_slice(body)) {
            self.walk(shape, &answer, &mut String::new());
        }
    }

    fn walk(&self, shape: Shape, value: &Value, path: &mut String) {
        match (shape, value) {
            (Shape::Object(known), Value::Object(fields)) => {
                for (name, value) in fields {
                    let before = path.len();
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                    match known.iter().find(|field| field.name == name) {
                        Some(Field { shape, .. }) => self.walk(*shape, value, path),
                        None => self.tell(Drift::UnknownField { path: path.clone() }),
                    }
                    path.truncate(before);
                }
            }
            (Shape::List(item), Value::Array(values)) => {
                path.push_str("[]");
                for value in values {
                    self.walk(*item, value, path);
                }
                path.truncate(path.len() - "[]".len());
            }
            (Shape::Coded(known), Value::Number(number)) => {
                let value = number.as_i64().filter(|value| known.iter().all(|known| known.value != *value));
                if let Some(value) = value {
                    self.tell(Drift::UnknownValue { path: path.clone(), value });
                }
            }
            _ => {}
        }
    }

    fn tell(&self, drift: Drift) {
        let new = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            told.len() < MOST && told.insert(drift.clone())
        };
        if new {
            (self.callback)(&drift);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::model::GetReportJobInfoResponse;

    #[test]
    fn a_body_of_another_api_is_not_told_without_end() {
        let told = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&told);
        let watch = Watch::new(Arc::new(move |_: &Drift| {
            counter.fetch_add(1, Ordering::Relaxed);
        }));
        let fields: serde_json::Map<_, _> =
            (0..2 * MOST).map(|number| (format!("field{number}"), Value::Null)).collect();
        watch.look::<GetReportJobInfoResponse>(Value::from(fields).to_string().as_bytes());
        assert_eq!(told.load(Ordering::Relaxed), MOST);
    }
}
