//! The texts, numbers and words of a sample.

use serde_json::Number;

use super::characters::Characters;
use super::json::Json;

/// Reads a text in quotes of any sort.
pub(super) fn text(characters: &mut Characters) -> String {
    let single = opening_quote(characters);
    let mut text = String::new();
    while let Some(char) = characters.peek() {
        match char {
            '\\' => {
                escaped(characters, &mut text);
                continue;
            }
            '\n' if ends_line(&text, characters) => break,
            _ if is_quote(char, single) && closes(characters) => {
                if char != '"' && !single {
                    characters.repair("full-width quotes");
                }
                characters.skip(1);
                return text;
            }
            '"' => characters.repair("a quote inside a text"),
            _ => {}
        }
        text.push(char);
        characters.skip(1);
    }
    characters.repair("a missing quote");
    text.trim_end().trim_end_matches(',').to_owned()
}

/// Skips an opening quote, and returns whether it is a single one.
fn opening_quote(characters: &mut Characters) -> bool {
    let quote = characters.peek();
    match quote {
        Some('"') => {}
        Some('\'') => characters.repair("single quotes"),
        _ => characters.repair("full-width quotes"),
    }
    characters.skip(1);
    quote == Some('\'')
}

fn is_quote(char: char, single: bool) -> bool {
    if single { matches!(char, '\'' | '’' | '‘') } else { matches!(char, '"' | '”' | '“' | '＂') }
}

/// What may follow a text.
const AFTER_TEXT: &str = ":：}]｝］】\"“/#、；;{[=.…<";

/// Whether the quote that comes next ends its text: punctuation, a quote, the end of the line or words without quotes follow.
fn closes(characters: &Characters) -> bool {
    let rest: Vec<char> = characters.rest_of_line(200).skip(1).collect();
    let quoted = || rest.iter().any(|char| is_quote(*char, false));
    let mut words = rest.iter().copied().skip_while(|char| char.is_whitespace());
    match words.next() {
        None => true,
        Some(',' | '，') => {
            // In a text, words and another quote may follow a comma.
            let next = words.find(|char| !char.is_whitespace());
            next.is_none_or(|char| !char.is_alphabetic() || char.is_ascii_lowercase()) || !quoted()
        }
        Some(char) => AFTER_TEXT.contains(char) || (rest[0].is_whitespace() || "（(".contains(char)) && !quoted(),
    }
}

/// Whether a text that has no closing quote ends with its line: a comma ends the line, or a brace or a name begins the next.
fn ends_line(text: &str, characters: &Characters) -> bool {
    if text.chars().rev().take(200).find(|char| !char.is_whitespace()) == Some(',') {
        return true;
    }
    let mut ahead = 1;
    while ahead < 200 && characters.peek_at(ahead).is_some_and(char::is_whitespace) {
        ahead += 1;
    }
    matches!(characters.peek_at(ahead), None | Some('}' | ']' | '"' | '{'))
}

fn escaped(characters: &mut Characters, text: &mut String) {
    let place = characters.place();
    characters.skip(1);
    match characters.next() {
        Some('n') => text.push('\n'),
        Some('t') => text.push('\t'),
        Some('r') => text.push('\r'),
        Some('b') => text.push('\u{8}'),
        Some('f') => text.push('\u{c}'),
        Some(char @ ('"' | '\\' | '/')) => text.push(char),
        Some('u') => match code_point(characters) {
            Some(char) => text.push(char),
            None => {
                characters.repair_at(place, "an escape that is none");
                text.push('\u{fffd}');
            }
        },
        other => {
            characters.repair_at(place, "an escape that is none");
            text.push('\\');
            text.extend(other);
        }
    }
}

fn code_point(characters: &mut Characters) -> Option<char> {
    let mut code = 0;
    for ahead in 0..4 {
        code = code * 16 + characters.peek_at(ahead)?.to_digit(16)?;
    }
    characters.skip(4);
    char::from_u32(code)
}

/// Reads what has no quotes: a number, a literal, or a word that stands for a value.
pub(super) fn bare(characters: &mut Characters) -> Json {
    let place = characters.place();
    let mut word = String::new();
    while let Some(char) = characters.peek() {
        let comment = characters.starts_with("//") && !word.ends_with(':');
        if matches!(char, ',' | '，' | '}' | ']' | '{' | '[' | ':' | '：' | '\n' | '"' | '｝' | '｛' | '；' | '#')
            || comment
        {
            break;
        }
        word.push(char);
        characters.skip(1);
    }
    let word = word.trim();
    match word {
        "true" => return Json::Bool(true),
        "false" => return Json::Bool(false),
        "null" => return Json::Null,
        _ => {}
    }
    if let Some(number) = number(word) {
        return number;
    }
    if let Some(value) = before_words(word) {
        characters.repair_at(place, "words after a value");
        return value;
    }
    characters.repair_at(place, "a value without quotes");
    match word.to_ascii_lowercase().as_str() {
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        "null" | "none" | "nil" | "undefined" => Json::Null,
        _ => Json::Placeholder(word.to_owned()),
    }
}

/// The number or literal that Chinese words follow.
fn before_words(word: &str) -> Option<Json> {
    let end = word.find(|char: char| char.is_whitespace() || "（(".contains(char))?;
    let more = word[end..].trim_start();
    if more.is_ascii() {
        return None;
    }
    match &word[..end] {
        "true" => Some(Json::Bool(true)),
        "false" => Some(Json::Bool(false)),
        "null" => Some(Json::Null),
        word => number(word),
    }
}

fn number(word: &str) -> Option<Json> {
    if !word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')) {
        return None;
    }
    if let Ok(number) = word.parse::<i64>() {
        return Some(Json::Integer(number.into()));
    }
    if let Ok(number) = word.parse::<u64>() {
        return Some(Json::Integer(number.into()));
    }
    word.starts_with(|char: char| char.is_ascii_digit() || char == '-').then_some(())?;
    Number::from_f64(word.parse().ok()?).map(Json::Float)
}
