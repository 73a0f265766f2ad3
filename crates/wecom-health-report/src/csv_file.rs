//! A roster from a CSV file.

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};
use wecom_health_model::UserId;

use crate::csv_text::decode;
use crate::people::{Known, People};
use crate::person::{DepartmentLabel, Person};
use crate::roster_error::{Column, RosterError};

/// What may separate cells.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// A line that is put after the last. It is lost in the cell of a quote that is not closed.
const END: &str = "\u{1}end\u{1}";

/// The people of a file.
#[derive(Clone, Default)]
pub(crate) struct RosterFile {
    people: People<usize>,
    /// The names of the departments.
    departments: Vec<String>,
    /// Where a department is in `departments`.
    places: HashMap<String, usize>,
}

/// Reads the people of a file.
pub(crate) fn read(bytes: &[u8]) -> Result<RosterFile, RosterError> {
    let mut text = decode(bytes)?;
    if text.trim().is_empty() {
        return Err(RosterError::Empty);
    }
    // Excel reads the separator from such a line, and some programs write it.
    if let Some((first, _)) =
        text.split_once('\n').filter(|(first, _)| first.trim_end().len() == 5 && first.starts_with("sep="))
    {
        text.replace_range(..first.len(), "");
    }
    text.push('\n');
    text.push_str(END);
    let (separator, headings) = headings(&text);
    let columns = columns(&headings)?;
    let mut file = RosterFile::default();
    let mut last_line = 1;
    for record in records(&text, separator).skip(1) {
        let line = record.position().map_or(0, csv::Position::line);
        if record.get(0) == Some(END) {
            return if file.len() == 0 { Err(RosterError::Empty) } else { Ok(file) };
        }
        file.add(columns, &record, line)?;
        last_line = line;
    }
    Err(RosterError::OpenQuote { line: last_line })
}

/// The lines of a text as cells. Reading a text does not fail.
fn records(text: &str, separator: u8) -> impl Iterator<Item = StringRecord> {
    let reader =
        ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.into_records().map_while(Result::ok)
}

/// The separator by which most of the columns are found in the first line, or else most cells, and the cells.
fn headings(text: &str) -> (u8, StringRecord) {
    let lines = SEPARATORS.map(|separator| (separator, records(text, separator).next().unwrap_or_default()));
    let found = |line: &StringRecord| Column::ALL.iter().filter(|column| column.places(line).next().is_some()).count();
    let [first, others @ ..] = lines;
    others.into_iter().fold(first, |best, other| {
        let is_better = (found(&other.1), other.1.len()) > (found(&best.1), best.1.len());
        if is_better { other } else { best }
    })
}

/// The places of the columns.
fn columns(headings: &StringRecord) -> Result<[usize; 3], RosterError> {
    let mut places = [0; 3];
    let mut missing = Vec::new();
    for (column, place) in Column::ALL.into_iter().zip(&mut places) {
        let mut found = column.places(headings);
        match (found.next(), found.next()) {
            (None, _) => missing.push(column),
            (Some(only), None) => *place = only,
            (Some(_), Some(_)) => return Err(RosterError::RepeatedColumn(column)),
        }
    }
    match missing.len() {
        0 => Ok(places),
        // A line without any heading is one of the people, whom no error shows.
        3 => Err(RosterError::NoHeadings),
        _ => Err(RosterError::MissingColumns { missing, found: headings.iter().map(shown).collect() }),
    }
}

/// A heading as an error shows it: short, and in one line.
fn shown(heading: &str) -> String {
    heading.trim().chars().filter(|char| !char.is_control()).take(20).collect()
}

impl RosterFile {
    fn add(&mut self, columns: [usize; 3], record: &StringRecord, line: u64) -> Result<(), RosterError> {
        let cells = columns.map(|column| record.get(column).unwrap_or_default().trim());
        if cells.iter().any(|cell| cell.contains(['\n', '\r'])) {
            return Err(RosterError::OpenQuote { line });
        }
        let [userid, name, department] = cells;
        if userid.is_empty() {
            let is_blank = record.iter().all(|cell| cell.trim().is_empty());
            return if is_blank { Ok(()) } else { Err(RosterError::MissingUserid { line }) };
        }
        let person = self.people.add(UserId::from(userid), Some(name.to_owned()));
        if !department.is_empty() {
            let department = self.department(department);
            self.people.join(person, department);
        }
        Ok(())
    }

    fn department(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.departments.len();
        self.departments.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }

    pub(crate) fn len(&self) -> usize {
        self.people.len()
    }

    pub(crate) fn find(&self, userid: &UserId) -> Option<Person> {
        self.people.place(userid).map(|place| self.person(place))
    }

    /// Returns all people.
    pub(crate) fn people(&self) -> impl Iterator<Item = Person> {
        (0..self.len()).map(|place| self.person(place))
    }

    fn person(&self, place: usize) -> Person {
        let Known { userid, name, departments } = self.people.at(place);
        let departments = departments.iter().map(|place| DepartmentLabel::of_name(&self.departments[*place])).collect();
        Person { userid: userid.clone(), name: name.clone(), departments }
    }
}
