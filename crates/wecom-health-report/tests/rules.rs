//! Who is expected, who has reported, and what makes a result incomplete: one test for each rule.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use serde_json::json;
use support::{
    by_member, by_parent, company, date, departments, job, member, of, report, school_departments, student, userids,
};
use wecom_health_report::model::{Answer, DepartmentId, SchoolDepartmentId};
use wecom_health_report::{Absentees, Roster, absentees};

mod support;

/// The ids of departments that were not seen, and of those that are unknown.
fn departments_missing(absent: &Absentees) -> [Vec<i64>; 2] {
    let incomplete = &absent.incomplete;
    [&incomplete.departments_not_seen, &incomplete.departments_unknown]
        .map(|list| list.iter().map(|label| label.id.unwrap().into()).collect())
}

#[test]
fn people_of_the_range_are_expected() {
    let absent = report(&job(json!({ "apply_range": { "userids": ["of3", "stranger"] } })), &company(), &[]);
    assert_eq!(userids(&absent.absent), ["of3", "stranger"]);
    assert_eq!(absent.absent[0].name.as_deref(), Some("Name3"));
    assert_eq!((absent.absent[1].name.as_deref(), absent.absent[1].departments.len()), (None, 0));
    assert!(absent.is_complete());
}

#[test]
fn members_of_departments_and_of_all_below_are_expected() {
    let absent = report(&job(json!({ "apply_range": { "partyids": [2] } })), &company(), &[by_member("of3")]);
    assert_eq!(userids(&absent.absent), ["of2"]);
    assert_eq!(userids(&absent.reported), ["of3"]);
    assert_eq!(userids(absent.expected()), ["of3", "of2"]);
    assert!(absent.is_complete());
}

#[test]
fn somebody_in_the_range_twice_is_expected_once() {
    let range = json!({ "apply_range": { "userids": ["OF2", "of2", "x", "X"], "partyids": [1, 2, 2] } });
    let absent = report(&job(range), &company(), &[]);
    assert_eq!(userids(&absent.absent), ["of1", "of2", "of3", "x"]);
}

#[test]
fn company_and_school_number_their_departments_apart() {
    let mut roster = company();
    roster.add_school_departments(school_departments(&[(1, 0, "School"), (2, 1, "Class 1")]));
    roster.add_students(2.into(), [student("pupil", "Name of a pupil", &[2])]);
    let range = json!({ "partyids": [2] });
    let members = report(&job(json!({ "type": 1, "apply_range": range })), &roster, &[]);
    let students = report(&job(json!({ "type": 2, "apply_range": range })), &roster, &[]);
    assert_eq!(userids(&members.absent), ["of2", "of3"]);
    assert_eq!(userids(&students.absent), ["pupil"]);
    assert_eq!(students.absent[0].departments[0].name.as_deref(), Some("Class 1"));
    assert!(members.is_complete() && students.is_complete());
}

#[test]
fn userids_compare_without_regard_to_case() {
    let absent = report(&job(json!({ "apply_range": { "partyids": [3] } })), &company(), &[by_member("OF3")]);
    assert_eq!(userids(&absent.reported), ["of3"]);
    assert!(absent.absent.is_empty() && absent.not_expected.is_empty());
}

#[test]
fn a_student_has_reported_if_any_parent_has() {
    let mut roster = Roster::new();
    roster.add_school_departments(school_departments(&[(5, 1, "Class 1")]));
    roster.add_students(5.into(), ["a", "b"].map(|userid| student(userid, "Name", &[5])));
    let job = job(json!({ "type": 2, "apply_range": { "partyids": [5] } }));
    let absent = report(&job, &roster, &[by_parent("a", "mother"), by_parent("A", "father")]);
    assert_eq!((userids(&absent.reported), userids(&absent.absent)), (vec!["a"], vec!["b"]));
    assert_eq!(absent.finish_count.by_answers, 1);
}

#[test]
fn a_member_is_not_taken_for_a_student_of_the_same_id() {
    let job = job(json!({ "apply_range": { "userids": ["a"] } }));
    let absent = report(&job, &company(), &[by_parent("a", "mother")]);
    assert_eq!((userids(&absent.absent), userids(&absent.not_expected)), (vec!["a"], vec!["a"]));
}

#[test]
fn weekends_expect_nobody_where_the_job_skips_them() {
    let range = json!({ "partyids": [1, 99] });
    for (skip_weekend, day, day_off) in
        [(1, "2020-03-27", false), (1, "2020-03-28", true), (1, "2020-03-29", true), (0, "2020-03-28", false)]
    {
        let job = job(json!({ "skip_weekend": skip_weekend, "apply_range": range }));
        let absent = absentees(&"jobid1".into(), &job, day.parse().unwrap(), &company(), [by_member("of1")]);
        assert_eq!((absent.day_off, absent.counts.expected), (day_off, if day_off { 0 } else { 3 }), "{day}");
        assert_eq!(absent.not_expected.len(), usize::from(day_off), "{day}");
        assert_eq!(absent.is_complete(), day_off, "{day}");
    }
}

