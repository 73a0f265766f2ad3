//! People and departments as results show them.

use std::fmt;

use serde::Serialize;
use wecom_health_model::{PartyId, UserId};

/// Somebody who is expected to report, or who did.
///
/// `Debug` leaves out the name.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// Userid of the member or student.
    pub userid: UserId,
    /// The name, if the roster has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The departments, in the roster's order; none for somebody whom the roster lacks.
    pub departments: Vec<DepartmentLabel>,
}

impl Person {
    /// Returns the names of the departments, or their ids where they have no name, separated by `; `.
    pub fn department_names(&self) -> String {
        let names = self.departments.iter().filter_map(|department| match (&department.name, department.id) {
            (Some(name), _) => Some(name.clone()),
            (None, Some(id)) => Some(id.to_string()),
            (None, None) => None,
        });
        names.collect::<Vec<_>>().join("; ")
    }

    /// Somebody of whom only the userid is known.
    pub(crate) fn stranger(userid: &UserId) -> Self {
        Self { userid: userid.clone(), name: None, departments: Vec::new() }
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("userid", &self.userid).finish_non_exhaustive()
    }
}

/// A department by what is known of it.
///
/// The company's address book has only ids, the school's has ids and names, and a file has only names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct DepartmentLabel {
    /// The id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<PartyId>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl DepartmentLabel {
    pub(crate) fn of_id(id: PartyId, name: Option<&str>) -> Self {
        Self { id: Some(id), name: name.map(str::to_owned) }
    }

    pub(crate) fn of_name(name: &str) -> Self {
        Self { id: None, name: Some(name.to_owned()) }
    }
}

/// A userid in the form in which it is compared: userids are unique without regard to case.
pub(crate) fn key(userid: &UserId) -> String {
    userid.as_ref().to_ascii_lowercase()
}
