//! Departments and what is below them.
//!
//! Only the edges of the list are believed: a department may be the parent of others without being in the list itself, as the root is
//! where the app sees a part of the enterprise. Departments in a cycle are each visited once.

use std::collections::{BTreeSet, HashMap};

use wecom_health_model::PartyId;

/// The departments of the company or of the school.
#[derive(Clone, Default)]
pub(crate) struct Tree {
    /// Those of the list, with their names where it has names.
    listed: HashMap<PartyId, Option<String>>,
    children: HashMap<PartyId, Vec<PartyId>>,
}

/// What is in and below some departments.
pub(crate) struct Reach {
    /// The departments that the list has.
    pub(crate) listed: BTreeSet<PartyId>,
    /// Those that it lacks: nobody knows who else is in or below them.
    pub(crate) unknown: BTreeSet<PartyId>,
}

impl Tree {
    /// Adds a department. Of one that is listed twice, every parent counts.
    pub(crate) fn add(&mut self, id: PartyId, parent: PartyId, name: Option<String>) {
        let known = self.listed.entry(id).or_default();
        if known.is_none() {
            *known = name;
        }
        self.children.entry(parent).or_default().push(id);
    }

    /// The name of a department, if the list has it.
    pub(crate) fn name(&self, id: PartyId) -> Option<&str> {
        self.listed.get(&id)?.as_deref()
    }

    /// Returns the given departments and all below them.
    pub(crate) fn reach(&self, departments: &[PartyId]) -> Reach {
        let mut reach = Reach { listed: BTreeSet::new(), unknown: BTreeSet::new() };
        let mut waiting = departments.to_vec();
        while let Some(id) = waiting.pop() {
            let visited = if self.listed.contains_key(&id) { &mut reach.listed } else { &mut reach.unknown };
            if visited.insert(id) {
                waiting.extend(self.children.get(&id).into_iter().flatten());
            }
        }
        reach
    }
}
