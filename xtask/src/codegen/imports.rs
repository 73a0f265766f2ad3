//! The imports of generated code: only names that occur in it.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Item, parse_quote};

/// Returns `use` items for the names that occur in the other items, each from its module.
pub(super) fn of(items: &[Item], modules: &[(TokenStream, &[&str])]) -> Vec<Item> {
    let mut names = BTreeSet::new();
    for item in items {
        collect(item.to_token_stream(), &mut names);
    }
    let uses = modules.iter().filter_map(|(module, candidates)| {
        let used = candidates.iter().filter(|name| names.contains(**name)).map(|name| format_ident!("{name}"));
        let used: Vec<_> = used.collect();
        (!used.is_empty()).then(|| parse_quote!(use #module::{#(#used),*};))
    });
    uses.collect()
}

/// Returns the modules and names that the generated types may import.
pub(super) fn types() -> Vec<(TokenStream, &'static [&'static str])> {
    vec![
        (quote!(chrono), &["NaiveDate"]),
        (quote!(serde), &["Deserialize", "Serialize"]),
        (
            quote!(crate),
            &[
                "DecodeError",
                "Described",
                "Endpoint",
                "Field",
                "KnownValue",
                "Method",
                "Next",
                "Paged",
                "Position",
                "RangeError",
                "RawJson",
                "Response",
                "ResponseError",
                "Shape",
            ],
        ),
        (quote!(crate), &["keyed", "list", "nested", "newtype", "null"]),
        (quote!(std::collections), &["BTreeMap"]),
    ]
}

/// Returns the modules and names that the generated shapes may import.
pub(super) fn shapes() -> Vec<(TokenStream, &'static [&'static str])> {
    vec![(quote!(crate), &["Described", "Field", "KnownValue", "Shape", "Words"])]
}

/// Collects every identifier of the tokens, including macro arguments, and the modules that attributes name in strings.
fn collect(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), names),
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                // A constant of a trait needs the trait.
                names.extend((name == "SHAPE").then(|| "Described".to_owned()));
                names.insert(name);
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                names.extend(text.trim_matches('"').split_once("::").map(|(module, _)| module.to_owned()));
            }
            TokenTree::Punct(_) => {}
        }
    }
}
