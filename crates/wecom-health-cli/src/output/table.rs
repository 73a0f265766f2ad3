//! Tables that fit the terminal. Columns stay aligned where characters are twice as wide.

use comfy_table::{Cell, ContentArrangement, Table, presets};

use super::Output;
use super::text::fitted;

/// The space between columns.
const GAP: usize = 2;

/// Returns the lines of a complete table. Long texts wrap inside their cells.
pub(crate) fn wrapped<R>(headings: &[String], rows: impl IntoIterator<Item = R>, output: Output, width: usize) -> String
where
    R: IntoIterator<Item = String>,
{
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(headings.iter().map(Cell::new));
    for row in rows {
        table.add_row(row.into_iter().map(Cell::new));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let headings = lines.iter().take(1).map(|line| output.heading(line));
    headings.chain(lines.iter().skip(1).cloned()).map(|line| line + "\n").collect()
}

/// A column before its width is known.
pub(crate) struct Column {
    heading: String,
    wanted: usize,
    least: usize,
}

impl Column {
    /// Creates a column with a wanted and a least width.
    pub(crate) fn new(heading: impl Into<String>, wanted: usize, least: usize) -> Self {
        Self { heading: heading.into(), wanted, least: least.min(wanted) }
    }
}

/// Columns that are fixed before the first row, so that rows can be printed as they come.
pub(crate) struct Columns {
    headings: Vec<String>,
    widths: Vec<usize>,
}

impl Columns {
    /// Gives each column the width that it wants, or less if they do not fit; `None` if one would get less than its least width.
    pub(crate) fn fit(columns: Vec<Column>, width: usize) -> Option<Self> {
        let gaps = GAP * columns.len().saturating_sub(1);
        let mut room = width.checked_sub(gaps)?;
        // The columns that can shrink the least come first; the others share what is left.
        let mut order: Vec<_> = (0..columns.len()).collect();
        order.sort_by_key(|index| (columns[*index].wanted - columns[*index].least, columns[*index].wanted));
        let mut widths = vec![0; columns.len()];
        for (place, index) in order.iter().enumerate() {
            let share = room / (columns.len() - place);
            let Column { wanted, least, .. } = columns[*index];
            widths[*index] = share.clamp(least, wanted);
            room = room.checked_sub(widths[*index])?;
        }
        Some(Self { headings: columns.into_iter().map(|column| column.heading).collect(), widths })
    }

    pub(crate) fn heading(&self, output: Output) -> String {
        output.heading(self.row(self.headings.iter().cloned()).trim_end()) + "\n"
    }

    /// Returns a row. Long texts are cut.
    pub(crate) fn row(&self, cells: impl IntoIterator<Item = String>) -> String {
        let cells = cells.into_iter().zip(&self.widths).map(|(cell, width)| fitted(&cell, *width));
        let line = cells.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned() + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_columns_share_what_narrow_ones_leave() {
        let fit = |wanted: &[usize], width| {
            let columns = wanted.iter().map(|wanted| Column::new("", *wanted, if *wanted == 19 { 19 } else { 10 }));
            Columns::fit(columns.collect(), width).map(|columns| columns.widths)
        };
        assert_eq!(fit(&[5, 8], 80), Some(vec![5, 8]));
        assert_eq!(fit(&[100, 5, 100], 80), Some(vec![35, 5, 36]));
        assert_eq!(fit(&[19, 100, 100, 100], 80), Some(vec![19, 18, 18, 19]));
        assert_eq!(fit(&[100, 100], 21), None);
        assert_eq!(fit(&[], 80), Some(vec![]));
    }
}
