//! Tables of fields, and the rows of them.

use std::collections::BTreeSet;

/// Deeper names are cut off.
const DEEPEST: usize = 16;

/// A table of fields.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The line of its header.
    pub line: usize,
    /// The label above it.
    pub label: String,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a table of fields.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The line on the page.
    pub line: usize,
    /// The names on the way to the field, as far as the row says: `a.b` is two.
    pub path: Vec<String>,
    /// How deep the name is indented, by `└` or the like.
    pub depth: usize,
    /// The column of the type.
    pub kind: Option<String>,
    /// The column that says whether the field is required.
    pub required: Option<String>,
    /// The column of the description.
    pub description: String,
}

impl Row {
    /// Returns the name of the field itself.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}

/// What the columns of a table hold.
struct Columns {
    name: usize,
    kind: Option<usize>,
    required: Option<usize>,
    description: Option<usize>,
}

/// Reads the rows of a table, if it is one of fields.
pub(super) fn rows(header: &[String], rows: &[(usize, Vec<String>)]) -> Option<Vec<Row>> {
    let columns = columns(header, rows)?;
    let read = |(line, cells): &(usize, Vec<String>)| {
        let rows = row(&columns, *line, cells).unwrap_or_default();
        rows.into_iter().map(|row| (row, blanks(&cells[columns.name]))).collect::<Vec<_>>()
    };
    let (mut rows, blanks): (Vec<Row>, Vec<usize>) = rows.iter().flat_map(read).unzip();
    deepen(&mut rows, &blanks);
    Some(rows)
}

/// How many wide blanks a name begins with.
fn blanks(cell: &str) -> usize {
    cell.chars().take_while(|char| *char == '\u{a0}').count()
}

/// Reads the depth of rows from the blanks before their names, where the marks do not tell more than one level. One blank alone may
/// be there by mistake.
fn deepen(rows: &mut [Row], blanks: &[usize]) {
    if rows.iter().any(|row| row.depth > 1) || blanks.iter().all(|blanks| *blanks < 2) {
        return;
    }
    let indents: Vec<Option<usize>> =
        rows.iter().zip(blanks).map(|(row, blanks)| (row.depth > 0 || *blanks > 1).then_some(*blanks)).collect();
    let levels: BTreeSet<usize> = indents.iter().copied().flatten().collect();
    for (row, indent) in rows.iter_mut().zip(indents) {
        row.depth = indent.map_or(0, |indent| 1 + levels.range(..indent).count()).min(DEEPEST);
    }
}

fn columns(header: &[String], rows: &[(usize, Vec<String>)]) -> Option<Columns> {
    let find = |words: &[&str]| {
        header.iter().position(|cell| {
            let cell = cell.to_lowercase();
            words.iter().any(|word| cell.contains(word))
        })
    };
    let kind = find(&["类型", "type"]);
    let required = find(&["必", "require", "是否返回", "可选"]);
    let named = |at: &usize| {
        let cell = header[*at].to_lowercase();
        Some(*at) != kind
            && Some(*at) != required
            && !["错误", "编号", "返回码", "权限"].iter().any(|word| cell.contains(word))
            && ["参数", "字段", "变量", "属性", "名", "域", "key", "field", "param", "name", "成员"]
                .iter()
                .any(|word| cell.contains(word))
    };
    let names: Vec<usize> = (0..header.len()).filter(named).collect();
    let is_name = |at: usize| {
        let named = rows.iter().filter(|(_, cells)| cells.get(at).is_some_and(|cell| name(cell).is_some())).count();
        named * 2 >= rows.len().max(1)
    };
    let numbers = |at: usize| {
        rows.iter()
            .filter(|(_, cells)| {
                cells.get(at).is_some_and(|cell| cell.trim_start().starts_with(|char: char| char.is_ascii_digit()))
            })
            .count()
    };
    if numbers(*names.first()?) * 2 > rows.len() {
        return None; // a table of codes
    }
    let name = names.into_iter().find(|at| is_name(*at))?;
    let description = find(&["说明", "描述", "含义", "备注", "解释", "注释", "desc", "意义"]).filter(|at| *at != name);
    let last = header.len() - 1;
    let free = last != name && Some(last) != kind && Some(last) != required;
    Some(Columns { name, kind, required, description: description.or(free.then_some(last)) })
}

/// Reads a row, and more of the same where it names several fields.
fn row(columns: &Columns, line: usize, cells: &[String]) -> Option<Vec<Row>> {
    let cell = |at: Option<usize>| {
        at.and_then(|at| cells.get(at)).map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty())
    };
    let names = listed(cells.get(columns.name)?);
    let (path, depth) = name(names[0])?;
    let mut row = Row {
        line,
        path,
        depth,
        kind: cell(columns.kind),
        required: cell(columns.required),
        description: cell(columns.description).unwrap_or_default(),
    };
    // A row with a cell too few has lost the one that is no sentence.
    if row.description.is_empty() && row.required.as_ref().is_some_and(|text| text.chars().count() > 8) {
        row.description = row.required.take().unwrap_or_default();
    }
    let others = names[1..].iter().filter_map(|other| Some(Row { path: name(other)?.0, ..row.clone() })).collect();
    Some([vec![row], others].concat())
}

