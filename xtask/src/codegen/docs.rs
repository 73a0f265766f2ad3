//! Documentation of generated items: label and term, then the sentence.

use proc_macro2::TokenStream;
use quote::quote;

use crate::schema::{KnownValue, Node, Value};

/// Returns the documentation of a definition, with its place in the schema.
pub(super) fn definition(name: &str, node: &Node) -> TokenStream {
    let source = format!("Source: `#/$defs/{name}` in the schema.");
    lines(&[&heading(&node.title, &node.term), "", &node.description, "", &source])
}

/// Returns the documentation of a field.
pub(super) fn field(node: &Node) -> TokenStream {
    let condition = node.required_if.as_ref().map(|condition| format!("Needed if {condition}"));
    let mut texts = vec![heading(&node.title, &node.term), String::new(), node.description.clone()];
    if let Some(condition) = condition {
        texts.extend([String::new(), condition]);
    }
    lines(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Returns the documentation of a known value.
pub(super) fn known_value(known: &KnownValue) -> TokenStream {
    let value = match &known.value {
        Value::Integer(value) => value.to_string(),
        Value::Text(text) => format!("`{text}`"),
    };
    let heading = format!("{value}: {}", heading(&known.title, &known.term));
    let advice = known.advice.as_ref().map(|advice| format!("What to do: {advice}."));
    let mut texts = vec![heading.as_str()];
    for text in [known.description.as_str(), advice.as_deref().unwrap_or_default()] {
        if !text.is_empty() {
            texts.extend(["", text]);
        }
    }
    lines(&texts)
}

/// The documentation of a method that sets a field.
pub(super) fn setter(wire: &str, node: &Node) -> TokenStream {
    let condition = node.required_if.as_ref().map(|condition| format!("Needed if {condition}"));
    let summary = format!("Sets `{wire}`.");
    let mut texts = vec![summary.as_str(), "", &node.description];
    if let Some(condition) = &condition {
        texts.extend(["", condition]);
    }
    lines(&texts)
}

fn heading(title: &str, term: &str) -> String {
    format!("{title} ({term}).")
}

/// Returns one `///` line for each text.
pub(super) fn lines(texts: &[&str]) -> TokenStream {
    let docs = texts.iter().map(|text| {
        let line = if text.is_empty() { String::new() } else { format!(" {text}") };
        quote!(#[doc = #line])
    });
    quote!(#(#docs)*)
}
