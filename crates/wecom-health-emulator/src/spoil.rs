//! Answers that are not quite what the vendor describes.

use serde_json::{Value, json};

/// The integers whose values are codes.
const CODED: [&str; 8] =
    ["type", "report_type", "question_type", "id_type", "itinerary_card_type", "is_required", "skip_weekend", "ending"];

/// Puts a field that nobody knows into every object.
pub(crate) fn with_unknown_fields(value: &mut Value) {
    each(value, &mut |value| {
        if let Value::Object(fields) = value {
            fields.insert("emulated_new_field".to_owned(), json!({"list": [1, null, "新"]}));
        }
    });
}

/// Gives every coded integer a value that nobody knows.
pub(crate) fn with_unknown_values(value: &mut Value) {
    each(value, &mut |value| {
        if let Value::Object(fields) = value {
            fields
                .iter_mut()
                .filter(|(name, _)| CODED.contains(&name.as_str()))
                .for_each(|(_, code)| *code = json!(99));
        }
    });
}

/// Makes every list null.
pub(crate) fn with_null_lists(value: &mut Value) {
    each(value, &mut |value| {
        if value.is_array() {
            *value = Value::Null;
        }
    });
}

/// Parts first, so that what is put in is not walked.
fn each(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| each(field, change)),
        _ => {}
    }
    change(value);
}
