//! `cargo xtask audit`: compares the schema with the vendor's pages. The pages are not part of this repository: save them as
//! Markdown and name the files. It compares the request's fields and which of them are required, the response's fields, the
//! values of coded integers, and the printed sample. It allows for names that are relative to the payload, and for samples with
//! full-width punctuation and missing commas.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value as Json;

use crate::schema::{self, Document, Kind, Link};

/// Compares pages with the schema and the samples.
///
/// # Errors
/// A page cannot be read, belongs to no endpoint of the schema, or differs from the schema: all differences are listed.
pub fn audit(root: &Path, pages: &[impl AsRef<Path>]) -> Result<String> {
    let document = schema::load(root, &root.join(schema::PATH), schema::Stage::Finished)?;
    let (mut agreements, mut differences) = (Vec::new(), Vec::new());
    for page in pages {
        let name = page.as_ref().display().to_string();
        let text = std::fs::read_to_string(page).with_context(|| format!("cannot read {name}"))?;
        let (endpoint, rows, found) = audit_page(root, &document, &text).with_context(|| name.clone())?;
        agreements.push(format!("audit: {endpoint}: {rows} rows and the sample agree with the schema"));
        differences.extend(found.into_iter().map(|difference| format!("{name}: {difference}")));
    }
    ensure!(differences.is_empty(), "pages and schema differ\n{}", differences.join("\n"));
    Ok(agreements.join("\n"))
}

fn audit_page(root: &Path, document: &Document, page: &str) -> Result<(String, usize, Vec<String>)> {
    let link = document.links.iter().find(|link| page.contains(&format!("{}?", link.path())));
    let link = link.context("no endpoint of the schema has its path on this page")?;
    let tables = tables(page);
    let request = tables.iter().find(|table| table.columns.iter().any(|column| column == "必须"));
    let response = tables.iter().rfind(|table| table.columns == ["参数", "说明"]);
    let (Some(request), Some(response)) = (request, response) else {
        bail!("a table of the request or of the response is missing")
    };
    let mut differences = Vec::new();
    differ_in_request(document, link, request, &mut differences);
    differ_in_response(document, link, response, &mut differences);
    for (side, sample) in ["request", "response"].into_iter().zip(samples(page)) {
        let file = format!("schema/samples/{}.{side}.json", link.rel);
        let text = std::fs::read_to_string(root.join(&file)).with_context(|| format!("cannot read {file}"))?;
        match (serde_json::from_str::<Json>(&repaired(&sample)), serde_json::from_str::<Json>(&text)) {
            (Ok(printed), Ok(kept)) if printed == kept => {}
            (Ok(_), Ok(_)) => differences.push(format!("{file} is not the sample that the page prints")),
            (Err(error), _) => {
                differences.push(format!("the page's sample of the {side} is no JSON after the known repairs: {error}"))
            }
            (_, Err(error)) => differences.push(format!("{file}: {error}")),
        }
    }
    Ok((link.rel.clone(), request.rows.len() + response.rows.len(), differences))
}

fn differ_in_request(document: &Document, link: &Link, table: &Table, differences: &mut Vec<String>) {
    let definition = &document.definitions[&*link.request()];
    let mut named = BTreeSet::new();
    for row in table.rows.iter().filter(|row| Some(row[0].as_str()) != link.token_parameter()) {
        let (name, needed) = (&row[0], row[1] == "是");
        named.insert(name.as_str());
        match definition.properties.get(name) {
            None => differences.push(format!("{}.{name} is not in the schema", link.request())),
            Some(_) if definition.required.contains(name) != needed => {
                differences.push(format!("{}.{name}: the page and \"required\" differ", link.request()));
            }
            Some(_) => {}
        }
    }
    for name in definition.properties.keys().filter(|name| !named.contains(name.as_str())) {
        differences.push(format!("{}.{name} is not on the page", link.request()));
    }
}

