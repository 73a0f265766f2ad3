//! The emulator sends what the schema describes, although it knows nothing of the schema or the types.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::path::Path;

use described::find_undescribed;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wecom_health_emulator::{Emulator, NaiveDate};
use xtask::schema::Method;

mod described;

const DATE: &str = "2020-03-27";

/// The JSON of the emulator's response to a request; nothing if the response has no body.
async fn send(emulator: &Emulator, method: &str, target: &str, body: &Value) -> Option<Value> {
    let address = emulator.base_url().trim_start_matches("http://").to_owned();
    let body = body.to_string();
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let mut connection = TcpStream::connect(&address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).await.unwrap();
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    (!body.is_empty()).then(|| serde_json::from_str(body).unwrap())
}

/// A file of the schema.
fn read(name: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema").join(name);
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// The names of the fields that the schema leaves out on purpose.
fn left_out_fields() -> BTreeSet<String> {
    let deviations = read("deviations.json");
    let fields = deviations.as_array().unwrap().iter().filter(|deviation| deviation["page"] == "has the field");
    fields.map(|deviation| deviation["at"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_response_of_the_emulator_is_valid() {
    let schema = read("health.schema.json");
    let document = xtask::schema::parse(&schema, xtask::schema::Stage::Finished).unwrap();
    let validator = |definition: &str| {
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": format!("#/$defs/{definition}"),
            "$defs": schema["$defs"],
        });
        jsonschema::options().should_validate_formats(true).build(&root).unwrap()
    };
    let date: NaiveDate = DATE.parse().unwrap();
    let made_up = |seed| {
        let builder = Emulator::builder().seed(seed).synthetic(4, 100, 2).fixed_clock(1_585_281_600);
        builder.synthetic_answers("jobid1", date, 8).synthetic_people(150, 6, 5)
    };
    let (mut imitated, mut left_out) = (BTreeSet::new(), BTreeSet::new());
    let (mut value_fields, mut reporters) = (BTreeSet::new(), BTreeSet::new());
    let mut kinds = BTreeSet::new();
    let mut audiences = BTreeSet::new();
    let mut frequencies = BTreeSet::new();
    let (may_be_undescribed, mut personal) = (left_out_fields(), BTreeSet::new());
    let mut listed = BTreeSet::new();
    for (emulator, jobs) in [
        (Emulator::start().await.unwrap(), vec!["jobid1", "jobid2", "nobody-has-this"]),
        (made_up(1).start().await.unwrap(), vec!["job0000", "job0001", "job0002", "job0003", "jobid1"]),
        (made_up(2).start().await.unwrap(), vec!["job0000", "job0001"]),
    ] {
        let credentials = format!("?corpid={}&corpsecret={}", emulator.corp_id(), emulator.secret());
        let token = send(&emulator, "GET", &format!("/cgi-bin/gettoken{credentials}"), &json!({})).await.unwrap();
        let good = format!("?access_token={}", token["access_token"].as_str().unwrap());
        for link in &document.links {
            let valid = validator(link.response());
            for query in [good.as_str(), "?access_token=bogus", "", &credentials] {
                for jobid in &jobs {
                    let body = json!({"jobid": jobid, "date": DATE, "offset": 0, "limit": 100});
                    let and = if query.is_empty() { "?" } else { "&" };
                    let target = format!("{}{query}{and}id=1&department_id=3", link.path());
                    // An endpoint that the emulator does not imitate yet has an empty response.
                    let Some(response) =
                        send(&emulator, if link.method() == Method::Get { "GET" } else { "POST" }, &target, &body)
                            .await
                    else {
                        left_out.insert(link.rel.clone());
                        continue;
                    };
                    imitated.insert(link.rel.clone());
                    let errors: Vec<_> = valid.iter_errors(&response).map(|error| error.to_string()).collect();
                    assert!(errors.is_empty(), "{} {query} {jobid}: {errors:?}: {response}", link.rel);
                    let mut undescribed = Vec::new();
                    find_undescribed(&schema, &schema["$defs"][link.response()], &response, "", &mut undescribed);
                    let name = |path: &String| path.rsplit('/').next().unwrap().to_owned();
                    personal.extend(undescribed.iter().map(name).filter(|name| may_be_undescribed.contains(name)));
                    undescribed.retain(|path| !may_be_undescribed.contains(&name(path)));
                    assert!(undescribed.is_empty(), "{} {jobid}: not in the schema: {undescribed:?}", link.rel);
                    let lists = response.as_object().unwrap().iter();
                    listed.extend(lists.filter(|(_, list)| list.get(0).is_some()).map(|(name, _)| name.clone()));
                    for answer in response["answers"].as_array().into_iter().flatten() {
                        reporters.extend(answer["id_type"].as_i64());
                        let values = answer["report_values"].as_array().unwrap().iter();
                        value_fields.extend(values.flat_map(|value| value.as_object().unwrap().keys().cloned()));
                    }
                    let job = &response["job_info"];
                    audiences.extend(job["type"].as_i64());
                    frequencies.extend(job["report_type"].as_i64());
                    let questions = job["question_templates"].as_array().into_iter().flatten();
                    kinds.extend(questions.map(|question| question["question_type"].as_i64().unwrap()));
                }
            }
        }
    }
    assert!(imitated.len() >= 9 && imitated.is_disjoint(&left_out), "{imitated:?}, not {left_out:?}");
    // However few answers there were, each field of a value was in one.
    let described: BTreeSet<_> =
        schema["$defs"]["ReportValue"]["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(value_fields, described);
    assert_eq!(reporters, BTreeSet::from([1, 2]));
    assert_eq!(kinds, (1..=6).collect(), "all kinds of questions");
    // How to contact parents is sent, although the schema leaves it out.
    assert!(personal.contains("mobile"), "{personal:?}");
    let lists = ["answers", "department_id", "departments", "jobids", "students", "userlist"];
    assert_eq!(listed, lists.map(str::to_owned).into(), "all lists have items");
    assert_eq!((audiences, frequencies), (BTreeSet::from([1, 2]), BTreeSet::from([1, 2])));
}
