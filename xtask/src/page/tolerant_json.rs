//! Reads JSON that people have typed: with full-width punctuation, missing, trailing and doubled commas, comments, ellipses,
//! placeholders without quotes, single quotes, and braces that are missing or too many.
//!
//! It takes what is there for what was meant, notes each repair, and never fails: where nothing fits, a character is dropped.

use super::characters::Characters;
use super::json::{Json, Printed};
use super::tokens::{bare, text};

/// Deeper samples are cut off.
const DEPTH: usize = 64;

/// Reads all objects and lists that a text prints, each beginning on a line of its own. The text begins on line `first_line`.
#[must_use]
pub fn read(text: &str, first_line: usize) -> Vec<Printed> {
    let mut reader = Reader { characters: Characters::new(text, first_line), depth: 0 };
    let mut printed: Vec<Printed> = Vec::new();
    while reader.find_start() {
        let line = reader.characters.line();
        let json = reader.root();
        let repairs = std::mem::take(&mut reader.characters.repairs);
        if json != Json::Null {
            printed.push(Printed { line, json, repairs });
        }
    }
    printed
}

struct Reader {
    characters: Characters,
    depth: usize,
}

/// How a list or an object ended.
#[derive(PartialEq)]
enum End {
    Closed,
    /// By the brace of what is around it, which is still to be read.
    Missing,
}

impl Reader {
    /// Goes to the next line that begins an object or a list.
    fn find_start(&mut self) -> bool {
        loop {
            while self.characters.peek().is_some_and(char::is_whitespace) {
                self.characters.skip(1);
            }
            match self.characters.peek() {
                None => return false,
                Some('{' | '[' | '｛') => return true,
                Some('"' | '“') if self.begins_member() => return true,
                _ => self.characters.skip_line(),
            }
        }
    }

    /// Whether the line is a member of an object whose brace is missing.
    fn begins_member(&self) -> bool {
        let mut line = self.characters.rest_of_line(80).skip(1).skip_while(|char| !matches!(char, '"' | '”'));
        line.next();
        matches!(line.find(|char| !char.is_whitespace()), Some(':' | '：'))
    }

    fn root(&mut self) -> Json {
        if matches!(self.characters.peek(), Some('"' | '“')) {
            self.characters.repair("a missing brace");
            return self.object().0;
        }
        let mut json = self.value();
        if let Json::Object(members) = &mut json {
            while self.goes_on() {
                self.characters.repair("a brace too many");
                if let Json::Object(more) = self.object().0 {
                    members.extend(more);
                }
            }
        }
        json
    }

    /// Whether members follow an object that was already closed.
    fn goes_on(&mut self) -> bool {
        let start = self.characters.place();
        let repairs = self.characters.repairs.len();
        self.characters.skip_blanks();
        let comma = matches!(self.characters.peek(), Some(',' | '，'));
        if comma {
            self.characters.skip(1);
            self.characters.skip_blanks();
        }
        let member = matches!(self.characters.peek(), Some('"' | '“')) && self.begins_member();
        if !member {
            self.characters.repairs.truncate(repairs);
            if comma || self.characters.peek() != Some('{') {
                self.characters.skip_line();
            }
        }
        debug_assert!(self.characters.place() >= start);
        member
    }

    fn value(&mut self) -> Json {
        self.characters.skip_blanks();
        match self.characters.peek() {
            Some('{' | '｛') => {
                self.open('{');
                self.nested(|reader| reader.object().0)
            }
            Some('[' | '［' | '【') => {
                self.open('[');
                self.nested(|reader| reader.list().0)
            }
            Some('"' | '\'' | '“' | '”' | '‘' | '’' | '＂') => Json::Text(text(&mut self.characters)),
            Some(',' | '，' | '}' | ']' | '｝' | '］') | None => {
                self.characters.repair("a missing value");
                Json::Null
            }
            Some(_) => bare(&mut self.characters),
        }
    }

    /// Skips an opening brace.
    fn open(&mut self, brace: char) {
        if self.characters.peek() != Some(brace) {
            self.characters.repair("a full-width brace");
        }
        self.characters.skip(1);
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Json) -> Json {
        if self.depth >= DEPTH {
            self.characters.repair("too many braces: the rest is left out");
            while self.characters.next().is_some() {}
            return Json::Null;
        }
        self.depth += 1;
        let json = read(self);
        self.depth -= 1;
        json
    }

