//! The client's methods: one for each endpoint that needs a token.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::endpoints::parameters;
use super::{docs, imports};
use crate::schema::{Document, Link};

/// Returns the items of the client's generated file.
pub(super) fn items(document: &Document) -> Vec<Item> {
    let links: Vec<_> = document.links.iter().filter(|link| link.token_parameter().is_some()).collect();
    let methods = links.iter().map(|link| method(document, link, false));
    let blocking = links.iter().map(|link| method(document, link, true));
    let clients: [Item; 2] = [
        parse_quote!(impl Client { #(#methods)* }),
        parse_quote! {
            #[cfg(feature = "blocking")]
            impl blocking::Client { #(#blocking)* }
        },
    ];
    let names: &[&str] = &["Client", "Error", "Pages"];
    let mut items: Vec<Item> = vec![
        parse_quote!(
            #[cfg(feature = "blocking")]
            use crate::blocking;
        ),
        parse_quote!(
            use crate::model::*;
        ),
    ];
    items.extend(imports::of(&clients, &[(quote!(crate), names)]));
    items.extend(clients);
    items
}

/// Returns the method for an endpoint.
fn method(document: &Document, link: &Link, blocking: bool) -> TokenStream {
    let page = format!("Vendor's page: [{}]({}).", link.term, link.page);
    let method = format_ident!("{}", link.method_name());
    let alias = (link.method_name() != link.rel).then_some(&link.rel).map(|alias| quote!(#[doc(alias = #alias)]));
    let request = format_ident!("{}", link.request());
    let (arguments, names) = parameters(&document.definitions[link.request()]);
    if link.paged.is_some() {
        let all =
            if blocking { "All items in an iterator, or one page." } else { "All items in a stream, or one page." };
        let docs = docs::lines(&[&link.description, "", all, "", &page]);
        let pages = if blocking { quote!(blocking::Pages) } else { quote!(Pages) };
        return quote! {
            #docs
            #alias
            pub fn #method(&self, #(#arguments),*) -> #pages<#request> {
                self.pages(#request::new(#(#names),*))
            }
        };
    }
    let output = format_ident!("{}", document.output(link.response()));
    let send = if blocking { "As [`blocking::Client::send`]." } else { "As [`Client::send`]." };
    let docs = docs::lines(&[&link.description, "", &page, "", "# Errors", "", send]);
    let (asynchronous, wait) = if blocking { (quote!(), quote!()) } else { (quote!(async), quote!(.await)) };
    quote! {
        #docs
        #alias
        pub #asynchronous fn #method(&self, #(#arguments),*) -> Result<#output, Error> {
            self.send(&#request::new(#(#names),*)) #wait
        }
    }
}
