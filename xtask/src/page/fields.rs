//! The fields of a message: what its samples show and its tables name, as a tree.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::{Endpoint, Json, Message, Row, Side, parts, places};

/// The fields of a message. The first is the message itself.
#[derive(Clone, Debug)]
pub struct Fields {
    fields: Vec<Field>,
    /// Fields by name, those of the samples alone.
    by_name: HashMap<String, Vec<usize>>,
    /// Fields by name, those that no sample shows.
    by_row: HashMap<String, Vec<usize>>,
    /// What was not certain about a row: line and reason.
    pub notes: Vec<(usize, String)>,
}

/// A field of a message.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The field that it is in; the message is in itself.
    pub parent: usize,
    /// The fields in it, or in the items of its list.
    pub children: IndexMap<String, usize>,
    /// The values that the samples show.
    pub shape: Shape,
    /// How often the samples show it.
    pub seen: usize,
    /// How many objects the samples show here, those of lists included.
    pub objects: usize,
    /// The rows about it.
    pub rows: Vec<Row>,
    /// The line of the sample or the row that shows it first.
    pub line: usize,
}

/// The kinds of values that samples show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// `true` or `false`.
    pub boolean: bool,
    /// Numbers without a fraction.
    pub integer: bool,
    /// Numbers with a fraction.
    pub number: bool,
    /// Texts.
    pub text: bool,
    /// `null`.
    pub null: bool,
    /// Words without quotes.
    pub placeholder: bool,
    /// Objects.
    pub object: bool,
    /// Lists, and what their items are.
    pub list: Option<Box<Shape>>,
}

impl Fields {
    /// Reads the fields of one side of an endpoint. Names of the query are left out of a request, unless a sample has them.
    #[must_use]
    pub fn of(endpoint: &Endpoint, side: Side) -> Self {
        let message = match side {
            Side::Request => &endpoint.request,
            Side::Response => &endpoint.response,
        };
        let mut fields = Self::of_samples(message, side, Named::of(endpoint, message));
        let sent: HashSet<String> = fields.fields[0].children.keys().cloned().collect();
        places::place(&mut fields, message, |row| side == Side::Request && in_query(endpoint, &sent, row));
        parts::place(&mut fields, endpoint, side);
        fields
    }

    fn of_samples(message: &Message, side: Side, named: Named<'_>) -> Self {
        let mut fields =
            Self { fields: vec![Field::default()], by_name: HashMap::new(), by_row: HashMap::new(), notes: Vec::new() };
        for sample in &message.samples {
            let failed = side == Side::Response
                && sample.json.get("errcode").is_some_and(|code| *code != Json::Integer(0.into()));
            let objects = fields.fields[0].objects;
            fields.fields[0].line = sample.line;
            fields.merge(0, &sample.json, sample.line, &named);
            if failed {
                fields.fields[0].objects = objects;
            }
        }
        fields
    }

    /// Adds a value of a sample to a field.
    fn merge(&mut self, at: usize, json: &Json, line: usize, rows: &Named<'_>) {
        let mut levels = 0;
        let mut pending = vec![(json, levels)];
        while let Some((json, level)) = pending.pop() {
            levels = level;
            self.fields[at].shape.at(levels).add(json);
            match json {
                Json::List(items) => pending.extend(items.iter().rev().map(|item| (item, levels + 1))),
                Json::Object(members) => {
                    self.fields[at].objects += 1;
                    let mut named = HashSet::new();
                    let map = rows.maps.contains(self.fields[at].name.as_str());
                    let all = |is_key: &dyn Fn(&str) -> bool| members.iter().all(|(name, _)| is_key(name));
                    let data = !members.is_empty() && (all(&is_data) || map && all(&|name| !rows.names.contains(name)));
                    let known = self.fields[at].children.len();
                    for (name, value) in members {
                        let name = if data { ANY } else { name };
                        let child = self.child(at, name, line);
                        self.fields[child].seen += usize::from(named.insert(name));
                        self.merge(child, value, line, rows);
                    }
                    self.order(at, known, members);
                }
                _ => {}
            }
        }
    }

    /// Moves the fields that only this object of a sample has, after so many others, to where it has them.
    fn order(&mut self, at: usize, known: usize, members: &[(String, Json)]) {
        let children = &mut self.fields[at].children;
        let mut next = None;
        for name in members.iter().rev().map(|(name, _)| name) {
            let Some(place) = children.get_index_of(name) else { continue };
            let is_new = place >= known;
            match next {
                Some(next) if is_new && next < place && next < known => children.move_index(place, next),
                _ => {}
            }
            next = children.get_index_of(name);
        }
    }

    /// The child of a field in a sample, made if it is new.
    fn child(&mut self, at: usize, name: &str, line: usize) -> usize {
        if let Some(child) = self.fields[at].children.get(name) {
            return *child;
        }
        let child = self.push(at, name, line);
        self.by_name.entry(name.to_owned()).or_default().push(child);
        child
    }

    /// Adds a field that no sample shows.
    pub(super) fn add(&mut self, at: usize, name: &str, line: usize) -> usize {
        let child = self.push(at, name, line);
        self.by_row.entry(name.to_owned()).or_default().push(child);
        child
    }

