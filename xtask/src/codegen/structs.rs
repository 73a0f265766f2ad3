//! Structs: typify writes them, then each gets the schema's field order, its documentation and its serde attributes.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use quote::quote;
use serde_json::{Map, Value as Json, json};
use syn::Item;
use syn::visit_mut::{self, VisitMut};

use super::{docs, fields, newtypes};
use crate::schema::{Document, Kind, Node, Output, Type};

/// The structs that have not been taken yet.
pub(super) struct Structs(BTreeMap<String, Item>);

impl Structs {
    /// Takes the struct with this name.
    pub(super) fn take(&mut self, name: &str) -> Result<Vec<Item>> {
        self.0.remove(name).map(|item| vec![item]).with_context(|| format!("typify wrote no struct for {name}"))
    }

    /// Fails if typify wrote a struct that the schema does not define.
    pub(super) fn finish(self) -> Result<()> {
        let left: Vec<_> = self.0.into_keys().collect();
        ensure!(left.is_empty(), "typify wrote structs that the schema does not define: {}", left.join(", "));
        Ok(())
    }
}

/// Generates every struct with typify.
pub(super) fn generate(document: &Document) -> Result<Structs> {
    let mut settings = typify::TypeSpaceSettings::default();
    settings.with_map_type("::std::collections::BTreeMap");
    let written_elsewhere = document.definitions.iter().filter(|(_, definition)| definition.kind() != Kind::Object);
    let mut replaced: BTreeSet<&str> = written_elsewhere.map(|(name, _)| name.as_str()).collect();
    let mut schema = for_typify(document);
    if schema.to_string().contains(&reference(UNDOCUMENTED).to_string()) {
        // typify writes each definition that has no replacement, and takes none that nothing uses.
        schema["$defs"][UNDOCUMENTED] = json!({"type": "string"});
        replaced.insert(UNDOCUMENTED);
    }
    for output in document.outputs() {
        let taken = document.definitions.contains_key(&output.name);
        ensure!(!taken, "the payload of {} is named like the definition {}: rename that", output.response, output.name);
    }
    for name in &replaced {
        settings.with_replacement(name, name, std::iter::empty());
    }
    let schema: schemars_08::schema::RootSchema = serde_json::from_value(schema)?;
    let mut types = typify::TypeSpace::new(&settings);
    types.add_root_schema(schema).context("typify refuses the schema")?;
    let mut file: syn::File = syn::parse2(types.to_stream()).context("typify wrote code that does not parse")?;

    let mut paths = Paths::default();
    paths.visit_file_mut(&mut file);
    let unused: Vec<_> = replaced.iter().filter(|name| !paths.seen.contains(**name)).copied().collect();
    ensure!(unused.is_empty(), "typify did not use the types written for {}", unused.join(", "));

    let outputs: BTreeMap<_, _> = document.outputs().map(|output| (output.name.clone(), output)).collect();
    let mut structs = BTreeMap::new();
    for item in file.items {
        match item {
            Item::Struct(item) => {
                let name = item.ident.to_string();
                ensure!(!replaced.contains(name.as_str()), "typify wrote {name}, which has a replacement");
                structs.insert(name.clone(), Item::Struct(finish(document, outputs.get(&name), &name, item)?));
            }
            // Conversions that nothing uses, and the module of their error.
            Item::Impl(_) | Item::Mod(_) => {}
            other => bail!("typify wrote an item that is no struct: {}", quote!(#other)),
        }
    }
    Ok(Structs(structs))
}

/// Returns the part of the schema that typify reads: without links and our own keywords, and with the payloads as separate objects.
fn for_typify(document: &Document) -> Json {
    let mut definitions = Map::new();
    for (name, definition) in &document.definitions {
        let schema = match definition.kind() {
            Kind::Object => object(definition.properties.iter(), &definition.required),
            Kind::Text | Kind::Secret | Kind::CodedText => json!({"type": "string"}),
            Kind::Integer | Kind::Coded | Kind::Sparse => json!({"type": "integer", "format": "int64"}),
        };
        definitions.insert(name.clone(), schema);
    }
    for output in document.outputs() {
        definitions.insert(output.name, object(output.fields.into_iter(), output.required));
    }
    json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions})
}

fn object<'a>(fields: impl Iterator<Item = (&'a String, &'a Node)>, required: &[String]) -> Json {
    // With the names of Rust, so that typify need not make up others.
    let (mut properties, mut names) = (Map::new(), Vec::new());
    for (wire, node) in fields {
        let name = node.field_name(wire);
        properties.insert(name.clone(), schema_of(&node.holds()));
        names.extend(required.contains(wire).then_some(name));
    }
    json!({"type": "object", "properties": properties, "required": names})
}

fn schema_of(holds: &Type<'_>) -> Json {
    match holds {
        Type::Definition(name) => reference(name),
        Type::Text => json!({"type": "string"}),
        Type::Date => json!({"type": "string", "format": "date"}),
        Type::Integer => json!({"type": "integer", "format": "int64"}),
        Type::Number => json!({"type": "number"}),
        Type::Boolean => json!({"type": "boolean"}),
        Type::List(items) => json!({"type": "array", "items": schema_of(items)}),
        Type::Map(values) => json!({"type": "object", "additionalProperties": schema_of(values)}),
        Type::Undocumented => reference(UNDOCUMENTED),
    }
}

fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// The type of JSON whose structure the vendor does not describe. It stands for what typify would read as any value.
const UNDOCUMENTED: &str = "RawJson";

/// Shortens paths that the imports cover, and remembers which names occur.
#[derive(Default)]
struct Paths {
    seen: BTreeSet<String>,
}

impl VisitMut for Paths {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        if let Some(last) = path.segments.last().cloned() {
            self.seen.insert(last.ident.to_string());
            path.leading_colon = None;
            if ["String", "Vec", "Option", "BTreeMap", "NaiveDate"].iter().any(|short| last.ident == short) {
                path.segments = [last].into_iter().collect();
            }
        }
    }
}

/// Gives a struct of typify its documentation, derives, field order and serde attributes.
fn finish(
    document: &Document,
    output: Option<&Output<'_>>,
    name: &str,
    mut item: syn::ItemStruct,
) -> Result<syn::ItemStruct> {
    let (fields, required, docs): (Vec<_>, _, _) = match document.definitions.get(name) {
        Some(definition) => {
            (definition.properties.iter().collect(), &definition.required[..], docs::definition(name, definition))
        }
        None => {
            let output = output.with_context(|| format!("typify wrote {name}, which the schema does not define"))?;
            let line = format!("The payload of a successful [`{}`].", output.response);
            (output.fields.clone(), output.required, docs::lines(&[&line]))
        }
    };
    let syn::Fields::Named(named) = &mut item.fields else { bail!("typify wrote {name} without named fields") };
    let name_of = |field: &syn::Field| field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut written: BTreeMap<String, syn::Field> =
        std::mem::take(&mut named.named).into_iter().map(|field| (name_of(&field), field)).collect();
    for (wire, node) in fields {
        let ident = fields::ident(wire, node);
        let field = written.remove(&ident.to_string());
        let mut field = field.with_context(|| format!("typify left out {name}.{wire}"))?;
        let rename = (ident != wire).then(|| quote!(#[serde(rename = #wire)]));
        let reading =
            if required.contains(wire) { None } else { Some(reading_rule(document, name, node, &mut field)?) };
        let docs = docs::field(node);
        field.attrs = attributes(quote!(#docs #rename #reading))?;
        named.named.push(field);
    }
    ensure!(written.is_empty(), "typify added fields to {name}: {:?}", written.keys());
    let empty_request = document.sender_of(name).is_some() && required.is_empty();
    let default = (empty_request || document.is_defaultable(name)).then(|| quote!(Default,));
    let schemars = newtypes::schemars();
    item.attrs = attributes(quote! {
        #docs
        #[derive(Clone, Debug, #default PartialEq, Serialize, Deserialize)]
        #schemars
        #[non_exhaustive]
    })?;
    Ok(item)
}

/// Returns how an optional field is read and written; removes the `Option` where absent and empty mean the same.
fn reading_rule(
    document: &Document,
    owner: &str,
    node: &Node,
    field: &mut syn::Field,
) -> Result<proc_macro2::TokenStream> {
    let empty_object = fields::reads_empty(document, node) && !node.is_collection();
    let zero = node.default.is_some() && document.sender_of(owner).is_none();
    if empty_object || zero {
        field.ty = inner_of_option(&field.ty)?;
    }
    Ok(if let Some(reader) = reader(&node.holds()) {
        let is_empty = if matches!(node.holds(), Type::Map(_)) { "BTreeMap::is_empty" } else { "Vec::is_empty" };
        quote!(#[serde(default, deserialize_with = #reader, skip_serializing_if = #is_empty)])
    } else if empty_object {
        quote!(#[serde(default, deserialize_with = "null::as_default", skip_serializing_if = "null::is_default")])
    } else if zero {
        quote!(#[serde(default, deserialize_with = "null::as_default")])
    } else {
        quote!(#[serde(skip_serializing_if = "Option::is_none")])
    })
}

/// The function that reads a list or a map: null is the empty one, at every level.
fn reader(holds: &Type<'_>) -> Option<String> {
    fn way(holds: &Type<'_>) -> String {
        match holds {
            Type::List(inner) => format!("nested::List<{}>", way(inner)),
            Type::Map(inner) => format!("nested::Map<{}>", way(inner)),
            plain => format!("nested::Plain<{}>", fields::rust_type(plain)),
        }
    }
    match holds {
        Type::List(inner) | Type::Map(inner) if matches!(**inner, Type::List(_) | Type::Map(_)) => {
            Some(format!("nested::read::<{}, _>", way(holds)))
        }
        Type::List(_) => Some("list::read".to_owned()),
        Type::Map(_) => Some("keyed::read".to_owned()),
        _ => None,
    }
}

fn inner_of_option(ty: &syn::Type) -> Result<syn::Type> {
    let segment = match ty {
        syn::Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    match segment.map(|segment| (segment.ident == "Option", &segment.arguments)) {
        Some((true, syn::PathArguments::AngleBracketed(arguments))) => match arguments.args.first() {
            Some(syn::GenericArgument::Type(inner)) => Ok(inner.clone()),
            _ => bail!("an Option without its type"),
        },
        _ => bail!("typify no longer writes Option for {}", quote!(#ty)),
    }
}

fn attributes(tokens: proc_macro2::TokenStream) -> Result<Vec<syn::Attribute>> {
    syn::parse::Parser::parse2(syn::Attribute::parse_outer, tokens).context("attributes that do not parse")
}
