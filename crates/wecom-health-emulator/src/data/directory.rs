//! Departments and the people in them: the members of the company, or the students of the school.
//!
//! The two are separate, because the same id names another department in each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::data::made_up::MadeUp;

/// The departments and people of the company or the school.
///
/// The tree is not checked: tests may want one with a cycle.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    /// As they are served, by id.
    pub(crate) departments: BTreeMap<i64, Value>,
    /// As they are served, by userid in lower case, because userids are unique without regard to case.
    people: BTreeMap<String, Value>,
    /// People who are generated.
    pub(crate) made_up: Option<MadeUp>,
    children: BTreeMap<i64, Vec<i64>>,
    people_in: BTreeMap<i64, Vec<Person>>,
}

#[derive(Clone, Debug)]
enum Person {
    /// The key in `people`.
    Listed(String),
    /// The number of somebody who is generated when requested.
    MadeUp(usize),
}

impl Directory {
    /// Adds a person. Returns the one who had the same userid.
    pub(crate) fn add_person(&mut self, userid: &str, person: Value) -> Option<Value> {
        self.people.insert(userid.to_lowercase(), person)
    }

    /// Adds departments and people of `other`, which replace those with the same id.
    pub(crate) fn extend(&mut self, other: Self) {
        self.departments.extend(other.departments);
        self.people.extend(other.people);
    }

    /// Generates what is made up, and notes who is where, so that no request has to search for it.
    pub(crate) fn prepare(&mut self, seed: u64) {
        if let Some(made_up) = &mut self.made_up {
            made_up.seed = seed;
            for (id, department) in made_up.departments() {
                self.departments.entry(id).or_insert(department);
            }
            for number in 0..made_up.count {
                for id in made_up.departments_of(number) {
                    self.people_in.entry(id).or_default().push(Person::MadeUp(number));
                }
            }
        }
        for (id, department) in &self.departments {
            self.children.entry(parent(department)).or_default().push(*id);
        }
        for (key, person) in &self.people {
            let ids = person["department"].as_array().into_iter().flatten().filter_map(Value::as_i64);
            for id in ids.collect::<BTreeSet<_>>() {
                self.people_in.entry(id).or_default().push(Person::Listed(key.clone()));
            }
        }
    }

    /// Returns the ids of the departments directly below a department.
    pub(crate) fn children(&self, id: i64) -> &[i64] {
        self.children.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Returns these departments and all below them, each once, in the order of their ids.
    pub(crate) fn below(&self, ids: &[i64]) -> Vec<&Value> {
        let (mut found, mut pending) = (BTreeSet::new(), ids.to_vec());
        while let Some(id) = pending.pop() {
            if found.insert(id) {
                pending.extend(self.children(id));
            }
        }
        found.iter().filter_map(|id| self.departments.get(id)).collect()
    }

    /// Returns whether a department exists and is one of `ids` or below one.
    pub(crate) fn is_below(&self, mut id: i64, ids: &[i64]) -> bool {
        // In a cycle, there is no last parent.
        for _ in 0..=self.departments.len() {
            match self.departments.get(&id) {
                Some(_) if ids.contains(&id) => return true,
                Some(department) => id = parent(department),
                None => return false,
            }
        }
        false
    }

    /// Returns the people in a department, without those in the departments below it.
    pub(crate) fn people_in(&self, id: i64) -> Vec<Value> {
        let person = |person: &Person| match person {
            Person::Listed(key) => self.people.get(key).cloned(),
            Person::MadeUp(number) => self.made_up.as_ref().map(|made_up| made_up.person(*number)),
        };
        self.people_in.get(&id).into_iter().flatten().filter_map(person).collect()
    }
}

fn parent(department: &Value) -> i64 {
    department["parentid"].as_i64().unwrap_or_default()
}
