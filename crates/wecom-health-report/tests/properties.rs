//! For any departments, ranges and answers, the result is that of a slow and simple way to count: a matrix says which department is
//! below which, and everybody is looked at for every question.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::json;
use support::{departments, job, member, of, school_departments, student};
use wecom_health_report::model::{Answer, JobInfo, NaiveDate};
use wecom_health_report::{Absentees, DepartmentLabel, Person, Roster, absentees};

mod support;

/// How many departments and userids there are to choose from.
const MANY: usize = 9;

/// The id of a department; some are beyond 32 bits.
fn id(department: usize) -> i64 {
    if department.is_multiple_of(3) { (1 << 33) + department as i64 } else { department as i64 }
}

/// A userid in one of two spellings.
fn spelled(user: usize, upper: bool) -> String {
    let userid = format!("user{user}");
    if upper { userid.to_uppercase() } else { userid }
}

/// Somebody: who, in which spelling, and all departments.
type Entry = (usize, bool, Vec<usize>);

/// An address book: pairs of department and parent, and the departments that were read, each with its people.
#[derive(Clone, Debug)]
struct Book {
    edges: Vec<(usize, usize)>,
    read: Vec<(usize, Vec<Entry>)>,
}

#[derive(Clone, Debug)]
struct World {
    company: Book,
    school: Book,
    job_type: i64,
    report_type: i64,
    skip_weekend: i64,
    day: u32,
    users: Vec<(usize, bool)>,
    parties: Vec<usize>,
    /// Kind of reporter, who, and in which spelling.
    answers: Vec<(i64, usize, bool)>,
}

fn book() -> impl Strategy<Value = Book> {
    let person = (0..MANY, any::<bool>(), prop::collection::vec(0..MANY, 0..3));
    let people = prop::collection::vec(person, 0..4);
    let read = subsequence((0..MANY).collect::<Vec<_>>(), 0..=MANY).prop_flat_map(move |read| {
        let lists = prop::collection::vec(people.clone(), read.len());
        lists.prop_map(move |lists| read.iter().copied().zip(lists).collect())
    });
    (prop::collection::vec((0..MANY, 0..MANY), 0..14), read).prop_map(|(edges, read)| Book { edges, read })
}

fn world() -> impl Strategy<Value = World> {
    let fields = (1..=3_i64, 1..=2_i64, 0..=1_i64, 23..=29_u32);
    let users = prop::collection::vec((0..MANY, any::<bool>()), 0..4);
    let parties = prop::collection::vec(0..MANY, 0..3);
    let answers = prop::collection::vec((prop::sample::select(vec![1, 1, 2, 2, 9]), 0..MANY, any::<bool>()), 0..10);
    (book(), book(), fields, users, parties, answers).prop_map(|(company, school, fields, users, parties, answers)| {
        let (job_type, report_type, skip_weekend, day) = fields;
        World { company, school, job_type, report_type, skip_weekend, day, users, parties, answers }
    })
}

impl World {
    fn job(&self) -> JobInfo {
        let userids: Vec<_> = self.users.iter().map(|(user, upper)| spelled(*user, *upper)).collect();
        let partyids: Vec<_> = self.parties.iter().map(|department| id(*department)).collect();
        job(json!({
            "type": self.job_type, "report_type": self.report_type, "skip_weekend": self.skip_weekend,
            "apply_range": { "userids": userids, "partyids": partyids },
        }))
    }

    fn date(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(2020, 3, self.day).unwrap()
    }

    fn roster(&self) -> Roster {
        let mut roster = Roster::new();
        let edges: Vec<_> = self.company.edges.iter().map(|(own, parent)| (id(*own), id(*parent))).collect();
        roster.add_departments(departments(&edges));
        let edges: Vec<_> = self.school.edges.iter().map(|(own, parent)| (id(*own), id(*parent), "Class")).collect();
        roster.add_school_departments(school_departments(&edges));
        let ids = |departments: &[usize]| departments.iter().map(|department| id(*department)).collect::<Vec<_>>();
        for (department, people) in &self.company.read {
            let people = people.iter().map(|(user, upper, own)| member(&spelled(*user, *upper), "", &ids(own)));
            roster.add_members(id(*department).into(), people);
        }
        for (department, people) in &self.school.read {
            let people = people.iter().map(|(user, upper, own)| student(&spelled(*user, *upper), "", &ids(own)));
            roster.add_students(id(*department).into(), people);
        }
        roster
    }

