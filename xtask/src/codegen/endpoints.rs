//! Calls: constructors of requests, `Endpoint` and `Response`, and the payloads that answers unwrap to.

use anyhow::Result;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Item, parse_quote};

use super::integers::literal;
use super::shapes;
use super::structs::{Structs, field_ident};
use crate::schema::{Definition, Document, Kind, Link, Paged, Property, Value};

const STATUS: [&str; 2] = ["errcode", "errmsg"];

/// The server's address.
pub(super) fn base(document: &Document) -> Item {
    let base = &document.base;
    parse_quote! {
        /// The server that the calls are for; private deployments and reverse proxies have another.
        pub const BASE_URL: &str = #base;
    }
}

/// A macro over all calls.
pub(super) fn for_each(document: &Document) -> Item {
    let requests = document.links.iter().map(|link| format_ident!("{}", link.request()));
    parse_quote! {
        /// Calls a macro with the request types of all calls, separated by commas.
        #[macro_export]
        macro_rules! for_each_endpoint {
            ($callback:ident) => { $callback! { #($crate::#requests),* } };
        }
    }
}

/// What stands beside the struct of a request or an answer; nothing for other objects.
pub(super) fn items(
    document: &Document,
    name: &str,
    definition: &Definition,
    structs: &mut Structs,
) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    if let Some(link) = document.request_of(name) {
        let ident = format_ident!("{name}");
        let response = format_ident!("{}", link.response());
        let (rel, path) = (&link.rel, link.path());
        let method = format_ident!("{}", if link.method() == "GET" { "Get" } else { "Post" });
        let token = match link.token_parameter() {
            Some(token) => quote!(Some(#token)),
            None => quote!(None),
        };
        let check = check(definition);
        items.push(constructor(document, name, definition));
        items.push(parse_quote! {
            impl Endpoint for #ident {
                type Response = #response;
                const NAME: &'static str = #rel;
                const METHOD: Method = Method::#method;
                const PATH: &'static str = #path;
                const TOKEN_PARAMETER: Option<&'static str> = #token;
                #check
            }
        });
        items.extend(link.paged.as_ref().map(|paged| paged_call(document, link, paged)));
    }
    if document.response_of(name).is_some() {
        items.extend(response(document, name, definition));
        if let Some(output) = outputs(document).find(|output| output.response == name) {
            items.extend(structs.take(&output.name)?);
            items.push(shapes::of_fields(&output.name, output.fields.into_iter()));
        }
    }
    Ok(items)
}

/// `new` with the required fields, and a setter for each other field.
fn constructor(document: &Document, name: &str, definition: &Definition) -> Item {
    let ident = format_ident!("{name}");
    let (arguments, _) = parameters(definition);
    let fields = definition.properties.iter().map(|(wire, property)| {
        let field = field_ident(wire);
        match (definition.required.contains(wire), property.value()) {
            (true, Value::Date | Value::Integer) => quote!(#field),
            (true, _) => quote!(#field: #field.into()),
            (false, _) => quote!(#field: Default::default()),
        }
    });
    let setters = definition.properties.iter().filter(|(wire, _)| !definition.required.contains(*wire)).map(
        |(wire, property)| {
            let field = field_ident(wire);
            let (argument, value) = parameter(&field, property);
            let plain = property.is_list()
                || matches!(property.value(), Value::Definition(name) if document.is_defaultable(name));
            let value = if plain { value } else { quote!(Some(#value)) };
            let docs = super::docs::lines(&[&property.description]);
            quote! {
                #docs
                #[must_use]
                pub fn #field(mut self, #argument) -> Self {
                    self.#field = #value;
                    self
                }
            }
        },
    );
    parse_quote! {
        impl #ident {
            /// A request with what every such call needs.
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#fields),* }
            }

            #(#setters)*
        }
    }
}

/// `Endpoint::check` of a request with ranges.
fn check(definition: &Definition) -> Option<TokenStream> {
    let ranges: Vec<_> = definition
        .properties
        .iter()
        .filter(|(_, property)| property.minimum.is_some() || property.maximum.is_some())
        .map(|(wire, property)| {
            let field = field_ident(wire);
            let minimum = property.minimum.map_or(quote!(i64::MIN), |value| literal(value).to_token_stream());
            let maximum = property.maximum.map_or(quote!(i64::MAX), |value| literal(value).to_token_stream());
            quote!(RangeError::check(#wire, self.#field, #minimum..=#maximum)?;)
        })
        .collect();
    (!ranges.is_empty()).then(|| {
        quote! {
            fn check(&self) -> Result<(), RangeError> {
                #(#ranges)*
                Ok(())
            }
        }
    })
}

/// The implementation of `Paged` for a request.
fn paged_call(document: &Document, link: &Link, paged: &Paged) -> Item {
    let request = format_ident!("{}", link.request());
    let (offset, limit, items) = (field_ident(&paged.offset), field_ident(&paged.limit), field_ident(&paged.items));
    let maximum = document.definitions[link.request()].properties[&paged.limit].maximum.map(literal);
    let item = match document.definitions[link.response()].properties[&paged.items].value() {
        Value::ListOf(item) => format_ident!("{item}"),
        _ => format_ident!("String"),
    };
    let end = match paged.end.as_deref().map(field_ident) {
        Some(end) => quote!(page.#end.map(i64::from) == Some(1)),
        None => quote!(false),
    };
    parse_quote! {
        impl Paged for #request {
            type Item = #item;
            const MAX_LIMIT: i64 = #maximum;

            fn window(&self) -> (Option<i64>, Option<i64>) {
                (self.#offset, self.#limit)
            }

            fn page(&self, offset: i64, limit: i64) -> Self {
                self.clone().#offset(offset).#limit(limit)
            }

            fn count(page: &<Self::Response as Response>::Output) -> usize {
                page.#items.len()
            }

            fn items(page: <Self::Response as Response>::Output) -> (Vec<Self::Item>, bool) {
                let end = #end;
                (page.#items, end)
            }
        }
    }
}

/// The arguments that make a request, and the names to pass them on by.
pub(super) fn parameters(definition: &Definition) -> (Vec<TokenStream>, Vec<syn::Ident>) {
    definition
        .properties
        .iter()
        .filter(|(wire, _)| definition.required.contains(*wire))
        .map(|(wire, property)| {
            let field = field_ident(wire);
            (parameter(&field, property).0, field)
        })
        .unzip()
}

/// An argument for a field, and the expression that makes the field's value of it.
fn parameter(name: &syn::Ident, property: &Property) -> (TokenStream, TokenStream) {
    let into = |inner: &str| {
        let inner = format_ident!("{inner}");
        (quote!(#name: impl Into<#inner>), quote!(#name.into()))
    };
    match property.value() {
        Value::Definition(inner) => into(inner),
        Value::Text => into("String"),
        Value::Date => (quote!(#name: NaiveDate), quote!(#name)),
        Value::Integer => (quote!(#name: i64), quote!(#name)),
        Value::ListOf(inner) => {
            let inner = format_ident!("{inner}");
            (quote!(#name: impl Into<Vec<#inner>>), quote!(#name.into()))
        }
        Value::ListOfText => (quote!(#name: impl Into<Vec<String>>), quote!(#name.into())),
        Value::ListOfIntegers => (quote!(#name: impl Into<Vec<i64>>), quote!(#name.into())),
        Value::Undocumented => (quote!(#name: RawJson), quote!(#name)),
    }
}

/// The way from an answer to its payload.
fn response(document: &Document, name: &str, definition: &Definition) -> [Item; 2] {
    let ident = format_ident!("{name}");
    let output = format_ident!("{}", output(document, name));
    let required = |wire: &String| {
        let field = field_ident(wire);
        quote!(self.#field.ok_or(ResponseError::MissingPayload { field: #wire }))
    };
    let payload = if outputs(document).any(|output| output.response == name) {
        let fields = payload(definition).map(|(wire, _)| {
            let field = field_ident(wire);
            let value = if definition.success().contains(wire) {
                let value = required(wire);
                quote!(#value?)
            } else {
                quote!(self.#field)
            };
            quote!(#field: #value)
        });
        quote!(Ok(#output { #(#fields),* }))
    } else {
        let value = definition.success().iter().map(required);
        quote!(#(#value)*)
    };
    [
        parse_quote! {
            impl #ident {
                /// The payload of a success.
                ///
                /// # Errors
                ///
                /// The server refused the call, or answered a success without its payload.
                pub fn into_result(self) -> Result<#output, ResponseError> {
                    ResponseError::check(self.errcode, &self.errmsg)?;
                    #payload
                }
            }
        },
        parse_quote! {
            impl Response for #ident {
                type Output = #output;

                fn errcode(&self) -> ErrCode {
                    self.errcode
                }

                fn errmsg(&self) -> &str {
                    &self.errmsg
                }

                fn shape() -> Option<Shape> {
                    Some(Self::SHAPE)
                }

                fn into_result(self) -> Result<Self::Output, ResponseError> {
                    self.into_result()
                }
            }
        },
    ]
}

/// A payload that is not one object of the schema: the fields of the answer without its status.
pub(super) struct Output<'a> {
    pub(super) name: String,
    pub(super) response: &'a str,
    pub(super) fields: Vec<(&'a String, &'a Property)>,
    pub(super) required: &'a [String],
}

/// The payloads that need a struct of their own.
pub(super) fn outputs(document: &Document) -> impl Iterator<Item = Output<'_>> {
    document.links.iter().filter_map(|link| {
        let response = link.response();
        let definition = &document.definitions[response];
        single_payload(document, definition).is_none().then(|| Output {
            name: output(document, response),
            response,
            fields: payload(definition).collect(),
            required: definition.success(),
        })
    })
}

/// The type that an answer unwraps to: `JobInfo`, or `Token` for `GetTokenResponse`.
pub(super) fn output(document: &Document, response: &str) -> String {
    match single_payload(document, &document.definitions[response]) {
        Some(payload) => payload.to_owned(),
        None => payload_name(response).to_owned(),
    }
}

/// What is left of an answer's name without `Get` and `Response`.
pub(crate) fn payload_name(response: &str) -> &str {
    let name = response.strip_suffix("Response").unwrap_or(response);
    name.strip_prefix("Get").unwrap_or(name)
}

/// The definition of the only field of the payload, where that is an object which a success must hold.
fn single_payload<'a>(document: &Document, definition: &'a Definition) -> Option<&'a str> {
    let mut fields = payload(definition);
    match (fields.next(), fields.next()) {
        (Some((wire, property)), None) if definition.success().contains(wire) => match property.value() {
            Value::Definition(inner) if document.definitions[inner].kind() == Kind::Object => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

fn payload(definition: &Definition) -> impl Iterator<Item = (&String, &Property)> {
    definition.properties.iter().filter(|(wire, _)| !STATUS.contains(&wire.as_str()))
}
