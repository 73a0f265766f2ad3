//! The draft of a schema: a link for each endpoint, and the definitions of what it sends and returns.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use crate::page::{Endpoint, Field, Fields, Page, Row, Side};
use crate::schema::escape;

use super::compare::path;
use super::definitions::{CONTRADICTION, Definitions, LINE, NO_ROW};
use super::messages::Writer;
use super::terms::{TODO, term};
use super::{layout, names, paging, samples};

/// A draft, and what is not certain about it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The schema.
    pub schema: Value,
    /// The doubts, each with page and line.
    pub doubts: Vec<String>,
    /// The samples of the pages.
    pub samples: Vec<Sample>,
    /// Page and line of each link and field, by JSON pointer.
    pub lines: BTreeMap<String, String>,
    /// The fields that a sample shows and no table names, though it names others beside them, by JSON pointer.
    pub without_row: BTreeSet<String>,
    /// Where a page contradicts itself and how, beginning with a verb, by JSON pointer.
    pub contradictions: BTreeMap<String, String>,
}

impl Draft {
    /// Returns the schema as it is written to a file.
    #[must_use]
    pub fn text(&self) -> String {
        layout::schema(&self.schema)
    }

    /// Takes the notes of the draft in the making out of its schema.
    fn take_places(&mut self, node: &mut Value, pointer: &str) {
        match node {
            Value::Object(members) => {
                if let Some(Value::String(line)) = members.shift_remove(LINE) {
                    self.lines.insert(pointer.to_owned(), line);
                }
                if let Some(Value::String(page)) = members.shift_remove(CONTRADICTION) {
                    self.contradictions.insert(pointer.to_owned(), page);
                }
                if members.shift_remove(NO_ROW).is_some() {
                    self.without_row.insert(pointer.to_owned());
                }
                for (key, value) in members {
                    self.take_places(value, &format!("{pointer}/{}", escape(key)));
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    self.take_places(item, &format!("{pointer}/{at}"));
                }
            }
            _ => {}
        }
    }
}

/// A sample of a page.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The name of its file: `<endpoint>.request.json`, and `….2.json` for a second one.
    pub file: String,
    /// Page and line.
    pub line: String,
    /// The sample.
    pub json: Value,
}

/// Drafts the endpoints of pages, each given with its name. An address that stands on several pages is drafted once.
#[must_use]
pub fn draft(pages: &[(String, Page)]) -> Draft {
    draft_for(&Value::Null, pages)
}

/// Drafts the endpoints of pages for a schema: links have the names that they have there, and no other link's.
#[must_use]
pub fn draft_for(schema: &Value, pages: &[(String, Page)]) -> Draft {
    let mut doubts = Vec::new();
    let endpoints = endpoints(pages, &mut doubts);
    let paths: Vec<&str> = endpoints.iter().map(|(_, _, endpoint)| endpoint.path.as_str()).collect();
    let mut definitions = Definitions::default();
    definitions.set("ErrCode", errcode());
    let known = schema["links"].as_array().into_iter().flatten();
    let known = known.filter_map(|link| Some((path(link), link["rel"].as_str()?))).collect();
    let mut links = Vec::new();
    for ((name, page, endpoint), rel) in endpoints.iter().zip(names::rels(&paths, &known)) {
        let term = link_term(page, endpoint);
        let prefix = names::prefix(&endpoint.path, &rel);
        let writer =
            Writer { definitions: &mut definitions, doubts: &mut doubts, page: name, prefix: &prefix, term: &term };
        links.push(link(writer, page, endpoint, &rel));
    }
    let definitions = definitions.into_map();
    let of_link = endpoints.iter().zip(&links);
    let samples =
        of_link.flat_map(|((page, _, endpoint), link)| samples::samples(page, endpoint, link, &definitions)).collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TODO,
        "x-term": TODO,
        "description": TODO,
        "base": "https://qyapi.weixin.qq.com",
        "links": links,
        "$defs": definitions,
    });
    let mut draft = Draft { doubts, samples, ..Draft::default() };
    draft.take_places(&mut schema, "");
    draft.schema = schema;
    draft
}

