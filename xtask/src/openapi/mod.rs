//! The schema as OpenAPI, for tools and languages that do not read ours.
//!
//! `document` writes OpenAPI 3.1, whose types are JSON Schema. `three_zero::document` makes OpenAPI 3.0 of it, for tools that read
//! no other. What OpenAPI has no word for is in fields that begin with `x-`: `schema/EXTENSIONS.md` describes them.

use serde_json::{Map, Value as Json, json};

use crate::schema::{Document, Sample};

mod operations;
mod schemas;
pub mod three_zero;

/// What holds for all endpoints, for people who read the document alone.
const ABOUT: &str = "\
Every request but the one for the access token has `access_token` in the query.

**Errors come with HTTP status 200.** A response is an error if `errcode` is present and not 0; the schema `ErrCode` lists the known codes. \
Decide by `errcode`, never by `errmsg`: its text may change. An error may lack the other fields, or have them empty.

**What is received is open.** Fields and values that are not listed here may come at any time. Integers have 64 bits. For lists, maps, and \
objects of nothing else, absent, null and empty mean the same.

The fields that begin with `x-` are described in EXTENSIONS.md beside this file.";

/// Returns the schema as OpenAPI 3.1.
pub fn document(document: &Document, samples: &[Sample]) -> Json {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": document.title,
            "summary": document.description.split_inclusive('.').next(),
            "description": ABOUT,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
            "x-term": document.term,
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{ "url": document.base }],
        "security": [{ (operations::TOKEN_SCHEME): [] }],
        "tags": operations::tags(document),
        "paths": operations::paths(document, samples),
        "components": {
            "securitySchemes": { (operations::TOKEN_SCHEME): operations::token_scheme() },
            "schemas": schemas::all(document),
        },
    })
}

/// Returns the text of a generated JSON file.
pub fn text(json: &Json) -> String {
    format!("{json:#}\n")
}

/// Adds a field if there is a value.
fn insert_some(object: &mut Map<String, Json>, key: &str, value: Option<impl Into<Json>>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value.into());
    }
}
