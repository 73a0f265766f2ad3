//! A page of the vendor's sort is read as what it says. The pages are our own.
#![allow(clippy::expect_used, reason = "helpers of tests may fail")]

use xtask::page::tolerant_json::read as read_json;
use xtask::page::{Endpoint, Fields, Json, Page, Printed, Side, read};

/// The one value that a text prints.
fn printed(text: &str) -> Printed {
    let mut all = read_json(text, 1);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// What a text is read as, and its repairs as `line:column what`.
fn repaired(text: &str) -> (String, Vec<String>) {
    let printed = printed(text);
    let repairs = printed.repairs.iter().map(|repair| format!("{}:{} {}", repair.line, repair.column, repair.what));
    (printed.json.to_value().to_string(), repairs.collect())
}

fn assert_repair(text: &str, json: &str, repairs: &[&str]) {
    let (read, made) = repaired(text);
    assert_eq!(read, json, "{text}");
    assert_eq!(made, repairs, "{text}");
}

#[test]
fn right_json_needs_no_repair() {
    let text = r#"{"a": [1, -2.5, "x\u4e00\n", true, null, {}], "b": {"c": 1e3}}"#;
    assert_repair(text, r#"{"a":[1,-2.5,"x一\n",true,null,{}],"b":{"c":1000.0}}"#, &[]);
}

#[test]
fn full_width_punctuation_is_read() {
    assert_repair("{\"a\"： 1}", r#"{"a":1}"#, &["1:5 a full-width colon"]);
    assert_repair("{\"a\": 1，\"b\": 2}", r#"{"a":1,"b":2}"#, &["1:8 a full-width comma"]);
    assert_repair("｛\"a\": 1｝", r#"{"a":1}"#, &["1:1 a full-width brace", "1:8 a full-width brace"]);
    assert_repair("{\"a\": “x”}", r#"{"a":"x"}"#, &["1:7 full-width quotes", "1:9 full-width quotes"]);
}

#[test]
fn commas_are_added_and_dropped() {
    assert_repair("{\"a\": 1\n \"b\": 2}", r#"{"a":1,"b":2}"#, &["2:2 a missing comma"]);
    assert_repair("{\"a\": [1, 2,],}", r#"{"a":[1,2]}"#, &["1:13 a trailing comma", "1:15 a trailing comma"]);
    assert_repair("{\"a\": 1,, \"b\": 2}", r#"{"a":1,"b":2}"#, &["1:9 a comma too many"]);
    assert_repair("{\"a\": [{} {}]}", r#"{"a":[{},{}]}"#, &["1:11 a missing comma"]);
}

#[test]
fn comments_and_ellipses_are_skipped() {
    assert_repair("{\"a\": 1, // one\n\"b\": 2 # two\n}", r#"{"a":1,"b":2}"#, &["1:10 a comment", "2:8 a comment"]);
    assert_repair(
        "{/* all */\"a\": [1, ...]}",
        r#"{"a":[1]}"#,
        &["1:2 a comment", "1:20 an ellipsis", "1:23 a trailing comma"],
    );
    assert_repair("{\"a\": \"http://x\"}", r#"{"a":"http://x"}"#, &[]);
}

#[test]
fn placeholders_are_no_texts() {
    let sample = printed("{\"a\": SIZE, \"b\": True}");
    assert_eq!(sample.json.get("a"), Some(&Json::Placeholder("SIZE".to_owned())));
    assert_eq!(sample.json.get("b"), Some(&Json::Bool(true)));
    assert_eq!(sample.repairs.len(), 2);
}

#[test]
fn quotes_are_repaired() {
    assert_repair("{'a': 'x'}", r#"{"a":"x"}"#, &["1:2 single quotes", "1:7 single quotes"]);
    assert_repair("{\"a\": \"x,\n\"b\": 1}", r#"{"a":"x","b":1}"#, &["1:10 a missing quote", "2:1 a missing comma"]);
    assert_repair(
        "{\"a\": \"say \"hi\" now\"}",
        r#"{"a":"say \"hi\" now"}"#,
        &["1:12 a quote inside a text", "1:15 a quote inside a text"],
    );
}

#[test]
fn words_after_a_value_are_no_part_of_it() {
    assert_repair(
        "{\"a\": \"x\", 说明\n\"b\": 1 （说明）\n}",
        r#"{"a":"x","b":1}"#,
        &[
            "1:12 a value without quotes",
            "1:12 a name without a value",
            "2:1 a missing comma",
            "2:6 words after a value",
        ],
    );
}

#[test]
fn missing_braces_are_added() {
    assert_repair("{\"a\": {\"b\": 1}", r#"{"a":{"b":1}}"#, &["1:15 a missing brace"]);
    let open_list = "{\"a\": {\"b\": [\"x\"},\n\"c\": 1}";
    assert_repair(open_list, r#"{"a":{"b":["x"]},"c":1}"#, &["1:17 a missing bracket"]);
    let member_in_list = "{\"a\": [{\"b\": 1},\n\"c\": [2]}";
    assert_repair(member_in_list, r#"{"a":[{"b":1}],"c":[2]}"#, &["2:1 a missing bracket", "2:1 a missing comma"]);
}

#[test]
fn surplus_braces_are_dropped() {
    assert_repair("{\"a\": 1},\n\"b\": 2}", r#"{"a":1,"b":2}"#, &["2:1 a brace too many"]);
}

#[test]
fn missing_colons_and_values_are_noted() {
    assert_repair("{\"a\"\n{\"b\": 1}}", r#"{"a":{"b":1}}"#, &["2:1 a missing colon"]);
    assert_repair("{\"a\": ,\"b\": 1}", r#"{"a":null,"b":1}"#, &["1:7 a missing value"]);
    assert_repair("{\"a\":\n\"b\": 1}", r#"{"a":null,"b":1}"#, &["2:1 a missing value", "2:1 a missing comma"]);
    assert_repair("{\"a \": 1}", r#"{"a":1}"#, &["1:2 a blank in a name"]);
}

#[test]
fn several_objects_of_a_block_are_several_samples() {
    let samples = read_json("POST /x HTTP/1.1\n\n{\"a\": 1}\nor\n{\"a\": 2}\n", 10);
    let lines: Vec<_> = samples.iter().map(|sample| sample.line).collect();
    assert_eq!(lines, [12, 14]);
}

#[test]
fn deep_samples_are_cut_off() {
    let samples = read_json(&"[".repeat(100_000), 1);
    assert!(samples.iter().any(|sample| !sample.repairs.is_empty()));
}

const HEAD: &str = "---\ntitle: \"List the rooms\"\nsource_url: https://example.com/1\n---\n";

fn page(body: &str) -> Page {
    read(format!("{HEAD}{body}").as_bytes()).expect("it names an address")
}

/// A page with an address, and a body.
fn endpoint(body: &str) -> Endpoint {
    let address =
        "**请求方式：**POST\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/room/list?access_token=TOKEN\n\n";
    page(&format!("{address}{body}")).endpoints.remove(0)
}

/// The paths of the fields that rows are about.
fn described(endpoint: &Endpoint, side: Side) -> Vec<String> {
    let fields = Fields::of(endpoint, side);
    let mut paths: Vec<_> =
        fields.iter().filter(|(_, field)| !field.rows.is_empty()).map(|(at, _)| fields.path(at).join(".")).collect();
    paths.sort();
    paths
}

const SAMPLE: &str = "**返回结果：**\n```\n{\"errcode\": 0, \"errmsg\": \"ok\", \"room\": {\"id\": 1, \"desks\": [{\"no\": 1, \"owner\": {\"name\": \"x\"}}]}}\n```\n";

#[test]
fn front_matter_and_address_are_read() {
    let page = page(
        "请求方式：GET\n请求地址：https://qyapi.weixin.qq.com/cgi-bin/room/get?access\\_token=T&amp;room\\_id=1\n",
    );
    assert_eq!((page.title.as_str(), page.source.as_str()), ("List the rooms", "https://example.com/1"));
    let endpoint = &page.endpoints[0];
    assert_eq!(
        (endpoint.method.as_deref(), endpoint.path.as_str(), endpoint.line),
        (Some("GET"), "/cgi-bin/room/get", 6)
    );
    assert_eq!(endpoint.query, ["access_token", "room_id"]);
}

#[test]
fn endpoints_of_a_page_keep_their_tables_apart() {
    let one = |name: &str| {
        format!(
            "##{name}\n**请求方式：**POST\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/room/{name}?access_token=T\n\
             **请求包体：**\n```\n{{\"{name}_id\": 1}}\n```\n|参数|必须|说明|\n|-|\n|{name}_id|是|x|\n"
        )
    };
    let page = page(&format!("{}{}", one("add"), one("del")));
    let described: Vec<_> = page.endpoints.iter().map(|endpoint| described(endpoint, Side::Request)).collect();
    assert_eq!(described, [["add_id"], ["del_id"]]);
}

#[test]
fn a_label_decides_the_side_of_a_sample() {
    let endpoint = endpoint(
        "**请求包体：**\n```\n{\"errcode\": 1, \"errmsg\": \"x\"}\n```\n**返回结果：**\n```\n{\"room\": 1}\n```\n",
    );
    assert!(endpoint.request.samples[0].json.get("errcode").is_some());
    assert!(endpoint.response.samples[0].json.get("room").is_some());
}

#[test]
fn the_content_decides_the_side_without_a_label() {
    let endpoint = endpoint("```\n{\"id\": 1}\n```\n```\n{\"errcode\": 0, \"errmsg\": \"ok\"}\n```\n");
    assert_eq!((endpoint.request.samples.len(), endpoint.response.samples.len()), (1, 1));
}

#[test]
fn the_position_decides_the_side_without_a_status() {
    let endpoint = endpoint("```\n{\"id\": 1}\n```\n|参数|必须|说明|\n|-|\n|id|是|x|\n\n```\n{\"room\": 0}\n```\n");
    assert_eq!((endpoint.request.samples.len(), endpoint.response.samples.len()), (1, 1));
}

#[test]
fn rows_are_found_inside_a_wrapper() {
    let endpoint =
        endpoint(&format!("{SAMPLE}**参数说明：**\n\n|参数|说明|\n|-|-|\n|id|x|\n|desks|x|\n|no|x|\n|owner.name|x|\n"));
    assert_eq!(
        described(&endpoint, Side::Response),
        ["room.desks", "room.desks.no", "room.desks.owner.name", "room.id"]
    );
}

#[test]
fn indented_rows_are_below_the_row_above() {
    for mark in ["└ ", "- ", "> ", "├─"] {
        let table =
            format!("|参数|说明|\n|-|-|\n|room|x|\n|{mark}desks|x|\n|{mark}{mark}no|x|\n|{mark}{mark}size|x|\n");
        let endpoint = endpoint(&format!("{SAMPLE}**参数说明：**\n\n{table}"));
        assert_eq!(
            described(&endpoint, Side::Response),
            ["room", "room.desks", "room.desks.no", "room.desks.size"],
            "{mark}"
        );
    }
}

#[test]
fn rows_indented_by_blanks_are_below_the_row_above() {
    for (one, two) in [
        ("&nbsp;&nbsp;", "&nbsp;&nbsp;&nbsp;&nbsp;"),
        ("&emsp;&emsp;└ ", "&emsp;&emsp;&emsp;&emsp;└ "),
        ("&emsp;", "&emsp;&emsp;"),
    ] {
        let table = format!("|参数|说明|\n|-|-|\n|room|x|\n|{one}desks|x|\n|{two}no|x|\n|{two}size|x|\n|{one}id|x|\n");
        let endpoint = endpoint(&format!("{SAMPLE}**参数说明：**\n\n{table}"));
        assert_eq!(
            described(&endpoint, Side::Response),
            ["room", "room.desks", "room.desks.no", "room.desks.size", "room.id"],
            "{one}"
        );
    }
}

#[test]
fn a_row_may_name_several_fields() {
    for names in ["id/size", "id、size", "id<br>size", "**id**, **size**", "`id`或`size`"] {
        let endpoint = endpoint(&format!("**请求参数**\n|参数|必须|说明|\n|-|-|-|\n|{names}|是|x|\n|name|否|x|\n"));
        assert_eq!(described(&endpoint, Side::Request), ["id", "name", "size"], "{names}");
    }
    let endpoint = endpoint("**请求参数**\n|参数|必须|说明|\n|-|-|-|\n|id/编号|是|x|\n");
    assert_eq!(described(&endpoint, Side::Request), ["id"]);
}

#[test]
fn tables_of_query_and_headers_are_not_of_the_body() {
    let table = |name: &str| format!("|参数|必须|说明|\n|-|-|-|\n|{name}|是|x|\n\n");
    let (query, body, header) = (table("debug"), table("id"), table("Content-Type"));
    let endpoint = endpoint(&format!("**Query 参数**\n\n{query}**Body 参数**\n\n{body}**Header**\n\n{header}"));
    assert_eq!(described(&endpoint, Side::Request), ["id"]);
    assert_eq!(endpoint.query, ["access_token", "debug"]);
}

#[test]
fn keys_of_a_map_are_data_unless_a_row_names_them() {
    let sample =
        "**返回结果：**\n```\n{\"errcode\": 0, \"ages\": {\"ann\": {\"age\": 1}, \"bob\": {\"age\": 2}}}\n```\n";
    for (name, fields) in [("age", ["ages", "ages.*.age"]), ("ann", ["ages", "ages.ann"])] {
        let table = format!("|参数|类型|说明|\n|-|-|-|\n|ages|map[string]object|x|\n|ages.{name}|int|x|\n");
        let endpoint = endpoint(&format!("{sample}**参数说明：**\n\n{table}"));
        assert_eq!(described(&endpoint, Side::Response), fields, "{name}");
    }
}

#[test]
fn english_headings_are_about_no_part() {
    for label in ["### Request parameters", "**Request fields:**", "### Parameter description"] {
        let endpoint = endpoint(&format!("{label}\n\n|Parameter|Required|Description|\n|-|-|-|\n|id|Yes|x|\n"));
        assert_eq!(described(&endpoint, Side::Request), ["id"], "{label}");
        assert!(endpoint.parts.is_empty(), "{label}");
    }
}

#[test]
fn a_blank_before_a_name_may_be_a_mistake() {
    let table = "|参数|说明|\n|-|-|\n|desks|x|\n|&nbsp;id|x|\n";
    let endpoint = endpoint(&format!("{SAMPLE}**参数说明：**\n\n{table}"));
    assert_eq!(described(&endpoint, Side::Response), ["room.desks", "room.id"]);
}

#[test]
fn tables_in_html_are_read() {
    let one_line = "<table><tr><th>参数</th><th>必须</th><th>说明</th></tr>\
        <tr><td>room_id</td><td>是</td><td>the <b>room</b>, a | b<br>two lines</td></tr></table>";
    let many_lines = "<div>\n<TABLE border=\"1\">\n<thead>\n<tr>\n<td>参数\n<td>必须\n<td>说明\n</tr>\n</thead>\n<tbody>\n<tr>\n\
        <td>\nroom_id\n</td>\n<td>是</td>\n<td>the room, a | b<br>\ntwo lines</td>\n</tr>\n</tbody>\n</TABLE>\n</div>";
    for (table, line) in [(one_line, 9), (many_lines, 19)] {
        let endpoint = endpoint(&format!("**请求参数**\n{table}\n\n```\n{{\"id\": 1}}\n```\n"));
        let row = &endpoint.request.tables[0].rows[0];
        assert_eq!((row.name(), row.required.as_deref()), ("room_id", Some("是")), "{table}");
        let words: Vec<_> = row.description.split_whitespace().collect();
        assert_eq!((words.join(" ").as_str(), row.line), ("the room, a | b two lines", line), "{table}");
        assert_eq!(endpoint.request.samples.len(), 1, "{table}");
    }
}

#[test]
fn cells_of_html_tables_may_span_columns_and_rows() {
    let table = "<table><tr><td>参数</td><td>必须</td><td>说明</td></tr>\
        <tr><td>a</td><td rowspan=\"2\">是</td><td>x</td></tr><tr><td>b</td><td>y</td></tr>\
        <tr><td colspan=\"2\">c</td><td>z</td></tr></table>";
    let endpoint = endpoint(&format!("**请求参数**\n{table}\n"));
    let rows: Vec<_> = endpoint.request.tables[0]
        .rows
        .iter()
        .map(|row| (row.name(), row.required.as_deref(), row.description.as_str()))
        .collect();
    assert_eq!(rows, [("a", Some("是"), "x"), ("b", Some("是"), "y"), ("c", None, "z")]);
}

#[test]
fn a_table_in_html_that_is_never_closed_hides_nothing() {
    let endpoint = endpoint("<table>\n\n**请求参数**\n|参数|必须|说明|\n|-|-|-|\n|id|是|x|\n");
    assert_eq!(described(&endpoint, Side::Request), ["id"]);
}

#[test]
fn tables_about_a_part_are_below_its_field() {
    let main = "**参数说明：**\n\n|参数|类型|说明|\n|-|-|-|\n|room|object(Room)|x|\n";
    for label in ["**Room说明**", "### Room", "**Room**结构："] {
        let part = format!("{label}\n\n|参数|类型|说明|\n|-|-|-|\n|id|int|x|\n|floor|int|x|\n");
        let endpoint = endpoint(&format!("{SAMPLE}{main}\n{part}"));
        assert_eq!(described(&endpoint, Side::Response), ["room", "room.floor", "room.id"], "{label}");
    }
}

#[test]
fn rows_without_a_sample_stand_beside_their_neighbours() {
    let endpoint = endpoint(&format!(
        "{SAMPLE}**参数说明：**\n\n|参数|说明|\n|-|-|\n|errcode|x|\n|floor|x|\n|id|x|\n|colour|x|\n"
    ));
    assert_eq!(described(&endpoint, Side::Response), ["errcode", "room.colour", "room.floor", "room.id"]);
}

#[test]
fn columns_are_told_by_their_headers() {
    let table = "|名称|变量|类型[长度限制]|必填|说明|\n|-|\n|房间|id|string[1,32]|是|the room<br>two lines|\n";
    let endpoint = endpoint(&format!("**请求参数**\n{table}"));
    let row = &endpoint.request.tables[0].rows[0];
    assert_eq!(row.path, ["id"]);
    assert_eq!((row.kind.as_deref(), row.required.as_deref()), (Some("string[1,32]"), Some("是")));
    assert_eq!(row.description, "the room\ntwo lines");
}

#[test]
fn markup_in_cells_is_dropped() {
    let table = "|参数|必须|说明|\n|-|-|-|\n|**room\\_id**|!!#ff0000 是!!|see [rooms](#1), a \\| b|\n";
    let endpoint = endpoint(&format!("**请求参数**\n{table}"));
    let row = &endpoint.request.tables[0].rows[0];
    assert_eq!(
        (row.name(), row.required.as_deref(), row.description.as_str()),
        ("room_id", Some("是"), "see rooms, a | b")
    );
}

#[test]
fn comments_of_a_page_hide_what_is_in_them() {
    let endpoint = endpoint("<!--\n```\n{\"old\": 1}\n```\n-->\n```\n{\"id\": 1}\n```\n");
    assert_eq!(endpoint.request.samples.len(), 1);
    assert!(endpoint.request.samples[0].json.get("id").is_some());
}

#[test]
fn a_fence_that_is_never_closed_ends_at_a_label() {
    let endpoint = endpoint("```\n{\"id\": 1}\n\n**参数说明：**\n\n|参数|必须|说明|\n|-|-|-|\n|id|是|x|\n");
    assert_eq!(described(&endpoint, Side::Request), ["id"]);
}

#[test]
fn appendices_xml_and_scripts_are_no_samples() {
    let body = "```xml\n<xml><a>1</a></xml>\n```\n```javascript\nwx.invoke({\n\"a\": 1})\n```\n## 附录\n```\n{\"a\": 1}\n```\n";
    let endpoint = endpoint(body);
    assert!(endpoint.request.samples.is_empty() && endpoint.response.samples.is_empty());
}

#[test]
fn lines_are_those_of_the_page() {
    let endpoint = endpoint(&format!("{SAMPLE}**参数说明：**\n\n|参数|说明|\n|-|-|\n|id|x|\n"));
    assert_eq!(endpoint.line, 6);
    assert_eq!(endpoint.response.samples[0].line, 10);
    assert_eq!(endpoint.response.tables[0].rows[0].line, 16);
}

#[test]
fn garbage_is_read_in_linear_time() {
    let start = std::time::Instant::now();
    for piece in [
        "<!-- x\n",
        "{\n",
        "\"a\n",
        "```\n",
        "|a|b|\n",
        "[",
        "**a",
        "<",
        "<table>\n",
        "<table><tr><td>a</table>",
        "<td",
        "```\n{\"a\":\"\n \n",
    ] {
        let _ = read(format!("https://qyapi.weixin.qq.com/cgi-bin/a/get\n{}", piece.repeat(60_000)).as_bytes());
    }
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[test]
fn what_is_no_page_is_refused_in_one_line() {
    let huge = vec![b'a'; 9 << 20];
    for bytes in [&b""[..], b"  \n", b"\xff\xfe", b"# A page without an address\n", &huge] {
        let message = format!("{:#}", read(bytes).expect_err("it is no page"));
        assert!(message.contains(':') && !message.contains('\n') && message.len() < 200, "{message}");
    }
}

#[test]
fn fields_stand_in_the_order_of_every_object_of_a_sample() {
    let page = "https://qyapi.weixin.qq.com/cgi-bin/a/get?access_token=X\n**返回结果：**\n```json\n{\"list\": [{\"a\": 1, \"d\": 2}, {\"a\": 1, \"b\": 2, \"c\": 3, \"d\": 4}, {\"d\": 1, \"e\": 2}]}\n```\n";
    let page = read(page.as_bytes()).unwrap();
    let fields = Fields::of(&page.endpoints[0], Side::Response);
    let list = fields.at_path(0, &["list".to_owned()]).unwrap();
    assert_eq!(fields.get(list).children.keys().collect::<Vec<_>>(), ["a", "b", "c", "d", "e"]);
}