/// The definition of the result code, of which only success is known.
fn errcode() -> Value {
    let ok = json!({ "value": 0, "name": "Ok", "title": "Success", "x-term": "成功" });
    let mut code =
        json!({ "title": "Result code", "x-term": "返回码", "description": "Zero if the request was successful." });
    code["type"] = "integer".into();
    code["format"] = "int64".into();
    code["x-sparse"] = true.into();
    code["x-known-values"] = json!([ok]);
    code
}

/// The endpoints of all pages, each path once.
fn endpoints<'a>(pages: &'a [(String, Page)], doubts: &mut Vec<String>) -> Vec<(&'a str, &'a Page, &'a Endpoint)> {
    let mut endpoints = Vec::new();
    let mut paths = HashSet::new();
    for (name, page) in pages {
        for endpoint in &page.endpoints {
            let Endpoint { line, path, .. } = endpoint;
            if paths.insert(path.as_str()) {
                endpoints.push((name.as_str(), page, endpoint));
            } else {
                doubts.push(format!("{name}:{line}: {path} is on another page too: drafted from that one"));
            }
        }
    }
    endpoints
}

/// The term of an endpoint: the heading above it, else the title of its page.
fn link_term(page: &Page, endpoint: &Endpoint) -> String {
    let own = page.endpoints.len() > 1 && !endpoint.title.is_empty();
    let title = if own { &endpoint.title } else { &page.title };
    term(title.trim_start_matches(|char: char| char.is_ascii_digit() || matches!(char, '.' | ' ' | '、')))
}

/// What an endpoint sends and returns.
struct Messages<'a> {
    method: &'a str,
    query: Fields,
    /// The names of the query that no row has, though there are rows.
    unnamed: Vec<&'a str>,
    /// The fields of the body, if there is one.
    body: Option<Fields>,
    response: Fields,
}

fn messages<'a>(endpoint: &'a Endpoint, notes: &mut Vec<(usize, String)>) -> Messages<'a> {
    let request = Fields::of(endpoint, Side::Request);
    let response = Fields::of(endpoint, Side::Response);
    notes.extend(request.notes.iter().chain(&response.notes).cloned());
    let samples = endpoint.request.samples.iter().chain(&endpoint.response.samples);
    for repair in samples.flat_map(|sample| &sample.repairs).filter(|repair| repair.is_doubtful()).take(20) {
        notes
            .push((repair.line, format!("a sample is repaired at {}:{}: {}", repair.line, repair.column, repair.what)));
    }
    let method = match endpoint.method.as_deref() {
        Some(method) => method,
        None => {
            notes.push((endpoint.line, "the page names no method".to_owned()));
            if endpoint.request.samples.is_empty() { "GET" } else { "POST" }
        }
    };
    let query = query(endpoint, (method == "GET").then_some(&request));
    let sent = !request.get(0).children.is_empty();
    let body = (sent && method != "GET" && !endpoint.upload).then_some(request);
    if endpoint.upload {
        notes.push((endpoint.line, "a file is uploaded: drafted without a body".to_owned()));
    }
    Messages { method, query, unnamed: unnamed(endpoint), body, response }
}

fn link(mut writer: Writer<'_>, page: &Page, endpoint: &Endpoint, rel: &str) -> Value {
    let mut notes = Vec::new();
    let messages = messages(endpoint, &mut notes);
    let writes = !reads(&endpoint.path);
    if writes {
        notes.push((endpoint.line, "taken for an endpoint that writes".to_owned()));
    }
    let names = names_of_href(endpoint, &messages.query);
    let mut link = Map::new();
    let mut set = |key: &str, value: Value| link.insert(key.to_owned(), value);
    set(LINE, format!("{}:{}", writer.page, endpoint.line).into());
    set("rel", rel.into());
    set("title", TODO.into());
    set("x-term", writer.term.into());
    set("description", TODO.into());
    set("href", href(&endpoint.path, &names).into());
    set("targetHints", json!({ "allow": [messages.method] }));
    for (key, reference) in schemas(&mut writer, &messages) {
        set(key, reference);
    }
    set("x-page", page.source.as_str().into());
    set("x-writes", writes.into());
    if let Some(paged) = messages.body.as_ref().and_then(|body| paging::paged(body, &messages.response)) {
        set("x-paged", paged);
    }
    if !notes.is_empty() {
        let comments: Vec<&str> = notes.iter().map(|(_, note)| note.as_str()).collect();
        set("$comment", format!("import: {}", comments.join("; ")).into());
    }
    for (line, note) in notes {
        writer.doubts.push(format!("{}:{line}: {}: {note}", writer.page, endpoint.path));
    }
    link.into()
}

