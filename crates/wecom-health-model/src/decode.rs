//! Decoding with errors that give the path and the fault, and never a value: the values are people's health data.

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::error::Category;
use serde_path_to_error::Segment;

use crate::list::{self, Allowance};
use crate::{Language, Localized, Words, keyed};

/// Decodes JSON like `serde_json::from_slice`, but its error gives the path and leaves out the value.
///
/// ```
/// use wecom_health_model::{QuestionTemplate, from_slice};
///
/// let error = from_slice::<QuestionTemplate>(br#"{"question_id": "fever 39C"}"#).unwrap_err();
/// assert_eq!(error.to_string(), "question_id: expected an integer, found a string");
/// ```
///
/// The path names fields of the type, and has `*` for the key of a map, which is data.
///
/// Lists of the generated types may take up to five times as many bytes as the text, plus 4 MiB. Only text crafted to exhaust
/// memory needs that much.
///
/// # Errors
///
/// The bytes are not JSON, or not JSON of this type, or their lists would take too much memory.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T, DecodeError> {
    let _allowance = Allowance::new(json.len());
    // Tracking the path costs time, so only text that fails is decoded again with it.
    serde_json::from_slice(json).map_err(|error| DecodeError::locate::<T>(json, &error))
}

/// Decodes JSON with a seed, which reads what is at a path.
pub(crate) fn from_slice_with<'de, S: DeserializeSeed<'de>>(
    json: &'de [u8],
    seed: S,
    path: &[&str],
) -> Result<S::Value, DecodeError> {
    let _allowance = Allowance::new(json.len());
    let value = seed.deserialize(&mut serde_json::Deserializer::from_slice(json));
    value.map_err(|error| DecodeError::at(path, error.line(), error.column(), DecodeFault::of(&error)))
}

/// Why JSON could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    line: usize,
    column: usize,
    fault: DecodeFault,
}

/// What is wrong with the JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeFault {
    /// It is not JSON.
    Syntax,
    /// It ends too early.
    Truncated,
    /// A value is of a kind other than the expected one.
    Kind {
        /// What the type expects, in serde's words, e.g. `i64`.
        expected: String,
        /// The kind of JSON value found, e.g. `a string`.
        found: Words,
    },
    /// A field is missing.
    MissingField(String),
    /// A field occurs twice.
    DuplicateField(String),
    /// The lists so far would take much more memory than the text.
    TooMuchMemory,
    /// At [`Paged::ITEMS`](crate::Paged::ITEMS) are not as many items as were decoded.
    OtherItems,
    /// A value does not fit its type.
    Value,
}

impl DecodeError {
    /// Returns the path, e.g. `job_info.question_templates[1].question_id`; `.` is the whole text, also if it is not JSON.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the line of the JSON text, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column of the JSON text in bytes, from 1. 0 is the end of the line before.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns what is wrong.
    pub fn fault(&self) -> &DecodeFault {
        &self.fault
    }

    pub(crate) fn list_for_object() -> Self {
        let fault = DecodeFault::Kind { expected: "a map".to_owned(), found: LIST.words };
        Self { path: ".".to_owned(), line: 1, column: 1, fault }
    }

    pub(crate) fn other_items(path: &[&str]) -> Self {
        Self::at(path, 1, 1, DecodeFault::OtherItems)
    }

    fn at(path: &[&str], line: usize, column: usize, fault: DecodeFault) -> Self {
        let path = if path.is_empty() { ".".to_owned() } else { path.join(".") };
        Self { path, line, column, fault }
    }

    fn locate<T: DeserializeOwned>(json: &[u8], error: &serde_json::Error) -> Self {
        let _allowance = Allowance::new(json.len());
        // Those of errors before this one, which may have been in text that is no JSON.
        keyed::take_failed_keys();
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let path = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            // What is no JSON may be inside an unknown field, whose name is the server's to choose.
            Err(located) if located.inner().is_data() => without_keys(located.path()),
            _ => ".".to_owned(),
        };
        Self { path, line: error.line(), column: error.column(), fault: DecodeFault::of(error) }
    }
}

/// A path in which the keys of maps are left out.
fn without_keys(path: &serde_path_to_error::Path) -> String {
    let keys = keyed::take_failed_keys();
    if keys.is_empty() {
        return path.to_string();
    }
    let steps = path.iter().map(|step| match step {
        Segment::Map { key } if keys.contains(key) => ".*".to_owned(),
        Segment::Seq { .. } => step.to_string(),
        _ => format!(".{step}"),
    });
    steps.collect::<String>().trim_start_matches('.').to_owned()
}

