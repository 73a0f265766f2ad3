//! Endpoints: their names, what they send and receive, and pages.

use serde_json::{Value, json};

use crate::case::{Case, field, put, take};
use crate::things::schema;

pub(crate) fn cases() -> Vec<Case> {
    [names(), permissions(), addresses(), types(), paging()].into_iter().flatten().collect()
}

fn part(place: &str) -> Value {
    schema().pointer(place).unwrap().clone()
}

fn names() -> Vec<Case> {
    let method = |name: &str| {
        put("/links/2/x-method", json!(name)).says("cannot be the client's method").write(json!("every_thing"))
    };
    vec![
        put("/links/0/rel", json!("get-thing")).says("last parts of its path").write(json!("get_thing")),
        put("/links/0/href", json!("/cgi-bin/other{?access_token}"))
            .at("/links/0/rel")
            .says("last parts of its path")
            .write(json!("other")),
        method("type"),
        method("send"),
        method("retry"),
        method("thing"),
        put("/links/5/rel", json!("send"))
            .with("/links/5/href", json!("/cgi-bin/send{?access_token}"))
            .says("write an \"x-method\"")
            .edit("/links/5/x-method", json!("send_all")),
        put("/links/0/tpye", json!(1)).says("delete it").delete(),
        put("/links/0/x-page", json!("http://wecom.example/1"))
            .says("https address")
            .write(json!("https://wecom.example/1")),
        take("/links/0/x-writes").says("write true if").write(json!(false)),
        put("/links/0/x-writes", json!("no")).says("write true if").write(json!(false)),
        put("/links/0", json!("get_thing")).says("describes an endpoint").write(part("/links/0")),
    ]
}

fn permissions() -> Vec<Case> {
    let english = |text: &str| put("/links/0/x-permission", json!(text)).says("write English sentences");
    let chinese = |text: &str| put("/links/0/x-permission-zh", json!(text)).says("write Chinese sentences");
    let obeyed =
        |case: Case, other: &'static str, right: &str| case.write(json!(right)).delete().and(other, Value::Null);
    let wrong_english = ["", "any app.", "Any app", "Any\napp.", "Any app (self-built)."];
    let wrong_chinese = ["", "任何应用", "任何\n应用。"];
    let wrong_english = wrong_english.map(|text| obeyed(english(text), "/links/0/x-permission-zh", "Any app."));
    let wrong_chinese = wrong_chinese.map(|text| obeyed(chinese(text), "/links/0/x-permission", "任何应用。"));
    let one = [
        take("/links/0/x-permission")
            .says("both languages")
            .write(json!("Any app."))
            .edit("/links/0/x-permission-zh", Value::Null),
        take("/links/0/x-permission-zh")
            .says("both languages")
            .write(json!("任何应用。"))
            .edit("/links/0/x-permission", Value::Null),
        put("/links/0/x-permission", json!(1)).says("both languages").write(json!("Any app.")),
    ];
    wrong_english.into_iter().chain(wrong_chinese).chain(one).collect()
}

fn addresses() -> Vec<Case> {
    let right = || json!("/cgi-bin/get_thing{?access_token}");
    vec![
        put("/links/0/href", json!("/cgi-bin/get_thing{?access_token,debug}")).says("name the token").write(right()),
        put("/links/0/href", json!("/cgi-bin/get_thing{?}")).says("name the token").write(right()),
        put("/links/1/href", json!("/cgi-bin/list{?second}"))
            .says("every field of the \"hrefSchema\"")
            .write(json!("/cgi-bin/list{?access_token,first}")),
        put("/links/0/href", json!("/cgi-bin/{id}/get_thing{?access_token}"))
            .says("get_thing{?access_token}")
            .write(right()),
        put("/links/0/href", json!("/cgi-bin/../get_thing{?access_token}"))
            .says("get_thing{?access_token}")
            .write(right()),
        put("/$defs/ListRequest/properties/access_token", field(json!({"type": "string"})))
            .says("the client adds the token")
            .delete()
            .and("/links/1/href", json!("/cgi-bin/list{?access_token,first}")),
    ]
}

