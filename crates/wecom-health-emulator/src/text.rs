//! Foreign text in messages.

/// Escapes line breaks and control characters, so that the text neither starts a line nor controls the terminal.
pub(crate) fn one_line(text: &str) -> String {
    let escaped = |char: char| match char {
        '"' | '\'' | '\\' => char.to_string(),
        _ => char.escape_debug().to_string(),
    };
    text.chars().map(escaped).collect()
}