fn differ_in_response(document: &Document, link: &Link, table: &Table, differences: &mut Vec<String>) {
    let mut described = BTreeMap::new();
    collect(document, link.response(), "", &mut described);
    // The tables name fields relative to the payload.
    let wrappers: Vec<_> = described.keys().filter(|path| !path.contains('.')).cloned().collect();
    let absolute = |name: &str| {
        let wrapped = wrappers.iter().map(|wrapper| format!("{wrapper}.{name}"));
        std::iter::once(name.to_owned()).chain(wrapped).find(|path| described.contains_key(path))
    };
    let mut named = BTreeSet::new();
    for row in &table.rows {
        let Some(path) = absolute(&row[0]) else {
            differences.push(format!("{}.{} is not in the schema", link.response(), row[0]));
            continue;
        };
        if let Some(known) = &described[&path] {
            let printed = numbers(&row[1]);
            if printed != *known {
                differences.push(format!(
                    "{}.{path}: the page has the values {printed:?}, the schema {known:?}",
                    link.response()
                ));
            }
        }
        named.insert(path);
    }
    for path in described.keys() {
        // An object without a row of its own is described by the rows of its fields.
        if !named.iter().any(|name| name == path || name.starts_with(&format!("{path}."))) {
            differences.push(format!("{}.{path} is not on the page", link.response()));
        }
    }
}

/// Collects the fields below a definition: the path of each, and the known values of coded ones.
fn collect(document: &Document, name: &str, before: &str, fields: &mut BTreeMap<String, Option<BTreeSet<i64>>>) {
    for (wire, property) in &document.definitions[name].properties {
        let path = format!("{before}{wire}");
        let holds = property.holds();
        let inner = holds.definition();
        let coded = inner.map(|inner| &document.definitions[inner]).filter(|inner| inner.kind() == Kind::Coded);
        let known = coded.map(|coded| {
            coded
                .known_values()
                .iter()
                .filter_map(|known| match known.value {
                    schema::Value::Integer(value) => Some(value),
                    schema::Value::Text(_) => None,
                })
                .collect()
        });
        fields.insert(path.clone(), known);
        if let Some(inner) = inner {
            collect(document, inner, &format!("{path}."), fields);
        }
    }
}

/// Returns the numbers to which a description gives a meaning: `1：…`, `1: …`, `1表示…`.
fn numbers(description: &str) -> BTreeSet<i64> {
    let mut numbers = BTreeSet::new();
    let mut digits = String::new();
    let mut before = ' ';
    for char in description.chars() {
        match char {
            '0'..='9' => digits.push(char),
            '：' | ':' | '表' if before.is_ascii_digit() => numbers.extend(digits.parse::<i64>()),
            _ => {}
        }
        if !char.is_ascii_digit() {
            digits.clear();
        }
        before = char;
    }
    numbers
}

struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Returns the Markdown tables of a page.
fn tables(page: &str) -> Vec<Table> {
    let cells = |line: &str| -> Option<Vec<String>> {
        let line = line.trim().strip_prefix('|')?.trim_end();
        Some(line.trim_end_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
    };
    let mut tables: Vec<Table> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match cells(line) {
            None => inside = false,
            Some(columns) if !inside => {
                inside = true;
                tables.push(Table { columns, rows: Vec::new() });
            }
            Some(row) => {
                let ruler = row.iter().all(|cell| cell.chars().all(|char| "-: ".contains(char)));
                if let Some(table) = tables.last_mut().filter(|table| !ruler && row.len() >= table.columns.len()) {
                    table.rows.push(row);
                }
            }
        }
    }
    tables
}

/// Returns the code blocks of a page that look like JSON.
fn samples(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    blocks.filter_map(|block| block.find('{').map(|start| block[start..].to_owned())).collect()
}

/// Repairs the punctuation of a printed sample: full-width colons after names, missing commas at the ends of lines.
fn repaired(sample: &str) -> String {
    let mut lines: Vec<String> = sample.lines().map(|line| line.replace("\"：", "\":")).collect();
    for index in 1..lines.len() {
        let follows = lines[index].trim_start().starts_with('"');
        let last = lines[index - 1].trim_end().chars().last();
        if follows && last.is_some_and(|last| "}]\"0123456789".contains(last)) {
            lines[index - 1].push(',');
        }
    }
    lines.join("\n")
}
