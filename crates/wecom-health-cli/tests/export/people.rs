//! Names come with `--names` or `--roster`, and with them who is absent.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use wecom_health_emulator::{Emulator, EmulatorBuilder};

use crate::world::{answer, day, export, job, out, python, question, stderr, succeed};

/// A company of two, of whom user1 has reported.
fn company() -> EmulatorBuilder {
    let mut job = job(vec![question(1, "q", 1, &[])]);
    job["apply_range"] = json!({"partyids": [1]});
    job["finish_cnt"] = json!(2);
    let builder = Emulator::builder().department(1, 0).member("user1", "Wang", &[1]).member("user2", "Zhang", &[1]);
    builder.job("job-1", job).answers("job-1", day("2020-03-27"), vec![answer(1, json!([]))])
}

const DAY: [&str; 6] = ["--from", "2020-03-27", "--to", "2020-03-27", "--format", "csv,xlsx"];

/// What the workbook says, read by a program that is not ours.
const READ: &str = "
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
absent = [[str(cell) for cell in row] for row in book['absent'].iter_rows(values_only=True)]
sheets = [[sheet.title, sheet.freeze_panes, sheet.auto_filter.ref] for sheet in book]
print(json.dumps({'absent': absent, 'sheets': sheets, 'created': str(book.properties.created)}))
";

#[tokio::test(flavor = "multi_thread")]
async fn names_and_who_is_absent_come_from_address_book_or_file() {
    let emulator = company().start().await.unwrap();
    let (folder, out) = out();
    let roster = folder.path().join("roster.csv");
    fs::write(&roster, "userid,name,department\nuser1,Wang,Sales\nuser2,Zhang,Sales\n").unwrap();
    for (names, department) in [(&["--names"][..], "1"), (&["--roster", roster.to_str().unwrap()], "Sales")] {
        let output = succeed(export(&emulator, &out, &[&DAY[..], names, &["--absent"]].concat()));
        assert!(!stderr(&output).contains("Wang"), "{output:?}");
        let csv = fs::read_to_string(out.join("answers_job-1_2020-03-27.csv")).unwrap();
        assert!(
            csv.contains("parent_userid,name,department,q") && csv.contains(&format!(",Wang,{department},")),
            "{csv}"
        );
        let long = fs::read_to_string(out.join("answers_long.csv")).unwrap();
        assert!(long.contains("value,name,department") && long.contains(&format!(",Wang,{department}\r\n")), "{long}");
        let Some(python) = python() else { continue };
        let read = Command::new(python).args(["-c", READ]).arg(out.join("answers.xlsx")).output().unwrap();
        let book: Value = serde_json::from_slice(&read.stdout).unwrap();
        let row = json!(["job-1", "2020-03-27 00:00:00", "user2", "Zhang", department]);
        assert_eq!(book["absent"], json!([["jobid", "date", "userid", "name", "department"], row]));
        let sheets = json!([["job-1", "A2", "A1:I2"], ["questions", "A2", "A1:G2"], ["absent", "A2", "A1:E2"]]);
        assert_eq!((&book["sheets"], &book["created"]), (&sheets, &json!("2020-01-01 00:00:00")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_count_of_the_job_is_a_note() {
    let emulator = company().start().await.unwrap();
    let (_folder, out) = out();
    let said = stderr(&succeed(export(&emulator, &out, &DAY)));
    let note = "note: job-1, 2020-03-27: the server counts 2 who have reported; answers sent: 1 (days that differ: 1)";
    assert!(said.contains(note), "{said}");
    assert!(!fs::read_to_string(out.join("answers_long.csv")).unwrap().contains("name"), "nobody asked for names");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_without_a_name_are_counted() {
    let answers = vec![answer(1, json!([])), answer(7, json!([])), answer(7, json!([]))];
    let emulator = company().answers("job-1", day("2020-03-27"), answers).start().await.unwrap();
    for (arguments, counted) in [(&["--names"][..], true), (&[], false)] {
        let (_folder, out) = out();
        let said = stderr(&succeed(export(&emulator, &out, &[&DAY[..], arguments].concat())));
        let note = "note: people who reported and have no name in the address book or roster: 1\n";
        assert_eq!(said.contains(note), counted, "{said}");
    }
}
