//! The characters of a sample, with line and column, and the blanks and comments between them.

use super::json::Repair;

/// Reads characters one by one.
#[derive(Debug)]
pub(super) struct Characters {
    characters: Vec<char>,
    at: usize,
    /// Where each line starts.
    lines: Vec<usize>,
    first_line: usize,
    pub(super) repairs: Vec<Repair>,
}

impl Characters {
    /// Reads a text that begins on a line of the page.
    pub(super) fn new(text: &str, first_line: usize) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let breaks = characters.iter().enumerate().filter(|(_, char)| **char == '\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        Self { characters, at: 0, lines, first_line, repairs: Vec::new() }
    }

    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// The line of the page of what comes next.
    pub(super) fn line(&self) -> usize {
        self.first_line + self.lines.partition_point(|start| *start <= self.at) - 1
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.characters.len());
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += 1;
        Some(char)
    }

    pub(super) fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, char)| self.peek_at(ahead) == Some(char))
    }

    /// The rest of the line, up to `most` characters.
    pub(super) fn rest_of_line(&self, most: usize) -> impl Iterator<Item = char> + '_ {
        self.characters[self.at..].iter().copied().take(most).take_while(|char| *char != '\n')
    }

    /// Records that something was wrong at a place.
    pub(super) fn repair_at(&mut self, place: usize, what: &'static str) {
        let line = self.lines.partition_point(|start| *start <= place) - 1;
        self.repairs.push(Repair { line: self.first_line + line, column: place - self.lines[line] + 1, what });
    }

    /// Records that something is wrong here.
    pub(super) fn repair(&mut self, what: &'static str) {
        self.repair_at(self.at, what);
    }

    pub(super) fn skip_line(&mut self) {
        while self.peek().is_some_and(|char| char != '\n') {
            self.at += 1;
        }
    }

    /// Skips blanks, comments and ellipses.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(char) if char.is_whitespace() || matches!(char, '\u{feff}' | '\u{200b}' | '\u{a0}') => {
                    self.at += 1
                }
                Some('/') if self.starts_with("/*") => self.skip_block_comment(),
                Some('/') if self.starts_with("//") => self.skip_line_comment(),
                Some('#') => self.skip_line_comment(),
                Some('<') if self.starts_with("<!--") => self.skip_line_comment(),
                Some('.' | '…') if self.starts_with("..") || self.starts_with("…") => {
                    self.repair("an ellipsis");
                    while self.peek().is_some_and(|char| matches!(char, '.' | '…' | '·')) {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn skip_line_comment(&mut self) {
        self.repair("a comment");
        self.skip_line();
    }

    fn skip_block_comment(&mut self) {
        self.repair("a comment");
        self.skip(2);
        while self.peek().is_some() && !self.starts_with("*/") {
            self.at += 1;
        }
        self.skip(2);
    }
}
