//! Objects for people: labels and meanings come from the schema, so a new field needs no code here.

use std::iter::repeat_n;

use serde_json::Value;
use unicode_width::UnicodeWidthStr;
use wecom_health::model::{Described, Field, Shape};

use super::text::{printable, wrapped};
use super::{Output, table};

/// Returns a value in words: a line for each field, nested objects indented, lists of objects as tables.
pub(crate) fn in_words<T: serde::Serialize + Described>(value: &T, output: Output) -> std::io::Result<String> {
    let value = serde_json::to_value(value)?;
    let lines = match T::SHAPE {
        Shape::Object { fields, .. } => View { output, width: output.width }.object(fields, &value),
        shape => View { output, width: output.width }.plain(shape, &value).into_iter().collect(),
    };
    Ok(lines.into_iter().map(|line| line.replace(NO_BREAK_SPACE, " ") + "\n").collect())
}

/// How values are shown at some depth.
#[derive(Clone, Copy)]
struct View {
    output: Output,
    /// The columns left at this depth.
    width: usize,
}

/// Keeps the fields of an object on one line until lines are broken, e.g. the number of an option and its text.
const NO_BREAK_SPACE: &str = "\u{a0}";

/// How far nested values are indented.
const INDENT: &str = "  ";

impl View {
    fn object(self, fields: &[Field], value: &Value) -> Vec<String> {
        let label = |field: &Field| field.label.get(self.output.language);
        let shown = fields.iter().filter(|field| self.is_shown(field, value));
        let labels = shown.clone().filter(|field| self.plain(field.shape, &value[field.name]).is_some());
        let label_width = labels.map(|field| label(field).width()).max().unwrap_or_default();
        shown
            .flat_map(|field| match self.plain(field.shape, &value[field.name]) {
                Some(text) => self.labelled(label(field), label_width, &text),
                None => {
                    let heading = self.output.heading(label(field));
                    let inner = self.nested(field.shape, &value[field.name]);
                    [heading].into_iter().chain(inner.into_iter().map(|line| format!("{INDENT}{line}"))).collect()
                }
            })
            .collect()
    }

    /// Returns whether to show a field. Absent ones are left out, except objects: people want to know that there is none.
    fn is_shown(self, field: &Field, value: &Value) -> bool {
        matches!(field.shape, Shape::Object { .. }) || !value[field.name].is_null()
    }

    /// Returns a label with its value beside it, wrapped.
    fn labelled(self, label: &str, label_width: usize, text: &str) -> Vec<String> {
        let space = label_width + INDENT.len();
        let room = self.width.saturating_sub(space).max(1);
        let padding: String = repeat_n(' ', space - label.width()).collect();
        let mut lines = wrapped(text, textwrap::Options::new(room)).into_iter();
        let first = format!("{}{padding}{}", self.output.heading(label), lines.next().unwrap_or_default());
        let rest = lines.map(|line| format!("{}{line}", repeat_n(' ', space).collect::<String>()));
        [first.trim_end().to_owned()].into_iter().chain(rest).collect()
    }

