//! Rewrites the vendor's Markdown into Markdown of the standard.
//!
//! The vendor's renderer takes headings without a space, tables whose line of dashes is too short, fences that are indented or never
//! closed, and samples without a fence. Each line that comes out knows the line that it was, so that everything read from it can be
//! found on the page.

use super::html::{find_tag, without_html};
use super::html_table;

/// A page in standard Markdown, and the line of the page that each of its lines comes from.
#[derive(Debug, Default)]
pub(super) struct Standard {
    pub(super) text: String,
    pub(super) lines: Vec<usize>,
}

impl Standard {
    fn push(&mut self, line: usize, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
        self.lines.push(line);
    }
}

/// Rewrites a page. Line numbers count from 1.
pub(super) fn standard(page: &str) -> Standard {
    let source: Vec<&str> = page.lines().collect();
    let last_comment = source.iter().rposition(|line| line.contains("-->"));
    let last_table = source.iter().rposition(|line| find_tag(line, "</table").is_some());
    let mut rewriter = Rewriter { source: &source, at: 0, out: Standard::default(), last_comment, last_table };
    rewriter.front_matter();
    while rewriter.at < source.len() {
        rewriter.block();
    }
    rewriter.out
}

struct Rewriter<'a> {
    source: &'a [&'a str],
    at: usize,
    out: Standard,
    /// The last line that ends a comment.
    last_comment: Option<usize>,
    /// The last line that ends a table in HTML.
    last_table: Option<usize>,
}

impl Rewriter<'_> {
    /// Skips the front matter, which is no Markdown.
    fn front_matter(&mut self) {
        if self.source.first().is_some_and(|line| line.trim_end() == "---") {
            let end = self.source.iter().skip(1).take(50).position(|line| line.trim_end() == "---");
            self.at = end.map_or(0, |end| end + 2);
        }
    }

    fn block(&mut self) {
        let line = self.source[self.at].trim();
        if line.starts_with("<!--") {
            self.comment();
        } else if let Some(fence) = opening_fence(line) {
            self.fence(fence);
        } else if starts_table(line, self.source.get(self.at + 1)) {
            self.table();
        } else if is_bare_json(line) {
            self.bare_json();
        } else if find_tag(line, "<table").is_some() && self.last_table.is_some_and(|last| last >= self.at) {
            self.html_table();
        } else {
            self.text(line);
        }
    }

    fn push(&mut self, text: &str) {
        self.out.push(self.at + 1, text);
    }

    fn text(&mut self, line: &str) {
        let hashes = line.len() - line.trim_start_matches('#').len();
        if (1..=6).contains(&hashes) {
            self.push("");
            self.push(&format!("{} {}", &line[..hashes], without_html(&line[hashes..])));
        } else if line.chars().all(|char| matches!(char, '-' | '=' | '*' | ' ')) {
            self.push(""); // a rule; below a text it would make that a heading
        } else {
            self.push(&without_html(line));
        }
        self.at += 1;
    }

    /// Drops a comment. A comment that is never closed hides nothing.
    fn comment(&mut self) {
        let closed = self.last_comment.is_some_and(|last| last >= self.at);
        let end = closed.then(|| self.source[self.at..].iter().position(|line| line.contains("-->"))).flatten();
        match end {
            Some(end) => {
                self.at += end;
                let rest = self.source[self.at].split_once("-->").map_or("", |(_, rest)| rest);
                self.push(&without_html(rest.trim()));
                self.at += 1;
            }
            None => {
                let line = self.source[self.at].trim().trim_start_matches("<!--");
                self.push(&without_html(line));
                self.at += 1;
            }
        }
    }

    fn fence(&mut self, language: &str) {
        self.push("");
        self.push(&format!("`````{language}"));
        self.at += 1;
        while let Some(line) = self.source.get(self.at) {
            let trimmed = line.trim();
            let closes = trimmed.len() >= 3 && trimmed.chars().all(|char| char == trimmed.as_bytes()[0] as char);
            if closes && (trimmed.starts_with("```") || trimmed.starts_with("~~~")) {
                self.at += 1;
                break;
            }
            if opening_fence(trimmed).is_some() || self.resumes_text(trimmed) {
                break; // this fence was never closed
            }
            let line = *line;
            if let Some(last) = line.trim_end().strip_suffix("```") {
                self.push(last);
                self.at += 1;
                break;
            }
            self.push(line);
            self.at += 1;
        }
        self.close_fence();
    }

    fn close_fence(&mut self) {
        self.out.push(self.at.max(1), "`````");
    }

    /// Whether a line in a fence can be no code.
    fn resumes_text(&self, line: &str) -> bool {
        let label = line.starts_with("**") && ["参数", "说明", "返回", "请求"].iter().any(|word| line.contains(word));
        label || starts_table(line, self.source.get(self.at + 1))
    }

    /// A sample that stands in the text: up to the line that closes its last brace.
    fn bare_json(&mut self) {
        self.push("");
        self.push("`````");
        let mut open = 0_i64;
        while let Some(line) = self.source.get(self.at).copied() {
            if opening_fence(line.trim()).is_some() || self.resumes_text(line.trim()) {
                break;
            }
            self.push(line);
            self.at += 1;
            open += line
                .chars()
                .map(|char| match char {
                    '{' | '[' | '｛' => 1,
                    '}' | ']' | '｝' => -1,
                    _ => 0,
                })
                .sum::<i64>();
            if open <= 0 {
                break;
            }
        }
        self.close_fence();
    }

    fn table(&mut self) {
        let header = self.source[self.at].trim();
        let piped = header.starts_with('|');
        let columns = cells(header);
        self.push("");
        self.push(&closed_row(header));
        self.at += 1;
        self.push(&format!("{}|", "|-".repeat(columns)));
        self.at += 1;
        while self.at < self.source.len() {
            let line = self.source[self.at].trim();
            if is_row(line, piped) && !starts_table(line, self.source.get(self.at + 1)) {
                self.row(line, columns);
            } else if !(line.is_empty() && self.row_follows(piped)) {
                break;
            } else {
                self.at += 1;
            }
        }
        self.out.push(self.at.max(1), "");
    }

    /// Writes a table in HTML as one of Markdown, with what stands before and after it.
    fn html_table(&mut self) {
        let first = self.at;
        let start = find_tag(self.source[first], "<table").unwrap_or(0);
        let closes = |line: &str| find_tag(line, "</table").is_some();
        let below = || self.source[first + 1..].iter().position(|line| closes(line)).map_or(0, |below| below + 1);
        let lines = if closes(&self.source[first][start..]) { 1 } else { below() + 1 };
        self.at += lines;
        let text = self.source[first..self.at].join("\n");
        let end = find_tag(&text[start..], "</table").map_or(text.len(), |end| start + end);
        self.out.push(first + 1, &without_html(text[..start].trim()));
        self.out.push(first + 1, "");
        for (index, (line, cells)) in html_table::rows(&text[start..end]).iter().enumerate() {
            self.out.push(first + 1 + line, &format!("|{}|", cells.join("|")));
            if index == 0 {
                self.out.push(first + 1 + line, &format!("{}|", "|-".repeat(cells.len())));
            }
        }
        self.out.push(self.at, "");
        let after = text[end..].split_once('>').map_or("", |(_, after)| after);
        self.out.push(self.at, &without_html(after.trim()));
    }

    /// Writes a row, with the lines that a broken cell goes on in, and with what stands after the last column in that column.
    fn row(&mut self, line: &str, columns: usize) {
        let first = self.at;
        let mut row = line.to_owned();
        self.at += 1;
        while cells(&row) < columns && !row.ends_with('|') {
            let Some(next) = self.source.get(self.at).map(|line| line.trim()) else { break };
            if next.is_empty() || next.starts_with(['|', '#', '*']) || opening_fence(next).is_some() {
                break;
            }
            row.push_str("<br>");
            row.push_str(next);
            self.at += 1;
        }
        self.out.push(first + 1, &without_extra_pipes(&without_html(&closed_row(&row)), columns));
    }

    fn row_follows(&self, piped: bool) -> bool {
        let next = self.source[self.at..].iter().take(3).position(|line| !line.trim().is_empty());
        next.is_some_and(|next| {
            let at = self.at + next;
            is_row(self.source[at].trim(), piped) && !starts_table(self.source[at].trim(), self.source.get(at + 1))
        })
    }
}

