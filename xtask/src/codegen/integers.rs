//! Coded integers: an open enum, or named constants where only some values are known.

use heck::ToShoutySnakeCase;
use quote::{format_ident, quote};
use syn::parse_quote;

use super::docs;
use super::newtypes::schemars;
use crate::schema::Node;

/// Returns an enum over the known values, with a variant for every other integer.
pub(super) fn coded(name: &str, definition: &Node) -> Vec<syn::Item> {
    let (docs, schemars, ident) = (docs::definition(name, definition), schemars(), format_ident!("{name}"));
    let known = definition.known_values();
    let variants: Vec<_> = known.iter().map(|known| format_ident!("{}", known.name)).collect();
    let values: Vec<_> = known.iter().map(|known| literal(known.value)).collect();
    let variant_docs = known.iter().map(docs::known_value);
    vec![
        parse_quote! {
            #docs
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
            #schemars
            #[serde(from = "i64", into = "i64")]
            #[non_exhaustive]
            pub enum #ident {
                #(#variant_docs #variants,)*
                /// A value that the schema does not name. Only `From<i64>` makes one, so it never holds a known value.
                #[non_exhaustive]
                Unknown(i64),
            }
        },
        parse_quote! {
            impl #ident {
                /// Returns the number on the wire.
                pub const fn value(self) -> i64 {
                    match self {
                        #(Self::#variants => #values,)*
                        Self::Unknown(value) => value,
                    }
                }

                /// Returns what the schema says about the value; nothing about an unknown one.
                pub fn known(self) -> Option<&'static KnownValue> {
                    Self::SHAPE.known_value(self.value())
                }
            }
        },
        parse_quote! {
            impl From<i64> for #ident {
                fn from(value: i64) -> Self {
                    match value {
                        #(#values => Self::#variants,)*
                        _ => Self::Unknown(value),
                    }
                }
            }
        },
        parse_quote! {
            impl From<#ident> for i64 {
                fn from(code: #ident) -> Self {
                    code.value()
                }
            }
        },
    ]
}

/// Returns a newtype over an integer, with a constant for each known value.
pub(super) fn sparse(name: &str, definition: &Node) -> Vec<syn::Item> {
    let (docs, schemars, ident) = (docs::definition(name, definition), schemars(), format_ident!("{name}"));
    let constants = definition.known_values().iter().map(|known| {
        let (docs, value) = (docs::known_value(known), literal(known.value));
        let name = format_ident!("{}", known.name.to_shouty_snake_case());
        quote!(#docs pub const #name: Self = Self(#value);)
    });
    vec![
        parse_quote! {
            #docs
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
            #schemars
            #[serde(transparent)]
            pub struct #ident(i64);
        },
        parse_quote! {
            impl #ident {
                #(#constants)*

                /// Returns what the schema says about the code; nothing about a code that it does not name.
                pub fn known(self) -> Option<&'static KnownValue> {
                    Self::SHAPE.known_value(self.0)
                }
            }
        },
        parse_quote!(newtype::number!(#ident);),
    ]
}

/// Returns an integer literal without a type suffix.
pub(super) fn literal(value: i64) -> proc_macro2::Literal {
    proc_macro2::Literal::i64_unsuffixed(value)
}
