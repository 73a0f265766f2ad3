//! Tables that fit the terminal. Columns stay aligned where characters are twice as wide.

use unicode_width::UnicodeWidthStr;

use super::Output;
use super::text::{fitted, wrapped};

/// What separates columns.
const GAP: &str = "  ";

/// Returns the lines of a complete table. Long texts wrap inside their cells.
pub(crate) fn complete(headings: &[&str], rows: &[impl AsRef<[String]>], output: Output, width: usize) -> String {
    let columns = headings.iter().enumerate().map(|(place, heading)| {
        let widest = rows.iter().map(|row| row.as_ref()[place].width()).max();
        Column::wrapping(*heading, heading.width().max(widest.unwrap_or_default()), heading.width())
    });
    let columns = Columns::fit(columns.collect(), width);
    let rows = rows.iter().map(|row| columns.row(row.as_ref()));
    [columns.heading(output)].into_iter().chain(rows).collect()
}

/// A column of a table.
pub(crate) struct Column {
    heading: String,
    wanted: usize,
    /// The least width, until the columns are fitted.
    width: usize,
    /// Whether long texts wrap; otherwise they are cut.
    wraps: bool,
}

impl Column {
    /// Creates a column with a wanted and a least width, whose long texts are cut.
    pub(crate) fn new(heading: impl Into<String>, wanted: usize, least: usize) -> Self {
        Self { heading: heading.into(), wanted, width: least.min(wanted), wraps: false }
    }

    /// Creates a column with a wanted and a least width, whose long texts wrap.
    pub(crate) fn wrapping(heading: impl Into<String>, wanted: usize, least: usize) -> Self {
        Self { wraps: true, ..Self::new(heading, wanted, least) }
    }
}

/// Columns that are fixed before the first row, so that rows can be printed as they come.
pub(crate) struct Columns(Vec<Column>);

impl Columns {
    /// Returns the width of a table in which each column has its least width.
    pub(crate) fn least_width(columns: &[Column]) -> usize {
        let gaps = GAP.len() * columns.len().saturating_sub(1);
        gaps + columns.iter().map(|column| column.width).sum::<usize>()
    }

    /// Gives each column its least width, and shares what is left of this width among those that want more.
    pub(crate) fn fit(mut columns: Vec<Column>, width: usize) -> Self {
        let mut room = width.saturating_sub(Self::least_width(&columns));
        let mut order: Vec<_> = columns.iter_mut().collect();
        // What a column does not want is left for the columns after it.
        order.sort_by_key(|column| (column.wanted - column.width, column.wanted));
        let count = order.len();
        for (place, column) in order.into_iter().enumerate() {
            let more = (column.wanted - column.width).min(room / (count - place));
            column.width += more;
            room -= more;
        }
        Self(columns)
    }

    /// Returns the width of a column.
    pub(crate) fn width(&self, column: usize) -> usize {
        self.0[column].width
    }

    /// Returns the headings, bold on a terminal.
    pub(crate) fn heading(&self, output: Output) -> String {
        let headings: Vec<_> = self.0.iter().map(|column| column.heading.clone()).collect();
        output.heading(self.row(&headings).trim_end()) + "\n"
    }

    /// Returns the lines of a row.
    pub(crate) fn row(&self, cells: &[String]) -> String {
        let cells = cells.iter().zip(&self.0).map(|(cell, column)| {
            if column.wraps { wrapped(cell, textwrap::Options::new(column.width)) } else { vec![cell.clone()] }
        });
        let cells: Vec<_> = cells.collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        let line = |number: usize| {
            let texts = cells
                .iter()
                .zip(&self.0)
                .map(|(lines, column)| fitted(lines.get(number).map(String::as_str).unwrap_or_default(), column.width));
            texts.collect::<Vec<_>>().join(GAP).trim_end().to_owned() + "\n"
        };
        (0..height).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_columns_share_what_narrow_ones_leave() {
        let fit = |wanted: &[usize], width| {
            let columns = wanted.iter().map(|wanted| Column::new("", *wanted, if *wanted == 19 { 19 } else { 10 }));
            let columns = Columns::fit(columns.collect(), width);
            columns.0.iter().map(|column| column.width).collect::<Vec<_>>()
        };
        assert_eq!(fit(&[5, 8], 80), [5, 8]);
        assert_eq!(fit(&[100, 5, 100], 80), [35, 5, 36]);
        assert_eq!(fit(&[19, 100, 100, 100], 80), [19, 18, 18, 19]);
        assert_eq!(fit(&[100, 100], 21), [10, 10], "no less than the least");
        assert!(fit(&[], 80).is_empty());
    }

    #[test]
    fn a_text_wraps_in_its_column_or_is_cut() {
        let columns = Columns::fit(vec![Column::wrapping("who", 10, 10), Column::new("what", 5, 5)], 80);
        let row = columns.row(&["0123456789abc（d）".to_owned(), "abcdef".to_owned()]);
        assert_eq!(row, "0123456789  abcd…\nabc（d）\n");
    }
}
