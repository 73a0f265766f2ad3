//! Fields: what they hold, and which keywords they may have.

use serde_json::{Value, json};

use crate::case::{Case, field, put, take};
use crate::things::schema;

pub(crate) fn cases() -> Vec<Case> {
    [kinds(), references(), keywords(), names(), limits()].into_iter().flatten().collect()
}

fn part(place: &str) -> Value {
    schema().pointer(place).unwrap().clone()
}

fn kinds() -> Vec<Case> {
    let inner =
        |more: Value| put("/$defs/Thing/properties/inner", field(more)).at("/$defs/Thing/properties/inner/type");
    let refers = || field(json!({"$ref": "#/$defs/Parts"}));
    vec![
        inner(json!({"type": "object"}))
            .says("additionalProperties")
            .edit("/$defs/Thing/properties/inner", refers())
            .edit("/$defs/Thing/properties/inner/additionalProperties", json!({"type": "string"})),
        inner(json!({"type": "object", "properties": {"a": {"type": "string"}}}))
            .says("write instead a \"$ref\"")
            .edit("/$defs/Thing/properties/inner", refers()),
        inner(json!({}))
            .says("\"x-undocumented\": true")
            .write(json!("string"))
            .write(json!("number"))
            .write(json!("boolean"))
            .edit("/$defs/Thing/properties/inner/x-undocumented", json!(true))
            .edit("/$defs/Thing/properties/inner/$ref", json!("#/$defs/Parts")),
        inner(json!({"type": "text"})).says("write \"string\"").write(json!("string")),
        put("/$defs/Thing/properties/raw/x-undocumented", json!(false))
            .at("/$defs/Thing/properties/raw/type")
            .says("x-undocumented")
            .edit("/$defs/Thing/properties/raw/x-undocumented", json!(true)),
        put("/$defs/Thing/properties/count", json!("integer"))
            .says("expected an object")
            .write(part("/$defs/Thing/properties/count")),
        take("/$defs/Parts/properties/names/items").says("what the list holds").write(json!({"type": "string"})),
        put("/$defs/Parts/properties/names/items", json!("string"))
            .says("what the list holds")
            .write(json!({"type": "string"})),
        put("/$defs/ThingAddResponse/properties/by_name/additionalProperties", json!(true))
            .says("e.g. {\"type\": \"string\"}")
            .write(json!({"type": "string"})),
        put("/$defs/ListRequest/properties/first", refers())
            .says("a query has no lists")
            .write(field(json!({"type": "string"})))
            .edit("/links/1/targetHints/allow/0", json!("POST"))
            .and("/links/1/submissionSchema", part("/links/1/hrefSchema"))
            .and("/links/1/hrefSchema", Value::Null)
            .and("/links/1/href", json!("/cgi-bin/list{?access_token}")),
    ]
}

fn references() -> Vec<Case> {
    vec![
        put("/$defs/Thing/properties/type/$ref", json!("#/$defs/Nope"))
            .says("no definition \"Nope\": write \"#/$defs/\"")
            .write(json!("#/$defs/Done")),
        put("/$defs/Parts/properties/ids/items/$ref", json!("x.json")).says("#/$defs/").write(json!("#/$defs/ThingId")),
        put("/$defs/Thing/properties/type/$ref", json!(1)).says("expected a string").write(json!("#/$defs/Done")),
        put("/$defs/Thing/properties/type/type", json!("integer")).says("delete it").delete(),
    ]
}

fn keywords() -> Vec<Case> {
    let code =
        || field(json!({"type": "integer", "format": "int64", "x-known-values": part("/$defs/Done/x-known-values")}));
    let refers = || field(json!({"$ref": "#/$defs/Code"}));
    let closed = put("/$defs/Thing/properties/count/enum", json!([0, 1]));
    vec![
        closed
            .says("x-known-values")
            .delete()
            .edit("/$defs/Thing/properties/count", refers())
            .and("/$defs/Code", code()),
        put("/$defs/Thing/properties/count/const", json!(1)).says("x-known-values").delete(),
        put("/$defs/Thing/properties/count/x-known-values", json!([]))
            .says("instead of them a \"$ref\"")
            .edit("/$defs/Thing/properties/count", refers())
            .and("/$defs/Code", code()),
        put("/$defs/Thing/properties/count/x-known-values", json!({}))
            .says("instead of them a \"$ref\"")
            .edit("/$defs/Thing/properties/count", refers())
            .and("/$defs/Code", code()),
        put("/$defs/Thing/properties/count/cuont", json!(1))
            .says("delete it, or write the one that was meant")
            .delete(),
        put("/$defs/Thing/properties/count/default", json!(5)).says("say it in the description").delete(),
        put("/$defs/GetThingsRequest/properties/skip/default", json!(0)).says("say it in the description").delete(),
        put("/$defs/Thing/properties/count/x-required-if", json!("it counts."))
            .says("only a field that is sent")
            .delete(),
        put("/$defs/Thing/properties/count/x-required-if", json!(true)).says("only a field that is sent").delete(),
        put("/$defs/ThingAddBody/properties/thingName/x-required-if", json!("it counts."))
            .says("or the name in \"required\"")
            .delete()
            .edit("/$defs/ThingAddBody/required/0", Value::Null),
        put("/$defs/ThingAddBody/properties/weight/x-required-if", json!(true))
            .says("expected a string")
            .write(json!("it is heavy.")),
        put("/$defs/Thing/properties/count/x-sparse", json!(true)).says("delete it").delete(),
        put("/$defs/Thing/properties/gen/x-undocumented", json!(true)).says("delete it").delete(),
    ]
}

fn names() -> Vec<Case> {
    vec![
        put("/$defs/Thing/properties/Count", field(json!({"type": "string"})))
            .at("/$defs/Thing/properties/Count/x-name")
            .says("lower case")
            .write(json!("count_2")),
        put("/$defs/Thing/properties/count/x-name", json!("Count")).says("lower case").write(json!("count")),
        put("/$defs/Thing/properties/count/x-name", json!("type")).says("no keyword").write(json!("kind")),
        put("/$defs/Thing/properties/count/x-name", json!("send"))
            .says("none that the generated code has")
            .write(json!("sent")),
        put("/$defs/Thing/properties/count/x-name", json!(1)).says("expected a string").write(json!("number")),
    ]
}

fn limits() -> Vec<Case> {
    let take_field = "/$defs/GetThingsRequest/properties/take/maximum";
    vec![
        put("/$defs/Thing/properties/count/maximum", json!(1)).says("say it in the description").delete(),
        put("/$defs/Thing/properties/count/maximum", json!("1")).says("say it in the description").delete(),
        put(take_field, json!("9")).says("expected an integer").write(json!(9)),
        put("/$defs/GetThingsRequest/properties/take/minimum", json!(10))
            .at(take_field)
            .says("not below")
            .write(json!(10)),
        take("/$defs/Thing/properties/count/format").says("int64").write(json!("int64")),
        put("/$defs/GetThingRequest/properties/date/format", json!("password"))
            .says("\"date\"")
            .write(json!("date"))
            .delete(),
        put("/$defs/GetThingRequest/properties/date/format", json!("date-time"))
            .says("\"date\"")
            .write(json!("date"))
            .delete(),
        put("/$defs/ThingAddQuery/properties/force/format", json!("date")).says("delete it").delete(),
    ]
}