    fn nested(self, shape: Shape, value: &Value) -> Vec<String> {
        let inner = Self { width: self.width.saturating_sub(INDENT.len()), ..self };
        match (shape, value) {
            (Shape::Object { fields, .. }, _) => inner.object(fields, value),
            (Shape::List(Shape::Object { fields, .. }), Value::Array(items)) => inner.table(fields, items),
            (Shape::List(item), Value::Array(items)) => {
                items.iter().flat_map(|value| inner.nested(*item, value)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns a list of objects as a table, with a column for each field that any of them has.
    fn table(self, fields: &[Field], items: &[Value]) -> Vec<String> {
        let columns: Vec<_> =
            fields.iter().filter(|field| items.iter().any(|item| !item[field.name].is_null())).collect();
        let headings: Vec<_> = columns.iter().map(|field| field.label.get(self.output.language)).collect();
        let row = |item: &Value| columns.iter().map(|field| self.inline(field.shape, &item[field.name])).collect();
        let rows: Vec<Vec<_>> = items.iter().map(row).collect();
        table::complete(&headings, &rows, self.output, self.width).lines().map(str::to_owned).collect()
    }

    /// Returns a value that fits on the line of its label; `None` for objects and lists of them.
    fn plain(self, shape: Shape, value: &Value) -> Option<String> {
        match (shape, value) {
            (Shape::Object { .. }, Value::Null) => Some(self.output.pick("(none)", "（无）").to_owned()),
            (Shape::Object { .. } | Shape::List(Shape::Object { .. } | Shape::List(_)), _) => None,
            _ => Some(self.inline(shape, value)),
        }
    }

    /// Returns any value on one line.
    fn inline(self, shape: Shape, value: &Value) -> String {
        match (shape, value) {
            (_, Value::Null) => String::new(),
            (Shape::Secret, _) => self.output.pick("(secret)", "（已隐藏）").to_owned(),
            (Shape::List(item), Value::Array(values)) => {
                values.iter().map(|value| self.inline(*item, value)).collect::<Vec<_>>().join(self.output.comma())
            }
            // For example, an option is shown as its number and its text.
            (Shape::Object { fields, .. }, Value::Object(_)) => {
                let texts = fields.iter().map(|field| self.inline(field.shape, &value[field.name]));
                texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(NO_BREAK_SPACE)
            }
            (Shape::Map(item), Value::Object(entries)) => {
                let texts = entries.iter().map(|(key, value)| {
                    format!("{}{}{}", printable(key), self.output.colon(), self.inline(*item, value))
                });
                texts.collect::<Vec<_>>().join(self.output.comma())
            }
            (Shape::Boolean, Value::Bool(yes)) => {
                if *yes { self.output.pick("Yes", "是") } else { self.output.pick("No", "否") }.to_owned()
            }
            (Shape::CodedText(_), Value::String(text)) => match shape.known_text(text) {
                Some(known) => known.label.get(self.output.language).to_owned(),
                None => {
                    self.output.pick(format!("{} (unknown)", printable(text)), format!("{}（未知）", printable(text)))
                }
            },
            (Shape::Coded(_) | Shape::Sparse(_), Value::Number(number)) => {
                match number.as_i64().and_then(|number| shape.known_value(number)) {
                    Some(known) => known.label.get(self.output.language).to_owned(),
                    None => self.output.pick(format!("{number} (unknown)"), format!("{number}（未知）")),
                }
            }
            (_, Value::String(text)) => printable(text),
            _ => printable(&value.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use wecom_health::model::{JobInfo, Language, Token};

    use super::*;

    fn words<T: serde::Serialize + Described>(value: &T, language: Language) -> String {
        in_words(value, Output::for_tests(language)).unwrap()
    }

    #[test]
    fn what_is_unknown_hostile_or_absent_is_shown_as_such() {
        let json = serde_json::json!({
            "title": "a\u{1b}[2Jb", "creator": "c", "type": 9, "report_type": 2, "skip_weekend": 1, "finish_cnt": 0,
            "apply_range": {"partyids": [4_294_967_296_i64]},
        });
        let job: JobInfo = serde_json::from_value(json).unwrap();
        let shown = words(&job, Language::English);
        let line = |end: &str| assert!(shown.lines().any(|line| line.ends_with(end)), "{end} is not in {shown}");
        line("a\u{fffd}[2Jb");
        line("9 (unknown)");
        assert!(shown.lines().any(|line| line.starts_with("Reports go to") && line.ends_with("(none)")), "{shown}");
        line("4294967296");
        assert!(!shown.contains('\u{1b}'));
        assert!(words(&job, Language::Chinese).contains("9（未知）"));
    }

    #[test]
    fn a_secret_is_not_shown() {
        let token = serde_json::from_str::<Token>(r#"{"access_token": "marked", "expires_in": 1}"#).unwrap();
        for (language, secret) in [(Language::English, "(secret)"), (Language::Chinese, "（已隐藏）")] {
            let shown = words(&token, language);
            assert!(shown.contains(secret) && !shown.contains("marked"), "{shown}");
        }
    }

    #[test]
    fn long_values_wrap_beside_their_label() {
        let json = serde_json::json!({
            "title": "很长的标题".repeat(20), "creator": "c", "type": 1, "report_type": 1, "skip_weekend": 0, "finish_cnt": 0,
            "apply_range": {"userids": (0..40).map(|number| format!("user{number}")).collect::<Vec<_>>()},
        });
        let job: JobInfo = serde_json::from_value(json).unwrap();
        for language in [Language::English, Language::Chinese] {
            let shown = words(&job, language);
            assert!(shown.lines().all(|line| line.width() <= 80), "{shown}");
            assert!((0..40).all(|number| shown.contains(&format!("user{number}"))), "each id is whole: {shown}");
        }
    }

    #[test]
    fn values_of_every_shape_are_shown_in_words() {
        use wecom_health::model::{KnownValue, Words};
        const LABEL: Words = Words { english: "Text", chinese: "文本" };
        const TEXT: Shape = Shape::CodedText(&[KnownValue { value: "text", label: LABEL, advice: None }]);
        for (shape, json, english, chinese) in [
            (Shape::Boolean, "true", "Yes", "是"),
            (Shape::Number, "36.5", "36.5", "36.5"),
            (TEXT, "\"text\"", "Text", "文本"),
            (TEXT, "\"film\"", "film (unknown)", "film（未知）"),
            (Shape::Map(&Shape::Integer), "{\"a\": 1, \"b\": 2}", "a: 1, b: 2", "a：1、b：2"),
            (Shape::List(&Shape::List(&Shape::Integer)), "[[1, 2], [3]]", "1, 2, 3", "1、2、3"),
        ] {
            let value = serde_json::from_str(json).unwrap();
            for (language, expected) in [(Language::English, english), (Language::Chinese, chinese)] {
                let output = Output::for_tests(language);
                assert_eq!(View { output, width: 80 }.inline(shape, &value), expected);
            }
        }
    }

    #[test]
    fn the_number_of_an_option_stays_with_its_text() {
        let option = |id| serde_json::json!({"option_id": id, "option_text": "没有"});
        let json = serde_json::json!({
            "title": "t", "creator": "c", "type": 1, "report_type": 1, "skip_weekend": 0, "finish_cnt": 0,
            "question_templates": [{"question_id": 1, "title": "很长的标题".repeat(9), "question_type": 2,
                "is_required": 1, "option_list": (1..=9).map(option).collect::<Vec<_>>()}],
        });
        let job: JobInfo = serde_json::from_value(json).unwrap();
        for language in [Language::English, Language::Chinese] {
            for width in 50..100 {
                let output = Output { width, ..Output::for_tests(language) };
                let shown = in_words(&job, output).unwrap();
                assert!((1..=9).all(|id| shown.contains(&format!("{id} 没有"))), "{shown}");
                assert!(shown.lines().all(|line| line.width() <= width), "{shown}");
            }
        }
    }
}
