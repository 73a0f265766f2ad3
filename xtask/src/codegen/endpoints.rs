//! Endpoints: constructors of requests, `Endpoint` and `Response`, and the payloads that responses unwrap to.

use anyhow::Result;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Item, parse_quote};

use super::docs;
use super::integers::literal;
use super::structs::{Structs, field_ident};
use crate::schema::{Document, Link, Method, Node, Paged, Type};

/// Returns the constant with the server's address.
pub(super) fn base(document: &Document) -> Item {
    let base = &document.base;
    parse_quote! {
        /// The vendor's server. Private deployments and reverse proxies have another.
        pub const BASE_URL: &str = #base;
    }
}

/// Returns the macro over all endpoints.
pub(super) fn for_each(document: &Document) -> Item {
    let requests = document.links.iter().map(|link| format_ident!("{}", link.request()));
    parse_quote! {
        /// Calls a macro with the request types of all endpoints, separated by commas.
        #[macro_export]
        macro_rules! for_each_endpoint {
            ($callback:ident) => { $callback! { #($crate::#requests),* } };
        }
    }
}

/// Returns what accompanies the struct of a request or a response; nothing for other objects.
pub(super) fn items(document: &Document, name: &str, definition: &Node, structs: &mut Structs) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    if let Some(link) = document.request_of(name) {
        let ident = format_ident!("{name}");
        let response = format_ident!("{}", link.response());
        let (rel, path) = (&link.rel, link.path());
        let method = match link.method() {
            Method::Get => quote!(Get),
            Method::Post => quote!(Post),
        };
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
        items.extend(link.paged.as_ref().map(|paged| paged_endpoint(document, link, paged)));
    }
    if document.response_of(name).is_some() {
        items.push(response(document, name, definition));
        if let Some(output) = outputs(document).find(|output| output.response == name) {
            items.extend(structs.take(&output.name)?);
        }
    }
    Ok(items)
}

/// Returns `new` with the required fields, and a setter for each other field.
fn constructor(document: &Document, name: &str, definition: &Node) -> Item {
    let ident = format_ident!("{name}");
    let (arguments, _) = parameters(definition);
    let fields = definition.properties.iter().map(|(wire, node)| {
        let field = field_ident(wire);
        match (definition.required.contains(wire), node.holds()) {
            (true, Type::Date | Type::Integer) => quote!(#field),
            (true, _) => quote!(#field: #field.into()),
            (false, _) => quote!(#field: Default::default()),
        }
    });
    let setters =
        definition.properties.iter().filter(|(wire, _)| !definition.required.contains(*wire)).map(|(wire, node)| {
            let field = field_ident(wire);
            let (argument, value) = parameter(&field, node);
            let plain =
                node.is_list() || matches!(node.holds(), Type::Definition(name) if document.is_defaultable(name));
            let value = if plain { value } else { quote!(Some(#value)) };
            let summary = format!("Sets `{wire}`.");
            let docs = docs::lines(&[&summary, "", &node.description]);
            quote! {
                #docs
                #[must_use]
                pub fn #field(mut self, #argument) -> Self {
                    self.#field = #value;
                    self
                }
            }
        });
    parse_quote! {
        impl #ident {
            /// Creates a request with the fields that are always needed.
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#fields),* }
            }

            #(#setters)*
        }
    }
}

/// Returns `Endpoint::check` of a request with ranges.
fn check(definition: &Node) -> Option<TokenStream> {
    let ranges: Vec<_> = definition
        .properties
        .iter()
        .filter(|(_, node)| node.minimum.is_some() || node.maximum.is_some())
        .map(|(wire, node)| {
            let field = field_ident(wire);
            let minimum = node.minimum.map_or(quote!(i64::MIN), |value| literal(value).to_token_stream());
            let maximum = node.maximum.map_or(quote!(i64::MAX), |value| literal(value).to_token_stream());
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

/// Returns the implementation of `Paged` for a request.
fn paged_endpoint(document: &Document, link: &Link, paged: &Paged) -> Item {
    let request = format_ident!("{}", link.request());
    let (offset, limit, items) = (field_ident(&paged.offset), field_ident(&paged.limit), field_ident(&paged.items));
    let maximum = document.definitions[link.request()].properties[&paged.limit].maximum.map(literal);
    let items_node = &document.definitions[link.response()].properties[&paged.items];
    let item = format_ident!("{}", items_node.holds().definition().unwrap_or("String"));
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

/// Returns the arguments that make a request, and their names.
pub(super) fn parameters(definition: &Node) -> (Vec<TokenStream>, Vec<syn::Ident>) {
    definition
        .properties
        .iter()
        .filter(|(wire, _)| definition.required.contains(*wire))
        .map(|(wire, node)| {
            let field = field_ident(wire);
            (parameter(&field, node).0, field)
        })
        .unzip()
}

/// Returns an argument for a field, and the expression that turns it into the field's value.
fn parameter(name: &syn::Ident, node: &Node) -> (TokenStream, TokenStream) {
    match node.holds() {
        Type::Date => (quote!(#name: NaiveDate), quote!(#name)),
        Type::Integer => (quote!(#name: i64), quote!(#name)),
        Type::Undocumented => (quote!(#name: RawJson), quote!(#name)),
        holds => {
            let holds = rust_type(&holds);
            (quote!(#name: impl Into<#holds>), quote!(#name.into()))
        }
    }
}

fn rust_type(holds: &Type<'_>) -> TokenStream {
    match holds {
        Type::Definition(name) => format_ident!("{name}").to_token_stream(),
        Type::Text => quote!(String),
        Type::Date => quote!(NaiveDate),
        Type::Integer => quote!(i64),
        Type::List(items) => {
            let items = rust_type(items);
            quote!(Vec<#items>)
        }
        Type::Undocumented => quote!(RawJson),
    }
}

/// Returns the implementation of `Response`, which turns a response into its payload.
fn response(document: &Document, name: &str, definition: &Node) -> Item {
    let ident = format_ident!("{name}");
    let output = format_ident!("{}", document.output(name));
    let required = |wire: &String| {
        let field = field_ident(wire);
        quote!(self.#field.ok_or(ResponseError::MissingPayload { field: #wire }))
    };
    let payload = if document.single_payload(name).is_some() {
        let value = definition.success().iter().map(required);
        quote!(#(#value)*)
    } else {
        let fields = definition.payload().map(|(wire, _)| {
            let field = field_ident(wire);
            if definition.success().contains(wire) {
                let value = required(wire);
                quote!(#field: #value?)
            } else {
                quote!(#field: self.#field)
            }
        });
        quote!(Ok(#output { #(#fields),* }))
    };
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
                ResponseError::check(self.errcode, &self.errmsg)?;
                #payload
            }
        }
    }
}

/// A payload that is not one object of the schema: the fields of the response without its status.
pub(super) struct Output<'a> {
    pub(super) name: String,
    pub(super) response: &'a str,
    pub(super) fields: Vec<(&'a String, &'a Node)>,
    pub(super) required: &'a [String],
}

/// Returns the payloads that need their own struct.
pub(super) fn outputs(document: &Document) -> impl Iterator<Item = Output<'_>> {
    document.links.iter().map(Link::response).filter_map(|response| {
        let definition = document.definitions.get(response)?;
        document.single_payload(response).is_none().then(|| Output {
            name: document.output(response),
            response,
            fields: definition.payload().collect(),
            required: definition.success(),
        })
    })
}
