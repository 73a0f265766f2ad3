//! An address book as far as it was read: the company's or the school's.

use std::collections::{BTreeSet, HashMap};

use wecom_health_model::{PartyId, UserId};

use crate::people::{Known, People};
use crate::person::{DepartmentLabel, Person};
use crate::tree::Tree;

/// Departments, people, and which departments' people were read.
#[derive(Clone, Default)]
pub(crate) struct AddressBook {
    pub(crate) tree: Tree,
    people: People<PartyId>,
    /// Places of the people of each department.
    members: HashMap<PartyId, Vec<usize>>,
    /// The departments whose people were read.
    seen: BTreeSet<PartyId>,
}

impl AddressBook {
    /// Marks the people of a department as read: who is not in it now is not in it.
    pub(crate) fn see(&mut self, department: PartyId) {
        self.seen.insert(department);
    }

    pub(crate) fn add(&mut self, userid: UserId, name: Option<String>, departments: impl Iterator<Item = PartyId>) {
        let place = self.people.add(userid, name);
        for department in departments {
            if self.people.join(place, department) {
                self.members.entry(department).or_default().push(place);
            }
        }
    }

    /// Of these departments, those whose people were not read.
    pub(crate) fn unseen(&self, departments: &BTreeSet<PartyId>) -> Vec<DepartmentLabel> {
        departments.difference(&self.seen).map(|id| self.label(*id)).collect()
    }

    /// The places of all who are in one of these departments, each once.
    pub(crate) fn places<'a>(&'a self, departments: impl Iterator<Item = &'a PartyId>) -> BTreeSet<usize> {
        departments.filter_map(|department| self.members.get(department)).flatten().copied().collect()
    }

    pub(crate) fn place(&self, userid: &UserId) -> Option<usize> {
        self.people.place(userid)
    }

    pub(crate) fn person(&self, place: usize) -> Person {
        let Known { userid, name, departments } = self.people.at(place);
        let departments = departments.iter().map(|id| self.label(*id)).collect();
        Person { userid: userid.clone(), name: name.clone(), departments }
    }

    pub(crate) fn label(&self, id: PartyId) -> DepartmentLabel {
        DepartmentLabel::of_id(id, self.tree.name(id))
    }

    pub(crate) fn len(&self) -> usize {
        self.people.len()
    }
}
