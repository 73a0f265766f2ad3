//! Reads from the address books what a question needs, each department once and a few at a time.
//!
//! A department that the server refuses is left out of the roster, which then says that it was not seen. Every other error fails.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use wecom_health::model::{ApplyRange, DepartmentId, ErrCode, JobInfo, JobType, SchoolDepartmentId, UserId};
use wecom_health::{Client, Error};
use wecom_health_report::Roster;

/// How many departments are fetched at once.
const CONCURRENCY: usize = 8;

/// What was read.
#[derive(Default)]
pub(crate) struct AddressBook {
    pub(crate) roster: Roster,
    /// With which code the server first refused something.
    pub(crate) refused: Option<ErrCode>,
}

/// Reads everybody in the departments of these jobs and below them.
pub(crate) async fn read(client: &Client, jobs: &[&JobInfo]) -> Result<AddressBook, Error> {
    let mut book = AddressBook::default();
    let of_members = ranges(jobs, JobType::Members);
    if !of_members.is_empty() {
        book.list_company(client).await?;
        let departments = of_members.iter().flat_map(|range| book.roster.departments_of(range)).collect();
        book.read_members(client, departments, &[]).await?;
    }
    let of_students = ranges(jobs, JobType::Parents);
    if !of_students.is_empty() {
        book.list_school(client).await?;
        let departments = of_students.iter().flat_map(|range| book.roster.school_departments_of(range)).collect();
        book.read_students(client, departments, &[]).await?;
    }
    Ok(book)
}

/// Reads departments until these members and students are found, or until there are no more departments.
pub(crate) async fn find(client: &Client, members: &[UserId], students: &[UserId]) -> Result<AddressBook, Error> {
    let mut book = AddressBook::default();
    if !members.is_empty() {
        let departments = book.list_company(client).await?;
        book.read_members(client, departments, members).await?;
    }
    if !students.is_empty() {
        let departments = book.list_school(client).await?;
        book.read_students(client, departments, students).await?;
    }
    Ok(book)
}

/// The ranges with departments of the jobs that these people report to.
fn ranges<'a>(jobs: &[&'a JobInfo], type_: JobType) -> Vec<&'a ApplyRange> {
    let jobs = jobs.iter().filter(|job| job.type_ == type_ && !job.apply_range.partyids.is_empty());
    jobs.map(|job| &job.apply_range).collect()
}

impl AddressBook {
    /// Adds the departments of the company that the app sees, and returns their ids.
    async fn list_company(&mut self, client: &Client) -> Result<BTreeSet<DepartmentId>, Error> {
        let Some(list) = self.unless_refused(client.department_simplelist().send().await)? else {
            return Ok(BTreeSet::new());
        };
        let ids = list.department_id.iter().map(|department| department.id).collect();
        self.roster.add_departments(list.department_id);
        Ok(ids)
    }

    /// Adds the departments of the school that the app sees, and returns their ids.
    async fn list_school(&mut self, client: &Client) -> Result<BTreeSet<SchoolDepartmentId>, Error> {
        let Some(list) = self.unless_refused(client.school_department_list().send().await)? else {
            return Ok(BTreeSet::new());
        };
        let ids = list.departments.iter().map(|department| department.id).collect();
        self.roster.add_school_departments(list.departments);
        Ok(ids)
    }

    /// Adds the members of departments, until those who are wanted are there; all if nobody is wanted.
    async fn read_members(
        &mut self,
        client: &Client,
        departments: BTreeSet<DepartmentId>,
        wanted: &[UserId],
    ) -> Result<(), Error> {
        let fetch = |id| async move { (id, client.user_simplelist(id).await) };
        let mut fetched = stream::iter(departments).map(fetch).buffered(CONCURRENCY);
        while let Some((id, members)) = fetched.next().await {
            if let Some(members) = self.unless_refused(members)? {
                self.roster.add_members(id, members.userlist);
            }
            if !wanted.is_empty() && wanted.iter().all(|id| self.roster.member(id).is_some()) {
                break;
            }
        }
        Ok(())
    }

    /// Adds the students of departments, until those who are wanted are there; all if nobody is wanted.
    async fn read_students(
        &mut self,
        client: &Client,
        departments: BTreeSet<SchoolDepartmentId>,
        wanted: &[UserId],
    ) -> Result<(), Error> {
        let fetch = |id| async move { (id, client.school_user_list(id).await) };
        let mut fetched = stream::iter(departments).map(fetch).buffered(CONCURRENCY);
        while let Some((id, students)) = fetched.next().await {
            if let Some(students) = self.unless_refused(students)? {
                self.roster.add_students(id, students.students);
            }
            if !wanted.is_empty() && wanted.iter().all(|id| self.roster.student(id).is_some()) {
                break;
            }
        }
        Ok(())
    }

    /// Returns nothing for what the app may not see, or for a department that was deleted after it was listed.
    fn unless_refused<T>(&mut self, response: Result<T, Error>) -> Result<Option<T>, Error> {
        match response {
            Ok(payload) => Ok(Some(payload)),
            Err(error) => match error.api().map(|refusal| refusal.errcode()) {
                Some(
                    code @ (ErrCode::NO_PRIVILEGE
                    | ErrCode::NO_API_PERMISSION
                    | ErrCode::NOT_AUTHORIZED
                    | ErrCode::UNKNOWN_DEPARTMENT),
                ) => {
                    self.refused.get_or_insert(code);
                    Ok(None)
                }
                _ => Err(error),
            },
        }
    }
}
