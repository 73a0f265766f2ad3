//! `Paged`, for endpoints whose response comes in pages.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Item, parse_quote};

use super::codes::literal;
use super::fields;
use crate::schema::{Document, Link, Node, Paged, Type};

/// The implementation of `Paged` for a request.
pub(super) fn endpoint(document: &Document, link: &Link, paged: &Paged) -> Item {
    let request = format_ident!("{}", &*link.request());
    // The rules see to it that a body or a query turns the pages.
    let sent = &document.definitions[link.body().or(link.query()).unwrap_or_default()];
    let part = if link.request_is_defined() { quote!() } else { quote!(body.) };
    let response = &document.definitions[link.response()];
    let wire = &paged.items;
    let items = fields::ident(&paged.items, &response.properties[&paged.items]);
    let item = match response.properties[&paged.items].holds() {
        Type::List(item) => fields::rust_type(&item),
        other => fields::rust_type(&other),
    };
    let of_request = |wire: &str| fields::ident(wire, &sent.properties[wire]);
    let maximum = paged.limit.as_ref().and_then(|limit| sent.properties[limit].maximum).map(literal);
    let maximum = maximum.map_or(quote!(None), |maximum| quote!(Some(#maximum)));
    let (limit, set_limit) = match paged.limit.as_deref().map(of_request) {
        Some(limit) => (quote!(self.#part #limit), quote!(page.#part #limit = limit;)),
        None => (quote!(None), quote!()),
    };
    let limit_name = if paged.limit.is_some() { format_ident!("limit") } else { format_ident!("_limit") };
    let is_last = is_last(document, paged, response);
    let (position, set_position, next) = match (&paged.offset, &paged.cursor, &paged.next) {
        (Some(offset), ..) => {
            let offset = of_request(offset);
            (
                quote!(Position::Offset(self.#part #offset.unwrap_or(0))),
                quote!(if let Position::Offset(offset) = position { page.#part #offset = Some(*offset); }),
                quote!(Next::offset(#is_last)),
            )
        }
        (None, Some(cursor), Some(next)) => {
            let (cursor, next) = (of_request(cursor), fields::ident(next, &response.properties[next]));
            (
                quote!(Position::Cursor(self.#part #cursor.clone())),
                quote!(if let Position::Cursor(cursor) = position { page.#part #cursor.clone_from(cursor); }),
                quote!(Next::cursor(page.#next, #is_last)),
            )
        }
        // The rules refuse it.
        _ => (quote!(Position::Offset(0)), quote!(), quote!(Next::End)),
    };
    parse_quote! {
        impl Paged for #request {
            type Item = #item;
            const MAX_LIMIT: Option<i64> = #maximum;
            const ITEMS: &'static [&'static str] = &[#wire];

            fn window(&self) -> (Position, Option<i64>) {
                (#position, #limit)
            }

            fn page(&self, position: &Position, #limit_name: Option<i64>) -> Self {
                let mut page = self.clone();
                #set_position
                #set_limit
                page
            }

            fn count(page: &<Self::Response as Response>::Output) -> usize {
                page.#items.len()
            }

            fn items(
                page: <Self::Response as Response>::Output,
            ) -> Result<(Vec<Self::Item>, Next), DecodeError> {
                let next = #next;
                Ok((page.#items, next))
            }
        }
    }
}

/// Whether the server says that a page is the last.
fn is_last(document: &Document, paged: &Paged, response: &Node) -> TokenStream {
    let (wire, last) = match (&paged.end, &paged.more) {
        (Some(end), _) => (end, true),
        (None, Some(more)) => (more, false),
        (None, None) => return quote!(false),
    };
    let node = &response.properties[wire];
    let field = fields::ident(wire, node);
    let always = response.success().contains(wire);
    let number = literal(i64::from(last)).to_token_stream();
    let is_code = matches!(node.holds(), Type::Definition(name) if document.definitions.contains_key(name));
    match (node.holds() == Type::Boolean, is_code, always) {
        (true, _, true) => quote!(page.#field == #last),
        (true, _, false) => quote!(page.#field == Some(#last)),
        (false, true, true) => quote!(i64::from(page.#field) == #number),
        (false, true, false) => quote!(page.#field.map(i64::from) == Some(#number)),
        (false, false, true) => quote!(page.#field == #number),
        (false, false, false) => quote!(page.#field == Some(#number)),
    }
}