#[test]
fn of_a_job_reported_once_every_day_counts_and_older_ones_are_missed() {
    let once = job(json!({ "report_type": 1, "apply_range": { "userids": ["a", "b", "c"] } }));
    let (thursday, friday) = ([by_member("a")], [by_member("b"), by_member("a")]);
    let both = thursday.iter().chain(&friday);
    let absent = absentees(&"jobid1".into(), &once, date(), &company(), both);
    assert_eq!((userids(&absent.reported), userids(&absent.absent)), (vec!["a", "b"], vec!["c"]));
    assert!(absent.incomplete.older_answers && !absent.is_complete());
}

#[test]
fn older_answers_are_not_missed_if_nobody_is_absent() {
    let once = job(json!({ "report_type": 1, "apply_range": { "userids": ["a"] } }));
    assert!(report(&once, &company(), &[by_member("a")]).is_complete());
    let daily = job(json!({ "report_type": 2, "apply_range": { "userids": ["a"] } }));
    assert!(report(&daily, &company(), &[]).is_complete());
}

#[test]
fn people_who_are_not_expected_are_listed_apart() {
    let job = job(json!({ "apply_range": { "partyids": [3] } }));
    let absent = report(&job, &company(), &[by_member("of1"), by_member("stranger"), by_member("of1")]);
    assert_eq!(userids(&absent.not_expected), ["of1", "stranger"]);
    assert_eq!(absent.not_expected[0].name.as_deref(), Some("Name1"));
    assert_eq!((absent.counts.expected, absent.counts.reported), (1, 0));
}

#[test]
fn an_empty_range_makes_the_result_incomplete() {
    for range in [json!({}), json!({ "apply_range": {} }), json!({ "apply_range": { "partyids": [] } })] {
        let absent = report(&job(range), &company(), &[]);
        assert!(absent.incomplete.range_empty && !absent.is_complete());
    }
}

#[test]
fn a_department_that_the_list_lacks_is_named() {
    let beyond_32_bits = 1_i64 << 40;
    let absent = report(&job(json!({ "apply_range": { "partyids": [3, beyond_32_bits] } })), &company(), &[]);
    assert_eq!(userids(&absent.absent), ["of3"]);
    assert_eq!(departments_missing(&absent), [vec![], vec![beyond_32_bits]]);
}

#[test]
fn what_is_below_a_department_that_the_list_lacks_is_expected() {
    let mut roster = Roster::new();
    // An app that sees a part of the company gets the root's id, but not the root.
    roster.add_departments(departments(&[(2, 1)]));
    roster.add_members(2.into(), [member("a", "Name", &[2])]);
    let absent = report(&job(json!({ "apply_range": { "partyids": [1] } })), &roster, &[]);
    assert_eq!(userids(&absent.absent), ["a"]);
    assert_eq!(departments_missing(&absent), [vec![], vec![1]]);
}

#[test]
fn departments_that_were_refused_are_named() {
    let mut roster = Roster::new();
    roster.add_departments(departments(&[(1, 0), (2, 1), (3, 2)]));
    // The server answered for 2 and refused 1 and 3. A member of 2 turns out to be in 3 too.
    roster.add_members(2.into(), [member("a", "Name", &[2, 3])]);
    let absent = report(&job(json!({ "apply_range": { "partyids": [1] } })), &roster, &[]);
    assert_eq!((userids(&absent.absent), departments_missing(&absent)), (vec!["a"], [vec![1, 3], vec![]]));
    let absent = report(&job(json!({ "apply_range": { "partyids": [3] } })), &roster, &[]);
    assert_eq!((userids(&absent.absent), departments_missing(&absent)), (vec!["a"], [vec![3], vec![]]));
}

#[test]
fn without_an_address_book_every_department_is_unknown() {
    let job = job(json!({ "apply_range": { "userids": ["a"], "partyids": [1, 2] } }));
    let absent = report(&job, &Roster::new(), &[]);
    assert_eq!((userids(&absent.absent), departments_missing(&absent)), (vec!["a"], [vec![], vec![1, 2]]));
}

#[test]
fn a_department_without_members_is_seen() {
    let mut roster = company();
    roster.add_departments(departments(&[(4, 3)]));
    let job = job(json!({ "apply_range": { "partyids": [3] } }));
    assert_eq!(departments_missing(&report(&job, &roster, &[])), [vec![4], vec![]]);
    roster.add_members(4.into(), []);
    assert!(report(&job, &roster, &[]).is_complete());
}

#[test]
fn a_type_of_job_that_is_new_makes_the_result_incomplete() {
    let job = job(json!({ "type": 7, "apply_range": { "userids": ["a", "b"], "partyids": [1] } }));
    let absent = report(&job, &company(), &[by_member("a"), by_parent("b", "mother")]);
    assert_eq!(userids(&absent.reported), ["a", "b"]);
    assert!(absent.incomplete.job_type_unknown);
    assert_eq!(departments_missing(&absent), [vec![], vec![1]]);
}

