//! A large company: right by arithmetic, and fast.
//!
//! ```sh
//! cargo test --release -p wecom-health-report --test speed -- --ignored --nocapture
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::{Duration, Instant};

use serde_json::json;
use support::{by_member, departments, job, member, report};
use wecom_health_report::Roster;
use wecom_health_report::model::{Answer, Department, DepartmentId, Member};

mod support;

const DEPARTMENTS: i64 = 2_000;
const DEPTH: i64 = 12;
/// The range has as many of the chains.
const CHAINS_IN_RANGE: i64 = 90;

/// Below department 1 are chains of departments, each below the one before: 2 to 13, 14 to 25, and so on.
fn chain(department: i64) -> i64 {
    (department - 2).div_euclid(DEPTH)
}

fn list() -> Vec<Department> {
    let parent = |id: i64| if (id - 2) % DEPTH == 0 { 1 } else { id - 1 };
    let mut edges = vec![(1, 0)];
    // Children before their parents.
    edges.extend((2..=DEPARTMENTS).rev().map(|id| (id, parent(id))));
    departments(&edges)
}

/// Everybody is in one department, and every third in another too.
fn departments_of(person: i64) -> Vec<i64> {
    let first = person % DEPARTMENTS + 1;
    if person % 3 == 0 { vec![first, (person * 7) % DEPARTMENTS + 1] } else { vec![first] }
}

fn members(people: i64) -> Vec<Vec<Member>> {
    let mut members = vec![Vec::new(); usize::try_from(DEPARTMENTS).unwrap() + 1];
    for person in 0..people {
        let own = departments_of(person);
        for department in &own {
            members[usize::try_from(*department).unwrap()].push(member(&format!("user{person}"), "Name", &own));
        }
    }
    members
}

/// Counts who is expected, and who of them is absent, without a tree.
fn by_arithmetic(people: i64, answers: i64) -> (usize, usize) {
    let is_expected =
        |person: &i64| departments_of(*person).iter().any(|id| (0..CHAINS_IN_RANGE).contains(&chain(*id)));
    let expected: Vec<i64> = (0..people).filter(is_expected).collect();
    (expected.len(), expected.into_iter().filter(|person| *person >= answers).count())
}

fn time(people: i64, answers: i64) -> Duration {
    let heads: Vec<i64> = (0..CHAINS_IN_RANGE).map(|chain| 2 + chain * DEPTH).collect();
    let job = job(json!({ "apply_range": { "partyids": heads } }));
    let (list, mut members) = (list(), members(people));
    let answers_given: Vec<Answer> = (0..answers).map(|person| by_member(&format!("USER{person}"))).collect();

    let begin = Instant::now();
    let mut roster = Roster::new();
    roster.add_departments(list);
    let needed = roster.departments_of(&job.apply_range);
    for id in &needed {
        roster.add_members(*id, std::mem::take(&mut members[usize::try_from(i64::from(*id)).unwrap()]));
    }
    let absent = report(&job, &roster, &answers_given);
    let taken = begin.elapsed();

    assert_eq!(needed.len(), usize::try_from(CHAINS_IN_RANGE * DEPTH).unwrap());
    assert!(needed.contains(&DepartmentId::from(2)) && absent.is_complete());
    assert_eq!((absent.counts.expected, absent.counts.absent), by_arithmetic(people, answers));
    taken
}

#[test]
#[ignore = "for the optimised build"]
fn fifty_thousand_people_take_well_under_a_second() {
    let (one, four) = (time(50_000, 30_000), time(200_000, 120_000));
    println!(
        "50,000 people, 2,000 departments, 30,000 answers: {one:?}; four times as many people and answers: {four:?}"
    );
    assert!(one < Duration::from_millis(500), "{one:?}");
    assert!(four < one * 12, "the time grows faster than the number of people: {one:?}, {four:?}");
}

#[test]
#[ignore = "for the optimised build"]
fn a_file_made_to_take_long_takes_no_longer() {
    let rows = |of: fn(usize) -> String| (0..200_000).map(of).collect::<String>();
    let heading = "userid,name,department\n".to_owned();
    for (what, file) in [
        ("200,000 people", heading.clone() + &rows(|row| format!("user{row},Name,Department {}\n", row % 2_000))),
        ("one person in 200,000 departments", heading + &rows(|row| format!("user,Name,Department {row}\n"))),
    ] {
        let begin = Instant::now();
        let roster = Roster::from_csv(file.as_bytes()).unwrap();
        let counts = report(&job(json!({})), &roster, &[]).counts;
        println!("a file of {what}: {:?}", begin.elapsed());
        assert!(counts.expected == 200_000 || counts.expected == 1);
        assert!(begin.elapsed() < Duration::from_secs(2));
    }
}
