//! Documentation of generated items: label and term, then the sentence.

use proc_macro2::TokenStream;
use quote::quote;

use crate::schema::{KnownValue, Node};

/// Returns the documentation of a definition, with its place in the schema.
pub(super) fn definition(name: &str, node: &Node) -> TokenStream {
    let source = format!("Source: `#/$defs/{name}` in the schema.");
    lines(&[&heading(&node.title, &node.term), "", &node.description, "", &source])
}

/// Returns the documentation of a field.
pub(super) fn field(node: &Node) -> TokenStream {
    lines(&[&heading(&node.title, &node.term), "", &node.description])
}

/// Returns the documentation of a known value.
pub(super) fn known_value(known: &KnownValue) -> TokenStream {
    let heading = format!("{}: {}", known.value, heading(&known.title, &known.term));
    let advice = known.advice.as_ref().map(|advice| format!("What to do: {advice}."));
    let mut texts = vec![heading.as_str()];
    for text in [known.description.as_str(), advice.as_deref().unwrap_or_default()] {
        if !text.is_empty() {
            texts.extend(["", text]);
        }
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
