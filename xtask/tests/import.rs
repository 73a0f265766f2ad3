//! `cargo xtask import` drafts what a page says. The pages are our own.
#![allow(clippy::expect_used, reason = "helpers of tests may fail")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use xtask::import::{Draft, add, draft, merge, write};
use xtask::page::read;

const ROOMS: &str = include_str!("pages/rooms.md");

fn drafted(page: &str) -> Draft {
    draft(&[("rooms.md".to_owned(), read(page.as_bytes()).expect("it names an address"))])
}

fn rooms() -> Value {
    drafted(ROOMS).schema
}

/// The fields of a definition without what is for people.
fn field(schema: &Value, definition: &str, name: &str) -> Value {
    let mut field = schema["$defs"][definition]["properties"][name].clone();
    if let Some(field) = field.as_object_mut() {
        field.retain(|key, _| !matches!(key.as_str(), "title" | "x-term" | "description" | "$comment"));
    }
    field
}

#[test]
fn a_draft_has_a_link_for_each_address() {
    let schema = rooms();
    let links = schema["links"].as_array().expect("a list");
    let hrefs: Vec<_> = links.iter().map(|link| link["href"].as_str().unwrap_or("")).collect();
    assert_eq!(
        hrefs,
        [
            "/cgi-bin/room/list{?access_token}",
            "/cgi-bin/room/create{?access_token,notify}",
            "/cgi-bin/desk/get{?suite_access_token,id}"
        ]
    );
    let rels: Vec<_> = links.iter().map(|link| link["rel"].as_str().unwrap_or("")).collect();
    assert_eq!(rels, ["list", "create", "get"]);
    let writes: Vec<_> = links.iter().map(|link| link["x-writes"] == true).collect();
    assert_eq!(writes, [false, true, false]);
}

#[test]
fn links_with_one_last_segment_take_one_more() {
    let page = ROOMS.replace("/cgi-bin/desk/get", "/cgi-bin/desk/create");
    let schema = drafted(&page).schema;
    let rels: Vec<_> = schema["links"].as_array().into_iter().flatten().map(|link| link["rel"].clone()).collect();
    assert_eq!(rels, ["list", "room_create", "desk_create"]);
}

#[test]
fn a_draft_is_a_json_schema() {
    let schema = rooms();
    for name in schema["$defs"].as_object().expect("definitions").keys() {
        let one = json!({ "$ref": format!("#/$defs/{name}"), "$defs": schema["$defs"] });
        jsonschema::validator_for(&one).expect("a schema");
    }
}

#[test]
fn samples_validate() {
    let page = read(ROOMS.as_bytes()).expect("a page");
    let schema = rooms();
    for (endpoint, link) in page.endpoints.iter().zip(schema["links"].as_array().expect("a list")) {
        for (samples, key) in
            [(&endpoint.request.samples, "submissionSchema"), (&endpoint.response.samples, "targetSchema")]
        {
            for sample in samples {
                let one = json!({ "$ref": link[key]["$ref"], "$defs": schema["$defs"] });
                let validator = jsonschema::validator_for(&one).expect("a schema");
                validator.validate(&sample.json.to_value()).expect("the sample validates");
            }
        }
    }
}

#[test]
fn kinds_come_from_samples_and_columns() {
    let schema = rooms();
    assert_eq!(field(&schema, "Room", "id"), json!({ "type": "string" }));
    assert_eq!(field(&schema, "Room", "area"), json!({ "type": "number" }));
    assert_eq!(field(&schema, "Room", "open"), json!({ "type": "boolean" }));
    assert_eq!(
        field(&schema, "Room", "floors"),
        json!({ "type": "array", "items": { "type": "integer", "format": "int64" } })
    );
    assert_eq!(field(&schema, "Room", "grid")["items"]["type"], "array");
    assert_eq!(field(&schema, "Room", "seats"), json!({ "type": "integer", "format": "int64" }));
    assert_eq!(field(&schema, "Room", "extra"), json!({ "x-undocumented": true }));
    assert_eq!(field(&schema, "Room", "desks")["items"], json!({ "$ref": "#/$defs/Desk" }));
    assert_eq!(
        field(&schema, "Room", "prices"),
        json!({ "type": "object", "additionalProperties": { "type": "integer", "format": "int64" } })
    );
}

#[test]
fn words_of_a_type_column_are_told_apart() {
    let kinds = [
        ("struct", json!({ "x-undocumented": true })),
        ("map&lt;string,int&gt;", json!({ "x-undocumented": true })),
        ("date", json!({ "type": "string" })),
        ("字符串数组", json!({ "type": "array", "items": { "type": "string" } })),
        ("[]int", json!({ "type": "array", "items": { "type": "integer", "format": "int64" } })),
        ("float64", json!({ "type": "number" })),
    ];
    for (column, kind) in kinds {
        let page = ROOMS.replace("| seats | uint32 |", &format!("| seats | {column} |"));
        assert_eq!(field(&drafted(&page).schema, "Room", "seats"), kind, "{column}");
    }
}

