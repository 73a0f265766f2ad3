//! Foreign text, made harmless for a terminal and its reader.

use std::borrow::Cow;
use std::fmt::Write;

use textwrap::core::Word;
use textwrap::{WordSeparator, WordSplitter};
use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Returns whether a character is invisible: it controls the terminal, changes the order of a line, or hides in it.
fn is_hidden(char: char) -> bool {
    matches!(
        get_general_category(char),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

/// Replaces every hidden character with U+FFFD.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|char| if is_hidden(char) { '\u{fffd}' } else { char }).collect()
}

/// Escapes hidden characters in JSON, where they occur only in strings, apart from ASCII white space.
pub(crate) fn escaped_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for char in json.chars() {
        if char < '\u{7f}' || !is_hidden(char) {
            escaped.push(char);
            continue;
        }
        for unit in char.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

/// Returns the text in exactly this many columns: padded with blanks, or cut, with `…` at the end.
pub(crate) fn fitted(text: &str, columns: usize) -> String {
    let mut fitted = cut(text, columns);
    let used = fitted.width();
    fitted.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    fitted
}

/// Cuts a text to at most this many columns; `…` replaces the rest.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    // Bounds the characters too, because accents and the like have no width.
    let longest = 4 * columns;
    if text.width() <= columns && text.chars().nth(longest).is_none() {
        return text.to_owned();
    }
    let mut used = 0;
    let fits = |char: &char| {
        used += char.width().unwrap_or(0);
        used < columns
    };
    let mut cut: String = text.chars().take(longest).take_while(fits).collect();
    cut.extend((columns > 0).then_some('…'));
    cut
}

/// The lines of a text that wraps at its blanks, and at the punctuation that Chinese texts have in their place: behind `、`, `，`, `；`, `。` and
/// `：`, and before `（`. Hyphens are parts of ids and dates.
pub(crate) fn wrapped(text: &str, options: textwrap::Options<'_>) -> Vec<String> {
    fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
        let pieces = line.split_inclusive([' ', '、', '，', '；', '。', '：']).flat_map(|piece| {
            let (before, bracket) = piece.split_at(piece.find('（').unwrap_or(0));
            [before, bracket]
        });
        Box::new(pieces.filter(|piece| !piece.is_empty()).map(Word::from))
    }
    let options = options.word_separator(WordSeparator::Custom(words)).word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(Cow::into_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_replaced_in_words_and_escaped_in_json() {
        // A character, and its escape where it is hidden.
        for (char, escape) in [
            ('\0', Some("\\u0000")),
            ('\n', Some("\\n")),
            ('\u{1b}', Some("\\u001b")),
            ('\u{7f}', Some("\\u007f")),  // DEL
            ('\u{85}', Some("\\u0085")),  // next line
            ('\u{9b}', Some("\\u009b")),  // starts an escape sequence
            ('\u{ad}', Some("\\u00ad")),  // soft hyphen
            ('\u{61c}', Some("\\u061c")), // Arabic letter mark
            ('\u{180e}', Some("\\u180e")),
            ('\u{200b}', Some("\\u200b")), // zero width
            ('\u{200d}', Some("\\u200d")),
            ('\u{200e}', Some("\\u200e")),
            ('\u{2028}', Some("\\u2028")), // line separator
            ('\u{2029}', Some("\\u2029")),
            ('\u{202e}', Some("\\u202e")), // turns the line around
            ('\u{2060}', Some("\\u2060")),
            ('\u{2066}', Some("\\u2066")),
            ('\u{206a}', Some("\\u206a")),
            ('\u{206f}', Some("\\u206f")),
            ('\u{feff}', Some("\\ufeff")),
            ('\u{fff9}', Some("\\ufff9")), // annotations
            ('\u{fffb}', Some("\\ufffb")),
            ('\u{e0001}', Some("\\udb40\\udc01")), // tags
            ('\u{e007f}', Some("\\udb40\\udc7f")),
            ('a', None),
            (' ', None),
            ('\u{a0}', None),
            ('é', None),
            ('\u{301}', None), // combines with the letter before
            ('中', None),
            ('，', None),
            ('😀', None),
            ('\u{fe0f}', None), // part of an emoji
            ('\u{e000}', None), // private use
        ] {
            let text = format!("a{char}b");
            let shown = if escape.is_some() { "a\u{fffd}b" } else { &text };
            assert_eq!(printable(&text), shown, "{char:?}");
            let json = escaped_json(&serde_json::to_string(&text).unwrap());
            assert_eq!(json, format!("\"a{}b\"", escape.map_or_else(|| char.to_string(), str::to_owned)));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text, "the same JSON");
        }
        assert_eq!(escaped_json("{\n  \"a\": 1\n}\n"), "{\n  \"a\": 1\n}\n");
    }

    #[test]
    fn a_text_wraps_at_blanks_and_chinese_punctuation() {
        for (text, lines) in [
            ("user-1, user-2", &["user-1,", "user-2"][..]),
            ("user-1、user-2、u", &["user-1、", "user-2、u"]),
            ("title: 0123456789", &["title:", "0123456789"]),
            ("题目：0123456789", &["题目：", "0123456789"]),
            ("student（parent）", &["student", "（parent）"]),
            ("很长的标题没有标点", &["很长的标题", "没有标点"]),
            ("", &[""]),
        ] {
            assert_eq!(wrapped(text, textwrap::Options::new(10)), lines);
        }
    }

    #[test]
    fn a_text_fills_its_columns_and_is_cut_where_it_is_longer() {
        for (text, columns, shown) in [
            ("", 3, "   "),
            ("ab", 3, "ab "),
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("中文", 5, "中文 "),
            ("中文", 4, "中文"),
            ("中文字", 5, "中文…"),
            ("中文字", 4, "中… "),
            ("", 0, ""),
            ("中", 0, ""),
            ("a\u{301}\u{301}\u{301}\u{301}\u{301}", 1, "…"),
            ("a\u{301}b", 2, "a\u{301}b"),
        ] {
            assert_eq!(fitted(text, columns), shown, "{text:?} in {columns}");
        }
    }
}
