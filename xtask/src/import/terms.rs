//! Terms of a few words from the page's descriptions. Sentences are the vendor's and are not copied.

use unicode_width::UnicodeWidthStr;

/// The most columns of a term.
const COLUMNS: usize = 28;

/// What stands for a term that a person has to find.
pub(super) const TODO: &str = "TODO";

/// The first phrase of a description, or `TODO` if it is too long for a term.
pub(super) fn term(description: &str) -> String {
    let ends = |char: char| "，。；：！？,;:!?\n（(）)、【[「『“\"".contains(char);
    let first = description.split(ends).map(str::trim).find(|phrase| !phrase.is_empty()).unwrap_or("");
    let first = first.split("http").next().unwrap_or("").replace('`', "");
    let first = first.trim().trim_end_matches(['.', '-', '=', '|', '\\', '）', ')', '」', '”']).trim();
    if first.is_empty() || first.width_cjk() > COLUMNS || first.chars().any(char::is_control) {
        return TODO.to_owned();
    }
    first.to_owned()
}
