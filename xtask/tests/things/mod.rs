//! The schema of the tests.

use serde_json::{Value, json};

/// A schema with one of everything, of its own: the tests do not depend on what the real one holds.
pub(crate) fn schema() -> Value {
    let words = |title: &str, term: &str| json!({"title": title, "x-term": term, "description": format!("{title}.")});
    // What a node is called, and what else it says.
    let node = |title: &str, term: &str, rest: Value| {
        let (Value::Object(mut node), Value::Object(rest)) = (words(title, term), rest) else { unreachable!() };
        node.extend(rest);
        Value::Object(node)
    };
    let refer = |title: &str, term: &str, to: &str| node(title, term, json!({"$ref": format!("#/$defs/{to}")}));
    let integer = |title: &str, term: &str| node(title, term, json!({"type": "integer", "format": "int64"}));
    let known =
        |value: i64, name: &str, term: &str| json!({"value": value, "name": name, "title": name, "x-term": term});
    let errcode = node("Code", "码", json!({"$ref": "#/$defs/ErrCode", "default": 0}));
    let errmsg = node("Text", "文", json!({"type": "string", "default": ""}));
    let success = json!({"properties": {"errcode": {"const": 0}}});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Things",
        "x-term": "物",
        "description": "All about things.",
        "base": "https://wecom.example",
        "links": [
            node("Thing", "物", json!({
                "rel": "get_thing", "href": "/cgi-bin/get_thing{?access_token}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/GetThingRequest"},
                "targetSchema": {"$ref": "#/$defs/GetThingResponse"}, "x-page": "https://wecom.example/1", "x-writes": false,
                "x-permission": "Any app.", "x-permission-zh": "任何应用。",
            })),
            node("List", "列", json!({
                "rel": "list", "href": "/cgi-bin/list{?first}",
                "targetHints": {"allow": ["GET"]}, "hrefSchema": {"$ref": "#/$defs/ListRequest"},
                "targetSchema": {"$ref": "#/$defs/ListResponse"}, "x-page": "https://wecom.example/2", "x-writes": false,
            })),
            node("Pages", "页", json!({
                "rel": "get_things", "href": "/cgi-bin/get_things{?access_token}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/GetThingsRequest"},
                "targetSchema": {"$ref": "#/$defs/GetThingsResponse"}, "x-page": "https://wecom.example/3", "x-writes": false,
                "x-method": "all_things",
                "x-paged": {"offset": "skip", "limit": "take", "items": "things", "end": "done"},
            })),
            node("Add", "加", json!({
                "rel": "thing_add", "href": "/cgi-bin/thing/add{?access_token,force}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/ThingAddBody"},
                "hrefSchema": {"$ref": "#/$defs/ThingAddQuery"},
                "targetSchema": {"$ref": "#/$defs/ThingAddResponse"}, "x-page": "https://wecom.example/4", "x-writes": true,
            })),
            node("Search", "寻", json!({
                "rel": "search", "href": "/cgi-bin/search{?access_token}",
                "targetHints": {"allow": ["POST"]}, "submissionSchema": {"$ref": "#/$defs/SearchRequest"},
                "targetSchema": {"$ref": "#/$defs/SearchResponse"}, "x-page": "https://wecom.example/5", "x-writes": false,
                "x-paged": {"cursor": "cursor", "next": "next_cursor", "items": "names", "more": "has_more"},
            })),
            node("Clear", "清", json!({
                "rel": "clear", "href": "/cgi-bin/clear{?access_token}",
                "targetHints": {"allow": ["GET"]}, "targetSchema": {"$ref": "#/$defs/ClearResponse"},
                "x-page": "https://wecom.example/6", "x-writes": true,
            })),
        ],
        "$defs": {
            "ErrCode": node("Code", "码", json!({
                "type": "integer", "format": "int64", "x-sparse": true,
                "x-known-values": [{
                    "value": 0, "name": "Ok", "title": "Good", "x-term": "好", "description": "All is well.",
                    "advice": "rest", "x-advice-zh": "休息",
                }],
            })),
            "Key": node("Key", "钥", json!({"type": "string", "format": "password"})),
            "ThingId": integer("Id", "号"),
            "Done": node("Done or not", "完", json!({
                "type": "integer", "format": "int64", "x-known-values": [known(0, "No", "否"), known(1, "Yes", "是")],
            })),
            "GetThingRequest": node("Request", "求", json!({
                "type": "object",
                "properties": {
                    "id": refer("Id", "号", "ThingId"),
                    "date": node("Day", "日", json!({"type": "string", "format": "date"})),
                    "parts": refer("Parts", "件", "Parts"),
                },
                "required": ["id"],
            })),
            "GetThingResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {"errcode": errcode, "errmsg": errmsg, "thing": refer("Thing", "物", "Thing")},
                "if": success, "then": {"required": ["thing"]},
            })),
            "Thing": node("Thing", "物", json!({
                "type": "object",
                "properties": {
                    "type": refer("Type", "型", "Done"),
                    "key": refer("Key", "钥", "Key"),
                    "count": integer("Count", "数"),
                    "parts": refer("Parts", "件", "Parts"),
                    "raw": node("Raw", "原", json!({"x-undocumented": true})),
                    "Items": node("Items", "项", json!({"type": "string"})),
                    "gen": node("Gen", "代", json!({"type": "string"})),
                },
                "required": ["type", "key"],
            })),
            "Parts": node("Parts", "件", json!({
                "type": "object",
                "properties": {
                    "ids": node("Ids", "号", json!({"type": "array", "items": {"$ref": "#/$defs/ThingId"}})),
                    "names": node("Names", "名", json!({"type": "array", "items": {"type": "string"}})),
                },
            })),
            "ListRequest": node("Request", "求", json!({
                "type": "object", "properties": {"first": node("First", "首", json!({"type": "string"}))},
            })),
            "ListResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {"errcode": errcode, "errmsg": errmsg, "count": integer("Count", "数")},
                "if": success, "then": {"required": ["count"]},
            })),
            "Colour": node("Colour", "色", json!({
                "type": "string",
                "x-known-values": [
                    {"value": "red", "name": "Red", "title": "Red", "x-term": "红"},
                    {"value": "blue", "name": "Blue", "title": "Blue", "x-term": "蓝"},
                ],
            })),
            "ThingAddBody": node("Body", "体", json!({
                "type": "object",
                "properties": {
                    "thingName": node("Name", "名", json!({"type": "string"})),
                    "colour": refer("Colour", "色", "Colour"),
                    "ids": node("Ids", "号", json!({"type": "array", "items": {"$ref": "#/$defs/ThingId"}})),
                    "weight": node("Weight", "重", json!({"type": "number", "x-required-if": "the thing is heavy."})),
                },
                "required": ["thingName", "ids"],
            })),
            "ThingAddQuery": node("Query", "询", json!({
                "type": "object",
                "properties": {"force": node("Force", "强", json!({"type": "boolean"}))},
            })),
            "ThingAddResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {
                    "errcode": errcode, "errmsg": errmsg,
                    "rows": node("Rows", "行", json!({
                        "type": "array", "items": {"type": "array", "items": {"type": "number"}},
                    })),
                    "by_name": node("By name", "名", json!({
                        "type": "object", "additionalProperties": {"$ref": "#/$defs/Parts"},
                    })),
                    "isNew": node("New", "新", json!({"type": "boolean"})),
                },
                "if": success, "then": {"required": ["isNew"]},
            })),
            "SearchRequest": node("Request", "求", json!({
                "type": "object", "properties": {"cursor": node("Cursor", "标", json!({"type": "string"}))},
            })),
            "SearchResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {
                    "errcode": errcode, "errmsg": errmsg,
                    "names": node("Names", "名", json!({"type": "array", "items": {"type": "string"}})),
                    "has_more": node("More", "多", json!({"type": "boolean"})),
                    "next_cursor": node("Next", "下", json!({"type": "string"})),
                },
            })),
            "ClearResponse": node("Response", "答", json!({
                "type": "object", "properties": {"errcode": errcode, "errmsg": errmsg},
            })),
            "GetThingsRequest": node("Request", "求", json!({
                "type": "object",
                "properties": {
                    "skip": node("Skip", "跳", json!({"type": "integer", "format": "int64", "minimum": 0})),
                    "take": node("Take", "取", json!({"type": "integer", "format": "int64", "minimum": 1, "maximum": 9})),
                },
            })),
            "GetThingsResponse": node("Response", "答", json!({
                "type": "object",
                "properties": {
                    "errcode": errcode, "errmsg": errmsg,
                    "done": refer("Done", "完", "Done"),
                    "things": node("Things", "物", json!({"type": "array", "items": {"$ref": "#/$defs/Thing"}})),
                },
            })),
        },
    })
}
