//! The endpoints of the address book: departments with those below them, and the people of a single department.
//!
//! Company and school differ in their data, in what an app may see of them, and in the names of their lists.

use serde_json::{Value, json};

use crate::api::query::{MISSING, Payload, Query, Refusal};
use crate::data::directory::Directory;

pub(super) fn company_departments(query: &Query<'_>) -> Payload {
    let departments = departments(query, &query.state.data.company, query.app.scope.as_deref())?;
    Ok(json!({"department_id": departments}))
}

pub(super) fn members(query: &Query<'_>) -> Payload {
    Ok(json!({"userlist": people(query, &query.state.data.company, query.app.scope.as_deref())?}))
}

pub(super) fn school_departments(query: &Query<'_>) -> Payload {
    Ok(json!({"departments": departments(query, &query.state.data.school, query.app.school_scope.as_deref())?}))
}

pub(super) fn students(query: &Query<'_>) -> Payload {
    Ok(json!({"students": people(query, &query.state.data.school, query.app.school_scope.as_deref())?}))
}

/// Returns the requested department and those below it, or else all that the app sees.
fn departments<'a>(
    query: &Query<'_>,
    directory: &'a Directory,
    scope: Option<&[i64]>,
) -> Result<Vec<&'a Value>, Refusal> {
    Ok(match (query.id("id")?, scope) {
        (Some(id), _) => {
            check_visible(query, directory, scope, id)?;
            directory.below(&[id])
        }
        (None, Some(scope)) => directory.below(scope),
        (None, None) => directory.departments.values().collect(),
    })
}

fn people(query: &Query<'_>, directory: &Directory, scope: Option<&[i64]>) -> Result<Vec<Value>, Refusal> {
    let id = query.id("department_id")?.ok_or(MISSING)?;
    check_visible(query, directory, scope, id)?;
    Ok(directory.people_in(id))
}

/// Checks that the app sees a department. If it does not see all, those that do not exist are outside its scope, too.
fn check_visible(query: &Query<'_>, directory: &Directory, scope: Option<&[i64]>, id: i64) -> Result<(), Refusal> {
    match scope {
        Some(scope) if !directory.is_below(id, scope) => {
            Err(Refusal(60011, "no privilege to access/modify contact/party/agent"))
        }
        None if !directory.departments.contains_key(&id) => {
            Err(Refusal(query.state.settings.choices.unknown_department, "department not found"))
        }
        _ => Ok(()),
    }
}