/// The language of a fence that begins here.
fn opening_fence(line: &str) -> Option<&str> {
    let fence = if line.starts_with("```") { '`' } else { '~' };
    let rest = line.trim_start_matches(fence);
    (line.len() - rest.len() >= 3 && !rest.contains(fence)).then(|| rest.trim())
}

fn is_row(line: &str, piped: bool) -> bool {
    if piped { line.starts_with('|') } else { line.contains('|') }
}

/// Whether a table begins: a line with pipes, and below it one of dashes.
fn starts_table(line: &str, next: Option<&&str>) -> bool {
    line.contains('|') && next.is_some_and(|next| is_delimiter(next.trim())) && !is_delimiter(line)
}

fn is_delimiter(line: &str) -> bool {
    line.contains('-')
        && (line.contains('|') || line.starts_with(':'))
        && line.chars().all(|char| matches!(char, '|' | '-' | ':' | ' ' | '\t'))
}

/// How many cells a row has.
fn cells(row: &str) -> usize {
    let inner = row.strip_prefix('|').unwrap_or(row);
    let inner = if inner.ends_with("\\|") { inner } else { inner.strip_suffix('|').unwrap_or(inner) };
    inner.replace("\\|", "").matches('|').count() + 1
}

fn closed_row(row: &str) -> String {
    let open = if row.starts_with('|') { "" } else { "|" };
    let row = row.strip_suffix('｜').unwrap_or(row).trim_end();
    let close = if row.ends_with('|') && !row.ends_with("\\|") { "" } else { "|" };
    format!("{open}{row}{close}")
}

/// Escapes the pipes that would begin a cell beyond the last column.
fn without_extra_pipes(row: &str, columns: usize) -> String {
    let mut out = String::with_capacity(row.len());
    let (mut pipes, mut escaped) = (0, false);
    let last = row.len().saturating_sub(1);
    for (at, char) in row.char_indices() {
        if char == '|' && !escaped {
            if pipes >= columns && at != last {
                out.push('\\');
            }
            pipes += 1;
        }
        escaped = char == '\\' && !escaped;
        out.push(char);
    }
    out
}

/// Whether a line of the text begins a sample.
fn is_bare_json(line: &str) -> bool {
    let Some(rest) = line.strip_prefix(['{', '｛']) else { return false };
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with(['"', '“', '}'])
}
