//! A file says what was written into it, however it is separated, quoted and encoded; and no bytes make reading panic.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use encoding_rs::GBK;
use proptest::prelude::*;
use serde_json::json;
use support::{job, report};
use wecom_health_report::Roster;

mod support;

fn cell() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 ,;\t\"'王小明一班é]{0,8}".prop_map(|cell| cell.trim().to_owned())
}

fn quoted(cell: &str, separator: char, always: bool) -> String {
    if always || cell.contains([separator, '"']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read(
        rows in prop::collection::vec((cell(), cell()), 1..6),
        separator in prop::sample::select(vec![',', ';', '\t']),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        always in any::<bool>(),
        gbk in any::<bool>(),
    ) {
        let line = |cells: [&str; 3]| cells.map(|cell| quoted(cell, separator, always)).join(&separator.to_string()) + end;
        let mut text = line(["账号", "姓名", "部门"]);
        for (number, (name, department)) in rows.iter().enumerate() {
            text += &line([&format!("user{number}"), name, department]);
        }
        let bytes = if gbk { GBK.encode(&text).0.into_owned() } else { text.into_bytes() };
        let absent = report(&job(json!({})), &Roster::from_csv(&bytes).unwrap(), &[]).absent;
        let found = absent.into_iter().map(|person| {
            let departments = person.departments.into_iter().map(|department| department.name.unwrap());
            (person.name.unwrap_or_default(), departments.collect::<String>())
        });
        prop_assert_eq!(found.collect::<Vec<_>>(), rows);
    }

    #[test]
    fn no_bytes_make_reading_panic(
        heading in prop::sample::select(vec!["", "userid,name,department\n", "账号\t姓名\t班级\n", "\u{feff}userid;name;class\r"]),
        bytes in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let _ = Roster::from_csv(&[heading.as_bytes(), &bytes].concat());
    }
}
