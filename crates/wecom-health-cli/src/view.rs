//! Answers for people: labels and meanings come from the schema, so a new field shows up without a line here.

use std::io::{ErrorKind, Write};
use std::iter::repeat_n;

use comfy_table::{Cell, ContentArrangement, Table, presets};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;
use wecom_health::model::{Described, Field, Shape};

use crate::failure::Failure;
use crate::text::{self, printable};

/// Writes to stdout.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    unless_gone(std::io::stdout().write_all(text.as_bytes()))
}

/// A reader of stdout that has gone, like `head`, has read enough.
pub(crate) fn unless_gone(written: std::io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// An empty table with these headings. Columns are aligned, also where characters are twice as wide.
pub(crate) fn table<T: Into<Cell>>(headings: impl IntoIterator<Item = T>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headings.into_iter().map(Into::into).collect::<Vec<Cell>>());
    table
}

/// The lines of a table, without the blanks at their ends.
pub(crate) fn lines(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A value as JSON, in the vendor's order.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> std::io::Result<String> {
    Ok(text::escaped_json(&serde_json::to_string_pretty(value)?) + "\n")
}

/// A value in words, a line for each field.
pub(crate) fn words<T: serde::Serialize + Described>(value: &T) -> std::io::Result<String> {
    let mut lines = Vec::new();
    block(T::SHAPE, &serde_json::to_value(value)?, &mut lines);
    Ok(lines.join("\n") + "\n")
}

/// The fields of an object, or the items of a list.
fn block(shape: Shape, value: &Value, lines: &mut Vec<String>) {
    match (shape, value) {
        (Shape::Object(fields), _) => {
            let texts: Vec<_> = fields.iter().map(|field| one_line(field.shape, &value[field.name])).collect();
            let inline = fields.iter().zip(&texts).filter(|(_, text)| text.is_some());
            let width = inline.map(|(field, _)| field.label.width()).max().unwrap_or_default();
            for (field, text) in fields.iter().zip(texts) {
                match (text, value.get(field.name)) {
                    (Some(text), _) => lines.push(format!("{}  {text}", padded(field.label, width))),
                    (None, Some(value)) => {
                        lines.push(format!("{}:", field.label));
                        nested(field.shape, value, "  ", lines);
                    }
                    (None, None) => {}
                }
            }
        }
        (Shape::List(item), Value::Array(values)) => {
            for value in values {
                match in_a_row(*item, value) {
                    Some(text) => lines.push(format!("- {text}")),
                    None => {
                        let start = lines.len();
                        nested(*item, value, "  ", lines);
                        if let Some(first) = lines.get_mut(start) {
                            first.replace_range(..1, "-");
                        }
                    }
                }
            }
        }
        _ => lines.extend(one_line(shape, value)),
    }
}

fn nested(shape: Shape, value: &Value, indent: &str, lines: &mut Vec<String>) {
    let mut inner = Vec::new();
    block(shape, value, &mut inner);
    lines.extend(inner.into_iter().map(|line| format!("{indent}{line}")));
}

/// A value that fits on the line of its label. What is absent has no line, except an object, of which people want to know.
fn one_line(shape: Shape, value: &Value) -> Option<String> {
    match (shape, value) {
        (Shape::Object(_), Value::Null) => Some("(none)".to_owned()),
        (Shape::Object(_), _) | (_, Value::Null) => None,
        (Shape::Secret, _) => Some("(secret)".to_owned()),
        (Shape::List(item), Value::Array(values)) => {
            let texts: Option<Vec<_>> = values.iter().map(|value| one_line(*item, value)).collect();
            texts.map(|texts| texts.join(", "))
        }
        (Shape::Coded(known), Value::Number(number)) => {
            let meaning = known.iter().find(|known| number.as_i64() == Some(known.value));
            Some(meaning.map_or_else(|| format!("{number} (not known)"), |known| known.meaning.to_owned()))
        }
        (_, Value::String(text)) => Some(printable(text)),
        _ => Some(printable(&value.to_string())),
    }
}

/// An object of a few plain values, which need no labels: an option reads as its number and its text.
fn in_a_row(shape: Shape, value: &Value) -> Option<String> {
    let Shape::Object(fields) = shape else { return one_line(shape, value) };
    let plain = |field: &Field| matches!(field.shape, Shape::Text | Shape::Integer);
    if fields.len() > 3 || !fields.iter().all(plain) {
        return None;
    }
    let texts: Vec<_> = fields.iter().filter_map(|field| one_line(field.shape, value.get(field.name)?)).collect();
    Some(texts.join("  "))
}

fn padded(label: &str, width: usize) -> String {
    label.chars().chain(repeat_n(' ', width.saturating_sub(label.width()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_hostile_or_absent_is_shown_as_such() {
        let json = serde_json::json!({
            "title": "a\u{1b}[2Jb", "creator": "c", "type": 9, "report_type": 2, "skip_weekend": 1, "finish_cnt": 0,
            "apply_range": {"partyids": [4_294_967_296_i64]},
        });
        let job: wecom_health::model::JobInfo = serde_json::from_value(json).unwrap();
        let shown = words(&job).unwrap();
        let line = |end: &str| assert!(shown.lines().any(|line| line.ends_with(end)), "{end} is not in {shown}");
        line("a\u{fffd}[2Jb");
        line("9 (not known)");
        assert!(shown.lines().any(|line| line.contains("(汇报对象)") && line.ends_with("(none)")), "{shown}");
        line("4294967296");
        assert!(!shown.contains('\u{1b}'));
    }

    #[test]
    fn a_secret_is_not_shown() {
        let token =
            serde_json::from_str::<wecom_health::model::Token>(r#"{"access_token": "marked", "expires_in": 1}"#);
        let shown = words(&token.unwrap()).unwrap();
        assert!(shown.contains("(secret)") && !shown.contains("marked"), "{shown}");
    }
}
