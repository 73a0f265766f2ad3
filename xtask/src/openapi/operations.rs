//! Endpoints as operations of OpenAPI.

use serde_json::{Map, Value as Json, json};

use super::insert_some;
use super::schemas::{field, map, reference};
use crate::schema::{Document, Link, Method, Paged, Sample, Side, TOKEN};

/// The name of the security scheme, which is that of the parameter.
pub(super) const TOKEN_SCHEME: &str = TOKEN;

const MEDIA_TYPE: &str = "application/json";

/// How every request but the one for the token proves who sends it.
pub(super) fn token_scheme() -> Json {
    json!({
        "type": "apiKey",
        "in": "query",
        "name": TOKEN,
        "description": "The token of an app. A token in a header or in the body is ignored.",
    })
}

/// The first part of the paths under `/cgi-bin/`, each with a sentence.
pub(super) fn tags(document: &Document) -> Json {
    let mut names: Vec<&str> = Vec::new();
    for link in &document.links {
        if !names.contains(&tag(link)) {
            names.push(tag(link));
        }
    }
    let tag = |name: &&str| json!({ "name": name, "description": format!("Endpoints under `/cgi-bin/{name}`.") });
    names.iter().map(tag).collect()
}

fn tag(link: &Link) -> &str {
    let path = link.path().trim_start_matches('/');
    let path = path.strip_prefix("cgi-bin/").unwrap_or(path);
    path.split('/').next().unwrap_or(path)
}

/// Every endpoint under its path.
pub(super) fn paths(document: &Document, samples: &[Sample]) -> Json {
    let mut paths = Map::new();
    for link in &document.links {
        let method = match link.method() {
            Method::Get => "get",
            Method::Post => "post",
        };
        let samples: Vec<_> = samples.iter().filter(|sample| sample.endpoint == link.rel).collect();
        let item = paths.entry(link.path()).or_insert_with(|| json!({}));
        item[method] = operation(document, link, &samples);
    }
    paths.into()
}

fn operation(document: &Document, link: &Link, samples: &[&Sample]) -> Json {
    let mut operation = map(json!({
        "operationId": link.rel,
        "tags": [tag(link)],
        "summary": link.title,
        "description": description(link),
        "externalDocs": { "url": link.page, "description": "The vendor's page" },
    }));
    if link.token_parameter().is_none() {
        operation.insert("security".to_owned(), json!([]));
    }
    let parameters = parameters(document, link, samples);
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(body) = link.body() {
        let content = content(body, Side::Request, samples);
        operation.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    let response = json!({
        "description": "A success if `errcode` is 0 or absent, an error otherwise.",
        "content": content(link.response(), Side::Response, samples),
    });
    operation.insert("responses".to_owned(), json!({ "200": response }));
    insert_some(&mut operation, "x-term", Some(link.term.as_str()));
    insert_some(&mut operation, "x-writes", Some(link.writes()));
    insert_some(&mut operation, "x-permission", link.permission.as_deref());
    insert_some(&mut operation, "x-permission-zh", link.permission_zh.as_deref());
    insert_some(&mut operation, "x-paged", link.paged.as_ref().map(paged));
    operation.into()
}

/// What an endpoint does, and who may call it.
fn description(link: &Link) -> String {
    let sentences: Vec<_> =
        [Some(link.description.as_str()), link.permission.as_deref()].into_iter().flatten().collect();
    sentences.join(" ")
}

/// The query without the token, one parameter for each field.
fn parameters(document: &Document, link: &Link, samples: &[&Sample]) -> Vec<Json> {
    let Some(query) = link.query().and_then(|name| document.definitions.get(name)) else { return Vec::new() };
    // A sample of an endpoint with a body is the body.
    let sample = samples.iter().find(|sample| sample.side == Side::Request && link.body().is_none());
    let parameters = query.properties.iter().map(|(wire, node)| {
        let mut schema = map(field(document, node, false));
        let mut parameter = map(json!({ "name": wire, "in": "query", "required": query.required.contains(wire) }));
        for moved in ["description", "x-title", "x-term", "x-required-if"] {
            insert_some(&mut parameter, moved, schema.shift_remove(moved));
        }
        parameter.insert("schema".to_owned(), schema.into());
        insert_some(&mut parameter, "example", sample.and_then(|sample| sample.json.get(wire)).cloned());
        Json::Object(parameter)
    });
    parameters.collect()
}

/// A message in the only format that there is, with its samples.
fn content(definition: &str, side: Side, samples: &[&Sample]) -> Json {
    let samples = samples.iter().filter(|sample| sample.side == side);
    let examples: Map<_, _> = samples
        .map(|sample| (sample.variant.clone().unwrap_or_else(|| "sample".to_owned()), json!({ "value": sample.json })))
        .collect();
    let mut message = map(json!({ "schema": { "$ref": reference(definition) } }));
    if !examples.is_empty() {
        message.insert("examples".to_owned(), examples.into());
    }
    json!({ MEDIA_TYPE: message })
}

fn paged(paged: &Paged) -> Json {
    let Paged { offset, cursor, next, limit, items, end, more } = paged;
    let fields =
        [("offset", offset), ("cursor", cursor), ("next", next), ("limit", limit), ("end", end), ("more", more)];
    let mut object = map(json!({ "items": items }));
    for (name, field) in fields {
        insert_some(&mut object, name, field.as_deref());
    }
    object.into()
}