#[test]
fn known_values_become_a_definition() {
    let schema = rooms();
    assert_eq!(field(&schema, "Room", "kind"), json!({ "$ref": "#/$defs/Kind" }));
    let values: Vec<_> = schema["$defs"]["Kind"]["x-known-values"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|known| (known["value"].clone(), known["x-term"].clone()))
        .collect();
    assert_eq!(values, [(json!(1), json!("会议室")), (json!(2), json!("教室"))]);
}

#[test]
fn a_column_decides_what_is_required() {
    let schema = rooms();
    let request = &schema["$defs"]["RoomCreateBody"];
    assert_eq!(request["required"], json!(["name", "tags"]));
    let comment = request["properties"]["owner"]["$comment"].as_str().expect("a doubt");
    assert!(comment.starts_with("import: required on a condition, rooms.md:"), "{comment}");
}

#[test]
fn a_success_must_hold_what_samples_always_show() {
    let schema = rooms();
    assert_eq!(schema["$defs"]["RoomListResponse"]["then"]["required"], json!(["has_more", "next_cursor"]));
    assert_eq!(schema["$defs"]["RoomCreateResponse"].get("then"), None);
    assert_eq!(schema["$defs"]["Desk"]["required"], json!(["no"]));
}

#[test]
fn pages_by_cursor_are_seen() {
    let paged =
        json!({ "cursor": "cursor", "next": "next_cursor", "limit": "limit", "items": "rooms", "more": "has_more" });
    assert_eq!(rooms()["links"][0]["x-paged"], paged);
}

#[test]
fn query_and_body_have_definitions_of_their_own() {
    let schema = rooms();
    let link = &schema["links"][1];
    assert_eq!(link["hrefSchema"]["$ref"], "#/$defs/RoomCreateQuery");
    assert_eq!(link["submissionSchema"]["$ref"], "#/$defs/RoomCreateBody");
    let get = &schema["$defs"]["DeskGetRequest"];
    assert_eq!(
        get["properties"].as_object().map(|fields| fields.keys().cloned().collect::<Vec<_>>()),
        Some(vec!["suite_access_token".to_owned(), "id".to_owned()])
    );
}

#[test]
fn objects_of_one_shape_share_a_definition() {
    let schema = rooms();
    assert_eq!(field(&schema, "DeskGetResponse", "desk"), json!({ "$ref": "#/$defs/Desk" }));
}

#[test]
fn sentences_are_not_copied() {
    let text = drafted(ROOMS).text();
    assert!(
        text.contains("房间的名称") && !text.contains("不超过三十二个字") && !text.contains("A description"),
        "{text}"
    );
}

#[test]
fn each_comment_is_a_doubt_with_its_line() {
    let draft = drafted(ROOMS);
    let comments = draft.text().matches("\"$comment\": \"import: ").count();
    assert!(comments > 2);
    let in_comments: usize = draft
        .text()
        .split("\"$comment\": \"")
        .skip(1)
        .map(|comment| comment.split('"').next().map_or(0, |text| text.matches("; ").count() + 1))
        .sum();
    assert!(draft.doubts.len() >= comments && draft.doubts.len() <= in_comments);
    for doubt in &draft.doubts {
        let line = doubt
            .strip_prefix("rooms.md:")
            .and_then(|rest| rest.split(':').next())
            .and_then(|line| line.parse::<usize>().ok());
        assert!(line.is_some_and(|line| line > 0), "{doubt}");
    }
}

#[test]
fn a_repair_that_leaves_a_doubt_is_one() {
    let doubts = drafted(&ROOMS.replace("[1, 2], [3]]", "[1, 2], [3]")).doubts;
    assert!(doubts.iter().any(|doubt| doubt.contains("a sample is repaired at 47:7: a missing bracket")), "{doubts:?}");
    assert!(!drafted(ROOMS).doubts.iter().any(|doubt| doubt.contains("repaired")));
}

#[test]
fn a_row_that_is_there_twice_and_differs_is_a_doubt() {
    let row = "| area | double | 面积 |\n";
    let doubts = drafted(&ROOMS.replace(row, &format!("{row}| area | double | 高度 |\n"))).doubts;
    assert!(doubts.iter().any(|doubt| doubt.contains("area: the row on line 72 differs")), "{doubts:?}");
}

#[test]
fn uploads_are_drafted_without_a_body() {
    let page = ROOMS.replace(
        "**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/room/create",
        "使用multipart/form-data上传文件\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/room/create",
    );
    let link = &drafted(&page).schema["links"][1];
    assert_eq!(link.get("submissionSchema"), None);
    assert!(link["$comment"].as_str().is_some_and(|comment| comment.contains("uploaded")));
}

