//! Generated departments and people, the same for the same seed.

use chrono::NaiveDate;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::random::rng;

/// The most people that are generated.
pub(crate) const MAX_PEOPLE: usize = 1_000_000;

/// The most departments that are generated.
const MAX_DEPARTMENTS: usize = 100_000;

const SURNAMES: [&str; 16] =
    ["赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "欧阳"];
const GIVEN: [&str; 20] = [
    "安", "宁", "晨", "雨", "晴", "小", "文", "思", "远", "子", "涵", "一", "诺", "嘉", "乐", "雪", "松", "青", "禾",
    "舟",
];
const RELATIONS: [&str; 4] = ["爸爸", "妈妈", "爷爷", "奶奶"];

/// What departments of the school are at each level, from the root: the vendor's code and a name. All further levels are classes.
const SCHOOL_LEVELS: [(u8, &str); 5] = [(5, "学校"), (4, "校区"), (3, "学段"), (2, "年级"), (1, "班")];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Members,
    Students,
}

/// How many departments and people there are. A person is generated when requested.
#[derive(Clone, Debug)]
pub(crate) struct MadeUp {
    pub(crate) seed: u64,
    kind: Kind,
    pub(crate) count: usize,
    departments: usize,
    depth: usize,
}

impl MadeUp {
    /// Plans people in departments of this many levels: the root, and at least one more for other departments.
    pub(crate) fn new(kind: Kind, count: usize, departments: usize, depth: usize) -> Self {
        Self { seed: 0, kind, count: count.min(MAX_PEOPLE), departments: departments.clamp(1, MAX_DEPARTMENTS), depth }
    }

    fn rng(&self, label: &str) -> Rng {
        rng(self.seed, &format!("{:?}/{label}", self.kind))
    }

    /// Returns the departments with their ids. The first ones are nested as deep as requested, the others have random parents.
    pub(crate) fn departments(&self) -> Vec<(i64, Value)> {
        let mut rng = self.rng("departments");
        let mut levels = vec![0];
        let mut departments = vec![self.department(&mut rng, 0, 0, 0)];
        // Those that may have departments below them.
        let mut parents = vec![0];
        for index in 1..self.departments {
            let parent = if index < self.depth { index - 1 } else { parents[rng.usize(..parents.len())] };
            let level = levels[parent] + 1;
            levels.push(level);
            if level + 1 < self.depth {
                parents.push(index);
            }
            departments.push(self.department(&mut rng, index, id_of(parent), level));
        }
        departments
    }

    fn department(&self, rng: &mut Rng, index: usize, parentid: i64, level: usize) -> (i64, Value) {
        let id = id_of(index);
        let mut department = json!({"id": id, "parentid": parentid, "order": rng.u32(..)});
        if self.kind == Kind::Students {
            let (code, name) = SCHOOL_LEVELS[level.min(SCHOOL_LEVELS.len() - 1)];
            department["name"] = if index == 0 { json!(name) } else { json!(format!("第{index}{name}")) };
            department["type"] = json!(code);
            department["department_admins"] = json!([]);
        }
        (id, department)
    }

    /// Returns the ids of a person's one or two departments: the root only if there is no other.
    pub(crate) fn departments_of(&self, number: usize) -> Vec<i64> {
        let mut rng = self.rng(&format!("departments of {number}"));
        let mut department = || id_of(rng.usize(usize::from(self.departments > 1)..self.departments));
        let mut ids = vec![department()];
        let other = department();
        if number % 10 == 9 && other != ids[0] {
            ids.push(other);
        }
        ids
    }

    /// Returns the member or student with this number.
    pub(crate) fn person(&self, number: usize) -> Value {
        let mut rng = self.rng(&number.to_string());
        let name = name(&mut rng);
        let departments = self.departments_of(number);
        if self.kind == Kind::Members {
            return json!({"userid": self.userid(number), "name": name, "department": departments});
        }
        let parents: Vec<_> = (1..=rng.usize(1..3)).map(|nth| parent(&mut rng, number, nth)).collect();
        json!({"student_userid": self.userid(number), "name": name, "department": departments, "parents": parents})
    }

    fn userid(&self, number: usize) -> String {
        match self.kind {
            Kind::Members => format!("user{number:07}"),
            Kind::Students => format!("student{number:07}"),
        }
    }

    /// Returns the userids of the first people, this many at most.
    pub(crate) fn userids(&self, at_most: usize) -> Vec<String> {
        (0..self.count.min(at_most)).map(|number| self.userid(number)).collect()
    }

    /// Makes one of the people the one who gave the answer with this number. Nobody gives two to a job on a day.
    pub(crate) fn sign(&self, answer: &mut Value, jobid: &str, day: NaiveDate, number: usize) {
        let count = self.count.max(1) as u64;
        let first = self.rng(&format!("first of {jobid}/{day}")).u64(..count);
        // Steps whose length is a prime above all counts visit everybody once.
        let person = ((first + number as u64 % count * 1_000_003) % count) as usize;
        if self.kind == Kind::Members {
            answer["userid"] = json!(self.userid(person));
            return;
        }
        let parents = self.person(person)["parents"].take();
        let parents = parents.as_array().map_or(&[][..], Vec::as_slice);
        let parent =
            self.rng(&format!("{jobid}/{day}/{number}")).choice(parents).map(|parent| &parent["parent_userid"]);
        answer["student_userid"] = json!(self.userid(person));
        answer["parent_userid"] = json!(parent);
    }
}

/// Returns the id of a department. Ids can exceed 32 bits.
fn id_of(index: usize) -> i64 {
    let number = i64::try_from(index).unwrap_or_default() + 1;
    if index % 8 == 1 { (1 << 32) + number } else { number }
}

fn name(rng: &mut Rng) -> String {
    let (surname, given) = (rng.usize(..SURNAMES.len()), rng.usize(1..3));
    let given: String = (0..given).map(|_| GIVEN[rng.usize(..GIVEN.len())]).collect();
    format!("{}{given}", SURNAMES[surname])
}

fn parent(rng: &mut Rng, student: usize, nth: usize) -> Value {
    let is_subscribed = rng.bool();
    let mut parent = json!({
        "parent_userid": format!("parent{student:07}_{nth}"),
        "relation": RELATIONS[(student + nth) % RELATIONS.len()],
        // No number in China begins like this.
        "mobile": format!("000{:08}", student * 2 + nth),
        "is_subscribe": u8::from(is_subscribed),
    });
    if is_subscribed {
        parent["external_userid"] = json!(format!("external{student:07}_{nth}"));
    }
    parent
}
