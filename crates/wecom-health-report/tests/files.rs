//! Rosters from files, as people save them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use encoding_rs::GBK;
use serde_json::json;
use support::{job, report, userids};
use wecom_health_report::model::{Language, Localized};
use wecom_health_report::{Column, Person, Roster, RosterError};

mod support;

/// All people of a file.
fn people(bytes: &[u8]) -> Vec<Person> {
    let roster = Roster::from_csv(bytes).unwrap();
    assert!(roster.is_from_file());
    report(&job(json!({})), &roster, &[]).absent
}

/// Userid, name and departments of each person of a file.
fn rows(bytes: &[u8]) -> Vec<(String, String, Vec<String>)> {
    let row = |person: Person| {
        let departments = person.departments.into_iter().map(|department| department.name.unwrap()).collect();
        (person.userid.to_string(), person.name.unwrap_or_default(), departments)
    };
    people(bytes).into_iter().map(row).collect()
}

fn row(userid: &str, name: &str, departments: &[&str]) -> (String, String, Vec<String>) {
    (userid.to_owned(), name.to_owned(), departments.iter().map(|&name| name.to_owned()).collect())
}

fn refusal(text: &str) -> RosterError {
    Roster::from_csv(text.as_bytes()).unwrap_err()
}

#[test]
fn any_of_the_separators_is_recognised() {
    for separator in [",", ";", "\t"] {
        for end in ["\n", "\r\n", ""] {
            let text = format!("userid,name,department\r\na,Wang,Sales{end}").replace(',', separator);
            assert_eq!(rows(text.as_bytes()), [row("a", "Wang", &["Sales"])], "{text:?}");
        }
    }
}

#[test]
fn headings_are_recognised_in_both_languages_and_any_order() {
    for headings in [
        ["userid", "name", "department"],
        ["User ID", " NAME ", "Department"],
        ["用户ID", "姓名", "部门"],
        ["账号", "姓名", "班级"],
        ["帐号", "姓名", "部门"],
        ["成员账号", "姓名", "部门"],
        ["学号", "姓名", "班级"],
        ["student_userid", "学生姓名", "所在班级"],
    ] {
        let [userid, name, department] = headings;
        let text = format!("手机,{department},{userid},备注,{name}\n1,一班,a,x,王小明\n");
        assert_eq!(rows(text.as_bytes()), [row("a", "王小明", &["一班"])], "{headings:?}");
    }
}

#[test]
fn text_is_read_from_every_encoding_of_excel() {
    let text = "账号,姓名,部门\r\na,王小明,一班\r\n";
    let mark = [0xEF, 0xBB, 0xBF];
    let gbk = GBK.encode(text).0.into_owned();
    let gb18030_mark = [0x84, 0x31, 0x95, 0x33];
    let utf16: Vec<u8> =
        format!("\u{feff}{}", text.replace(',', "\t")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [
        text.as_bytes().to_vec(),
        [&mark, text.as_bytes()].concat(),
        gbk.clone(),
        [&mark, &gbk[..]].concat(),
        [&gb18030_mark, &gbk[..]].concat(),
        utf16,
    ] {
        assert_eq!(rows(&bytes), [row("a", "王小明", &["一班"])]);
    }
}

#[test]
fn quotes_are_read_as_in_rfc_4180() {
    let text = "userid,name,department,note\na,\"Wang, \"\"Xiao\"\" Ming\",\"Sales, East\",\"over\ntwo lines\"\n";
    assert_eq!(rows(text.as_bytes()), [row("a", "Wang, \"Xiao\" Ming", &["Sales, East"])]);
}

#[test]
fn rows_of_the_same_person_are_merged() {
    let text = "userid,name,department\na,,Sales\nA,Wang,Sales\n a ,Li,Support\nb,Li,\n,,\n";
    assert_eq!(rows(text.as_bytes()), [row("a", "Wang", &["Sales", "Support"]), row("b", "Li", &[])]);
    assert_eq!(userids(&people(text.as_bytes())), ["a", "b"]);
}

#[test]
fn a_missing_column_is_named_with_what_was_found() {
    for (text, missing, message) in [
        (
            "userid,name\n",
            vec![Column::Department],
            "the roster has no column `department` (or 部门): add it to userid, name",
        ),
        (
            "姓名;手机\n",
            vec![Column::Userid, Column::Department],
            "the roster has no column `userid` (or 账号) and `department` (or 部门): add it to 姓名, 手机",
        ),
    ] {
        let error = refusal(text);
        assert_eq!(error.to_string(), message);
        let RosterError::MissingColumns { missing: found, .. } = error else { panic!("{error}") };
        assert_eq!(found, missing);
    }
}

#[test]
fn a_file_without_people_is_refused() {
    for text in ["", " \n", "\u{feff}", "userid,name,department\n", "userid,name,department\n,,\n\n"] {
        assert_eq!(refusal(text), RosterError::Empty, "{text:?}");
    }
}

#[test]
fn nobody_is_lost_in_a_quote_that_is_not_closed() {
    let headings = "userid,name,department\n";
    for (rows, line) in [
        ("a,\"Wang,Sales\nb,Li,Sales\n", 2),
        ("a,Wang,Sales\nb,Li,Sales,\"a note\nc,Zhao,Sales\n", 3),
        ("a,Wang,Sales\nb,\"Li,Sales\nc,\"Zhao\",Sales\nd,Sun,Sales\n", 3),
    ] {
        assert_eq!(refusal(&format!("{headings}{rows}")), RosterError::OpenQuote { line }, "{rows}");
    }
}

#[test]
fn a_row_without_a_userid_is_refused() {
    assert_eq!(refusal("userid,name,department\na,Wang,\n,Li,\n"), RosterError::MissingUserid { line: 3 });
    assert_eq!(refusal("name,userid,department\nWang\n"), RosterError::MissingUserid { line: 2 });
}

#[test]
fn a_column_that_is_there_twice_is_refused() {
    assert_eq!(refusal("userid,账号,name,department\na,b,c,d\n"), RosterError::RepeatedColumn(Column::Userid));
}

#[test]
fn what_is_no_text_is_refused() {
    for bytes in [&b"PK\x03\x04\x14\x00\x08\x08"[..], b"userid,name,department\na,\xff\xff,\n", b"u\0s\0e\0r\0"] {
        assert_eq!(Roster::from_csv(bytes).unwrap_err(), RosterError::NotText, "{bytes:?}");
    }
}

#[test]
fn messages_come_in_both_languages() {
    let two = vec![Column::Userid, Column::Name];
    for error in [
        RosterError::NotText,
        RosterError::Empty,
        RosterError::NoHeadings,
        RosterError::MissingColumns { missing: two, found: vec!["部门".to_owned()] },
        RosterError::RepeatedColumn(Column::Name),
        RosterError::MissingUserid { line: 7 },
        RosterError::OpenQuote { line: 7 },
    ] {
        let [english, chinese] = [Language::English, Language::Chinese].map(|to| error.in_language(to).to_string());
        assert!(english.contains("roster") && english.contains(": "), "{english}");
        assert!(chinese.starts_with("名单"), "{chinese}");
        assert!(!english.contains('\n') && !chinese.contains('\n'));
    }
}

#[test]
fn a_first_line_that_names_the_separator_is_skipped() {
    let roster = Roster::from_csv(b"sep=;\r\nuserid;name;department\r\nuser1;Wang;Sales\r\n").unwrap();
    assert_eq!(roster.member(&"user1".into()).unwrap().name.as_deref(), Some("Wang"));
}