    fn answers(&self) -> Vec<Answer> {
        let answer = |(kind, user, upper): &(i64, usize, bool)| {
            let userid = spelled(*user, *upper);
            of(json!({ "id_type": kind, "userid": userid, "student_userid": userid, "parent_userid": "x" }))
        };
        self.answers.iter().map(answer).collect()
    }

    fn report(&self) -> Absentees {
        absentees(&"jobid1".into(), &self.job(), self.date(), &self.roster(), self.answers())
    }
}

/// The naive way.
impl World {
    fn is_day_off(&self) -> bool {
        // The 28th of that March is a Saturday.
        self.skip_weekend == 1 && self.day >= 28
    }

    fn book(&self) -> Book {
        match self.job_type {
            1 => self.company.clone(),
            2 => self.school.clone(),
            _ => Book { edges: vec![], read: vec![] },
        }
    }

    /// Everybody who answered, as a member or as a student.
    fn answered(&self, kind: i64) -> BTreeSet<usize> {
        self.answers.iter().filter(|answer| answer.0 == kind).map(|answer| answer.1).collect()
    }

    fn reported(&self, user: usize) -> bool {
        let as_member = self.answered(1).contains(&user);
        let as_student = self.answered(2).contains(&user);
        (as_member && self.job_type != 2) || (as_student && self.job_type != 1)
    }

    fn expected(&self) -> BTreeSet<usize> {
        let (book, below) = (self.book(), self.book().below());
        let in_range = |user: usize| {
            let named = self.users.iter().any(|(named, _)| *named == user);
            named || (0..MANY).any(|at| book.has(at, user) && self.parties.iter().any(|party| below[at][*party]))
        };
        if self.is_day_off() { BTreeSet::new() } else { (0..MANY).filter(|user| in_range(*user)).collect() }
    }
}

impl Book {
    /// Which department is below which, or the same.
    fn below(&self) -> [[bool; MANY]; MANY] {
        let mut below = [[false; MANY]; MANY];
        for (own, parent) in &self.edges {
            below[*own][*parent] = true;
        }
        for (at, row) in below.iter_mut().enumerate() {
            row[at] = true;
        }
        for between in 0..MANY {
            for low in 0..MANY {
                for high in 0..MANY {
                    below[low][high] |= below[low][between] && below[between][high];
                }
            }
        }
        below
    }

    /// Whether somebody is in a department.
    fn has(&self, department: usize, user: usize) -> bool {
        self.read.iter().any(|(read, people)| {
            people.iter().any(|(person, _, own)| *person == user && (*read == department || own.contains(&department)))
        })
    }

    fn lists(&self, department: usize) -> bool {
        self.edges.iter().any(|(own, _)| *own == department)
    }
}

fn users<'a>(people: impl IntoIterator<Item = &'a Person>) -> Vec<usize> {
    people.into_iter().map(|person| person.userid.as_ref().to_lowercase()[4..].parse().unwrap()).collect()
}

fn ids(labels: &[DepartmentLabel]) -> Vec<i64> {
    labels.iter().map(|label| label.id.unwrap().into()).collect()
}

