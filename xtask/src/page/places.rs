//! Puts the rows of tables at their places.
//!
//! A row stands where its dotted name leads; else at the one place of the sample that ends with it, because tables name fields from
//! inside a wrapper; else below its longest beginning that is known, or beside its neighbours. An indented row is below the row that
//! is indented less.

use std::collections::HashSet;

use super::fields::Fields;
use super::rows::Row;
use super::spelling::respelled;
use super::{Message, Table};

/// Puts the rows of all tables of a message at their places, except for those that belong elsewhere.
pub(super) fn place(fields: &mut Fields, message: &Message, elsewhere: impl Fn(&Row) -> bool) {
    for table in &message.tables {
        let rows: Vec<&Row> = table.rows.iter().filter(|row| !elsewhere(row)).collect();
        Placing::new(fields, 0).rows(&rows);
    }
}

/// Puts the rows of a table that is about a part at their places below it.
pub(super) fn place_below(fields: &mut Fields, base: usize, table: &Table) {
    let rows: Vec<&Row> = table.rows.iter().collect();
    Placing::new(fields, base).rows(&rows);
}

/// Puts those rows at their places that the samples show, and returns the names of the others.
pub(super) fn place_shown_below<'a>(fields: &mut Fields, base: usize, table: &'a Table) -> Vec<&'a str> {
    let mut others = Vec::new();
    for row in &table.rows {
        match fields.at_path(base, &row.path) {
            Some(place) => fields.add_row(place, row),
            None => others.push(row.name()),
        }
    }
    others
}

struct Placing<'a> {
    fields: &'a mut Fields,
    base: usize,
    /// The place of the row before, and the field that its name starts from.
    last: Option<(usize, usize)>,
    /// The indented rows above this one: how deep, and where.
    above: Vec<(usize, usize)>,
    line: usize,
    /// The paths of all rows of the table.
    paths: HashSet<String>,
}

impl<'a> Placing<'a> {
    fn new(fields: &'a mut Fields, base: usize) -> Self {
        Self { fields, base, last: None, above: Vec::new(), line: 0, paths: HashSet::new() }
    }

    fn rows(mut self, rows: &[&Row]) {
        self.paths = rows.iter().map(|row| row.path.join(".")).collect();
        for (index, row) in rows.iter().enumerate() {
            while self.above.last().is_some_and(|(depth, _)| *depth >= row.depth) {
                self.above.pop();
            }
            self.line = row.line;
            let parent = self.above.last().filter(|_| row.depth > 0).map(|(_, at)| *at);
            let (place, anchor) = match parent {
                Some(parent) if self.holds_fields(parent) => (self.under(parent, &row.path), parent),
                Some(parent) => self.known(&row.path).unwrap_or_else(|| {
                    let around = self.fields.get(parent).parent;
                    (self.under(around, &row.path), around)
                }),
                None => match self.known(&row.path) {
                    Some(found) => found,
                    None => self.unknown(row, &rows[index + 1..]),
                },
            };
            self.fields.add_row(place, row);
            if parent.is_none() {
                self.last = Some((place, anchor));
            }
            self.above.push((row.depth, place));
        }
    }

    /// Whether the samples show fields in a field, or do not say.
    fn holds_fields(&self, at: usize) -> bool {
        let (shape, _) = self.fields.get(at).shape.innermost();
        shape.object || shape.says_nothing()
    }

    /// The place of a name in the sample, and the field it starts from.
    fn known(&self, path: &[String]) -> Option<(usize, usize)> {
        let from_last = self.last.and_then(|(_, anchor)| Some((self.fields.at_path(anchor, path)?, anchor)));
        if let Some(place) = self.fields.at_path(self.base, path) {
            return Some((place, self.base));
        }
        let ending = self.fields.ending(self.base, path);
        let place = match ending.as_slice() {
            [] => return None,
            [place] => *place,
            several => from_last.map(|(place, _)| place).or_else(|| self.nearest(several)).unwrap_or(several[0]),
        };
        Some((place, self.fields.above(place, path.len())))
    }

    /// The place that is nearest to the row before: in it, beside it, or beside something that it is in.
    fn nearest(&self, places: &[usize]) -> Option<usize> {
        let (last, _) = self.last?;
        let mut around = last;
        loop {
            if let Some(place) = places.iter().find(|place| self.fields.get(**place).parent == around) {
                return Some(*place);
            }
            if around == 0 {
                return None;
            }
            around = self.fields.get(around).parent;
        }
    }

    /// The place of a name that the sample does not have.
    fn unknown(&mut self, row: &Row, following: &[&Row]) -> (usize, usize) {
        if let Some(place) = respelled(self.fields, self.base, &row.path, |path| self.paths.contains(path)) {
            let (named, shown) = (row.path.join("."), self.fields.path(place).join("."));
            self.fields.notes.push((row.line, format!("{named} is taken for {shown} of the sample")));
            return (place, self.fields.above(place, row.path.len()));
        }
        for known in (1..row.path.len()).rev() {
            let beginning = &row.path[..known];
            let found = self.known(beginning).or_else(|| self.named_by_rows(beginning));
            if let Some((place, anchor)) = found {
                return (self.under(place, &row.path[known..]), anchor);
            }
        }
        let anchor = self.neighbour(following);
        (self.under(anchor, &row.path), anchor)
    }

    /// The place that a row before has named so.
    fn named_by_rows(&self, path: &[String]) -> Option<(usize, usize)> {
        let place = *self.fields.named_by_rows(self.base, path).last()?;
        Some((place, self.fields.above(place, path.len())))
    }

    /// The field that the names of the neighbours start from: of the row before, unless that is about the status.
    fn neighbour(&self, following: &[&Row]) -> usize {
        let status = |at: usize| matches!(self.fields.get(at).name.as_str(), "errcode" | "errmsg");
        match self.last {
            Some((place, anchor)) if !status(place) => anchor,
            before => {
                let next = following.iter().take(8).filter(|row| row.depth == 0).find_map(|row| self.known(&row.path));
                next.filter(|(place, _)| !status(*place)).or(before).map_or(self.base, |(_, anchor)| anchor)
            }
        }
    }

    /// The field at a path below another, made as far as it is new.
    fn under(&mut self, mut at: usize, path: &[String]) -> usize {
        for name in path {
            at = match self.fields.get(at).children.get(name) {
                Some(child) => *child,
                None => self.fields.add(at, name, self.line),
            };
        }
        at
    }
}
