//! The client's methods: one for each call that needs a token.

use quote::{format_ident, quote};
use syn::parse_quote;

use super::docs;
use super::endpoints::{output, parameters};
use crate::schema::Document;

/// Everything of the client's generated file.
pub(super) fn items(document: &Document) -> Vec<syn::Item> {
    let methods = document.links.iter().filter(|link| link.token_parameter().is_some()).map(|link| {
        let page = format!("Vendor's page: <{}>.", link.page);
        let docs = docs::lines(&[&link.description, "", &page, "", "# Errors", "", "As [`Client::send`]."]);
        let method = format_ident!("{}", link.rel.trim_start_matches("get_"));
        let alias = &link.rel;
        let request = format_ident!("{}", link.request());
        let output = format_ident!("{}", output(document, link.response()));
        let (arguments, names) = parameters(&document.definitions[link.request()]);
        quote! {
            #docs
            #[doc(alias = #alias)]
            pub async fn #method(&self, #(#arguments),*) -> Result<#output, Error> {
                self.send(&#request::new(#(#names),*)).await
            }
        }
    });
    vec![
        parse_quote!(
            use crate::model::*;
        ),
        parse_quote!(
            use crate::{Client, Error};
        ),
        parse_quote!(impl Client { #(#methods)* }),
    ]
}
