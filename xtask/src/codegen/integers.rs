//! Coded integers: an open enum where the values are few, named constants where they are sparse.

use heck::ToShoutySnakeCase;
use quote::{format_ident, quote};
use syn::parse_quote;

use super::docs;
use super::newtypes::schemars;
use crate::schema::{Definition, Document};

/// An enum over the known values, with room for every other integer.
pub(super) fn coded(document: &Document, name: &str, definition: &Definition) -> Vec<syn::Item> {
    let docs = docs::definition(document, name, &definition.description);
    let (schemars, ident) = (schemars(), format_ident!("{name}"));
    let variants: Vec<_> = definition.known_values.iter().map(|known| format_ident!("{}", known.name)).collect();
    let values: Vec<_> = definition.known_values.iter().map(|known| known.value).map(literal).collect();
    let meanings: Vec<_> = definition.known_values.iter().map(|known| &known.description).collect();
    let variant_docs =
        definition.known_values.iter().map(|known| docs::lines(&[&format!("{}: {}.", known.value, known.description)]));
    vec![
        parse_quote! {
            #docs
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
            #schemars
            #[serde(from = "i64", into = "i64")]
            #[non_exhaustive]
            pub enum #ident {
                #(#variant_docs #variants,)*
                /// A value that the schema does not name (yet). Only `From<i64>` makes one, so it never holds a known value.
                #[non_exhaustive]
                Unknown(i64),
            }
        },
        parse_quote! {
            impl #ident {
                /// The number on the wire.
                pub const fn value(self) -> i64 {
                    match self {
                        #(Self::#variants => #values,)*
                        Self::Unknown(value) => value,
                    }
                }

                /// What the value means, ending with the vendor's own term; nothing for an unknown value.
                pub const fn meaning(self) -> Option<&'static str> {
                    match self {
                        #(Self::#variants => Some(#meanings),)*
                        Self::Unknown(_) => None,
                    }
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

/// A newtype with a constant for each known value.
pub(super) fn sparse(document: &Document, name: &str, definition: &Definition) -> Vec<syn::Item> {
    let docs = docs::definition(document, name, &definition.description);
    let (schemars, ident) = (schemars(), format_ident!("{name}"));
    let names: Vec<_> =
        definition.known_values.iter().map(|known| format_ident!("{}", known.name.to_shouty_snake_case())).collect();
    let constants = definition.known_values.iter().zip(&names).map(|(known, name)| {
        let meaning = format!("{}: {}.", known.value, known.description);
        let advice = known.advice.as_ref().map(|advice| format!("What to do: {advice}."));
        let docs = match &advice {
            Some(advice) => docs::lines(&[&meaning, "", advice]),
            None => docs::lines(&[&meaning]),
        };
        let value = literal(known.value);
        quote!(#docs pub const #name: Self = Self(#value);)
    });
    let meanings = definition.known_values.iter().map(|known| &known.description);
    let advised = definition.known_values.iter().zip(&names).filter_map(|(known, name)| {
        let advice = known.advice.as_ref()?;
        Some(quote!(Self::#name => Some(#advice),))
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

                /// What the code means, ending with the vendor's own term; nothing for a code that the schema does not name.
                pub const fn meaning(self) -> Option<&'static str> {
                    match self {
                        #(Self::#names => Some(#meanings),)*
                        _ => None,
                    }
                }

                /// What the caller can do; nothing where the vendor says nothing.
                pub const fn advice(self) -> Option<&'static str> {
                    match self {
                        #(#advised)*
                        _ => None,
                    }
                }
            }
        },
        parse_quote!(newtype::number!(#ident);),
    ]
}

/// An integer without its type's suffix.
pub(super) fn literal(value: i64) -> proc_macro2::Literal {
    proc_macro2::Literal::i64_unsuffixed(value)
}
