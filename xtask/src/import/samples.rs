//! The samples that a page prints, as files beside the schema.

use serde_json::{Map, Value, json};

use super::draft::Sample;
use crate::page::{Endpoint, Json, Printed};
use crate::schema::definition_name;

/// Returns the samples of an endpoint.
pub(super) fn samples(page: &str, endpoint: &Endpoint, link: &Value, definitions: &Map<String, Value>) -> Vec<Sample> {
    let rel = link["rel"].as_str().unwrap_or_default();
    let sent = link.get("submissionSchema").or(link.get("hrefSchema"));
    let sides: [(&str, Option<&Value>, &[Printed]); 2] = [
        ("request", sent, &endpoint.request.samples),
        ("response", link.get("targetSchema"), &endpoint.response.samples),
    ];
    let mut files = Vec::new();
    for (side, node, printed) in sides {
        let Some(node) = node else { continue };
        for (index, sample) in printed.iter().enumerate() {
            let variant = if index == 0 { String::new() } else { format!(".{}", index + 1) };
            files.push(Sample {
                file: format!("{rel}.{side}{variant}.json"),
                line: format!("{page}:{}", sample.line),
                json: filled(&sample.json, node, definitions),
            });
        }
    }
    files
}

/// The value of a sample. In place of a placeholder stands a value of the kind that is drafted there.
fn filled(json: &Json, node: &Value, definitions: &Map<String, Value>) -> Value {
    let node = match node["$ref"].as_str().and_then(definition_name) {
        Some(name) => &definitions[name],
        None => node,
    };
    match json {
        Json::Placeholder(text) => match node["type"].as_str() {
            Some("integer" | "number") => json!(0),
            Some("boolean") => json!(false),
            Some("array") => json!([]),
            Some("object") => json!({}),
            _ => text.as_str().into(),
        },
        Json::List(items) => items.iter().map(|item| filled(item, &node["items"], definitions)).collect(),
        Json::Object(members) => {
            let member = |name: &str| node["properties"].get(name).unwrap_or(&node["additionalProperties"]);
            members.iter().map(|(name, value)| (name.clone(), filled(value, member(name), definitions))).collect()
        }
        other => other.to_value(),
    }
}
