//! Responses: the way from a response to its payload.

use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::fields;
use crate::schema::{Document, Node};

/// The implementation of `Response`.
pub(super) fn response(document: &Document, name: &str, definition: &Node) -> Item {
    let ident = format_ident!("{name}");
    let required = |wire: &String| {
        let field = fields::ident(wire, &definition.properties[wire]);
        quote!(self.#field.ok_or(ResponseError::MissingPayload { field: #wire }))
    };
    let (output, payload) = match document.output(name).map(|output| format_ident!("{output}")) {
        None => (quote!(()), quote!(Ok(()))),
        Some(output) if document.single_payload(name).is_some() => {
            let value = definition.success().iter().map(required);
            (quote!(#output), quote!(#(#value)*))
        }
        Some(output) => {
            let values = definition.payload().map(|(wire, node)| {
                let field = fields::ident(wire, node);
                if definition.success().contains(wire) {
                    let value = required(wire);
                    quote!(#field: #value?)
                } else {
                    quote!(#field: self.#field)
                }
            });
            (quote!(#output), quote!(Ok(#output { #(#values),* })))
        }
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