/// Writes the definitions of an endpoint's messages, and returns the keywords of the link that refer to them.
fn schemas(writer: &mut Writer<'_>, messages: &Messages<'_>) -> Vec<(&'static str, Value)> {
    let mut schemas = Vec::new();
    let mut reserve = |writer: &mut Writer<'_>, key, ending: &str| {
        let name = writer.definitions.reserve(&format!("{}{ending}", writer.prefix));
        schemas.push((key, json!({ "$ref": format!("#/$defs/{name}") })));
        name
    };
    // Where there is a body and a query, both together are the request.
    let has_query = !messages.query.get(0).children.is_empty();
    if let Some(body) = &messages.body {
        let name = reserve(writer, "submissionSchema", if has_query { "Body" } else { "Request" });
        writer.request(&name, body);
    }
    if has_query {
        let ending = if messages.body.is_some() { "Query" } else { "Request" };
        let name = reserve(writer, "hrefSchema", ending);
        writer.request(&name, &messages.query);
        writer.definitions.note_without_row(&name, &messages.unnamed);
    }
    let name = reserve(writer, "targetSchema", "Response");
    writer.response(&name, &messages.response);
    schemas
}

/// Whether the last segment of a path says that the endpoint only reads.
fn reads(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or(path);
    ["get", "list", "search"].iter().any(|word| last.starts_with(word))
}

/// Whether a name of the query is the token that every request carries.
fn is_token(name: &str) -> bool {
    name == "access_token"
}

/// The fields of the query: the names of the address, with the rows about them; of a GET also those that only rows name.
fn query(endpoint: &Endpoint, rest: Option<&Fields>) -> Fields {
    let mut query = Endpoint { line: endpoint.line, ..Endpoint::default() };
    let rows = || endpoint.request.tables.iter().flat_map(|table| &table.rows);
    let mut named: Vec<Row> = Vec::new();
    for name in endpoint.query.iter().filter(|name| !is_token(name)) {
        let known = named.len();
        named.extend(rows().filter(|row| row.path == [name.clone()]).cloned());
        if named.len() == known {
            named.push(Row { line: endpoint.line, path: vec![name.clone()], ..Row::default() });
        }
    }
    for (_, field) in rest.into_iter().flat_map(Fields::iter).filter(|(_, field): &(usize, &Field)| field.parent == 0) {
        if !is_token(&field.name) && !endpoint.query.contains(&field.name) {
            named.extend(field.rows.iter().cloned());
        }
    }
    for row in &mut named {
        // Everything in a query is text, so that is no guess.
        row.kind.get_or_insert_with(|| "string".to_owned());
    }
    query.request.tables.push(crate::page::Table { rows: named, ..Default::default() });
    Fields::of(&query, Side::Request)
}

/// The names of the address that no row has, though there are rows.
fn unnamed(endpoint: &Endpoint) -> Vec<&str> {
    let rows = || endpoint.request.tables.iter().flat_map(|table| &table.rows);
    let names = endpoint.query.iter().map(String::as_str);
    names.filter(|name| rows().next().is_some() && !rows().any(|row| row.path == [*name])).collect()
}

fn names_of_href<'a>(endpoint: &'a Endpoint, query: &'a Fields) -> Vec<&'a str> {
    let more = query.get(0).children.keys().filter(|name| !endpoint.query.contains(name));
    endpoint.query.iter().chain(more).map(String::as_str).collect()
}

fn href(path: &str, names: &[&str]) -> String {
    if names.is_empty() { path.to_owned() } else { format!("{path}{{?{}}}", names.join(",")) }
}
