//! What the server has to tell: jobs, their answers day by day, usage figures. JSON of its own, not the client's types.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::Value;

/// Everything there is to ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Data {
    pub(crate) jobs: BTreeMap<String, Job>,
    pub(crate) usage: ByDay<Usage>,
}

impl Data {
    pub(crate) fn job(&mut self, id: &str) -> &mut Job {
        self.jobs.entry(id.to_owned()).or_default()
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Job {
    /// Made up when the emulator starts if there is none.
    pub(crate) info: Option<Value>,
    pub(crate) answers: ByDay<Answers>,
}

/// The answers to a job on a day.
#[derive(Clone, Debug)]
pub(crate) enum Answers {
    Listed(Vec<Value>),
    /// That many, made when asked for.
    Synthetic(usize),
}

/// The usage figures of a day.
#[derive(Clone, Debug)]
pub(crate) enum Usage {
    Given(Value),
    Synthetic,
}

/// Something that differs from day to day.
#[derive(Clone, Debug)]
pub(crate) struct ByDay<T> {
    days: BTreeMap<NaiveDate, T>,
    /// Of so many days up to today.
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

    /// What the other says goes before what this says.
    pub(crate) fn extend(&mut self, other: Self) {
        self.days.extend(other.days);
        self.latest = other.latest.or(self.latest.take());
        self.other_days = other.other_days.or(self.other_days.take());
    }

    pub(crate) fn on(&self, day: NaiveDate, today: NaiveDate) -> Option<&T> {
        let latest = self.latest.as_ref().filter(|(days, _)| among_latest(day, *days, today));
        self.days.get(&day).or(latest.map(|(_, value)| value)).or(self.other_days.as_ref())
    }
}

/// Whether a day is one of so many up to today.
pub(crate) fn among_latest(day: NaiveDate, days: u32, today: NaiveDate) -> bool {
    let before = today.checked_sub_days(Days::new(days.into()));
    day <= today && before.is_none_or(|before| day > before)
}