impl DecodeFault {
    fn of(error: &serde_json::Error) -> Self {
        match error.classify() {
            Category::Syntax | Category::Io => return Self::Syntax,
            Category::Eof => return Self::Truncated,
            Category::Data => {}
        }
        let text = error.to_string();
        let text = text.strip_suffix(&format!(" at line {} column {}", error.line(), error.column())).unwrap_or(&text);
        if text == list::REFUSED {
            return Self::TooMuchMemory;
        }
        let quoted = |start: &str| Some(text.strip_prefix(start)?.strip_suffix('`')?.to_owned());
        if let Some(field) = quoted("missing field `") {
            return Self::MissingField(field);
        }
        if let Some(field) = quoted("duplicate field `") {
            return Self::DuplicateField(field);
        }
        // serde quotes the value between the kind and the last ", expected ".
        let kind = text.strip_prefix("invalid type: ").and_then(|text| {
            let found = KINDS.iter().find(|kind| text.starts_with(kind.found))?.words;
            let expected = text.rsplit_once(", expected ")?.1.to_owned();
            Some(Self::Kind { expected, found })
        });
        kind.unwrap_or(Self::Value)
    }
}

/// A kind of JSON values, in serde's words and in ours.
struct Kind {
    /// How serde begins to name a value of this kind.
    found: &'static str,
    /// How serde begins to name the types that are read from it.
    expected: &'static [&'static str],
    words: Words,
}

impl Kind {
    const fn new(
        found: &'static str,
        expected: &'static [&'static str],
        english: &'static str,
        chinese: &'static str,
    ) -> Self {
        Self { found, expected, words: Words { english, chinese } }
    }
}

const LIST: Kind = Kind::new("sequence", &["a sequence"], "a list", "数组");

const KINDS: [Kind; 7] = [
    Kind::new("string", &["a string"], "a string", "字符串"),
    Kind::new("integer", &["i64", "u64"], "an integer", "整数"),
    Kind::new("floating point", &["f64"], "a number with a fraction", "小数"),
    Kind::new("boolean", &["a boolean"], "a boolean", "布尔值"),
    Kind::new("null", &["unit"], "null", "空值（null）"),
    Kind::new("map", &["a map", "struct "], "an object", "对象"),
    LIST,
];

/// What serde expects, in our words; in its own for a type that is not in the table.
fn in_words(expected: &str, language: Language) -> &str {
    let kind = KINDS.iter().find(|kind| kind.expected.iter().any(|start| expected.starts_with(start)));
    kind.map_or(expected, |kind| kind.words.get(language))
}

impl Localized for DecodeError {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Language::{Chinese, English};
        let Self { path, line, column, fault } = self;
        let in_text = matches!(fault, DecodeFault::Syntax | DecodeFault::Truncated);
        if path != "." && !in_text {
            write!(f, "{path}{}", if language == English { ": " } else { "：" })?;
        }
        match (language, fault) {
            (English, DecodeFault::Syntax) => write!(f, "not JSON at line {line} column {column}"),
            (Chinese, DecodeFault::Syntax) => write!(f, "不是有效的 JSON（第 {line} 行第 {column} 列）"),
            (English, DecodeFault::Truncated) => {
                write!(f, "the JSON ends too early, at line {line} column {column}")
            }
            (Chinese, DecodeFault::Truncated) => write!(f, "JSON 不完整，在第 {line} 行第 {column} 列中断"),
            (English, DecodeFault::Kind { expected, found }) => {
                write!(f, "expected {}, found {}", in_words(expected, language), found.english)
            }
            (Chinese, DecodeFault::Kind { expected, found }) => {
                write!(f, "类型不符，应为{}，实际为{}", in_words(expected, language), found.chinese)
            }
            (English, DecodeFault::MissingField(field)) => write!(f, "the field `{field}` is missing"),
            (Chinese, DecodeFault::MissingField(field)) => write!(f, "缺少字段 `{field}`"),
            (English, DecodeFault::DuplicateField(field)) => write!(f, "the field `{field}` occurs twice"),
            (Chinese, DecodeFault::DuplicateField(field)) => write!(f, "字段 `{field}` 重复出现"),
            (English, DecodeFault::TooMuchMemory) => {
                write!(f, "refused at line {line} column {column}: the lists would take too much memory")
            }
            (Chinese, DecodeFault::TooMuchMemory) => {
                write!(f, "数组占用内存过多，已在第 {line} 行第 {column} 列停止解析")
            }
            (English, DecodeFault::OtherItems) => f.write_str(
                "not as many items as were decoded: `Paged::ITEMS` of the request's type names another list",
            ),
            (Chinese, DecodeFault::OtherItems) => {
                f.write_str("条目数与解码结果不符，请检查请求类型的 `Paged::ITEMS` 是否指向同一数组")
            }
            (English, DecodeFault::Value) => {
                write!(f, "the value does not fit its type, at line {line} column {column}")
            }
            (Chinese, DecodeFault::Value) => write!(f, "值与类型不符（第 {line} 行第 {column} 列）"),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_in(Language::English, f)
    }
}

impl std::error::Error for DecodeError {}
