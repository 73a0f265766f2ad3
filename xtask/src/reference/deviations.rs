//! The recorded differences from the vendor's pages, with the endpoints that they concern.

use std::collections::BTreeSet;

use super::{Language, Table};
use crate::schema::{Deviation, Document, Link};

/// The differences that concern an endpoint: its link, its samples, and what its messages are made of.
pub(super) fn of_endpoint(document: &Document, index: usize, link: &Link, language: Language) -> String {
    let concerned = document.deviations.iter().filter(|deviation| concerns(document, deviation, index, link));
    shown(concerned, language.of("### Known deviations from the vendor's page", "### 与官方文档的差异"), language)
}

/// The differences that concern no endpoint.
pub(super) fn elsewhere(document: &Document, language: Language) -> String {
    let left = document.deviations.iter().filter(|deviation| {
        !document.links.iter().enumerate().any(|(index, link)| concerns(document, deviation, index, link))
    });
    shown(left, language.of("## Other deviations from the vendor's pages", "## 与官方文档的其他差异"), language)
}

fn concerns(document: &Document, deviation: &Deviation, index: usize, link: &Link) -> bool {
    let place = &deviation.at;
    if let Some(file) = place.strip_prefix("samples/") {
        return file.split('.').next() == Some(&*link.rel);
    }
    if let Some(rest) = place.strip_prefix("/links/") {
        return rest.split('/').next() == Some(&*index.to_string());
    }
    let definition = place.strip_prefix("/$defs/").and_then(|rest| rest.split('/').next());
    definition.is_some_and(|name| parts(document, link).contains(name))
}

/// The definitions that the messages of an endpoint are made of.
fn parts<'a>(document: &'a Document, link: &'a Link) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<_> = [link.body(), link.query(), Some(link.response())].into_iter().flatten().collect();
    while let Some(name) = open.pop() {
        if found.insert(name) {
            let fields = document.definitions.get(name).into_iter().flat_map(|node| node.properties.values());
            open.extend(fields.filter_map(|field| field.refers_to()));
        }
    }
    found
}

fn shown<'a>(deviations: impl Iterator<Item = &'a Deviation>, heading: &str, language: Language) -> String {
    let heads = [language.of("place", "位置"), language.of("the page", ""), language.of("reason", "原因")];
    let mut table = Table::new(&heads);
    for deviation in deviations {
        let Deviation { page, reason, .. } = deviation;
        let place = format!("`{}`", deviation.place());
        table.row([place, language.sentence(page).to_owned(), language.of(reason, "[英文](REFERENCE.md)").to_owned()]);
    }
    if table.is_empty() { String::new() } else { format!("\n{heading}\n\n{table}") }
}