    fn push(&mut self, at: usize, name: &str, line: usize) -> usize {
        let child = self.fields.len();
        self.fields.push(Field { name: name.to_owned(), parent: at, line, ..Field::default() });
        self.fields[at].children.insert(name.to_owned(), child);
        child
    }

    /// Returns a field.
    #[must_use]
    pub fn get(&self, at: usize) -> &Field {
        &self.fields[at]
    }

    pub(super) fn add_row(&mut self, at: usize, row: &Row) {
        self.fields[at].rows.push(row.clone());
    }

    /// The field at a path below another.
    pub fn at_path(&self, from: usize, path: &[String]) -> Option<usize> {
        path.iter().try_fold(from, |at, name| {
            let children = &self.fields[at].children;
            let inside = || self.fields[*children.get(ANY)?].children.get(name);
            children.get(name).or_else(inside).copied()
        })
    }

    /// The fields of the samples, below another, whose path ends so.
    pub(super) fn ending(&self, from: usize, path: &[String]) -> Vec<usize> {
        self.ending_of(&self.by_name, from, path)
    }

    /// The fields that only rows name, below another, whose path ends so.
    pub(super) fn named_by_rows(&self, from: usize, path: &[String]) -> Vec<usize> {
        self.ending_of(&self.by_row, from, path)
    }

    fn ending_of(&self, by_name: &HashMap<String, Vec<usize>>, from: usize, path: &[String]) -> Vec<usize> {
        let Some((name, before)) = path.split_last() else { return Vec::new() };
        let named = by_name.get(name).map_or(&[][..], Vec::as_slice);
        named.iter().copied().filter(|at| self.ends_with(*at, before) && self.is_below(*at, from)).take(32).collect()
    }

    fn ends_with(&self, mut at: usize, before: &[String]) -> bool {
        before.iter().rev().all(|name| {
            at = self.fields[at].parent;
            self.fields[at].name == *name
        })
    }

    fn is_below(&self, mut at: usize, from: usize) -> bool {
        while at != from && at != 0 {
            at = self.fields[at].parent;
        }
        at == from
    }

    /// The field that is so many levels above another.
    pub(super) fn above(&self, mut at: usize, levels: usize) -> usize {
        for _ in 0..levels {
            at = self.fields[at].parent;
        }
        at
    }

    /// Returns all fields but the message itself, with their places.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.fields.iter().enumerate().skip(1)
    }

    /// Returns the names on the way to a field.
    #[must_use]
    pub fn path(&self, mut at: usize) -> Vec<&str> {
        let mut path = Vec::new();
        while at != 0 {
            path.push(self.fields[at].name.as_str());
            at = self.fields[at].parent;
        }
        path.reverse();
        path
    }
}

/// What the rows of a message name.
struct Named<'a> {
    /// The last names of all rows.
    names: HashSet<&'a str>,
    /// Those of rows whose type is a map.
    maps: HashSet<&'a str>,
}

impl<'a> Named<'a> {
    fn of(endpoint: &'a Endpoint, message: &'a Message) -> Self {
        let rows =
            message.tables.iter().chain(endpoint.parts.iter().map(|part| &part.table)).flat_map(|table| &table.rows);
        let is_map = |row: &&Row| row.kind.as_deref().is_some_and(|kind| kind.to_lowercase().starts_with("map"));
        let names = rows.clone().map(Row::name).collect();
        Self { names, maps: rows.filter(is_map).map(Row::name).collect() }
    }
}

/// The name under which the values of an object are kept whose names are data.
pub const ANY: &str = "*";

/// Whether a name is data, such as an id or a year.
fn is_data(name: &str) -> bool {
    name.starts_with(|char: char| char.is_ascii_digit() || !char.is_ascii())
}

/// Whether a row of a request is about a name of the query and not about the body.
fn in_query(endpoint: &Endpoint, sent: &HashSet<String>, row: &Row) -> bool {
    let [name] = row.path.as_slice() else { return false };
    let is_token = name.ends_with("access_token") && !endpoint.path.is_empty();
    !sent.contains(name) && (endpoint.query.contains(name) || is_token)
}

impl Shape {
    /// The shape of the items so many lists deep.
    fn at(&mut self, levels: usize) -> &mut Self {
        let mut shape = self;
        for _ in 0..levels {
            shape = shape.list.get_or_insert_default();
        }
        shape
    }

    fn add(&mut self, json: &Json) {
        match json {
            Json::Null => self.null = true,
            Json::Placeholder(_) => self.placeholder = true,
            Json::Bool(_) => self.boolean = true,
            Json::Integer(_) => self.integer = true,
            Json::Float(_) => self.number = true,
            Json::Text(_) => self.text = true,
            Json::List(_) => {
                self.list.get_or_insert_default();
            }
            Json::Object(_) => self.object = true,
        }
    }

    /// Returns whether the samples say nothing about the kind.
    #[must_use]
    pub fn says_nothing(&self) -> bool {
        *self == Self { null: self.null, placeholder: self.placeholder, ..Self::default() }
    }

    /// Returns what the innermost items are, and how many lists are around them.
    #[must_use]
    pub fn innermost(&self) -> (&Self, usize) {
        let (mut shape, mut levels) = (self, 0);
        while let Some(items) = &shape.list {
            shape = items;
            levels += 1;
        }
        (shape, levels)
    }
}
