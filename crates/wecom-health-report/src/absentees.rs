//! Who has not reported.

use std::borrow::Borrow;
use std::collections::HashMap;

use chrono::{Datelike, Weekday};
use wecom_health_model::{Answer, JobId, JobInfo, NaiveDate, ReportType, YesNo};

use crate::answered::Answered;
use crate::outcome::{Absentees, DepartmentTally, FinishCount, Tally};
use crate::person::{DepartmentLabel, Person, key};
use crate::roster::{Expected, Roster};

/// Returns who has reported on a day, who has not, and what could not be seen.
///
/// Of the answers, only who gave them is read. Give those of the day; of a job that is reported once, give those of every day that the
/// server still has.
///
/// - Expected are the people and departments of the job's range, and all departments below these. With a roster from a file, all who are
///   in the file are expected, and the range is not looked at.
/// - On a weekend, a job that leaves weekends out expects nobody. Holidays are not known.
/// - Where parents report, the students are expected, and one parent is enough.
/// - Somebody who answered and is not expected is neither reported nor absent, but in [`Absentees::not_expected`].
/// - Whatever could not be seen is named in [`Absentees::incomplete`].
pub fn absentees(
    jobid: &JobId,
    job: &JobInfo,
    date: NaiveDate,
    roster: &Roster,
    answers: impl IntoIterator<Item: Borrow<Answer>>,
) -> Absentees {
    let mut answered = Answered::of(answers);
    let finish_count = FinishCount::new(job.finish_cnt, answered.len());
    let day_off = is_day_off(job, date);
    let Expected { people, mut incomplete } = if day_off { Expected::default() } else { roster.expected(job) };
    let (reported, absent) = in_order(people, |person| answered.take(job.type_, &person.userid));
    if !absent.is_empty() {
        incomplete.older_answers = job.report_type == ReportType::Once;
        incomplete.answers_of_nobody = answered.anonymous;
    }
    Absentees {
        jobid: jobid.clone(),
        date,
        day_off,
        counts: Tally::new(reported.len(), absent.len()),
        by_department: by_department(&reported, &absent),
        reported,
        absent,
        not_expected: answered.into_people(roster),
        finish_count,
        incomplete,
    }
}

/// Returns whether a job expects nobody on a day, because it leaves weekends out. No roster is needed then.
pub fn is_day_off(job: &JobInfo, date: NaiveDate) -> bool {
    job.skip_weekend == YesNo::Yes && matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Sorts people by userid, and parts those who reported from those who did not.
fn in_order(mut people: Vec<Person>, mut has_reported: impl FnMut(&Person) -> bool) -> (Vec<Person>, Vec<Person>) {
    people.sort_by_cached_key(|person| key(&person.userid));
    people.into_iter().partition(|person| has_reported(person))
}

/// Counts people in each of their departments, and those without one under a label without id and name.
fn by_department(reported: &[Person], absent: &[Person]) -> Vec<DepartmentTally> {
    let nowhere = [DepartmentLabel::default()];
    let mut counts: HashMap<&DepartmentLabel, [usize; 2]> = HashMap::new();
    for (column, people) in [reported, absent].into_iter().enumerate() {
        for person in people {
            let departments = if person.departments.is_empty() { &nowhere[..] } else { &person.departments };
            for department in departments {
                counts.entry(department).or_default()[column] += 1;
            }
        }
    }
    let tallies = counts.into_iter().map(|(department, [reported, absent])| DepartmentTally {
        department: department.clone(),
        counts: Tally::new(reported, absent),
    });
    let mut tallies: Vec<_> = tallies.collect();
    // Those without a department come last.
    tallies.sort_by(|a, b| (a.is_nowhere(), &a.department).cmp(&(b.is_nowhere(), &b.department)));
    tallies
}
