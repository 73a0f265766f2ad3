//! The definitions of the schema, each with a table of its fields or values.

use std::fmt::Write as _;

use super::{Language, Table};
use crate::schema::{Document, Kind, Node, Type};

/// A section for each definition that is not a request or a response: those are with their endpoint.
pub(super) fn sections(document: &Document, language: Language) -> String {
    let is_message = |name: &str| document.sender_of(name).is_some() || document.response_of(name).is_some();
    let definitions = document.definitions.iter().filter(|(name, _)| !is_message(name));
    definitions.map(|(name, node)| section(document, name, node, language)).collect()
}

fn section(document: &Document, name: &str, node: &Node, language: Language) -> String {
    let kind = match node.kind() {
        Kind::Object => String::new(),
        Kind::Text | Kind::CodedText => format!(" · {}", shown(&Type::Text, language)),
        Kind::Secret => format!(" · {}", language.of("string, secret", "字符串，保密")),
        Kind::Integer | Kind::Coded | Kind::Sparse => format!(" · {}", shown(&Type::Integer, language)),
    };
    let label = language.label(&node.title, &node.term);
    let mut text = format!("\n### {name}\n\n{label}{kind}\n");
    if language == Language::English {
        let _ = write!(text, "\n{}\n", node.description);
    }
    let fields = fields(document, name, language);
    if !fields.is_empty() {
        let _ = write!(text, "\n{fields}");
    }
    let values = values(node, language);
    if !values.is_empty() {
        let _ = write!(text, "\n{values}");
    }
    text
}

/// The fields of a definition.
pub(super) fn fields(document: &Document, name: &str, language: Language) -> Table {
    let is_received = document.is_received(name);
    let presence = if is_received { language.of("present", "出现") } else { language.of("required", "必填") };
    let (field, kind) = (language.of("field", "字段"), language.of("type", "类型"));
    let mut table = Table::new(&[field, kind, presence, language.of("name", "名称"), language.of("meaning", "")]);
    let Some(definition) = document.definitions.get(name) else { return table };
    for (wire, node) in &definition.properties {
        table.row([
            format!("`{wire}`"),
            shown(&node.holds(), language) + &range(node),
            when(definition, wire, node, is_received, language),
            language.label(&node.title, &node.term),
            language.sentence(&node.description).to_owned(),
        ]);
    }
    table
}

fn when(definition: &Node, wire: &String, node: &Node, is_received: bool, language: Language) -> String {
    if definition.required.contains(wire) {
        let text = if is_received { language.of("always", "总是") } else { language.of("yes", "是") };
        return text.to_owned();
    }
    if definition.success().contains(wire) {
        return language.of("on success", "成功时").to_owned();
    }
    match &node.required_if {
        Some(condition) if language == Language::English => format!("if {}", condition.trim_end_matches('.')),
        Some(_) => "视情况".to_owned(),
        None => language.of("optional", "可选").to_owned(),
    }
}

/// The integers that may be sent.
fn range(node: &Node) -> String {
    match (node.minimum, node.maximum) {
        (Some(least), Some(most)) => format!(", {least}–{most}"),
        (Some(least), None) => format!(", ≥ {least}"),
        (None, Some(most)) => format!(", ≤ {most}"),
        (None, None) => String::new(),
    }
}

fn shown(holds: &Type<'_>, language: Language) -> String {
    let word = match holds {
        Type::Definition(name) => return format!("[{name}](#{})", name.to_lowercase()),
        Type::List(items) => {
            let items = shown(items, language);
            return if language == Language::English { format!("list of {items}") } else { format!("{items} 列表") };
        }
        Type::Map(values) => {
            let values = shown(values, language);
            return if language == Language::English { format!("map of {values}") } else { format!("{values} 映射") };
        }
        Type::Text => language.of("string", "字符串"),
        Type::Date => language.of("date, `2020-03-27`", "日期，`2020-03-27`"),
        Type::Integer => language.of("integer", "整数"),
        Type::Number => language.of("number", "数字"),
        Type::Boolean => language.of("boolean", "布尔"),
        Type::Undocumented => language.of("not described", "未说明"),
    };
    word.to_owned()
}

/// The known values of a definition.
fn values(node: &Node, language: Language) -> Table {
    let (value, name) = (language.of("value", "值"), language.of("name", "名称"));
    let advice = language.of("what to do", "处理建议");
    let mut table = Table::new(&[value, name, language.of("meaning", ""), advice]);
    for known in node.known_values() {
        let advice = language.of(known.advice.as_deref().unwrap_or(""), known.advice_zh.as_deref().unwrap_or(""));
        table.row([
            format!("`{}`", known.value),
            language.label(&known.title, &known.term),
            language.sentence(&known.description).to_owned(),
            advice.to_owned(),
        ]);
    }
    table
}