fn sorted(departments: impl Iterator<Item = usize>) -> Vec<i64> {
    departments.map(id).collect::<BTreeSet<_>>().into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn expected_are_the_reported_and_the_absent(world in world()) {
        let absent = world.report();
        let (expected, reported) = (users(absent.expected()), users(&absent.reported));
        let [expected_set, reported_set] = [&expected, &reported].map(|users| users.iter().copied().collect::<BTreeSet<_>>());
        prop_assert_eq!(expected.len(), expected_set.len(), "nobody is in two lists or twice in one");
        prop_assert_eq!(&expected_set, &world.expected());
        prop_assert_eq!(reported_set, expected_set.iter().copied().filter(|user| world.reported(*user)).collect());
        prop_assert_eq!(absent.counts.expected, absent.counts.reported + absent.counts.absent);
        prop_assert_eq!([absent.counts.reported, absent.counts.absent], [absent.reported.len(), absent.absent.len()]);
        let rate = absent.counts.rate.map(|rate| (rate * absent.counts.expected as f64).round() as usize);
        prop_assert_eq!(rate, (!expected_set.is_empty()).then_some(absent.counts.reported));
    }

    #[test]
    fn who_answered_is_reported_or_not_expected(world in world()) {
        let absent = world.report();
        let expected = world.expected();
        let apart = |kind, job_type| {
            let answered = world.answered(kind);
            let counts = move |user: &usize| ![job_type, 3].contains(&world.job_type) || !expected.contains(user);
            answered.into_iter().filter(counts).collect::<Vec<_>>()
        };
        let (members, students) = (apart.clone()(1, 1), apart(2, 2));
        prop_assert_eq!(users(&absent.not_expected), [members, students].concat());
        let people = world.answered(1).len() + world.answered(2).len();
        prop_assert_eq!(absent.finish_count.by_answers, people);
    }

    #[test]
    fn what_was_not_seen_is_named(world in world()) {
        let incomplete = world.report().incomplete;
        let (book, below, off) = (world.book(), world.book().below(), world.is_day_off());
        let needed = |at: usize| !off && world.parties.iter().any(|party| below[at][*party]);
        let read = |at: usize| book.read.iter().any(|(read, _)| *read == at);
        let not_seen = (0..MANY).filter(|at| needed(*at) && book.lists(*at) && !read(*at));
        let unknown = (0..MANY).filter(|at| needed(*at) && !book.lists(*at));
        prop_assert_eq!(ids(&incomplete.departments_not_seen), sorted(not_seen));
        prop_assert_eq!(ids(&incomplete.departments_unknown), sorted(unknown));
        let range_empty = world.users.is_empty() && world.parties.is_empty();
        prop_assert_eq!(incomplete.range_empty, !off && range_empty);
        prop_assert_eq!(incomplete.job_type_unknown, !off && world.job_type == 3);
        let is_absent = world.expected().iter().any(|user| !world.reported(*user));
        prop_assert_eq!(incomplete.older_answers, is_absent && world.report_type == 1);
        let nobody = world.answers.iter().filter(|answer| answer.0 == 9).count();
        prop_assert_eq!(incomplete.answers_of_nobody, if is_absent { nobody } else { 0 });
    }

    #[test]
    fn departments_to_fetch_are_those_that_are_needed(world in world()) {
        let range = world.job().apply_range;
        let roster = world.roster();
        let needed = |book: &Book| {
            let below = book.below();
            sorted((0..MANY).filter(|at| book.lists(*at) && world.parties.iter().any(|party| below[*at][*party])))
        };
        let company: Vec<i64> = roster.departments_of(&range).into_iter().map(i64::from).collect();
        let school: Vec<i64> = roster.school_departments_of(&range).into_iter().map(i64::from).collect();
        prop_assert_eq!(company, needed(&world.company));
        prop_assert_eq!(school, needed(&world.school));
    }

    #[test]
    fn everybody_counts_in_each_department(world in world()) {
        let absent = world.report();
        let (book, expected) = (world.book(), world.expected());
        let none = |user: usize| (0..MANY).all(|at| !book.has(at, user));
        let count = |is_in: &dyn Fn(usize) -> bool| {
            let people: Vec<_> = expected.iter().copied().filter(|user| is_in(*user)).collect();
            let reported = people.iter().filter(|user| world.reported(**user)).count();
            (people.len(), reported)
        };
        let mut counts: Vec<_> = (0..MANY).map(|at| (Some(id(at)), count(&|user| book.has(at, user)))).collect();
        counts.sort();
        counts.push((None, count(&none)));
        counts.retain(|(_, (expected, _))| *expected > 0);
        let found = absent.by_department.iter().map(|tally| {
            (tally.department.id.map(i64::from), (tally.counts.expected, tally.counts.reported))
        });
        prop_assert_eq!(found.collect::<Vec<_>>(), counts);
    }
}
