//! Tables that a page writes in HTML.

use super::html::without_html;

/// More columns are cut off.
const WIDEST: usize = 32;

/// A row: the line that it begins on, counted from the first of the table, and its cells as Markdown.
pub(super) type Row = (usize, Vec<String>);

/// Reads the rows of a table. A cell that spans several rows stands in each; of several columns, in the first.
pub(super) fn rows(table: &str) -> Vec<Row> {
    let mut reader = Reader::default();
    let mut rest = table;
    let mut line = 0;
    while let Some(start) = rest.find('<') {
        reader.text(&rest[..start]);
        line += rest[..start].matches('\n').count();
        let tag = &rest[start..];
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        if !reader.tag(&tag[..end], line) {
            reader.text(&tag[..end]);
        }
        line += tag[..end].matches('\n').count();
        rest = &tag[end..];
    }
    reader.end_row();
    reader.rows
}

#[derive(Default)]
struct Reader {
    rows: Vec<Row>,
    /// The row that is being read.
    row: Option<Row>,
    /// The cell that is being read, and how many columns and rows it spans.
    cell: Option<(String, usize, usize)>,
    /// For each column, the cell of a row above that reaches into it, and into how many rows.
    reaching: Vec<(usize, String)>,
}

impl Reader {
    fn text(&mut self, text: &str) {
        if let Some((cell, ..)) = &mut self.cell {
            cell.push_str(text);
        }
    }

    /// Reads a tag, and returns whether it is one of a table.
    fn tag(&mut self, tag: &str, line: usize) -> bool {
        let name: String = tag[1..].chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '/').collect();
        match name.to_ascii_lowercase().as_str() {
            "tr" => {
                self.end_row();
                self.row = Some((line, Vec::new()));
            }
            "td" | "th" => {
                self.end_cell();
                self.begin_cell(tag, line);
            }
            "/td" | "/th" => self.end_cell(),
            "/tr" => self.end_row(),
            "table" | "/table" | "thead" | "/thead" | "tbody" | "/tbody" | "colgroup" | "/colgroup" | "col" => {}
            _ => return false,
        }
        true
    }

    fn begin_cell(&mut self, tag: &str, line: usize) {
        self.row.get_or_insert_with(|| (line, Vec::new()));
        self.reach();
        self.cell = Some((String::new(), number(tag, "colspan").min(WIDEST), number(tag, "rowspan")));
    }

    /// Adds the cells that reach down into this row here.
    fn reach(&mut self) {
        let Some((_, row)) = &mut self.row else { return };
        while let Some((rows, cell)) = self.reaching.get_mut(row.len()).filter(|(rows, _)| *rows > 0) {
            *rows -= 1;
            row.push(cell.clone());
        }
    }

    fn end_cell(&mut self) {
        let (Some((cell, columns, rows)), Some((_, row))) = (self.cell.take(), &mut self.row) else { return };
        let one_line = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        let cell = without_html(&one_line).replace("\\|", "|").replace('|', "\\|");
        let end = (row.len() + columns).min(WIDEST);
        self.reaching.resize(self.reaching.len().max(end), (0, String::new()));
        let start = row.len();
        for at in start..end {
            let cell = if at == start { cell.clone() } else { String::new() };
            self.reaching[at] = (rows - 1, cell.clone());
            row.push(cell);
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.reach();
        self.rows.extend(self.row.take().filter(|(_, row)| !row.is_empty()));
    }
}

/// The number of an attribute, or 1.
fn number(tag: &str, attribute: &str) -> usize {
    let digits = || {
        let rest = tag.split_once(attribute)?.1.trim_start_matches([' ', '=', '"', '\'']);
        let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse::<usize>().ok()
    };
    digits().unwrap_or(1).clamp(1, 1_000)
}
