//! `Described`: each type's fields, labels and known values as constants, for code that walks a response by name.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse_quote;

use super::codes::value;
use crate::schema::{Document, Kind, Node, Type};

/// Returns the implementations for all types, in the schema's order.
pub(super) fn items(document: &Document) -> Vec<syn::Item> {
    let definitions = document.definitions.iter().map(|(name, definition)| of_definition(name, definition));
    let outputs = document.outputs().map(|output| of_fields(&output.name, output.fields.into_iter(), &[]));
    definitions.chain(outputs).collect()
}

fn of_definition(name: &str, definition: &Node) -> syn::Item {
    let known = || {
        let values = definition.known_values().iter().map(|known| {
            let (value, label) = (value(&known.value), words(&known.title, &known.term));
            let advice = match (&known.advice, &known.advice_zh) {
                (Some(english), Some(chinese)) => {
                    let advice = words(english, chinese);
                    quote!(Some(#advice))
                }
                _ => quote!(None),
            };
            quote!(KnownValue { value: #value, label: #label, advice: #advice })
        });
        quote!(&[#(#values),*])
    };
    let shape = match definition.kind() {
        Kind::Object => return of_fields(name, definition.properties.iter(), &definition.left_out),
        Kind::Text => quote!(Shape::Text),
        Kind::Secret => quote!(Shape::Secret),
        Kind::Integer => quote!(Shape::Integer),
        Kind::Coded => {
            let known = known();
            quote!(Shape::Coded(#known))
        }
        Kind::Sparse => {
            let known = known();
            quote!(Shape::Sparse(#known))
        }
        Kind::CodedText => {
            let known = known();
            quote!(Shape::CodedText(#known))
        }
    };
    implementation(name, &shape)
}

fn of_fields<'a>(name: &str, fields: impl Iterator<Item = (&'a String, &'a Node)>, left_out: &[String]) -> syn::Item {
    let fields = fields.map(|(field, node)| {
        let (label, shape) = (words(&node.title, &node.term), of_type(&node.holds()));
        quote!(Field { name: #field, label: #label, shape: #shape })
    });
    implementation(name, &quote!(Shape::Object { fields: &[#(#fields),*], left_out: &[#(#left_out),*] }))
}

fn of_type(holds: &Type<'_>) -> TokenStream {
    match holds {
        Type::Definition(inner) => {
            let inner = format_ident!("{inner}");
            quote!(#inner::SHAPE)
        }
        Type::Text | Type::Date => quote!(Shape::Text),
        Type::Integer => quote!(Shape::Integer),
        Type::Number => quote!(Shape::Number),
        Type::Boolean => quote!(Shape::Boolean),
        Type::List(inner) => {
            let inner = of_type(inner);
            quote!(Shape::List(&#inner))
        }
        Type::Map(inner) => {
            let inner = of_type(inner);
            quote!(Shape::Map(&#inner))
        }
        Type::Undocumented => quote!(Shape::Undocumented),
    }
}

fn words(english: &str, chinese: &str) -> TokenStream {
    quote!(Words { english: #english, chinese: #chinese })
}

fn implementation(name: &str, shape: &TokenStream) -> syn::Item {
    let ident = format_ident!("{name}");
    parse_quote!(impl Described for #ident { const SHAPE: Shape = #shape; })
}
