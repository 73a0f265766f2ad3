//! Fields: their names and types in Rust, and how they are passed to a request.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::schema::{Document, Node, Type};

/// A field's name in Rust.
pub(super) fn ident(wire: &str, node: &Node) -> Ident {
    format_ident!("{}", node.field_name(wire))
}

/// The type of what a field holds.
pub(super) fn rust_type(holds: &Type<'_>) -> TokenStream {
    match holds {
        Type::Definition(name) => format_ident!("{name}").to_token_stream(),
        Type::Text => quote!(String),
        Type::Date => quote!(NaiveDate),
        Type::Integer => quote!(i64),
        Type::Number => quote!(f64),
        Type::Boolean => quote!(bool),
        Type::List(items) => {
            let items = rust_type(items);
            quote!(Vec<#items>)
        }
        Type::Map(values) => {
            let values = rust_type(values);
            quote!(BTreeMap<String, #values>)
        }
        Type::Undocumented => quote!(RawJson),
    }
}

/// An argument for a field, and the expression that makes the field's value of it.
pub(super) fn argument(name: &Ident, node: &Node) -> (TokenStream, TokenStream) {
    let holds = node.holds();
    let rust = rust_type(&holds);
    match holds {
        Type::Date | Type::Integer | Type::Number | Type::Boolean | Type::Undocumented => {
            (quote!(#name: #rust), quote!(#name))
        }
        _ => (quote!(#name: impl Into<#rust>), quote!(#name.into())),
    }
}

/// The arguments for the required fields of an object, and the names to pass them on by.
pub(super) fn required_arguments(definition: &Node) -> (Vec<TokenStream>, Vec<Ident>) {
    required(definition)
        .map(|(wire, node)| {
            let field = ident(wire, node);
            (argument(&field, node).0, field)
        })
        .unzip()
}

/// The required fields of an object, in the schema's order.
pub(super) fn required(definition: &Node) -> impl Iterator<Item = (&String, &Node)> {
    definition.properties.iter().filter(|(wire, _)| definition.required.contains(*wire))
}

/// The fields of an object that need not be there.
pub(super) fn optional(definition: &Node) -> impl Iterator<Item = (&String, &Node)> {
    definition.properties.iter().filter(|(wire, _)| !definition.required.contains(*wire))
}

/// Whether absent and empty are the same for a field, so that its type needs no `Option`.
pub(super) fn reads_empty(document: &Document, node: &Node) -> bool {
    node.is_collection() || matches!(node.holds(), Type::Definition(name) if document.is_defaultable(name))
}
