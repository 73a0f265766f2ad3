//! Departments and people of an emulator.

use serde_json::json;

use crate::builder::EmulatorBuilder;
use crate::data::made_up::{Kind, MadeUp};

impl EmulatorBuilder {
    /// Adds a department of the company. The root has the parent 0. Nothing checks that the tree makes sense.
    pub fn department(mut self, id: i64, parent: i64) -> Self {
        self.data.company.departments.insert(id, json!({"id": id, "parentid": parent, "order": 1}));
        self
    }

    /// Adds a member of the company, who is in these departments.
    pub fn member(mut self, userid: &str, name: &str, departments: &[i64]) -> Self {
        let member = json!({"userid": userid, "name": name, "department": departments});
        self.data.company.add_person(userid, member);
        self
    }

    /// Adds a department of the school. The root has the parent 0; all others are classes.
    pub fn school_department(mut self, id: i64, parent: i64, name: &str) -> Self {
        let kind = if parent == 0 { 5 } else { 1 };
        let department = json!({"id": id, "parentid": parent, "name": name, "type": kind, "department_admins": []});
        self.data.school.departments.insert(id, department);
        self
    }

    /// Adds a student, who is in these departments of the school and has parents with these userids.
    pub fn student(mut self, userid: &str, name: &str, departments: &[i64], parents: &[&str]) -> Self {
        let parents = parents.iter().map(
            |parent| json!({"parent_userid": parent, "relation": "家长", "mobile": "00000000000", "is_subscribe": 0}),
        );
        let parents: Vec<_> = parents.collect();
        let student = json!({"student_userid": userid, "name": name, "department": departments, "parents": parents});
        self.data.school.add_person(userid, student);
        self
    }

    /// Adds made-up people to the company, and as many students to a school, each in this many departments nested this deep, the
    /// root among them. There are at most a million people and 100,000 departments.
    ///
    /// Generated jobs then apply to all of these people, and generated answers come from them: at most one from each to a job on a
    /// day.
    pub fn synthetic_people(mut self, people: usize, departments: usize, depth: usize) -> Self {
        self.data.company.made_up = Some(MadeUp::new(Kind::Members, people, departments, depth));
        self.data.school.made_up = Some(MadeUp::new(Kind::Students, people, departments, depth));
        self
    }
}
