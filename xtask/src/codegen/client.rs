//! The client's methods: one for each call that needs a token.

use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::endpoints::{output, parameters};
use super::{docs, imports};
use crate::schema::Document;

/// Everything of the client's generated file.
pub(super) fn items(document: &Document) -> Vec<Item> {
    let methods = document.links.iter().filter(|link| link.token_parameter().is_some()).map(|link| {
        let page = format!("Vendor's page: <{}>.", link.page);
        let method = format_ident!("{}", link.method_name());
        let alias = (link.method_name() != link.rel).then_some(&link.rel).map(|alias| quote!(#[doc(alias = #alias)]));
        let request = format_ident!("{}", link.request());
        let output = format_ident!("{}", output(document, link.response()));
        let (arguments, names) = parameters(&document.definitions[link.request()]);
        if link.paged.is_some() {
            let docs = docs::lines(&[&link.description, "", "All items in a stream, or one page.", "", &page]);
            return quote! {
                #docs
                #alias
                pub fn #method(&self, #(#arguments),*) -> Pages<#request> {
                    self.pages(#request::new(#(#names),*))
                }
            };
        }
        let docs = docs::lines(&[&link.description, "", &page, "", "# Errors", "", "As [`Client::send`]."]);
        quote! {
            #docs
            #alias
            pub async fn #method(&self, #(#arguments),*) -> Result<#output, Error> {
                self.send(&#request::new(#(#names),*)).await
            }
        }
    });
    let methods: Item = parse_quote!(impl Client { #(#methods)* });
    let mut items = imports::of(std::slice::from_ref(&methods), &[(quote!(crate), &["Client", "Error", "Pages"])]);
    items.insert(
        0,
        parse_quote!(
            use crate::model::*;
        ),
    );
    items.push(methods);
    items
}
