//! Reads JSON that people have typed: with full-width punctuation, missing, trailing and doubled commas, comments, ellipses,
//! placeholders without quotes, single quotes, and braces that are missing or too many.
//!
//! It takes what is there for what was meant, notes each repair, and never fails: where nothing fits, a character is dropped. This file
//! finds the samples in a text; `objects.rs` reads each of them.

use super::characters::Characters;
use super::json::{Json, Printed};
use super::objects::Reader;

/// Reads all objects and lists that a text prints, each beginning on a line of its own. The text begins on line `first_line`.
#[must_use]
pub fn read(text: &str, first_line: usize) -> Vec<Printed> {
    let mut reader = Reader::new(Characters::new(text, first_line));
    let mut printed: Vec<Printed> = Vec::new();
    while find_start(&mut reader) {
        let line = reader.characters.line();
        let json = root(&mut reader);
        let repairs = std::mem::take(&mut reader.characters.repairs);
        if json != Json::Null {
            printed.push(Printed { line, json, repairs });
        }
    }
    printed
}

/// Goes to the next line that begins an object or a list.
fn find_start(reader: &mut Reader) -> bool {
    loop {
        while reader.characters.peek().is_some_and(char::is_whitespace) {
            reader.characters.skip(1);
        }
        match reader.characters.peek() {
            None => return false,
            Some('{' | '[' | '｛') => return true,
            Some('"' | '“') if reader.begins_member() => return true,
            _ => reader.characters.skip_line(),
        }
    }
}

fn root(reader: &mut Reader) -> Json {
    if matches!(reader.characters.peek(), Some('"' | '“')) {
        reader.characters.repair("a missing brace");
        return reader.members();
    }
    let mut json = reader.value();
    if let Json::Object(members) = &mut json {
        while goes_on(reader) {
            reader.characters.repair("a brace too many");
            if let Json::Object(more) = reader.members() {
                members.extend(more);
            }
        }
    }
    json
}

/// Whether members follow an object that was already closed.
fn goes_on(reader: &mut Reader) -> bool {
    let start = reader.characters.place();
    let repairs = reader.characters.repairs.len();
    reader.characters.skip_blanks();
    let comma = matches!(reader.characters.peek(), Some(',' | '，'));
    if comma {
        reader.characters.skip(1);
        reader.characters.skip_blanks();
    }
    let member = matches!(reader.characters.peek(), Some('"' | '“')) && reader.begins_member();
    if !member {
        reader.characters.repairs.truncate(repairs);
        if comma || reader.characters.peek() != Some('{') {
            reader.characters.skip_line();
        }
    }
    debug_assert!(reader.characters.place() >= start);
    member
}
