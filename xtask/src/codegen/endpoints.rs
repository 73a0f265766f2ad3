//! What there is once for all endpoints, and what stands beside the struct of a request or a response.

use anyhow::Result;
use quote::format_ident;
use syn::{Item, parse_quote};

use super::structs::Structs;
use super::{requests, responses};
use crate::schema::{Document, Node};

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
    let requests = document.links.iter().map(|link| format_ident!("{}", &*link.request()));
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
    let mut items = requests::items(document, name, definition);
    if let Some(link) = document.response_of(name) {
        items.extend(requests::undefined(document, link));
        items.push(responses::response(document, name, definition));
        if let Some(output) = document.output_of(name) {
            items.extend(structs.take(&output.name)?);
        }
    }
    Ok(items)
}
