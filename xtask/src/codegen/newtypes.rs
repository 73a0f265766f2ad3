//! Ids and secrets: newtypes over strings and integers. Their methods are in the model crate's `newtype.rs`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::docs;
use crate::schema::Node;

/// Returns the attribute that derives a JSON Schema if the feature is on.
pub(super) fn schemars() -> TokenStream {
    quote!(#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))])
}

/// Returns a newtype over a string.
pub(super) fn text(name: &str, definition: &Node) -> Vec<Item> {
    let (docs, schemars, ident) = (docs::definition(name, definition), schemars(), format_ident!("{name}"));
    vec![
        parse_quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
            #schemars
            #[serde(transparent)]
            pub struct #ident(String);
        },
        parse_quote!(newtype::text!(#ident);),
    ]
}

/// Returns a newtype over a string that no output shows.
pub(super) fn secret(name: &str, definition: &Node) -> Vec<Item> {
    let (docs, schemars, ident) = (docs::definition(name, definition), schemars(), format_ident!("{name}"));
    vec![
        parse_quote! {
            #docs
            ///
            /// `Debug` does not show it, and there is no `Display`. Serializing writes it, because the wire needs it.
            #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
            #schemars
            #[serde(transparent)]
            pub struct #ident(String);
        },
        parse_quote!(newtype::secret!(#ident);),
    ]
}

/// Returns a newtype over an integer.
pub(super) fn number(name: &str, definition: &Node) -> Vec<Item> {
    let (docs, schemars, ident) = (docs::definition(name, definition), schemars(), format_ident!("{name}"));
    vec![
        parse_quote! {
            #docs
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
            #schemars
            #[serde(transparent)]
            pub struct #ident(i64);
        },
        parse_quote!(newtype::number!(#ident);),
    ]
}
