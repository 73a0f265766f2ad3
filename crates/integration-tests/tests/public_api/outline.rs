//! Public items without what is inside: no documentation, no bodies, no private fields.

use std::collections::BTreeSet;

use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::{Attribute, Fields, FieldsNamed, FieldsUnnamed, File, ImplItem, Item, ItemImpl, TraitItem, Type, Visibility};
use syn::{parse_quote, punctuated::Punctuated};

use crate::crate_items::{CrateItems, Found};

/// The outline of a crate, sorted by name.
pub(crate) fn of(found: &CrateItems) -> String {
    let mut names = BTreeSet::new();
    let mut entries = Vec::new();
    for Found { module, item, generated } in &found.items {
        let name = path(module, &name(item));
        names.insert(name.clone());
        entries.push((name.clone(), 0, if *generated { brief(item) } else { print(bare(item.clone())) }));
    }
    for (module, implementation, generated) in &found.impls {
        let of = path(module, &self_name(&implementation.self_ty));
        if names.contains(&of) {
            let (rank, text) = outline_of_impl(implementation, *generated);
            entries.push((of, rank, text));
        }
    }
    entries.retain(|(_, _, text)| !text.is_empty());
    entries.sort();
    let mut text: String = found.reexports.iter().map(|item| print(bare(item.clone()))).collect();
    let mut last = String::new();
    for (name, _, outline) in entries {
        if name != last {
            text += &format!("\n// {name}\n");
            last = name;
        }
        text += &outline;
    }
    text
}

fn path(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

fn name(item: &Item) -> String {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Macro(item) => return format!("{}!", item.ident.as_ref().unwrap()),
        _ => unreachable!("no other item is public"),
    };
    name.to_string()
}

/// `blocking::Client` of `blocking::Client<T>`.
fn self_name(of: &Type) -> String {
    match of {
        Type::Path(of) => {
            let segments: Vec<_> = of.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            segments.join("::")
        }
        _ => String::new(),
    }
}

/// A generated item: what it is.
fn brief(item: &Item) -> String {
    let kind = match item {
        Item::Struct(_) => "struct",
        Item::Enum(_) => "enum",
        Item::Macro(_) => "macro",
        _ => return print(bare(item.clone())),
    };
    format!("{kind} {}\n", name(item))
}

/// Traits come before methods, so that a type's derives and traits stand together.
fn outline_of_impl(implementation: &ItemImpl, generated: bool) -> (u8, String) {
    let mut outline = implementation.clone();
    outline.attrs.retain(is_telling);
    if implementation.trait_.is_some() {
        outline.items.retain(|item| matches!(item, ImplItem::Type(_)));
        let text = print(Item::Impl(outline));
        return (1, if generated { String::new() } else { text });
    }
    outline.items.retain_mut(|item| match item {
        ImplItem::Fn(function) => {
            function.attrs.retain(is_telling);
            if let Some(receiver) = function.sig.receiver().filter(|receiver| receiver.mutability.is_some()) {
                // Taken by value: that it is changed inside is nobody's business.
                let attributes = receiver.attrs.clone();
                function.sig.inputs[0] = parse_quote!(#(#attributes)* self);
            }
            function.block = parse_quote!({});
            matches!(function.vis, Visibility::Public(_))
        }
        ImplItem::Const(constant) => {
            constant.attrs.retain(is_telling);
            matches!(constant.vis, Visibility::Public(_)) && !generated
        }
        _ => false,
    });
    (2, if outline.items.is_empty() { String::new() } else { print(Item::Impl(outline)) })
}

/// An item without its inside.
fn bare(mut item: Item) -> Item {
    match &mut item {
        Item::Use(item) => item.attrs.retain(is_telling),
        Item::Const(item) => {
            item.attrs.retain(is_telling);
            *item.expr = parse_quote!(_);
        }
        Item::Type(item) => item.attrs.retain(is_telling),
        Item::Fn(item) => {
            item.attrs.retain(is_telling);
            item.block = parse_quote!({});
        }
        Item::Struct(item) => {
            item.attrs.retain(is_telling);
            item.fields = bare_fields(item.fields.clone());
        }
        Item::Enum(item) => {
            item.attrs.retain(is_telling);
            for variant in &mut item.variants {
                variant.attrs.retain(is_telling);
                variant.fields.iter_mut().for_each(|field| field.attrs.retain(is_telling));
            }
        }
        Item::Trait(item) => {
            item.attrs.retain(is_telling);
            for item in &mut item.items {
                match item {
                    TraitItem::Fn(function) => {
                        function.attrs.retain(is_telling);
                        // Whether there is a default is part of the API.
                        function.default = function.default.as_ref().map(|_| parse_quote!({}));
                    }
                    TraitItem::Const(constant) => constant.attrs.retain(is_telling),
                    TraitItem::Type(associated) => associated.attrs.retain(is_telling),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    item
}

/// Private fields are `_`: that they exist is part of the API.
fn bare_fields(fields: Fields) -> Fields {
    let is_public = |field: &syn::Field| matches!(field.vis, Visibility::Public(_));
    match fields {
        Fields::Named(FieldsNamed { brace_token, named }) => {
            let is_open = named.iter().all(is_public);
            let mut named: Punctuated<_, _> = named.into_iter().filter(is_public).collect();
            named.iter_mut().for_each(|field| field.attrs.retain(is_telling));
            if !is_open {
                named.push(syn::Field::parse_named.parse2(quote!(_private: _)).unwrap());
            }
            Fields::Named(FieldsNamed { brace_token, named })
        }
        Fields::Unnamed(FieldsUnnamed { paren_token, mut unnamed }) => {
            for field in unnamed.iter_mut().filter(|field| !is_public(field)) {
                field.ty = parse_quote!(_);
                field.vis = Visibility::Inherited;
            }
            Fields::Unnamed(FieldsUnnamed { paren_token, unnamed })
        }
        Fields::Unit => Fields::Unit,
    }
}

/// Attributes that change what users can do.
fn is_telling(attribute: &Attribute) -> bool {
    ["cfg", "derive", "non_exhaustive", "must_use", "deprecated", "doc_hidden"]
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

fn print(item: Item) -> String {
    let shown = item.to_token_stream();
    let file = File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] };
    let text = std::panic::catch_unwind(|| prettyplease::unparse(&file));
    text.unwrap_or_else(|_| format!("{shown}\n"))
}