fn types() -> Vec<Case> {
    let thing = || part("/links/0/targetSchema");
    vec![
        put("/links/0/targetSchema/$ref", json!("#/$defs/Nope"))
            .says("no definition")
            .write(json!("#/$defs/GetThingResponse")),
        put("/links/0/targetSchema/$ref", json!("#/$defs/Done"))
            .at("/links/0/targetSchema")
            .says("objects")
            .write(thing()),
        put("/links/0/targetSchema", json!("#/$defs/GetThingResponse")).says("expected {\"$ref\"").write(thing()),
        take("/links/0/targetSchema")
            .at("/links/0")
            .says("missing field `targetSchema`")
            .edit("/links/0/targetSchema", thing()),
        put("/links/2/submissionSchema/$ref", json!("#/$defs/GetThingRequest"))
            .at("/links/2/submissionSchema")
            .says("one endpoint")
            .write(part("/links/2/submissionSchema")),
        put("/links/3/hrefSchema/$ref", json!("#/$defs/ListRequest"))
            .at("/links/3/submissionSchema")
            .says("name them alike")
            .edit("/links/3/hrefSchema/$ref", json!("#/$defs/ThingAddQuery")),
        put("/links/5/targetSchema/$ref", json!("#/$defs/Cleared"))
            .says("no definition")
            .write(json!("#/$defs/ClearResponse")),
        put("/links/0/targetHints/allow/0", json!("GET"))
            .at("/links/0/submissionSchema")
            .says("a GET has no body")
            .edit("/links/0/targetHints", json!({"allow": ["POST"]})),
        put("/links/4/targetHints/allow/0", json!("GET"))
            .at("/links/4/submissionSchema")
            .says("describe its fields in \"hrefSchema\"")
            .delete()
            .and("/links/4/hrefSchema", part("/links/4/submissionSchema"))
            .and("/links/4/href", json!("/cgi-bin/search{?access_token,cursor}")),
        put("/links/0/targetHints/allow/0", json!("PUT")).says("expected `GET` or `POST`").write(json!("POST")),
        put("/links/0/targetHints/allow", json!([]))
            .at("/links/0/targetHints")
            .says("{\"allow\": [\"POST\"]}")
            .write(json!({"allow": ["POST"]})),
        put("/links/0/targetHints", json!("POST")).says("{\"allow\": [\"POST\"]}").write(json!({"allow": ["POST"]})),
        take("/links/0/targetHints")
            .at("/links/0")
            .says("missing field `targetHints`")
            .edit("/links/0/targetHints", json!({"allow": ["POST"]})),
    ]
}

fn paging() -> Vec<Case> {
    vec![
        put("/links/2/x-paged", json!("skip")).says("the names of fields").write(part("/links/2/x-paged")),
        put("/links/2/x-paged/limit", json!("nope"))
            .says("another integer of the request")
            .write(json!("take"))
            .delete(),
        put("/links/2/x-paged/limit", json!("skip"))
            .says("another integer of the request")
            .write(json!("take"))
            .delete(),
        put("/links/2/x-paged/offset", json!("nope")).says("an integer of the request").write(json!("skip")),
        put("/$defs/GetThingsRequest/required", json!(["skip"]))
            .at("/links/2/x-paged/offset")
            .says("not in \"required\"")
            .edit("/$defs/GetThingsRequest/required", Value::Null),
        put("/links/2/x-paged/items", json!("done")).says("a list").write(json!("things")),
        put("/links/2/x-paged/end", json!("nope")).says("yes/no").write(json!("done")).delete(),
        put("/links/2/x-paged/end", json!("errcode")).says("yes/no").write(json!("done")).delete(),
        put("/links/2/x-paged/more", json!("done"))
            .says("delete one of them")
            .delete()
            .edit("/links/2/x-paged/end", Value::Null),
        put("/links/4/x-paged/cursor", json!("nope")).says("a string of the request").write(json!("cursor")),
        put("/links/4/x-paged/next", json!("nope")).says("a string of the response").write(json!("next_cursor")),
        put("/links/4/x-paged/more", json!("names")).says("yes/no").write(json!("has_more")).delete(),
        put("/links/4/x-paged/offset", json!("cursor")).says("without \"offset\"").delete(),
        put("/links/2/x-paged/next", json!("done"))
            .at("/links/2/x-paged/offset")
            .says("without \"cursor\" and \"next\"")
            .edit("/links/2/x-paged/next", Value::Null),
        put("/links/4/x-paged", json!({"items": "names"}))
            .at("/links/4/x-paged/offset")
            .says("write these two")
            .edit("/links/4/x-paged/cursor", json!("cursor"))
            .and("/links/4/x-paged/next", json!("next_cursor")),
    ]
}
