//! Tables of Markdown.

use std::fmt;

/// A table under construction.
#[derive(Debug)]
pub(super) struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(heads: &[&str]) -> Self {
        Self { heads: heads.iter().map(|head| (*head).to_owned()).collect(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| cell.replace('|', "\\|")).collect());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether a column says anything.
    fn is_used(&self, column: usize) -> bool {
        self.rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty()))
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, cells: &[String]) -> fmt::Result {
        for (_, cell) in cells.iter().enumerate().filter(|(column, _)| self.is_used(*column)) {
            write!(f, "| {cell} ")?;
        }
        writeln!(f, "|")
    }
}

/// Columns without a cell that says something are left out.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line(f, &self.heads)?;
        let columns = (0..self.heads.len()).filter(|column| self.is_used(*column)).count();
        writeln!(f, "{}|", "|---".repeat(columns))?;
        self.rows.iter().try_for_each(|row| self.line(f, row))
    }
}
