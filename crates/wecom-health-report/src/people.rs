//! People by userid, each once.

use std::collections::hash_map::Entry as Place;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use wecom_health_model::UserId;

use crate::person::key;

/// What a roster knows of somebody.
#[derive(Clone)]
pub(crate) struct Known<D> {
    /// The userid, as it was spelled first.
    pub(crate) userid: UserId,
    pub(crate) name: Option<String>,
    /// The departments, each once.
    pub(crate) departments: Vec<D>,
}

/// People, each with departments of type `D`. Somebody who is added again is merged: the first name and all departments count.
#[derive(Clone)]
pub(crate) struct People<D> {
    all: Vec<Known<D>>,
    /// Where somebody is in `all`.
    places: HashMap<String, usize>,
    /// Who is in which department. A look at each department of a person would be quadratic in a file made to be slow.
    joined: HashSet<(usize, D)>,
}

impl<D> Default for People<D> {
    fn default() -> Self {
        Self { all: Vec::new(), places: HashMap::new(), joined: HashSet::new() }
    }
}

impl<D: Copy + Eq + Hash> People<D> {
    /// Adds somebody, and returns the place, which stays the same.
    pub(crate) fn add(&mut self, userid: UserId, name: Option<String>) -> usize {
        let name = name.filter(|name| !name.is_empty());
        match self.places.entry(key(&userid)) {
            Place::Vacant(place) => {
                place.insert(self.all.len());
                self.all.push(Known { userid, name, departments: Vec::new() });
                self.all.len() - 1
            }
            Place::Occupied(place) => {
                let known = &mut self.all[*place.get()];
                if known.name.is_none() {
                    known.name = name;
                }
                *place.get()
            }
        }
    }

    /// Puts somebody into a department, and returns whether this is new.
    pub(crate) fn join(&mut self, place: usize, department: D) -> bool {
        let is_new = self.joined.insert((place, department));
        if is_new {
            self.all[place].departments.push(department);
        }
        is_new
    }

    /// Returns where somebody is, without regard to case.
    pub(crate) fn place(&self, userid: &UserId) -> Option<usize> {
        self.places.get(&key(userid)).copied()
    }

    pub(crate) fn at(&self, place: usize) -> &Known<D> {
        &self.all[place]
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}
