//! The objects and lists of a sample, with what people forget and mistype in them.

use super::characters::Characters;
use super::json::Json;
use super::tokens::{bare, text};

/// Deeper samples are cut off.
const DEPTH: usize = 64;

/// Reads values one after the other.
pub(super) struct Reader {
    pub(super) characters: Characters,
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
    pub(super) fn new(characters: Characters) -> Self {
        Self { characters, depth: 0 }
    }

    /// Whether the line goes on with a member: a name in quotes and a colon.
    pub(super) fn begins_member(&self) -> bool {
        let mut line = self.characters.rest_of_line(80).skip(1).skip_while(|char| !matches!(char, '"' | '”'));
        line.next();
        matches!(line.find(|char| !char.is_whitespace()), Some(':' | '：'))
    }

    /// Reads the members of an object whose opening brace is missing or has been read.
    pub(super) fn members(&mut self) -> Json {
        self.object().0
    }

    pub(super) fn value(&mut self) -> Json {
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
