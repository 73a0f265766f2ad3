//! Names of links and definitions.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::schema::is_type_name;

/// The names of links: that of the schema for a path that it knows, else the last segments in snake case, as few as make it differ.
pub(super) fn rels(paths: &[&str], known: &HashMap<&str, &str>) -> Vec<String> {
    let mut counts = vec![1; paths.len()];
    loop {
        let names: Vec<String> = paths
            .iter()
            .zip(&counts)
            .map(|(path, count)| known.get(path).map_or_else(|| last_segments(path, *count), |rel| (*rel).to_owned()))
            .collect();
        let mut times: HashMap<&str, usize> = HashMap::new();
        let others = known.iter().filter(|(path, _)| !paths.contains(path)).map(|(_, rel)| *rel);
        for name in names.iter().map(String::as_str).chain(others) {
            *times.entry(name).or_default() += 1;
        }
        let mut changed = false;
        for (at, path) in paths.iter().enumerate().filter(|(_, path)| !known.contains_key(*path)) {
            if times[names[at].as_str()] > 1 && last_segments(path, counts[at] + 1) != names[at] {
                counts[at] += 1;
                changed = true;
            }
        }
        if !changed {
            return names;
        }
    }
}

fn last_segments(path: &str, count: usize) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty() && *segment != "cgi-bin").collect();
    segments[segments.len().saturating_sub(count)..].join("_").to_snake_case()
}

/// The beginning of the names of an endpoint's types: its name, with the segment before if it is one word.
pub(super) fn prefix(path: &str, rel: &str) -> String {
    if rel.contains('_') {
        return rel.to_upper_camel_case();
    }
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty() && *segment != "cgi-bin").collect();
    let from = segments.len().saturating_sub(2);
    let name = segments[from..].iter().map(|segment| segment.to_upper_camel_case()).collect::<String>();
    if name.starts_with(|char: char| char.is_ascii_alphabetic()) { name } else { format!("Endpoint{name}") }
}

/// The name of a type for a field. That of an item loses the `list` or the `s` of its list.
pub(super) fn of_field(field: &str, item: bool) -> String {
    let mut name = field.to_upper_camel_case();
    if item {
        let without = name.strip_suffix("List").or_else(|| name.strip_suffix("Array")).or_else(|| {
            let plural = name.ends_with('s') && !name.ends_with("ss") && !name.ends_with("us") && !name.ends_with("is");
            plural.then(|| name.strip_suffix("ies").map_or(name.strip_suffix('s'), Some)).flatten()
        });
        if let Some(without) = without.filter(|without| without.len() > 2) {
            let ies = name.ends_with("ies");
            name = format!("{without}{}", if ies { "y" } else { "" });
        }
    }
    if name.is_empty() || !name.starts_with(|char: char| char.is_ascii_alphabetic()) {
        name = format!("Field{name}");
    }
    name.retain(|char| char.is_ascii_alphanumeric());
    name
}

/// Names that say nothing without what they are in.
const GENERAL: [&str; 22] = [
    "Type", "Status", "State", "Key", "Value", "Data", "Info", "Item", "Items", "List", "Text", "Name", "Id", "Result",
    "Content", "Config", "Detail", "Range", "Action", "Code", "Mode", "Source",
];

/// Whether a name says nothing without what it is in.
pub(super) fn is_general(name: &str) -> bool {
    GENERAL.contains(&name)
}

/// Whether a name is free for types: neither Rust nor the generated code has it, and nor has a request that no definition describes.
pub(super) fn is_free(name: &str) -> bool {
    is_type_name(name) && !name.ends_with("Request")
}
