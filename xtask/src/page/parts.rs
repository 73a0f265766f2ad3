//! Tables about a part: `**User说明**` below a table in which a row says `object(User)`, `详见User`, or is called `user`.

use super::fields::{Field, Fields};
use super::labels::{Subject, subject};
use super::rows::Row;
use super::{Endpoint, Part, Side, Table, places};

/// Puts the rows of the tables that a field of this message refers to at their places.
pub(super) fn place(fields: &mut Fields, endpoint: &Endpoint, side: Side) {
    let parts = &endpoint.parts;
    let subjects: Vec<Subject> = parts.iter().map(|part| subject(&part.table.label)).collect();
    let mut done = vec![Vec::new(); parts.len()];
    // Parts refer to parts: a round that finds nothing new is the last.
    for _ in 0..8 {
        let mut found = Vec::new();
        for (index, subject) in subjects.iter().enumerate() {
            for (at, field) in fields.iter() {
                if !done[index].contains(&at) && is_about(subject, field) && times_above(fields, at, &done[index]) < 2 {
                    found.push((index, at));
                }
            }
        }
        if found.is_empty() {
            break;
        }
        for (index, at) in found {
            done[index].push(at);
            put(fields, at, &parts[index], endpoint);
        }
    }
    for (part, done) in parts.iter().zip(&done) {
        if done.is_empty() && part.side == side && part.endpoint == endpoint.path && !part.appendix {
            place_unnamed(fields, &part.table);
        }
    }
}

/// Puts the rows of a part below a field. What another endpoint's table names beyond the samples is left out: a part of the same
/// name may be another one.
fn put(fields: &mut Fields, at: usize, part: &Part, endpoint: &Endpoint) {
    if part.endpoint == endpoint.path {
        places::place_below(fields, at, &part.table);
        return;
    }
    let others = places::place_shown_below(fields, at, &part.table);
    if !others.is_empty() {
        let (line, others) = (part.table.line, others.join(", "));
        let place = fields.path(at).join(".");
        fields.notes.push((line, format!("{place}: the table of another endpoint also names {others}: left out")));
    }
}

/// Puts the rows of a table that no field refers to at their places, if it is about the message after all: the samples show most of
/// its fields, or there are none.
fn place_unnamed(fields: &mut Fields, table: &Table) {
    let shown = table.rows.iter().filter(|row| !fields.ending(0, &row.path).is_empty()).count();
    let is_type = !subject(&table.label).identifiers.is_empty();
    if shown * 2 >= table.rows.len().max(1) || (fields.get(0).objects == 0 && !is_type) {
        places::place_below(fields, 0, table);
    } else {
        fields.notes.push((table.line, format!("no field refers to the table of {}: left out", table.label)));
    }
}

/// How often a part was put above a field: types that hold themselves end somewhere.
fn times_above(fields: &Fields, mut at: usize, places: &[usize]) -> usize {
    let mut times = 0;
    while at != 0 {
        at = fields.get(at).parent;
        times += usize::from(places.contains(&at));
    }
    times
}

/// Whether a table with this label describes what is in a field.
fn is_about(subject: &Subject, field: &Field) -> bool {
    let (shape, _) = field.shape.innermost();
    if field.seen > 0 && !shape.object && !shape.says_nothing() {
        return false;
    }
    let named = |name: &str| subject.identifiers.iter().any(|identifier| folded(identifier) == folded(name));
    if named(&field.name) && (field.seen > 0 || !field.children.is_empty()) {
        return true;
    }
    field.rows.iter().any(|row| named(row.name()) || refers(subject, row))
}

/// Whether a row points to a table with this label.
fn refers(subject: &Subject, row: &Row) -> bool {
    let kind = row.kind.as_deref().unwrap_or("");
    let points = ["见", "参考", "结构", "参照", "说明", "如下"].iter().any(|word| row.description.contains(word));
    let by_identifier = subject
        .identifiers
        .iter()
        .any(|identifier| has_word(kind, identifier) || points && has_word(&row.description, identifier));
    let stem = &subject.stem;
    by_identifier
        || points
            && subject.identifiers.is_empty()
            && stem.chars().count() >= 2
            && row.description.contains(stem.as_str())
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let is_part = |char: char| char.is_ascii_alphanumeric() || char == '_';
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

fn folded(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.chars().filter(|char| *char != '_').map(|char| char.to_ascii_lowercase()).collect()
}
