//! Names are in results, and nowhere else.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use serde_json::json;
use support::{by_member, company, date, job};
use wecom_health_report::{Roster, absentees};

mod support;

#[test]
fn debug_shows_no_names() {
    let job = job(json!({ "apply_range": { "partyids": [2] } }));
    let file = Roster::from_csv(b"userid,name,department\nof2,Name2,Sales\n").unwrap();
    for roster in [company(), file] {
        let absent = absentees(&"jobid1".into(), &job, date(), &roster, [by_member("of1"), by_member("of3")]);
        assert!(serde_json::to_string(&absent).unwrap().contains("Name"), "the names are there");
        let person = roster.member(&"of2".into()).unwrap();
        for shown in [format!("{roster:?}"), format!("{absent:#?}"), format!("{:?} {person:#?}", absent.absent)] {
            assert!(!shown.contains("Name"), "{shown}");
        }
    }
}

#[test]
fn errors_of_a_file_show_nobody() {
    for file in [
        "Wang,Sales,user1\nLi,Sales,user2\n",
        "userid,name,department\n,Wang,Sales\n",
        "userid,name,department\nuser1,\"Wang,Sales\n",
        "userid,name\nuser1,Wang\n",
    ] {
        let error = Roster::from_csv(file.as_bytes()).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("Wang") && !shown.contains("user1") && !shown.contains("Sales"), "{shown}");
    }
}
