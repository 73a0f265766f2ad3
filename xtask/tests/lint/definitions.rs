//! Definitions: their names, what they become, known values, what a response holds.

use serde_json::{Value, json};

use crate::case::{Case, field, put, take};
use crate::things::schema;

pub(crate) fn cases() -> Vec<Case> {
    [names(), kinds(), known_values(), responses()].into_iter().flatten().collect()
}

fn refer(name: &str) -> Value {
    field(json!({"$ref": format!("#/$defs/{name}")}))
}

/// A field that a definition is used in.
const USE: &str = "/$defs/Thing/properties/new";

fn names() -> Vec<Case> {
    let text = || field(json!({"type": "string"}));
    let renamed = |place: &'static str| {
        put(place, text())
            .with(USE, refer(place.trim_start_matches("/$defs/")))
            .says("write another name")
            .delete()
            .and("/$defs/Other", text())
            .and(USE, refer("Other"))
    };
    vec![
        renamed("/$defs/lower"),
        renamed("/$defs/Self"),
        renamed("/$defs/String"),
        renamed("/$defs/Words"),
        put("/$defs/Unused", text()).says("use it or delete it").delete().edit(USE, refer("Unused")),
        put("/$defs/ListCount", text()).says("use it or delete it").delete(),
        put("/$defs/ClearRequest", text())
            .with(USE, refer("ClearRequest"))
            .at("/links/5/targetSchema")
            .says("called ClearRequest")
            .edit("/$defs/ClearRequest", Value::Null)
            .and("/$defs/ClearText", text())
            .and(USE, refer("ClearText")),
        put("/$defs/Parts/properties/again", refer("Parts"))
            .at("/$defs/Parts")
            .says("contains itself")
            .edit("/$defs/Parts/properties/again", Value::Null)
            .edit("/$defs/Parts/properties/again", field(json!({"x-undocumented": true}))),
    ]
}

fn kinds() -> Vec<Case> {
    vec![
        put("/$defs/Thing/type", json!("array")).says("\"object\", \"string\" or \"integer\"").write(json!("object")),
        put("/$defs/Thing/type", json!("objekt")).says("\"object\", \"string\" or \"integer\"").write(json!("object")),
        put("/$defs/ThingId", field(json!({"type": "boolean"})))
            .at("/$defs/ThingId/type")
            .says("describe it where it is used")
            .edit("/$defs/ThingId", Value::Null)
            .and("/$defs/GetThingRequest/properties/id", field(json!({"type": "boolean"})))
            .and("/$defs/Parts/properties/ids/items", json!({"type": "boolean"}))
            .and("/$defs/ThingAddBody/properties/ids/items", json!({"type": "boolean"})),
        put("/$defs/Thing/properties", json!({}))
            .says("at least one")
            .write(schema()["$defs"]["Thing"]["properties"].clone()),
        put("/$defs/Thing/properties", json!([]))
            .says("at least one")
            .write(schema()["$defs"]["Thing"]["properties"].clone()),
        put("/$defs/Parts", json!("parts")).says("expected an object").write(schema()["$defs"]["Parts"].clone()),
        put("/$defs/Thing/additionalProperties", json!({})).says("always skipped: delete it").delete(),
        put("/$defs/Thing/additionalProperties", json!(false)).says("always skipped: delete it").delete(),
        put("/$defs/Parts", field(json!({"type": "object", "additionalProperties": {"type": "string"}})))
            .at("/$defs/Parts/additionalProperties")
            .says("described where it is used")
            .edit("/$defs/Parts", Value::Null)
            .and("/$defs/GetThingRequest/properties/parts", map())
            .and("/$defs/Thing/properties/parts", map())
            .and("/$defs/ThingAddResponse/properties/by_name/additionalProperties", json!({"type": "string"})),
        put("/$defs/ThingId/minimum", json!(1)).says("delete it, and say it in the description").delete(),
        put("/$defs/Key/maxLength", json!(64)).says("delete it, and say it in the description").delete(),
        put("/$defs/ThingId/format", json!("date")).says("int64").write(json!("int64")),
        put("/$defs/Key/format", json!("date")).says("password").write(json!("password")).delete(),
        put("/$defs/Key/format", json!("date-time")).says("password").write(json!("password")).delete(),
        put("/$defs/Colour/format", json!("date-time")).says("delete it").delete(),
        put("/$defs/Thing/if", json!({})).says("delete").delete(),
        put("/$defs/Thing/then", json!({"required": ["count"]}))
            .at("/$defs/Thing/if")
            .says("delete")
            .edit("/$defs/Thing/then", Value::Null),
    ]
}

