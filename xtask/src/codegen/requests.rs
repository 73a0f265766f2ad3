//! Requests: their constructors and setters, and `Endpoint`.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Item, parse_quote};

use super::codes::literal;
use super::{docs, fields, paging};
use crate::schema::{Document, Link, Method, Node};

/// What stands beside the struct of a body or a query; nothing for other objects.
pub(super) fn items(document: &Document, name: &str, definition: &Node) -> Vec<Item> {
    let Some(link) = document.sender_of(name) else { return Vec::new() };
    let mut items = vec![constructor(document, name, definition)];
    if link.request_is_defined() {
        items.push(endpoint(link, &ranges(&quote!(self), definition), &quote!()));
        items.extend(link.paged.as_ref().map(|paged| paging::endpoint(document, link, paged)));
    }
    items
}

/// The request of an endpoint that has a body and a query, or neither: typify does not know it.
pub(super) fn undefined(document: &Document, link: &Link) -> Vec<Item> {
    match (link.body(), link.query()) {
        (Some(body), Some(query)) => {
            let mut items = body_and_query(document, link, body, query);
            items.extend(link.paged.as_ref().map(|paged| paging::endpoint(document, link, paged)));
            items
        }
        (None, None) => {
            let ident = format_ident!("{}", &*link.request());
            let docs = docs::lines(&[&format!("The request of `{}`, which has no fields.", link.rel)]);
            let schemars = super::newtypes::schemars();
            vec![
                parse_quote! {
                    #docs
                    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
                    #schemars
                    #[non_exhaustive]
                    pub struct #ident {}
                },
                parse_quote! {
                    impl #ident {
                        /// Creates the request.
                        pub fn new() -> Self {
                            Self::default()
                        }
                    }
                },
                endpoint(link, &[], &quote!()),
            ]
        }
        _ => Vec::new(),
    }
}

fn body_and_query(document: &Document, link: &Link, body: &str, query: &str) -> Vec<Item> {
    let ident = format_ident!("{}", &*link.request());
    let (body_type, query_type) = (format_ident!("{body}"), format_ident!("{query}"));
    let (body, query) = (&document.definitions[body], &document.definitions[query]);
    let ((arguments, names), (query_arguments, query_names)) =
        (fields::required_arguments(body), fields::required_arguments(query));
    let forwarded = [(quote!(body), body), (quote!(query), query)].map(|(part, definition)| {
        let setters = fields::optional(definition).map(|(wire, node)| {
            let field = fields::ident(wire, node);
            let (argument, _) = fields::argument(&field, node);
            setter(wire, node, &argument, &quote!(self.#part = self.#part.#field(#field);))
        });
        quote!(#(#setters)*)
    });
    let docs = docs::lines(&[&format!("The request of `{}`: a body, and a query beside the token.", link.rel)]);
    let ranges: Vec<_> =
        ranges(&quote!(self.body), body).into_iter().chain(ranges(&quote!(self.query), query)).collect();
    vec![
        parse_quote! {
            #docs
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub struct #ident {
                /// The body.
                pub body: #body_type,
                /// The fields of the query.
                pub query: #query_type,
            }
        },
        parse_quote! {
            impl #ident {
                /// Creates a request with the fields that are always needed.
                pub fn new(#(#query_arguments,)* #(#arguments),*) -> Self {
                    Self { body: #body_type::new(#(#names),*), query: #query_type::new(#(#query_names),*) }
                }

                #(#forwarded)*
            }
        },
        parse_quote! {
            impl Serialize for #ident {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    self.body.serialize(serializer)
                }
            }
        },
        endpoint(
            link,
            &ranges,
            &quote! {
                fn query(&self) -> impl Serialize {
                    &self.query
                }
            },
        ),
    ]
}

/// `new` with the required fields, and a setter for each other field.
fn constructor(document: &Document, name: &str, definition: &Node) -> Item {
    let ident = format_ident!("{name}");
    let (arguments, _) = fields::required_arguments(definition);
    let values = definition.properties.iter().map(|(wire, node)| {
        let field = fields::ident(wire, node);
        if !definition.required.contains(wire) {
            return quote!(#field: Default::default());
        }
        let value = fields::argument(&field, node).1;
        if field == value.to_string() { quote!(#field) } else { quote!(#field: #value) }
    });
    let setters = fields::optional(definition).map(|(wire, node)| {
        let field = fields::ident(wire, node);
        let (argument, value) = fields::argument(&field, node);
        let value = if fields::reads_empty(document, node) { value } else { quote!(Some(#value)) };
        setter(wire, node, &argument, &quote!(self.#field = #value;))
    });
    parse_quote! {
        impl #ident {
            /// Creates a request with the fields that are always needed.
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }

            #(#setters)*
        }
    }
}

/// A method that sets a field of a request.
fn setter(wire: &str, node: &Node, argument: &TokenStream, assignment: &TokenStream) -> TokenStream {
    let (docs, field) = (docs::setter(wire, node), fields::ident(wire, node));
    quote! {
        #docs
        #[must_use]
        pub fn #field(mut self, #argument) -> Self {
            #assignment
            self
        }
    }
}

/// The implementation of `Endpoint` for a request.
fn endpoint(link: &Link, ranges: &[TokenStream], query: &TokenStream) -> Item {
    let (request, response) = (format_ident!("{}", &*link.request()), format_ident!("{}", link.response()));
    let (rel, path, writes) = (&link.rel, link.path(), link.writes());
    let method = match link.method() {
        Method::Get => quote!(Get),
        Method::Post => quote!(Post),
    };
    let token = match link.token_parameter() {
        Some(token) => quote!(Some(#token)),
        None => quote!(None),
    };
    let check = (!ranges.is_empty()).then(|| {
        quote! {
            fn check(&self) -> Result<(), RangeError> {
                #(#ranges)*
                Ok(())
            }
        }
    });
    parse_quote! {
        impl Endpoint for #request {
            type Response = #response;
            const NAME: &'static str = #rel;
            const METHOD: Method = Method::#method;
            const PATH: &'static str = #path;
            const TOKEN_PARAMETER: Option<&'static str> = #token;
            const WRITES: bool = #writes;
            #check
            #query
        }
    }
}

/// The checks of a body's or a query's ranges.
fn ranges(owner: &TokenStream, definition: &Node) -> Vec<TokenStream> {
    definition
        .properties
        .iter()
        .filter(|(_, node)| node.minimum.is_some() || node.maximum.is_some())
        .map(|(wire, node)| {
            let field = fields::ident(wire, node);
            let minimum = node.minimum.map_or(quote!(i64::MIN), |value| literal(value).to_token_stream());
            let maximum = node.maximum.map_or(quote!(i64::MAX), |value| literal(value).to_token_stream());
            quote!(RangeError::check(#wire, #owner.#field, #minimum..=#maximum)?;)
        })
        .collect()
}