#[test]
fn the_same_pages_give_the_same_draft() {
    assert_eq!(drafted(ROOMS).text(), drafted(ROOMS).text());
}

#[test]
fn merging_what_is_there_changes_nothing() {
    let draft = drafted(ROOMS);
    let schema = draft.text().replace("\"title\": \"TODO\"", "\"title\": \"By hand\"");
    let merged = merge(&schema, &draft, &[]).expect("a schema");
    assert_eq!(merged.text, schema);
    assert_eq!(merged.findings, Vec::<String>::new());
}

#[test]
fn merging_adds_a_missing_field_and_keeps_the_rest() {
    let draft = drafted(ROOMS);
    let text = draft.text();
    let line = text.lines().find(|line| line.contains("\"area\"")).expect("the field");
    let schema = text.replace(&format!("{line}\n"), "").replace("\"title\": \"TODO\"", "\"title\": \"By hand\"");
    let merged = merge(&schema, &draft, &[]).expect("a schema");
    let added: Vec<_> = merged.text.lines().filter(|line| !schema.contains(line.trim_end_matches(','))).collect();
    assert_eq!(added.len(), 1, "{added:?}");
    assert!(added[0].contains("\"area\": { \"type\": \"number\""));
    assert!(
        merged
            .findings
            .iter()
            .any(|finding| finding.contains("/$defs/Room/properties/area: the page has the field: added")),
        "{:?}",
        merged.findings
    );
}

#[test]
fn merging_adds_an_endpoint_with_its_definitions() {
    let whole = drafted(ROOMS);
    let first = ROOMS.split("## 创建").next().expect("a page");
    let merged = merge(&drafted(first).text(), &whole, &[]).expect("a schema");
    let schema: Value = serde_json::from_str(&merged.text).expect("it is JSON");
    let names =
        |schema: &Value| schema["$defs"].as_object().expect("definitions").keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(schema["links"].as_array().map(Vec::len), Some(3));
    assert_eq!(names(&schema), names(&whole.schema));
}

#[test]
fn merging_lists_what_differs() {
    let draft = drafted(ROOMS);
    let schema = draft.text().replace("\"area\": { \"type\": \"number\"", "\"area\": { \"type\": \"string\"");
    let merged = merge(&schema, &draft, &[]).expect("a schema");
    assert_eq!(merged.text, schema);
    assert_eq!(merged.findings.len(), 1);
    assert!(merged.findings[0].starts_with("rooms.md:"), "{:?}", merged.findings);
    assert!(
        merged.findings[0].ends_with("/$defs/Room/properties/area: the page has the type number"),
        "{:?}",
        merged.findings
    );
}

