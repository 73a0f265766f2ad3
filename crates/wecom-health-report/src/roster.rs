//! Who there is: people with their names and departments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use wecom_health_model::{
    Answer, ApplyRange, Department, DepartmentId, JobInfo, JobType, Member, PartyId, Reporter, SchoolDepartment,
    SchoolDepartmentId, Student, UserId,
};

use crate::address_book::AddressBook;
use crate::csv_file::{self, RosterFile};
use crate::outcome::Incomplete;
use crate::person::{Person, key};
use crate::roster_error::RosterError;

/// People with their names and departments, from the address books or from a file.
///
/// A roster from the address books holds the company's and the school's apart, because both number their departments from 1. It starts
/// empty and is filled with what the server sends:
///
/// ```
/// use wecom_health_report::Roster;
/// use wecom_health_report::model::{ApplyRange, DepartmentId, DepartmentSimplelist, UserSimplelist, from_slice};
///
/// let list = br#"{"department_id": [{"id": 2, "parentid": 1, "order": 1}, {"id": 3, "parentid": 2, "order": 1}]}"#;
/// let members = r#"{"userlist": [{"userid": "userid1", "name": "Wang", "department": [3]}]}"#;
/// let range: ApplyRange = from_slice(br#"{"partyids": [2]}"#)?;
///
/// let mut roster = Roster::new();
/// roster.add_departments(from_slice::<DepartmentSimplelist>(list)?.department_id);
/// for id in roster.departments_of(&range) {
///     assert!([2, 3].map(DepartmentId::from).contains(&id));
///     // Ask the server for the members of each, and leave out the departments that it refuses.
///     roster.add_members(id, from_slice::<UserSimplelist>(members.as_bytes())?.userlist);
/// }
/// assert_eq!(roster.member(&"USERID1".into()).unwrap().name.as_deref(), Some("Wang"));
/// # Ok::<(), wecom_health_report::model::DecodeError>(())
/// ```
///
/// `Debug` counts people and shows none.
#[derive(Clone, Default)]
pub struct Roster(Source);

#[derive(Clone)]
enum Source {
    AddressBooks { company: Box<AddressBook>, school: Box<AddressBook> },
    File(Box<RosterFile>),
}

impl Default for Source {
    fn default() -> Self {
        Self::AddressBooks { company: Box::default(), school: Box::default() }
    }
}

/// Whom a job expects, as far as the roster knows.
#[derive(Default)]
pub(crate) struct Expected {
    pub(crate) people: Vec<Person>,
    pub(crate) incomplete: Incomplete,
}

impl Roster {
    /// Creates an empty roster, to be filled from the address books.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a CSV file: the list of all who are expected, of members or of students.
    ///
    /// The first line has the headings, in any order: `userid` (or 用户ID, 账号, 成员账号, 学号), `name` (姓名) and `department` (部门, 班级).
    /// Other columns are skipped. Cells are separated by commas, semicolons or tabs, and quoted as in RFC 4180. The text is UTF-8, UTF-16
    /// with a byte order mark, or GBK. Rows with the same userid are merged: the first name and all departments count.
    ///
    /// ```
    /// use wecom_health_report::Roster;
    ///
    /// let roster = Roster::from_csv("账号;姓名;部门\nuserid1;王小明;一班\n".as_bytes())?;
    /// assert_eq!(roster.member(&"userid1".into()).unwrap().name.as_deref(), Some("王小明"));
    /// # Ok::<(), wecom_health_report::RosterError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The bytes are no text, a column or a userid is missing, a quote is not closed, or there is nobody in the file.
    pub fn from_csv(bytes: &[u8]) -> Result<Self, RosterError> {
        csv_file::read(bytes).map(|file| Self(Source::File(Box::new(file))))
    }

    /// Returns whether the roster is from a file, and so says by itself who is expected.
    pub fn is_from_file(&self) -> bool {
        matches!(self.0, Source::File(_))
    }

    /// Adds departments of the company. Does nothing to a roster from a file.
    pub fn add_departments(&mut self, departments: impl IntoIterator<Item = Department>) {
        if let Source::AddressBooks { company, .. } = &mut self.0 {
            for Department { id, parentid, .. } in departments {
                company.tree.add(party(id), party(parentid), None);
            }
        }
    }

    /// Adds departments of the school. Does nothing to a roster from a file.
    pub fn add_school_departments(&mut self, departments: impl IntoIterator<Item = SchoolDepartment>) {
        if let Source::AddressBooks { school, .. } = &mut self.0 {
            for SchoolDepartment { id, parentid, name, .. } in departments {
                school.tree.add(party(id), party(parentid), Some(name));
            }
        }
    }

    /// Returns the departments of the company whose members a job's range needs: those of the range and all below them, each once.
    ///
    /// Departments that the list lacks are not among them. The result names them as [`Incomplete::departments_unknown`].
    pub fn departments_of(&self, range: &ApplyRange) -> BTreeSet<DepartmentId> {
        match &self.0 {
            Source::AddressBooks { company, .. } => typed(company, range),
            Source::File(_) => BTreeSet::new(),
        }
    }

