//! Coded values: an open enum where the values are few, named constants where they are sparse.

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse_quote;

use super::docs;
use super::newtypes::schemars;
use crate::schema::{Node, Value};

/// An enum over the known values, with room for every other integer.
pub(super) fn coded(name: &str, definition: &Node) -> Vec<syn::Item> {
    let (ident, values) = (format_ident!("{name}"), values(definition));
    let variants = variants(definition);
    vec![
        open_enum(name, definition, &quote!(i64), &quote!(Copy,)),
        parse_quote! {
            impl #ident {
                /// Returns the number on the wire.
                pub const fn value(self) -> i64 {
                    match self {
                        #(Self::#variants => #values,)*
                        Self::Unknown(value) => value,
                    }
                }

                /// Returns what the schema says about the value, or `None` if the value is unknown.
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

/// An enum over the known values, with room for every other string.
pub(super) fn coded_text(name: &str, definition: &Node) -> Vec<syn::Item> {
    let (ident, values) = (format_ident!("{name}"), values(definition));
    let variants = variants(definition);
    vec![
        open_enum(name, definition, &quote!(String), &quote!()),
        parse_quote! {
            impl #ident {
                /// Returns the string on the wire.
                pub fn value(&self) -> &str {
                    match self {
                        #(Self::#variants => #values,)*
                        Self::Unknown(value) => value,
                    }
                }

                /// Returns what the schema says about the value, or `None` if the value is unknown.
                pub fn known(&self) -> Option<&'static KnownValue<&'static str>> {
                    Self::SHAPE.known_text(self.value())
                }
            }
        },
        parse_quote! {
            impl From<String> for #ident {
                fn from(value: String) -> Self {
                    match &*value {
                        #(#values => Self::#variants,)*
                        _ => Self::Unknown(value),
                    }
                }
            }
        },
        parse_quote! {
            impl From<&str> for #ident {
                fn from(value: &str) -> Self {
                    value.to_owned().into()
                }
            }
        },
        parse_quote! {
            impl From<#ident> for String {
                fn from(code: #ident) -> Self {
                    code.value().to_owned()
                }
            }
        },
    ]
}

/// The enum itself. `value` is its type on the wire.
fn open_enum(name: &str, definition: &Node, value: &TokenStream, copy: &TokenStream) -> syn::Item {
    let (docs, schemars, ident) = (docs::definition(name, definition), schemars(), format_ident!("{name}"));
    let variants = variants(definition);
    let variant_docs = definition.known_values().iter().map(docs::known_value);
    let wire = value.to_string();
    let unknown = format!(
        " A value that the schema does not name. Only `From<{wire}>` makes one, so it never holds a known value."
    );
    parse_quote! {
        #docs
        #[derive(Clone, #copy Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #schemars
        #[serde(from = #wire, into = #wire)]
        #[non_exhaustive]
        pub enum #ident {
            #(#variant_docs #variants,)*
            #[doc = #unknown]
            #[non_exhaustive]
            Unknown(#value),
        }
    }
}

/// A newtype over an integer, with a constant for each known value.
pub(super) fn sparse(name: &str, definition: &Node) -> Vec<syn::Item> {
    let (docs, schemars, ident) = (docs::definition(name, definition), schemars(), format_ident!("{name}"));
    let constants = definition.known_values().iter().map(|known| {
        let (docs, value) = (docs::known_value(known), value(&known.value));
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

                /// Returns what the schema says about the code, or `None` if the schema does not name it.
                pub fn known(self) -> Option<&'static KnownValue> {
                    Self::SHAPE.known_value(self.0)
                }
            }
        },
        parse_quote!(newtype::number!(#ident);),
    ]
}

fn variants(definition: &Node) -> Vec<proc_macro2::Ident> {
    definition.known_values().iter().map(|known| format_ident!("{}", known.name)).collect()
}

fn values(definition: &Node) -> Vec<proc_macro2::Literal> {
    definition.known_values().iter().map(|known| value(&known.value)).collect()
}

/// A known value as it is written in Rust.
pub(super) fn value(value: &Value) -> proc_macro2::Literal {
    match value {
        Value::Integer(value) => literal(*value),
        Value::Text(text) => proc_macro2::Literal::string(text),
    }
}

/// An integer without its type's suffix.
pub(super) fn literal(value: i64) -> proc_macro2::Literal {
    proc_macro2::Literal::i64_unsuffixed(value)
}