#[test]
fn answers_that_name_nobody_are_counted() {
    let job = job(json!({ "apply_range": { "userids": ["a"] } }));
    let nobody: Answer = of(json!({ "id_type": 9, "userid": "a" }));
    let absent = report(&job, &company(), &[nobody]);
    assert_eq!((userids(&absent.absent), absent.incomplete.answers_of_nobody), (vec!["a"], 1));
    assert!(!absent.is_complete());
}

#[test]
fn a_cycle_of_departments_ends() {
    let mut roster = Roster::new();
    roster.add_departments(departments(&[(1, 3), (2, 1), (3, 2), (4, 4)]));
    for id in 1..=4 {
        roster.add_members(id.into(), [member(&format!("of{id}"), "Name", &[id])]);
    }
    let absent = report(&job(json!({ "apply_range": { "partyids": [2, 4] } })), &roster, &[]);
    assert_eq!(userids(&absent.absent), ["of1", "of2", "of3", "of4"]);
}

#[test]
fn each_department_that_is_needed_is_to_be_fetched_once() {
    let mut roster = company();
    roster.add_departments(departments(&[(2, 1), (4, 0), (1 << 40, 3)]));
    roster.add_school_departments(school_departments(&[(2, 1, "Class 1")]));
    let range = of(json!({ "partyids": [2, 3, 2, 99] }));
    let company: Vec<DepartmentId> = roster.departments_of(&range).into_iter().collect();
    let school: Vec<SchoolDepartmentId> = roster.school_departments_of(&range).into_iter().collect();
    assert_eq!(company, [2, 3, 1 << 40].map(DepartmentId::from));
    assert_eq!(school, [SchoolDepartmentId::from(2)]);
}

#[test]
fn somebody_in_several_departments_counts_in_each() {
    let mut roster = company();
    roster.add_members(3.into(), [member("OF2", "", &[2])]);
    let job = job(json!({ "apply_range": { "userids": ["stranger"], "partyids": [2] } }));
    let absent = report(&job, &roster, &[by_member("of2")]);
    let counts = absent.by_department.iter().map(|tally| {
        let counts = tally.counts;
        (tally.department.id.map(i64::from), [counts.expected, counts.reported, counts.absent], counts.rate)
    });
    let expected = [(Some(2), [1, 1, 0], Some(1.0)), (Some(3), [2, 1, 1], Some(0.5)), (None, [1, 0, 1], Some(0.0))];
    assert_eq!(counts.collect::<Vec<_>>(), expected);
    assert_eq!((absent.counts.expected, absent.counts.reported), (3, 1));
}

#[test]
fn a_difference_from_the_count_of_the_job_is_data() {
    for (finish_cnt, difference) in [(10, 8), (2, 0), (0, -2), (i64::MIN, i64::MIN)] {
        let job = job(json!({ "finish_cnt": finish_cnt, "apply_range": { "userids": ["a"] } }));
        let absent = report(&job, &company(), &["a", "A", "b"].map(by_member));
        let count = absent.finish_count;
        assert_eq!((count.by_job, count.by_answers, count.difference), (finish_cnt, 2, difference));
        assert!(absent.is_complete());
    }
}

#[test]
fn a_file_says_who_is_expected_whatever_the_range() {
    let roster = Roster::from_csv(b"userid,name,department\na,Name,Sales\nb,,\n").unwrap();
    for (job_type, answer) in [(1, by_member("A")), (2, by_parent("A", "mother"))] {
        let job = job(json!({ "type": job_type, "apply_range": { "userids": ["c"], "partyids": [1] } }));
        let absent = report(&job, &roster, &[answer]);
        assert_eq!((userids(&absent.reported), userids(&absent.absent)), (vec!["a"], vec!["b"]));
        assert!(absent.is_complete());
    }
    assert!(report(&job(json!({})), &roster, &[]).is_complete());
}

#[test]
fn a_result_is_written_as_json() {
    let mut roster = Roster::new();
    roster.add_school_departments(school_departments(&[(5, 1, "Class 1"), (6, 5, "Class 2")]));
    roster.add_students(5.into(), [student("a", "Name", &[5])]);
    let job = job(json!({ "type": 2, "report_type": 1, "finish_cnt": 3, "apply_range": { "partyids": [5, 7] } }));
    let absent = report(&job, &roster, &[by_member("boss")]);
    let expected = json!({
        "jobid": "jobid1", "date": "2020-03-27", "day_off": false,
        "counts": { "expected": 1, "reported": 0, "absent": 1, "rate": 0.0 },
        "by_department": [
            { "department": { "id": 5, "name": "Class 1" }, "expected": 1, "reported": 0, "absent": 1, "rate": 0.0 },
        ],
        "reported": [],
        "absent": [{ "userid": "a", "name": "Name", "departments": [{ "id": 5, "name": "Class 1" }] }],
        "not_expected": [{ "userid": "boss", "departments": [] }],
        "finish_count": { "by_job": 3, "by_answers": 1, "difference": 2 },
        "incomplete": {
            "departments_not_seen": [{ "id": 6, "name": "Class 2" }], "departments_unknown": [{ "id": 7 }],
            "range_empty": false, "job_type_unknown": false, "older_answers": true, "answers_of_nobody": 0,
        },
    });
    assert_eq!(serde_json::to_value(&absent).unwrap(), expected);
}
