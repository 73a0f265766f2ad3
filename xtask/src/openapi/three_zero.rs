//! From OpenAPI 3.1 to 3.0: no type lists, no conditions, and nothing beside a reference.

use serde_json::{Map, Value as Json, json};

/// The member of a message, of a parameter, and of a type that holds the types.
const SCHEMA: &str = "schema";

/// Returns a document of OpenAPI 3.1 as OpenAPI 3.0.
pub fn document(mut document: Json) -> Json {
    document["openapi"] = "3.0.3".into();
    remove(&mut document, "jsonSchemaDialect");
    remove(&mut document["info"], "summary");
    remove(&mut document["info"]["license"], "identifier");
    for path in members(&mut document["paths"]) {
        members(path).for_each(operation);
    }
    members(&mut document["components"]["schemas"]).for_each(schema);
    document
}

fn operation(operation: &mut Json) {
    for parameter in operation.get_mut("parameters").and_then(Json::as_array_mut).into_iter().flatten() {
        schema(&mut parameter[SCHEMA]);
    }
    if let Some(body) = operation.get_mut("requestBody") {
        members(&mut body["content"]).for_each(|message| schema(&mut message[SCHEMA]));
    }
    for response in members(&mut operation["responses"]) {
        members(&mut response["content"]).for_each(|message| schema(&mut message[SCHEMA]));
    }
}

fn schema(json: &mut Json) {
    if let Some(properties) = json.get_mut("properties") {
        members(properties).for_each(schema);
    }
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = json.get_mut(inner) {
            schema(inner);
        }
    }
    let Json::Object(fields) = json else { return };
    fields.shift_remove("if");
    fields.shift_remove("then");
    without_type_list(fields);
    without_null_branch(fields);
    alone(fields);
}

/// `"type": ["array", "null"]` becomes an array that may be null.
fn without_type_list(fields: &mut Map<String, Json>) {
    if let Some(kind) = fields.get("type").and_then(|kind| kind.get(0)).cloned() {
        fields.insert("type".to_owned(), kind);
        fields.insert("nullable".to_owned(), true.into());
    }
}

/// A reference to an object, or null, becomes a reference that may be null. `nullable` counts only beside a type.
fn without_null_branch(fields: &mut Map<String, Json>) {
    if let Some(branch) = fields.shift_remove("anyOf").and_then(|mut branches| branches.get_mut(0).map(Json::take)) {
        fields.insert("type".to_owned(), "object".into());
        fields.insert("allOf".to_owned(), json!([branch]));
        fields.insert("nullable".to_owned(), true.into());
    }
}

/// What stands beside a `$ref` is ignored in OpenAPI 3.0, so the reference goes into an `allOf`.
fn alone(fields: &mut Map<String, Json>) {
    if fields.len() > 1
        && let Some(reference) = fields.shift_remove("$ref")
    {
        fields.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
}

fn members(json: &mut Json) -> impl Iterator<Item = &mut Json> {
    json.as_object_mut().into_iter().flat_map(|object| object.values_mut())
}

fn remove(json: &mut Json, name: &str) {
    if let Json::Object(fields) = json {
        fields.shift_remove(name);
    }
}
