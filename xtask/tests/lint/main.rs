//! Every message about a schema says what to write, and whoever writes that is done: the schema passes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use serde_json::{Value, json};
use xtask::schema::{Breach, Stage, parse};

use self::case::Case;
use self::things::schema;

mod case;
mod definitions;
mod document;
mod endpoints;
mod fields;
#[path = "../things/mod.rs"]
mod things;

fn cases() -> Vec<Case> {
    [document::cases(), definitions::cases(), fields::cases(), endpoints::cases()].into_iter().flatten().collect()
}

fn breaches(schema: &Value) -> Vec<Breach> {
    parse(schema, Stage::Finished).err().unwrap_or_default()
}

#[test]
fn the_test_schema_breaks_no_rule() {
    assert_eq!(breaches(&schema()), []);
}

#[test]
fn a_breach_is_reported_with_its_pointer_and_advice() {
    let (mut missing, mut messages) = (Vec::new(), Vec::new());
    for case in cases() {
        let found = breaches(&case.broken());
        match found.iter().find(|breach| breach.pointer == case.at && breach.message.contains(case.says)) {
            Some(breach) => messages.push(breach.to_string()),
            None => missing.push(format!("{case}: no \"{}\" at {} in {found:#?}", case.says, case.at)),
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    messages.sort_unstable();
    messages.dedup();
    insta::assert_snapshot!("messages", messages.join("\n"));
}

#[test]
fn a_place_has_one_message() {
    for case in cases() {
        let found = breaches(&case.broken());
        let here: Vec<_> = found.iter().filter(|breach| breach.pointer == case.at).collect();
        assert_eq!(here.len(), 1, "{case}: {here:#?}");
    }
}

#[test]
fn whoever_obeys_a_message_is_done() {
    let mut refused = Vec::new();
    for case in cases() {
        assert!(!case.ways.is_empty(), "{case}: write what obeying means");
        for way in 0..case.ways.len() {
            let found = breaches(&case.obeyed(way));
            if !found.is_empty() {
                refused.push(format!("{case}, obeyed in way {}: {found:#?}", way + 1));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn all_breaches_are_reported_at_once() {
    let mut broken = schema();
    broken["$defs"]["Thing"]["properties"]["type"]["description"] = json!("Type");
    broken["$defs"]["Thing"]["properties"]["count"]["description"] = json!("Count");
    let found = breaches(&broken);
    let pointers: Vec<_> = found.iter().map(|breach| breach.pointer.as_str()).collect();
    assert_eq!(pointers, ["/$defs/Thing/properties/type/description", "/$defs/Thing/properties/count/description"]);
}

#[test]
fn definitions_that_contain_each_other_are_reported() {
    let mut broken = schema();
    let refers = |to: &str| case::field(json!({"$ref": format!("#/$defs/{to}")}));
    for (name, other) in [("One", "Two"), ("Two", "One")] {
        broken["$defs"][name] = case::field(json!({"type": "object", "properties": {"other": refers(other)}}));
    }
    broken["$defs"]["Thing"]["properties"]["one"] = refers("One");
    let found = breaches(&broken);
    let pointers: Vec<_> = found.iter().map(|breach| breach.pointer.as_str()).collect();
    assert_eq!(pointers, ["/$defs/One", "/$defs/Two"]);
}