fn map() -> Value {
    field(json!({"type": "object", "additionalProperties": {"type": "string"}}))
}

fn known_values() -> Vec<Case> {
    let values = || schema()["$defs"]["Done"]["x-known-values"].clone();
    vec![
        put("/$defs/Done/enum", json!([0, 1])).says("x-known-values").delete(),
        put("/$defs/Colour/x-known-values", json!([]))
            .says("at least one")
            .write(schema()["$defs"]["Colour"]["x-known-values"].clone())
            .delete(),
        put("/$defs/Done/x-known-values", json!({})).says("expected a list").write(values()),
        put("/$defs/Done/x-known-values/0", json!("No")).says("\"value\": 1").write(values()[0].clone()),
        put("/$defs/Done/x-known-values/0/value", json!(1))
            .at("/$defs/Done/x-known-values/1/value")
            .says("an integer that no other entry has")
            .write(json!(2)),
        put("/$defs/Done/x-known-values/0/value", json!("0")).says("an integer").write(json!(0)),
        put("/$defs/Done/x-known-values/0/value", json!(true)).says("an integer or a string").write(json!(0)),
        put("/$defs/Colour/x-known-values/0/value", json!(1))
            .says("a string that no other entry has")
            .write(json!("red")),
        put("/$defs/Colour/x-known-values/0/value", json!("blue"))
            .at("/$defs/Colour/x-known-values/1/value")
            .says("a string that no other entry has")
            .write(json!("green")),
        put("/$defs/Done/x-known-values/0/name", json!("Yes"))
            .at("/$defs/Done/x-known-values/1/name")
            .says("no other entry")
            .write(json!("Sure")),
        put("/$defs/Done/x-known-values/0/name", json!("Unknown")).says("neither Unknown").write(json!("NotSure")),
        put("/$defs/Done/x-known-values/0/name", json!("Self")).says("nor a keyword").write(json!("Own")),
        put("/$defs/Done/x-known-values/0/name", json!("1st")).says("upper camel case").write(json!("First")),
        put("/$defs/Done/x-known-values/0/title", json!("No (否)")).says("without brackets").write(json!("No")),
        put("/$defs/Done/x-known-values/0/x-term", json!("")).says("vendor's own term").write(json!("否")),
        put("/$defs/Done/x-known-values/0/x-term", json!("否（无）")).says("without brackets").write(json!("否")),
        put("/$defs/Done/x-known-values/0/description", json!("no")).says("or delete it").write(json!("No.")).delete(),
        put("/$defs/Done/x-known-values/0/advice", json!("rest"))
            .at("/$defs/Done/x-known-values/0/x-advice-zh")
            .says("both languages")
            .write(json!("休息")),
        take("/$defs/ErrCode/x-known-values/0/advice").says("both languages").write(json!("rest")),
        put("/$defs/ErrCode/x-known-values/0/advice", json!("a\nb")).says("one line").write(json!("a, b")),
        put("/$defs/ErrCode/x-known-values/0/x-advice-zh", json!("")).says("one line").write(json!("休息")),
        put("/$defs/ErrCode/x-known-values/0/name", json!("Fine"))
            .at("/$defs/ErrCode/x-known-values")
            .says("\"Ok\"")
            .edit("/$defs/ErrCode/x-known-values/0/name", json!("Ok")),
        take("/$defs/ErrCode/x-sparse")
            .at("/$defs/ErrCode/x-known-values")
            .says("\"x-sparse\": true")
            .edit("/$defs/ErrCode/x-sparse", json!(true)),
        put("/$defs/ErrCode/x-sparse", json!("yes")).says("expected a boolean").write(json!(true)),
        put("/$defs/Colour/x-sparse", json!("yes")).says("delete it").delete(),
        put("/$defs/ThingId/x-sparse", json!(true))
            .says("beside \"x-known-values\"")
            .edit("/$defs/ThingId/x-known-values", values())
            .delete(),
    ]
}

