//! Documentation of generated items: the description, then where it comes from.

use proc_macro2::TokenStream;
use quote::quote;

use crate::schema::Document;

/// `///` lines for a definition.
pub(super) fn definition(document: &Document, name: &str, description: &str) -> TokenStream {
    let pages: Vec<_> = document.pages(name).into_iter().map(|page| format!("<{page}>")).collect();
    let source = format!("Source: `#/$defs/{name}` in the schema; vendor's page {}.", pages.join(", "));
    lines(&[description, "", &source])
}

/// `///` lines, one each.
pub(super) fn lines(texts: &[&str]) -> TokenStream {
    let docs = texts.iter().map(|text| {
        let line = if text.is_empty() { String::new() } else { format!(" {text}") };
        quote!(#[doc = #line])
    });
    quote!(#(#docs)*)
}
