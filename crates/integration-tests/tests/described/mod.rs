//! Which properties of a value the schema does not describe.

use serde_json::Value;
use xtask::schema::definition_name;

/// Adds the places in `value` that `described` says nothing of.
pub(crate) fn find_undescribed(
    schema: &Value,
    described: &Value,
    value: &Value,
    path: &str,
    undescribed: &mut Vec<String>,
) {
    let described = match described["$ref"].as_str().and_then(definition_name) {
        Some(name) => &schema["$defs"][name],
        None => described,
    };
    if described.get("x-undocumented").is_some() {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{path}/{name}");
                match described["properties"].get(name) {
                    Some(property) => find_undescribed(schema, property, value, &path, undescribed),
                    None => undescribed.push(path),
                }
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                find_undescribed(schema, &described["items"], value, &format!("{path}/{index}"), undescribed);
            }
        }
        _ => {}
    }
}
