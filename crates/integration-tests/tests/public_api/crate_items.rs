//! Which items of a crate can be reached from outside, and under which names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::{Item, ItemImpl, UseTree, Visibility};

/// An item with the path of the public module that it is named in, which is empty for the crate's root.
pub(crate) struct Found {
    pub(crate) module: String,
    pub(crate) item: Item,
    pub(crate) generated: bool,
}

/// The public items of a crate, and its implementations of and for them.
pub(crate) struct CrateItems {
    /// What comes from other crates.
    pub(crate) reexports: Vec<Item>,
    pub(crate) items: Vec<Found>,
    pub(crate) impls: Vec<(String, ItemImpl, bool)>,
}

struct Module {
    is_public: bool,
    generated: bool,
    items: Vec<Item>,
}

/// Reads a crate from its folder `src`.
pub(crate) fn read(source: &Path) -> CrateItems {
    let mut modules = BTreeMap::new();
    let root = parse(&source.join("lib.rs"));
    load(source, "", &root, true, &mut modules);
    let mut found = CrateItems { reexports: Vec::new(), items: Vec::new(), impls: Vec::new() };
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    for item in &root {
        let Item::Use(reexport) = item else { continue };
        if !matches!(reexport.vis, Visibility::Public(_)) {
            continue;
        }
        let mut leaves = Vec::new();
        flatten(&reexport.tree, "", &mut leaves);
        match leaves.iter().all(|(module, _)| modules.contains_key(module)) {
            true => named.extend(leaves),
            false => found.reexports.push(item.clone()),
        }
    }
    for (path, module) in &modules {
        let inside = if module.is_public { path.clone() } else { String::new() };
        for item in module.items.iter().filter(|item| !is_test(item)) {
            if let Item::Impl(implementation) = item {
                found.impls.push((inside.clone(), implementation.clone(), module.generated));
            }
            let Some(name) = public_name(item) else { continue };
            let is_named = |name: &str| named.contains(&(path.clone(), name.to_owned()));
            if module.is_public || is_named(&name) || is_named("*") {
                found.items.push(Found { module: inside.clone(), item: item.clone(), generated: module.generated });
            }
        }
    }
    found
}

/// Adds a module and those below it.
fn load(folder: &Path, path: &str, items: &[Item], is_public: bool, modules: &mut BTreeMap<String, Module>) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        if is_test(item) {
            continue;
        }
        let name = module.ident.to_string();
        let inner_path = if path.is_empty() { name.clone() } else { format!("{path}::{name}") };
        let inner_public = is_public && matches!(module.vis, Visibility::Public(_));
        let (inner_folder, generated) = (folder.join(&name), name == "generated");
        let inner = match &module.content {
            Some((_, items)) => items.clone(),
            None => {
                let file = folder.join(format!("{name}.rs"));
                parse(&if file.exists() { file } else { inner_folder.join("mod.rs") })
            }
        };
        load(&inner_folder, &inner_path, &inner, inner_public, modules);
        modules.insert(inner_path, Module { is_public: inner_public, generated, items: inner });
    }
    if path.is_empty() {
        let items = items.iter().filter(|item| !matches!(item, Item::Use(_) | Item::Mod(_))).cloned().collect();
        modules.insert(String::new(), Module { is_public: true, generated: false, items });
    }
}

fn parse(file: &Path) -> Vec<Item> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    syn::parse_file(&text).unwrap().items
}

/// Module and name of everything that a `use` names.
fn flatten(tree: &UseTree, before: &str, leaves: &mut Vec<(String, String)>) {
    match tree {
        UseTree::Path(path) => {
            let segment = path.ident.to_string();
            let inner = match before {
                "" if segment == "crate" || segment == "self" => String::new(),
                "" => segment,
                before => format!("{before}::{segment}"),
            };
            flatten(&path.tree, &inner, leaves);
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, leaves)),
        UseTree::Name(name) if before.is_empty() => leaves.push((format!("{}!", name.ident), String::new())),
        UseTree::Name(name) => leaves.push((before.to_owned(), name.ident.to_string())),
        UseTree::Rename(rename) => leaves.push((format!("{before}!"), rename.rename.to_string())),
        UseTree::Glob(_) => leaves.push((before.to_owned(), "*".to_owned())),
    }
}

fn is_test(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(module) => &module.attrs,
        Item::Impl(implementation) => &implementation.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

/// Name of an item that can be named from outside its module.
fn public_name(item: &Item) -> Option<String> {
    let (visibility, name) = match item {
        Item::Const(item) => (&item.vis, &item.ident),
        Item::Enum(item) => (&item.vis, &item.ident),
        Item::Fn(item) => (&item.vis, &item.sig.ident),
        Item::Static(item) => (&item.vis, &item.ident),
        Item::Struct(item) => (&item.vis, &item.ident),
        Item::Trait(item) => (&item.vis, &item.ident),
        Item::Type(item) => (&item.vis, &item.ident),
        Item::Macro(item) => {
            let exported = item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
            return item.ident.as_ref().filter(|_| exported).map(ToString::to_string);
        }
        _ => return None,
    };
    matches!(visibility, Visibility::Public(_)).then(|| name.to_string())
}
