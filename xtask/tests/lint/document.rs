//! The whole file, labels and sentences, and what an import leaves.

use serde_json::json;

use crate::case::{Case, put, take};
use crate::things::schema;

pub(crate) fn cases() -> Vec<Case> {
    [whole(), words(), left_by_the_import()].into_iter().flatten().collect()
}

fn whole() -> Vec<Case> {
    vec![
        put("/$schema", json!("draft-07")).says("2020-12").write(json!("https://json-schema.org/draft/2020-12/schema")),
        put("/base", json!("http://wecom.example")).says("https address").write(json!("https://wecom.example")),
        put("/tilte", json!("x")).says("delete it").delete(),
        take("/links").at("").says("missing field `links`").edit("/links", schema()["links"].clone()),
        take("/$defs").at("").says("missing field `$defs`").edit("/$defs", schema()["$defs"].clone()),
        put("/links", json!({})).says("expected a list").write(schema()["links"].clone()),
        put("/$defs", json!([])).says("expected an object").write(schema()["$defs"].clone()),
    ]
}

fn words() -> Vec<Case> {
    let field = "/$defs/Thing/properties/count/description";
    vec![
        put("/title", json!("")).says("English label").write(json!("Things")),
        put("/$defs/Thing/title", json!("A thing with a very long label")).says("28 columns").write(json!("A thing")),
        put("/$defs/Thing/title", json!("thing")).says("begins with a capital").write(json!("Thing")),
        put("/$defs/Thing/title", json!("Thing (new)")).says("without brackets").write(json!("New thing")),
        put("/$defs/Thing/title", json!("物")).says("English label").write(json!("Thing")),
        put("/$defs/Thing/title", json!(1)).says("English label").write(json!("Thing")),
        take("/links/0/title").at("/links/0").says("missing field `title`").edit("/links/0/title", json!("Thing")),
        take("/$defs/Thing/x-term").says("vendor's own term").write(json!("物")),
        put("/$defs/Thing/x-term", json!("物（新）")).says("without brackets").write(json!("新物")),
        put("/$defs/Thing/x-term", json!("很长很长很长很长很长很长很长的")).says("28 columns").write(json!("很长的")),
        take(field).says("English sentences").write(json!("Count.")),
        put("/$defs/Thing/description", json!("A thing")).says("full stop").write(json!("A thing.")),
        put("/$defs/Thing/description", json!("a thing.")).says("capital").write(json!("A thing.")),
        put("/$defs/Thing/description", json!("A thing (物).")).says("without brackets").write(json!("A thing.")),
        put("/$defs/Thing/description", json!("A\nthing.")).says("one line").write(json!("A thing.")),
        put("/links/0/description", json!("fetches.")).says("English sentences").write(json!("Fetches.")),
        put("/$defs/Parts/properties/names/items/title", json!("Name"))
            .at("/$defs/Parts/properties/names/items")
            .says("at the list")
            .edit("/$defs/Parts/properties/names/items/title", json!(null)),
    ]
}

fn left_by_the_import() -> Vec<Case> {
    vec![
        put("/$defs/Thing/title", json!("TODO")).says("in place of TODO").write(json!("Thing")),
        put("/$defs/Thing/description", json!("TODO")).says("in place of TODO").write(json!("A thing.")),
        put("/$defs/Done/x-known-values/0/name", json!("TODO")).says("in place of TODO").write(json!("No")),
        put("/$defs/Thing/properties/count/$comment", json!("import: line 3: no kind"))
            .says("delete this note")
            .delete(),
    ]
}