fn responses() -> Vec<Case> {
    let of_list = |name: &str| schema()["$defs"]["ListResponse"]["properties"][name].clone();
    let status = |case: Case| case.at("/$defs/ListResponse/properties");
    vec![
        status(take("/$defs/ListResponse/properties/errcode"))
            .says("holds \"errcode\"")
            .edit("/$defs/ListResponse/properties/errcode", of_list("errcode")),
        status(take("/$defs/ListResponse/properties/errmsg"))
            .says("and \"errmsg\"")
            .edit("/$defs/ListResponse/properties/errmsg", of_list("errmsg")),
        status(take("/$defs/ListResponse/properties/errcode/default"))
            .says("\"default\": 0")
            .edit("/$defs/ListResponse/properties/errcode/default", json!(0)),
        status(put("/$defs/ListResponse/properties/errcode/$ref", json!("#/$defs/ThingId")))
            .says("ErrCode")
            .edit("/$defs/ListResponse/properties/errcode/$ref", json!("#/$defs/ErrCode")),
        status(put("/$defs/ListResponse/properties/errmsg/default", json!("x")))
            .says("\"default\": \"\"")
            .edit("/$defs/ListResponse/properties/errmsg/default", json!("")),
        put("/$defs/Cleared", schema()["$defs"]["ClearResponse"].clone())
            .with("/$defs/ClearResponse", Value::Null)
            .with("/links/5/targetSchema/$ref", json!("#/$defs/Cleared"))
            .says("with Response at the end")
            .delete()
            .and("/$defs/ClearResponse", schema()["$defs"]["ClearResponse"].clone())
            .and("/links/5/targetSchema/$ref", json!("#/$defs/ClearResponse")),
        put("/$defs/ListResponse/required", json!(["count"])).says("write in \"then\"").delete(),
        put("/$defs/ListResponse/required", json!("count")).says("write in \"then\"").delete(),
        put("/$defs/ListResponse/if/properties/errcode/const", json!(1))
            .at("/$defs/ListResponse/if")
            .says("\"const\": 0")
            .write(json!({"properties": {"errcode": {"const": 0}}})),
        take("/$defs/ListResponse/then")
            .at("/$defs/ListResponse/if")
            .says("\"required\": […]")
            .edit("/$defs/ListResponse/then", json!({"required": ["count"]}))
            .delete(),
        put("/$defs/ListResponse/then", json!("count"))
            .says("expected {\"required\": […]}")
            .write(json!({"required": ["count"]})),
        put("/$defs/ListResponse/then/required", json!("count")).says("expected a list").write(json!(["count"])),
        put("/$defs/ListResponse/then/required/0", json!("conut")).says("conut").write(json!("count")),
        put("/$defs/ListResponse/then/required/0", json!("errcode")).says("delete this name").delete(),
        put("/$defs/ListResponse/then/required/-", json!("count"))
            .at("/$defs/ListResponse/then/required/1")
            .says("occurs twice")
            .delete(),
        put("/$defs/Thing/required/0", json!("tpye")).says("no field \"tpye\"").write(json!("type")),
        put("/$defs/Thing/required/0", json!("parts")).says("mean the same").delete(),
        put("/$defs/Parts/required", json!(["ids"])).at("/$defs/Parts/required/0").says("mean the same").delete(),
        put("/$defs/Thing/required", json!("type")).says("expected a list").write(json!(["type"])),
        put("/$defs/Thing/required", json!([1]))
            .at("/$defs/Thing/required/0")
            .says("expected a string")
            .write(json!("type")),
    ]
}