    /// Returns the departments of the school whose students a job's range needs: those of the range and all below them, each once.
    ///
    /// Departments that the list lacks are not among them. The result names them as [`Incomplete::departments_unknown`].
    pub fn school_departments_of(&self, range: &ApplyRange) -> BTreeSet<SchoolDepartmentId> {
        match &self.0 {
            Source::AddressBooks { school, .. } => typed(school, range),
            Source::File(_) => BTreeSet::new(),
        }
    }

    /// Adds all members of a department of the company. Does nothing to a roster from a file.
    ///
    /// A department counts as seen from then on, also if it has no members. Leave out those that the server refuses.
    pub fn add_members(&mut self, department: DepartmentId, members: impl IntoIterator<Item = Member>) {
        if let Source::AddressBooks { company, .. } = &mut self.0 {
            company.see(party(department));
            for Member { userid, name, department: own, .. } in members {
                company.add(userid, name, own.into_iter().chain([department]).map(party));
            }
        }
    }

    /// Adds all students of a department of the school. Does nothing to a roster from a file.
    ///
    /// A department counts as seen from then on, also if it has no students. Leave out those that the server refuses.
    pub fn add_students(&mut self, department: SchoolDepartmentId, students: impl IntoIterator<Item = Student>) {
        if let Source::AddressBooks { school, .. } = &mut self.0 {
            school.see(party(department));
            for Student { student_userid, name, department: own, .. } in students {
                school.add(student_userid, Some(name), own.into_iter().chain([department]).map(party));
            }
        }
    }

    /// Returns who gave an answer: the member, or the student for whom a parent answered; `None` if the roster lacks them.
    pub fn reporter(&self, answer: &Answer) -> Option<Person> {
        match answer.reporter() {
            Reporter::Member(member) => self.member(member),
            Reporter::Parent { student, .. } => self.student(student),
            _ => None,
        }
    }

    /// Returns a member, without regard to case; `None` if the roster lacks the member.
    pub fn member(&self, userid: &UserId) -> Option<Person> {
        self.person(JobType::Members, userid)
    }

    /// Returns a student, without regard to case; `None` if the roster lacks the student.
    pub fn student(&self, userid: &UserId) -> Option<Person> {
        self.person(JobType::Parents, userid)
    }

    fn person(&self, job_type: JobType, userid: &UserId) -> Option<Person> {
        match &self.0 {
            Source::File(file) => file.find(userid),
            Source::AddressBooks { .. } => {
                let book = self.book(job_type)?;
                Some(book.person(book.place(userid)?))
            }
        }
    }

    /// The address book that a job's range is about.
    fn book(&self, job_type: JobType) -> Option<&AddressBook> {
        match (&self.0, job_type) {
            (Source::AddressBooks { company, .. }, JobType::Members) => Some(company),
            (Source::AddressBooks { school, .. }, JobType::Parents) => Some(school),
            _ => None,
        }
    }

    /// Whom a job expects on a day on which it expects somebody.
    pub(crate) fn expected(&self, job: &JobInfo) -> Expected {
        if let Source::File(file) = &self.0 {
            return Expected { people: file.people().collect(), incomplete: Incomplete::default() };
        }
        match self.book(job.type_) {
            Some(book) => expected_by(book, &job.apply_range),
            None => {
                let mut expected = expected_by(&AddressBook::default(), &job.apply_range);
                expected.incomplete.job_type_unknown = true;
                expected
            }
        }
    }
}

/// Whom a range names: people by userid, and the people of departments and of all below them.
fn expected_by(book: &AddressBook, range: &ApplyRange) -> Expected {
    let reach = book.tree.reach(&range.partyids);
    let mut places = book.places(reach.listed.iter().chain(&reach.unknown));
    // Somebody whom the address book lacks is expected all the same.
    let mut strangers = BTreeMap::new();
    for userid in &range.userids {
        match book.place(userid) {
            Some(place) => drop(places.insert(place)),
            None => drop(strangers.entry(key(userid)).or_insert(userid)),
        }
    }
    let known = places.into_iter().map(|place| book.person(place));
    let people = known.chain(strangers.into_values().map(Person::stranger)).collect();
    let incomplete = Incomplete {
        departments_not_seen: book.unseen(&reach.listed),
        departments_unknown: reach.unknown.into_iter().map(|id| book.label(id)).collect(),
        range_empty: range.userids.is_empty() && range.partyids.is_empty(),
        ..Incomplete::default()
    };
    Expected { people, incomplete }
}

/// The id of a department as a job's range has it, where the type of the job says whose departments are meant.
fn party(id: impl Into<i64>) -> PartyId {
    PartyId::from(id.into())
}

fn typed<D: From<i64> + Ord>(book: &AddressBook, range: &ApplyRange) -> BTreeSet<D> {
    book.tree.reach(&range.partyids).listed.into_iter().map(|id| D::from(i64::from(id))).collect()
}

impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Roster");
        match &self.0 {
            Source::AddressBooks { company, school } => {
                fields.field("members", &company.len()).field("students", &school.len())
            }
            Source::File(file) => fields.field("people", &file.len()),
        };
        fields.finish_non_exhaustive()
    }
}
