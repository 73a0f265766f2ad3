//! The values that a description gives a meaning: `1：…，2：…`, `0-…；1-…`, `1表示…`.

use super::terms::term;

/// A known value and its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known<V> {
    pub(super) value: V,
    pub(super) meaning: String,
}

/// The styles: what stands between a value and its meaning.
const STYLES: [&[&str]; 6] =
    [&["：", ":"], &["-", "－", "—", "–"], &["表示", "代表", "表明"], &["为", "是"], &["=", "＝"], &[" "]];

/// The values of an integer, if at least two have a meaning in one style.
pub(super) fn integers(description: &str) -> Vec<Known<i64>> {
    let numbers = numbers(description);
    for style in STYLES {
        let known = in_style(description, &numbers, style);
        if known.len() >= 2 {
            return known;
        }
    }
    Vec::new()
}

/// Where a number is, and what it is.
type Found = (usize, usize, i64);

fn in_style(description: &str, numbers: &[Found], style: &[&str]) -> Vec<Known<i64>> {
    let mut known: Vec<Known<i64>> = Vec::new();
    for (start, end, value) in numbers {
        let rest = description[*end..].trim_start_matches([' ', '”', '"', '`']);
        let loose = style.contains(&" ");
        let separator = if loose {
            description[*end..].starts_with(' ').then_some("")
        } else {
            style.iter().copied().find(|mark| rest.starts_with(mark))
        };
        let Some(separator) = separator else { continue };
        let meaning = rest[separator.len()..].trim_start_matches(['-', ' ', '：', ':']);
        let word = meaning.starts_with(|char: char| char.is_alphabetic() || "（(“\"「『【'".contains(char));
        let fits = begins(&description[..*start], loose) && word;
        if fits && !known.iter().any(|known| known.value == *value) {
            known.push(Known { value: *value, meaning: self::meaning(meaning) });
        }
    }
    known
}

/// Whether a number can begin a meaning after such a text.
fn begins(before: &str, strict: bool) -> bool {
    let trimmed = before.trim_end_matches([' ', '“', '"', '`', '（', '(']);
    match trimmed.chars().last() {
        None => true,
        Some(char) if strict => "，。；：、,;:\n".contains(char) || before.ends_with(' '),
        Some(char) => !("=<>≤≥~".contains(char) || char.is_ascii_alphanumeric() && trimmed.len() == before.len()),
    }
}

/// The numbers of a text that are no part of a word, a time or a fraction.
fn numbers(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && bytes[at].is_ascii_digit() {
            at += 1;
        }
        let negative = start > 0
            && bytes[start - 1] == b'-'
            && (start == 1 || !bytes[start - 2].is_ascii_alphanumeric() && bytes[start - 2] != b'-');
        let from = if negative { start - 1 } else { start };
        let before = text[..from].chars().last();
        let joined =
            before.is_some_and(|char| char.is_ascii_alphabetic() || matches!(char, '_' | '.' | '/' | '-' | '#'));
        if !joined && let Ok(value) = text[from..at].parse::<i64>() {
            found.push((from, at, value));
        }
    }
    found
}

/// The meaning at the beginning of a text, as a term.
fn meaning(text: &str) -> String {
    let end = text.find(|char: char| char.is_ascii_digit()).unwrap_or(text.len());
    let mut words = text[..end].trim_end_matches([' ', '-', '、']);
    loop {
        let quotes = words.trim_start_matches(['“', '"', '「', '『', '【', '‘', '\'', ' ']);
        let shorter =
            ["表示", "代表", "返回的是", "返回"].iter().find_map(|verb| quotes.strip_prefix(verb)).unwrap_or(quotes);
        if shorter.len() == words.len() {
            return term(words);
        }
        words = shorter;
    }
}

/// The values of a text, if at least two have a meaning in one style: `day-日期；hour-日期+时间`.
pub(super) fn texts(description: &str) -> Vec<Known<String>> {
    for style in [&["：", ":"][..], &["-", "－"], &["表示", "代表"]] {
        let mut known: Vec<Known<String>> = Vec::new();
        for (start, end) in words(description) {
            let rest = description[end..].trim_start_matches([' ', '”', '"', '`', '\'']);
            let Some(mark) = style.iter().find(|mark| rest.starts_with(**mark)) else { continue };
            let meaning = rest[mark.len()..].trim_start();
            let word = description[start..end].to_owned();
            let chinese = meaning.starts_with(|char: char| char.is_alphabetic() && !char.is_ascii());
            if chinese && !known.iter().any(|known| known.value == word) {
                known.push(Known { value: word, meaning: self::meaning(meaning) });
            }
        }
        if known.len() >= 2 {
            return known;
        }
    }
    Vec::new()
}

/// The words of Latin letters in a text.
fn words(text: &str) -> Vec<(usize, usize)> {
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let mut words = Vec::new();
    let mut start = None;
    for (at, char) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_word(char)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                if text[from..].starts_with(|char: char| char.is_ascii_alphabetic()) {
                    words.push((from, at));
                }
                start = None;
            }
            _ => {}
        }
    }
    words
}
