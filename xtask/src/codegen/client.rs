//! The client's methods: one for each endpoint that needs a token, and the setters of what need not be there.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::{docs, fields, imports};
use crate::schema::{Document, Link, Node};

/// Returns the items of the client's generated file.
pub(super) fn items(document: &Document) -> Vec<Item> {
    let links: Vec<_> = document.links.iter().filter(|link| link.token_parameter().is_some()).collect();
    let mut items: Vec<Item> = Vec::new();
    for blocking in [false, true] {
        let methods = links.iter().map(|link| method(document, link, blocking));
        items.push(if blocking {
            parse_quote! {
                #[cfg(feature = "blocking")]
                impl blocking::Client { #(#methods)* }
            }
        } else {
            parse_quote!(impl Client { #(#methods)* })
        });
        items.extend(links.iter().filter_map(|link| setters(document, link, blocking)));
    }
    let names: &[&str] = &["Client", "Error", "Pages", "Prepared"];
    let mut all: Vec<Item> = vec![
        parse_quote!(
            #[cfg(feature = "blocking")]
            use crate::blocking;
        ),
        parse_quote!(
            use crate::model::*;
        ),
    ];
    all.extend(imports::of(&items, &[(quote!(std::collections), &["BTreeMap"]), (quote!(crate), names)]));
    all.extend(items);
    all
}

/// The definitions that an endpoint sends.
fn sent<'a>(document: &'a Document, link: &'a Link) -> impl Iterator<Item = &'a Node> {
    [link.query(), link.body()].into_iter().flatten().map(|name| &document.definitions[name])
}

/// What a method starts: a request that is sent at once, one that can be completed, or pages.
enum Start {
    Send,
    Prepare,
    Pages,
}

fn start(document: &Document, link: &Link) -> Start {
    if link.paged.is_some() {
        Start::Pages
    } else if sent(document, link).all(|definition| fields::optional(definition).next().is_none()) {
        Start::Send
    } else {
        Start::Prepare
    }
}

/// Returns the method for an endpoint.
fn method(document: &Document, link: &Link, blocking: bool) -> TokenStream {
    let page = format!("Vendor's page: [{}]({}).", link.term, link.page);
    let method = format_ident!("{}", link.method_name());
    let alias = (link.method_name() != link.rel).then_some(&link.rel).map(|alias| quote!(#[doc(alias = #alias)]));
    let request = format_ident!("{}", &*link.request());
    let (arguments, names): (Vec<_>, Vec<_>) = sent(document, link).map(fields::required_arguments).unzip();
    let (arguments, names) = (arguments.concat(), names.concat());
    let module = if blocking { quote!(blocking::) } else { quote!() };
    let (about, how) = match start(document, link) {
        Start::Pages if blocking => ("All items in an iterator, or one page.", format_ident!("pages")),
        Start::Pages => ("All items in a stream, or one page.", format_ident!("pages")),
        Start::Prepare => ("Nothing is sent until `send`.", format_ident!("prepare")),
        Start::Send => return send(document, link, blocking, &quote!(#request::new(#(#names),*)), &arguments),
    };
    let docs = docs::lines(&[&link.description, "", about, "", &page]);
    let returns = if how == "pages" { quote!(#module Pages<#request>) } else { quote!(#module Prepared<#request>) };
    quote! {
        #docs
        #alias
        pub fn #method(&self, #(#arguments),*) -> #returns {
            self.#how(#request::new(#(#names),*))
        }
    }
}

/// The method for an endpoint whose request is complete with its arguments.
fn send(
    document: &Document,
    link: &Link,
    blocking: bool,
    request: &TokenStream,
    arguments: &[TokenStream],
) -> TokenStream {
    let page = format!("Vendor's page: [{}]({}).", link.term, link.page);
    let method = format_ident!("{}", link.method_name());
    let alias = (link.method_name() != link.rel).then_some(&link.rel).map(|alias| quote!(#[doc(alias = #alias)]));
    let output = match document.output(link.response()) {
        Some(output) => {
            let output = format_ident!("{output}");
            quote!(#output)
        }
        None => quote!(()),
    };
    let errors = if blocking { "As [`blocking::Client::send`]." } else { "As [`Client::send`]." };
    let docs = docs::lines(&[&link.description, "", &page, "", "# Errors", "", errors]);
    let (asynchronous, wait) = if blocking { (quote!(), quote!()) } else { (quote!(async), quote!(.await)) };
    quote! {
        #docs
        #alias
        pub #asynchronous fn #method(&self, #(#arguments),*) -> Result<#output, Error> {
            self.send(&#request) #wait
        }
    }
}

/// The setters of the fields that need not be there; nothing where there are none.
fn setters(document: &Document, link: &Link, blocking: bool) -> Option<Item> {
    let start = match start(document, link) {
        Start::Send => return None,
        Start::Prepare => format_ident!("Prepared"),
        Start::Pages => format_ident!("Pages"),
    };
    let request = format_ident!("{}", &*link.request());
    let setters = sent(document, link).flat_map(fields::optional).map(|(wire, node)| {
        let (docs, field) = (docs::setter(wire, node), fields::ident(wire, node));
        let (argument, _) = fields::argument(&field, node);
        let inner = if !blocking { format_ident!("request") } else { format_ident!("inner") };
        quote! {
            #docs
            pub fn #field(mut self, #argument) -> Self {
                self.#inner = self.#inner.#field(#field);
                self
            }
        }
    });
    Some(if blocking {
        parse_quote! {
            #[cfg(feature = "blocking")]
            impl blocking::#start<#request> { #(#setters)* }
        }
    } else {
        parse_quote!(impl #start<#request> { #(#setters)* })
    })
}
