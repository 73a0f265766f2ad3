//! `Described`: each type's fields, labels and known values as constants, for code that walks an answer by name.

use quote::{format_ident, quote};
use syn::parse_quote;

use super::integers::literal;
use crate::schema::{Definition, Kind, Property, Value};

/// The implementation for a definition.
pub(super) fn of_definition(name: &str, definition: &Definition) -> syn::Item {
    let shape = match definition.kind() {
        Kind::Object => return of_fields(name, definition.properties.iter()),
        Kind::Text => quote!(Shape::Text),
        Kind::Secret => quote!(Shape::Secret),
        Kind::Number | Kind::Sparse => quote!(Shape::Integer),
        Kind::Coded => {
            let known = definition.known_values.iter().map(|known| {
                let (value, meaning) = (literal(known.value), &known.description);
                quote!(KnownValue { value: #value, meaning: #meaning })
            });
            quote!(Shape::Coded(&[#(#known),*]))
        }
    };
    let ident = format_ident!("{name}");
    parse_quote!(impl Described for #ident { const SHAPE: Shape = #shape; })
}

/// The implementation for an object with these fields.
pub(super) fn of_fields<'a>(name: &str, fields: impl Iterator<Item = (&'a String, &'a Property)>) -> syn::Item {
    let ident = format_ident!("{name}");
    let fields = fields.map(|(field, property)| {
        let label = property.description.trim_end_matches('.');
        let described = |inner: &str| {
            let inner = format_ident!("{inner}");
            quote!(#inner::SHAPE)
        };
        let shape = match property.value() {
            Value::Definition(inner) => described(inner),
            Value::Text | Value::Date => quote!(Shape::Text),
            Value::Integer => quote!(Shape::Integer),
            Value::ListOf(inner) => {
                let inner = described(inner);
                quote!(Shape::List(&#inner))
            }
            Value::ListOfText => quote!(Shape::List(&Shape::Text)),
            Value::ListOfIntegers => quote!(Shape::List(&Shape::Integer)),
            Value::Undocumented => quote!(Shape::Undocumented),
        };
        quote!(Field { name: #field, label: #label, shape: #shape })
    });
    parse_quote!(impl Described for #ident { const SHAPE: Shape = Shape::Object(&[#(#fields),*]); })
}