    fn object(&mut self) -> (Json, End) {
        let mut members = Vec::new();
        let mut separated = true;
        loop {
            self.characters.skip_blanks();
            match self.characters.peek() {
                None => {
                    self.characters.repair("a missing brace");
                    return (Json::Object(members), End::Missing);
                }
                Some('}' | '｝') => {
                    self.close('}', separated && !members.is_empty());
                    return (Json::Object(members), End::Closed);
                }
                Some(']' | '］') if self.depth > 1 => {
                    self.characters.repair("a missing brace");
                    return (Json::Object(members), End::Missing);
                }
                Some(char) if is_comma(char) => {
                    self.comma(separated);
                    separated = true;
                }
                Some('{' | '[' | ']' | '］' | ':' | '：' | '｛' | ')' | '(' | ';') => self.drop(),
                Some(_) => {
                    self.note_missing_comma(separated);
                    self.member(&mut members);
                    separated = false;
                }
            }
        }
    }

    fn member(&mut self, members: &mut Vec<(String, Json)>) {
        let place = self.characters.place();
        let name = self.name();
        if self.characters.place() == place {
            self.drop();
            return;
        }
        self.characters.skip_blanks();
        if !self.colon() {
            // A name alone, or words: only a name that could be one is kept.
            self.characters.repair_at(place, "a name without a value");
            if is_name(&name) {
                members.push((name, Json::Null));
            }
            return;
        }
        self.characters.skip_blanks();
        let next_member = matches!(self.characters.peek(), Some('"' | '“')) && self.begins_member();
        let value = if next_member {
            self.characters.repair("a missing value");
            Json::Null
        } else {
            self.value()
        };
        if !name.is_empty() {
            members.push((name, value));
        }
    }

    fn name(&mut self) -> String {
        let place = self.characters.place();
        let key = match self.characters.peek() {
            Some('"' | '\'' | '“' | '”' | '‘' | '’' | '＂') => text(&mut self.characters),
            _ => match bare(&mut self.characters) {
                Json::Placeholder(word) => word,
                _ => String::new(),
            },
        };
        let name = key.trim().to_owned();
        if name != key {
            self.characters.repair_at(place, "a blank in a name");
        }
        name
    }

    /// Skips the colon after a name, and returns whether a value follows.
    fn colon(&mut self) -> bool {
        match self.characters.peek() {
            Some(':') => {}
            Some('：' | '=') => self.characters.repair("a full-width colon"),
            Some('{' | '[' | '"' | '｛') if self.value_without_colon() => {
                self.characters.repair("a missing colon");
                return true;
            }
            _ => return false,
        }
        self.characters.skip(1);
        true
    }

    /// Whether what follows a name is its value and not the next member.
    fn value_without_colon(&self) -> bool {
        self.characters.peek() != Some('"') || !self.begins_member()
    }

    fn list(&mut self) -> (Json, End) {
        let mut items: Vec<Json> = Vec::new();
        let mut separated = true;
        loop {
            self.characters.skip_blanks();
            match self.characters.peek() {
                None => {
                    self.characters.repair("a missing bracket");
                    return (Json::List(items), End::Missing);
                }
                Some(']' | '］' | '】') => {
                    self.close(']', separated && !items.is_empty());
                    return (Json::List(items), End::Closed);
                }
                Some('}' | '｝') if self.depth > 1 => {
                    self.characters.repair("a missing bracket");
                    return (Json::List(items), End::Missing);
                }
                Some('"' | '“') if self.depth > 1 && self.begins_member() => {
                    self.characters.repair("a missing bracket");
                    return (Json::List(items), End::Missing);
                }
                Some(char) if is_comma(char) => {
                    self.comma(separated);
                    separated = true;
                }
                Some('}' | '｝' | ':' | '：' | ')' | ';') => self.drop(),
                Some(_) => {
                    self.note_missing_comma(separated);
                    let place = self.characters.place();
                    items.push(self.value());
                    if self.characters.place() == place {
                        self.drop();
                    }
                    separated = false;
                }
            }
        }
    }

    fn close(&mut self, brace: char, trailing: bool) {
        if trailing {
            self.characters.repair("a trailing comma");
        }
        if self.characters.peek() != Some(brace) {
            self.characters.repair("a full-width brace");
        }
        self.characters.skip(1);
    }

    fn comma(&mut self, separated: bool) {
        if separated {
            self.characters.repair("a comma too many");
        } else if self.characters.peek() != Some(',') {
            self.characters.repair("a full-width comma");
        }
        self.characters.skip(1);
    }

    fn note_missing_comma(&mut self, separated: bool) {
        if !separated {
            self.characters.repair("a missing comma");
        }
    }

    fn drop(&mut self) {
        self.characters.repair("a character that fits nowhere");
        self.characters.skip(1);
    }
}

fn is_comma(char: char) -> bool {
    matches!(char, ',' | '，' | '、' | '；' | '﹐')
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.'))
}