/// The names that a cell lists: `a/b` and `a、b` are two fields, if each is nothing but a name.
fn listed(cell: &str) -> Vec<&str> {
    let names: Vec<&str> = cell.split(['/', '、', '，', ',', '或', '\n']).map(str::trim).collect();
    let is_name = |name: &str| {
        name.starts_with(|char: char| char.is_ascii_alphabetic())
            && name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.'))
    };
    let first = names[0].trim_start_matches(|char: char| !char.is_ascii_alphabetic());
    if is_name(first) && names[1..].iter().all(|name| is_name(name)) { names } else { vec![cell] }
}

/// The path that a cell names, and how deep it is indented.
fn name(cell: &str) -> Option<(Vec<String>, usize)> {
    let cell = cell.trim_start_matches(['"', '`', '“', '\'', '*']);
    let marks = |char: char| {
        matches!(char, '└' | '├' | '│' | '─' | '-' | '>' | '+' | '·' | '•' | '―' | '—' | '|' | '∟' | '┗' | '》')
    };
    let start = cell.find(|char: char| !marks(char) && !char.is_whitespace())?;
    let depth = depth(&cell[..start]);
    let rest = cell[start..].trim_start_matches(['"', '`', '“', '\'', '*']);
    let end = rest.find(|char: char| !(char.is_ascii_alphanumeric() || "_.-[]$".contains(char))).unwrap_or(rest.len());
    let word = rest[..end].replace("[]", "");
    let word = strip_indices(&word);
    if !word.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_' || char == '.' || char == '$') {
        return None;
    }
    let depth = depth + usize::from(word.starts_with('.') && depth == 0);
    let path: Vec<String> = word
        .split('.')
        .map(|name| name.trim_matches(['-', '[', ']']))
        .filter(|name| !name.is_empty())
        .take(DEEPEST)
        .map(str::to_owned)
        .collect();
    (!path.is_empty()).then_some((path, depth.min(DEEPEST)))
}

/// How deep marks indent: each `└`, `-` or `>` is one level, and `├──` or `|--` together are one.
fn depth(marks: &str) -> usize {
    let corners = marks.chars().filter(|char| matches!(char, '└' | '├' | '│' | '∟' | '┗' | '|')).count();
    let dashes = marks.chars().filter(|char| matches!(char, '-' | '>' | '+' | '·' | '•' | '》')).count();
    let lines = marks.chars().filter(|char| matches!(char, '─' | '―' | '—')).count();
    if corners > 0 {
        corners
    } else if dashes > 0 {
        dashes
    } else {
        lines
    }
}

/// A name without the places of a list: `list[0].name` is `list.name`.
fn strip_indices(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut inside = false;
    for char in word.chars() {
        match char {
            '[' => inside = true,
            ']' => inside = false,
            _ if !inside => out.push(char),
            _ => {}
        }
    }
    out
}
