//! What the server serves: jobs, their answers day by day, usage figures, and the address book.
//!
//! It is JSON rather than the client's types, so that fields which those drop are noticed. [`mod@file`] reads it, [`synthetic`]
//! and [`made_up`] generate it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use crate::clock::is_among_latest;
use crate::data::directory::Directory;

pub(crate) mod directory;
pub(crate) mod file;
pub(crate) mod made_up;
pub(crate) mod synthetic;

/// Everything that can be asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Data {
    pub(crate) jobs: BTreeMap<String, Job>,
    pub(crate) usage: ByDay<Usage>,
    pub(crate) company: Directory,
    pub(crate) school: Directory,
}

impl Data {
    /// Returns the job with this id; adds it if there is none.
    pub(crate) fn job(&mut self, id: &str) -> &mut Job {
        self.jobs.entry(id.to_owned()).or_default()
    }

    /// Adds the parts of `other`, which replace those with the same id.
    pub(crate) fn extend(&mut self, other: Self) {
        self.jobs.extend(other.jobs);
        self.usage.extend(other.usage);
        self.company.extend(other.company);
        self.school.extend(other.school);
    }

    /// Generates what was not added, before anything is served.
    pub(crate) fn prepare(&mut self, seed: u64) {
        self.company.prepare(seed);
        self.school.prepare(seed);
        let Self { jobs, company, school, .. } = self;
        for (id, job) in jobs {
            job.info.get_or_insert_with(|| synthetic::job(seed, id, company, school));
        }
    }

    /// Returns the departments and people that a job names.
    pub(crate) fn directory_of(&self, job_info: &Value) -> &Directory {
        if job_info["type"] == 2 { &self.school } else { &self.company }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Job {
    /// If `None`, it is generated when the emulator starts.
    pub(crate) info: Option<Value>,
    pub(crate) answers: ByDay<Answers>,
}

/// The answers to a job on a day.
#[derive(Clone, Debug)]
pub(crate) enum Answers {
    Listed(Vec<Value>),
    /// This many, generated when requested.
    Synthetic(usize),
}

/// The usage figures of a day.
#[derive(Clone, Debug)]
pub(crate) enum Usage {
    Fixed(Value),
    Synthetic,
}

/// Something that differs from day to day.
#[derive(Clone, Debug)]
pub(crate) struct ByDay<T> {
    days: BTreeMap<NaiveDate, T>,
    /// For this many days up to today.
    latest: Option<(u32, T)>,
    other_days: Option<T>,
}

impl<T> Default for ByDay<T> {
    fn default() -> Self {
        Self { days: BTreeMap::new(), latest: None, other_days: None }
    }
}

impl<T> ByDay<T> {
    pub(crate) fn set(&mut self, day: NaiveDate, value: T) {
        self.days.insert(day, value);
    }

    pub(crate) fn set_latest(&mut self, days: u32, value: T) {
        self.latest = Some((days, value));
    }

    pub(crate) fn set_other_days(&mut self, value: T) {
        self.other_days = Some(value);
    }

    /// Adds the days of `other`, which replace existing ones.
    pub(crate) fn extend(&mut self, other: Self) {
        self.days.extend(other.days);
        self.latest = other.latest.or(self.latest.take());
        self.other_days = other.other_days.or(self.other_days.take());
    }

    pub(crate) fn on(&self, day: NaiveDate, today: NaiveDate) -> Option<&T> {
        let latest = self.latest.as_ref().filter(|(days, _)| is_among_latest(day, *days, today));
        self.days.get(&day).or(latest.map(|(_, value)| value)).or(self.other_days.as_ref())
    }
}
