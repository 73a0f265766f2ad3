//! Writes a schema as `schema/health.schema.json` is written: definitions over several lines, and a field or a value on one.

use serde_json::{Map, Value};

/// The text of a whole schema.
pub(super) fn schema(schema: &Value) -> String {
    let mut out = String::new();
    write(&mut out, schema, 0, Lines::Nested(&["links", "$defs"]));
    out.push('\n');
    out
}

/// The text of a link or a definition whose braces are indented so deep.
pub(super) fn entry(entry: &Value, indent: usize) -> String {
    let mut out = String::new();
    write(&mut out, entry, indent, Lines::Own);
    out
}

/// The text of a field or a value, on one line.
pub(super) fn line(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0, Lines::None);
    out
}

/// Whether the members of a value are on lines of their own.
#[derive(Clone, Copy)]
enum Lines<'a> {
    /// None are.
    None,
    /// All are, and those of the members with these names too.
    Nested(&'a [&'a str]),
    /// All are, as those of a link or a definition.
    Own,
}

fn write(out: &mut String, value: &Value, indent: usize, lines: Lines<'_>) {
    match value {
        Value::Object(members) if !members.is_empty() => object(out, members, indent, lines),
        Value::Array(items) if !items.is_empty() => {
            let texts = items.iter().map(|item| (None, item));
            members(out, ('[', ']'), texts, indent, lines);
        }
        value => out.push_str(&value.to_string()),
    }
}

fn object(out: &mut String, object: &Map<String, Value>, indent: usize, lines: Lines<'_>) {
    let texts = object.iter().map(|(key, value)| (Some(key.as_str()), value));
    members(out, ('{', '}'), texts, indent, lines);
}

fn members<'a>(
    out: &mut String,
    braces: (char, char),
    members: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
    indent: usize,
    lines: Lines<'_>,
) {
    let broken = !matches!(lines, Lines::None);
    // A list of texts or numbers is short, and its brackets are close to it.
    let tight = braces.0 == '[' && !broken;
    out.push(braces.0);
    for (at, (key, value)) in members.enumerate() {
        if at > 0 {
            out.push(',');
        }
        match (broken, at, tight) {
            (true, ..) => new_line(out, indent + 2),
            (false, 0, true) => {}
            _ => out.push(' '),
        }
        if let Some(key) = key {
            out.push_str(&Value::from(key).to_string());
            out.push_str(": ");
        }
        write(out, value, indent + 2, inner(lines, key));
    }
    match (broken, tight) {
        (true, _) => new_line(out, indent),
        (false, true) => {}
        (false, false) => out.push(' '),
    }
    out.push(braces.1);
}

/// How a member is written.
fn inner<'a>(lines: Lines<'a>, key: Option<&str>) -> Lines<'a> {
    match (lines, key) {
        (Lines::Nested(names), Some(key)) if names.contains(&key) => Lines::Nested(&[]),
        (Lines::Nested([]), _) => Lines::Own,
        (Lines::Own, Some("properties" | "x-known-values")) => Lines::Nested(&["\0"]),
        _ => Lines::None,
    }
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}
