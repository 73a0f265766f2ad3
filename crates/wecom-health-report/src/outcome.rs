//! What came of the question who has not reported, as plain data.

use std::fmt;

use serde::Serialize;
use wecom_health_model::{JobId, NaiveDate};

use crate::person::{DepartmentLabel, Person};

/// Who has reported to a job on a day, and who has not.
///
/// Lists are sorted by userid without regard to case. `Debug` counts people and shows none.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Absentees {
    /// The job.
    pub jobid: JobId,
    /// The day.
    pub date: NaiveDate,
    /// Whether nobody is expected because it is a weekend.
    pub day_off: bool,
    /// How many people are expected, and how many of them have reported.
    pub counts: Tally,
    /// The same for each department. Somebody in several departments counts in each, somebody without one under a label without id and
    /// name. Departments above do not count along.
    pub by_department: Vec<DepartmentTally>,
    /// Those who are expected and have reported.
    pub reported: Vec<Person>,
    /// Those who are expected and have not reported.
    pub absent: Vec<Person>,
    /// Those who have reported and are not expected, members before students.
    pub not_expected: Vec<Person>,
    /// How many people have reported by the server's count and by the answers.
    pub finish_count: FinishCount,
    /// What could not be seen.
    pub incomplete: Incomplete,
}

impl Absentees {
    /// Returns all who are expected: those who have reported, then those who have not.
    pub fn expected(&self) -> impl Iterator<Item = &Person> {
        self.reported.iter().chain(&self.absent)
    }

    /// Returns whether nothing is missing that could change the lists.
    pub fn is_complete(&self) -> bool {
        self.incomplete == Incomplete::default()
    }
}

impl fmt::Debug for Absentees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Absentees");
        fields.field("jobid", &self.jobid).field("date", &self.date).field("counts", &self.counts);
        fields.field("not_expected", &self.not_expected.len()).field("incomplete", &self.incomplete);
        fields.finish_non_exhaustive()
    }
}

/// Counts of people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Tally {
    /// How many are expected.
    pub expected: usize,
    /// How many of them have reported.
    pub reported: usize,
    /// How many of them have not.
    pub absent: usize,
    /// Which part has reported, from 0 to 1; `None` if nobody is expected.
    pub rate: Option<f64>,
}

impl Tally {
    pub(crate) fn new(reported: usize, absent: usize) -> Self {
        let expected = reported + absent;
        #[allow(clippy::cast_precision_loss, reason = "no job has 2^52 people")]
        let rate = (expected > 0).then(|| reported as f64 / expected as f64);
        Self { expected, reported, absent, rate }
    }
}

/// Counts of the people of a department.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DepartmentTally {
    /// The department.
    pub department: DepartmentLabel,
    /// How many of its people are expected, and how many of them have reported.
    #[serde(flatten)]
    pub counts: Tally,
}

impl DepartmentTally {
    /// Whether this counts those without a department.
    pub(crate) fn is_nowhere(&self) -> bool {
        self.department == DepartmentLabel::default()
    }
}

/// How many people have reported by the server's count and by the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FinishCount {
    /// What the job says.
    pub by_job: i64,
    /// How many people gave the answers, expected or not.
    pub by_answers: usize,
    /// The job's count less that of the answers. Other than 0 is no error: both are read at different times.
    pub difference: i64,
}

impl FinishCount {
    pub(crate) fn new(by_job: i64, by_answers: usize) -> Self {
        let counted = i64::try_from(by_answers).unwrap_or(i64::MAX);
        Self { by_job, by_answers, difference: by_job.saturating_sub(counted) }
    }
}

/// What could not be seen, so that the lists may be wrong. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Incomplete {
    /// Departments whose people are expected and were not added to the roster: people may be missing.
    pub departments_not_seen: Vec<DepartmentLabel>,
    /// Departments of the job's range that the list of departments lacks: people may be missing.
    pub departments_unknown: Vec<DepartmentLabel>,
    /// Whether the job's range names nobody, which tells nothing: people may be missing.
    pub range_empty: bool,
    /// Whether the schema does not know the type of the job, so that nobody knows whose departments it names: people may be missing.
    pub job_type_unknown: bool,
    /// Whether some of the absent may have reported earlier than the server's answers go back. So it is with jobs that are reported once.
    pub older_answers: bool,
    /// How many answers name nobody: so many of the absent may have reported.
    pub answers_of_nobody: usize,
}