/// A page with pieces cut out, doubled, and put elsewhere.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let length = ROOMS.len();
    let junk = prop::sample::select(vec![
        "{", "}", "[", "]", "\"", "|", "\n", "```", "<!--", "└ ", "\\", "：", "\u{0}", "**", "# ", "'", ",",
    ]);
    let change = (0..length, 0..80_usize, 0..length, prop::option::of(junk));
    prop::collection::vec(change, 1..12).prop_map(|changes| {
        let mut bytes = ROOMS.as_bytes().to_vec();
        for (from, count, to, junk) in changes {
            let from = from.min(bytes.len());
            let end = (from + count).min(bytes.len());
            let piece: Vec<u8> = bytes.drain(from..end).collect();
            let to = to.min(bytes.len());
            let new = junk.map_or(piece, |junk| junk.as_bytes().to_vec());
            bytes.splice(to..to, new);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_page_makes_it_panic(bytes in mutated()) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            if let Ok(page) = read(bytes) {
                let draft = draft(&[("page.md".to_owned(), page)]);
                prop_assert!(serde_json::from_str::<Value>(&draft.text()).is_ok());
                prop_assert!(merge(&draft.text(), &draft, &[]).is_ok_and(|merged| merged.text == draft.text()));
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[ -~\\n\"{}\\[\\],:：，“”｛｝#/.…'|`*<>!a一-龥]{0,400}") {
        let _ = read(format!("https://qyapi.weixin.qq.com/cgi-bin/a/get\n{text}\n```\n{text}\n```\n").as_bytes());
        let _ = xtask::page::tolerant_json::read(&text, 1);
    }
}

#[test]
fn a_page_with_many_fields_takes_no_time() {
    let fields: String = (0..20_000).map(|number| format!("\"field{number}\": 1,\n")).collect();
    let page = ROOMS.replace("\"extra\": {}", &format!("\"extra\": {{ {fields} }}"));
    let start = std::time::Instant::now();
    let draft = drafted(&page);
    let taken = start.elapsed();
    assert!(draft.schema["$defs"]["Extra"]["properties"].get("field19999").is_some());
    assert!(taken.as_secs() < 5, "{taken:?}");
}

/// A folder with pages and the names of their files.
fn folder(pages: &[(&str, &[u8])]) -> (tempfile::TempDir, Vec<std::path::PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let paths: Vec<_> = pages.iter().map(|(name, _)| folder.path().join(name)).collect();
    for (path, (_, bytes)) in paths.iter().zip(pages) {
        std::fs::write(path, bytes).expect("a file");
    }
    (folder, paths)
}

#[test]
fn a_page_without_endpoints_is_left_out() {
    let (folder, pages) = folder(&[
        ("about.md", b"# About\n"),
        ("rooms.md", ROOMS.as_bytes()),
        ("empty.md", b""),
        ("picture.md", b"\xff\xfe"),
    ]);
    let out = folder.path().join("draft.json");
    let doubts = write(&pages, &out, None).expect("a draft");
    for (line, name) in doubts.iter().zip(["about.md", "empty.md", "picture.md"]) {
        assert!(line.contains(&format!("{name}: left out: ")) && !line.contains('\n'), "{line}");
    }
    assert_eq!(std::fs::read_to_string(out).expect("the draft"), draft_of_rooms(&pages[1]));
}

fn draft_of_rooms(path: &std::path::Path) -> String {
    draft(&[(path.display().to_string(), read(ROOMS.as_bytes()).expect("a page"))]).text()
}

#[test]
fn without_a_usable_page_nothing_is_written() {
    let (folder, pages) = folder(&[("about.md", b"# About\n"), ("empty.md", b"")]);
    let out = folder.path().join("draft.json");
    for pages in [&pages[..], &pages[..1]] {
        let message = format!("{:#}", write(pages, &out, None).expect_err("there is no page"));
        assert!(message.contains("about.md: ") && message.contains("no address of an endpoint"), "{message}");
    }
    assert!(!out.exists());
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let (folder, mut pages) = folder(&[("rooms.md", ROOMS.as_bytes())]);
    pages.push(folder.path().join("roms.md"));
    let message = format!("{:#}", write(&pages, &folder.path().join("draft.json"), None).expect_err("a typing error"));
    assert!(message.contains("cannot read") && message.contains("roms.md"), "{message}");
}

/// What `--into` says on a schema, with the samples beside it.
fn added(folder: &std::path::Path, schema: &std::path::Path, page: &str) -> Vec<String> {
    let file = folder.join("page.md");
    std::fs::write(&file, page).expect("a file");
    add(&[file], schema, Some(&folder.join("samples"))).expect("a schema").1
}

#[test]
fn samples_have_the_names_of_the_schemas_links() {
    let (folder, pages) = folder(&[("rooms.md", ROOMS.as_bytes())]);
    let schema = folder.path().join("schema.json");
    write(&pages, &schema, None).expect("a draft");
    let text = std::fs::read_to_string(&schema).expect("the draft");
    std::fs::write(&schema, text.replace("\"rel\": \"list\"", "\"rel\": \"room_list\"")).expect("a file");
    let samples = folder.path().join("samples");
    std::fs::create_dir(&samples).expect("a folder");
    std::fs::write(samples.join("create.response.json"), "{\"ours\": 1}").expect("a file");

    let doubts = added(folder.path(), &schema, ROOMS);

    let mut names: Vec<_> = std::fs::read_dir(&samples)
        .expect("a folder")
        .flatten()
        .filter_map(|file| file.file_name().into_string().ok())
        .collect();
    names.sort();
    let expected = [
        "create.request",
        "create.response",
        "get.response.2",
        "get.response",
        "room_list.request",
        "room_list.response",
    ];
    assert_eq!(names, expected.map(|name| format!("{name}.json")));
    assert_eq!(std::fs::read_to_string(samples.join("create.response.json")).expect("a file"), "{\"ours\": 1}");
    let kept: Vec<_> = doubts.iter().filter(|doubt| doubt.contains("is there already and stays")).collect();
    assert!(kept.len() == 1 && kept[0].contains("page.md:") && kept[0].contains("create.response.json"), "{doubts:?}");
}

#[test]
fn a_new_link_gets_a_name_that_the_schema_lacks() {
    let (folder, pages) = folder(&[("rooms.md", ROOMS.as_bytes())]);
    let schema = folder.path().join("schema.json");
    write(&pages, &schema, None).expect("a draft");
    added(folder.path(), &schema, &ROOMS.replace("/cgi-bin/room/", "/cgi-bin/hut/"));
    let json: Value = serde_json::from_slice(&std::fs::read(&schema).expect("the schema")).expect("JSON");
    let rels: Vec<_> = json["links"].as_array().into_iter().flatten().map(|link| link["rel"].as_str()).collect();
    assert_eq!(rels, ["list", "create", "get", "hut_list", "hut_create"].map(Some));
}
