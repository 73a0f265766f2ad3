//! Who answered.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use wecom_health_model::{Answer, JobType, Reporter, UserId};

use crate::person::{Person, key};
use crate::roster::Roster;

/// Those who answered, each once. Members and students have userids of their own.
#[derive(Default)]
pub(crate) struct Answered {
    members: BTreeMap<String, UserId>,
    students: BTreeMap<String, UserId>,
    /// How many answers name nobody.
    pub(crate) anonymous: usize,
}

impl Answered {
    pub(crate) fn of(answers: impl IntoIterator<Item: Borrow<Answer>>) -> Self {
        let mut answered = Self::default();
        for answer in answers {
            let (people, userid) = match answer.borrow().reporter() {
                Reporter::Member(member) => (&mut answered.members, member),
                Reporter::Parent { student, .. } => (&mut answered.students, student),
                _ => {
                    answered.anonymous += 1;
                    continue;
                }
            };
            people.entry(key(userid)).or_insert_with(|| userid.clone());
        }
        answered
    }

    /// Takes somebody out, and returns whether that person answered.
    pub(crate) fn take(&mut self, job_type: JobType, userid: &UserId) -> bool {
        let key = key(userid);
        match job_type {
            JobType::Members => self.members.remove(&key).is_some(),
            JobType::Parents => self.students.remove(&key).is_some(),
            // Nobody knows who answers such a job, so either will do.
            _ => self.members.remove(&key).is_some() | self.students.remove(&key).is_some(),
        }
    }

    /// How many people answered.
    pub(crate) fn len(&self) -> usize {
        self.members.len() + self.students.len()
    }

    /// Returns all who are left.
    pub(crate) fn into_people(self, roster: &Roster) -> Vec<Person> {
        let members = self.members.into_values().map(|id| roster.member(&id).unwrap_or_else(|| Person::stranger(&id)));
        let students =
            self.students.into_values().map(|id| roster.student(&id).unwrap_or_else(|| Person::stranger(&id)));
        members.chain(students).collect()
    }
}
