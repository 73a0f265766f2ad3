//! HTML in the text of a page.

/// The tags that the vendor uses. Others, such as `<string>`, are text.
const TAGS: [&str; 33] = [
    "font", "center", "p", "div", "span", "b", "i", "strong", "em", "a", "ul", "li", "ol", "sub", "sup", "u", "h1",
    "h2", "h3", "h4", "h5", "h6", "hr", "code", "img", "details", "summary", "small", "s", "del", "pre", "section",
    "label",
];

/// Drops HTML tags, except for `<br>` inside a line.
pub(super) fn without_html(line: &str) -> String {
    if !line.contains('<') {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        let tag = &rest[start..];
        let after = if let Some(comment) = tag.strip_prefix("<!--") {
            comment.find("-->").map(|end| start + 4 + end + 3)
        } else {
            known_tag(tag).map(|(end, is_break)| {
                if is_break && !out.is_empty() {
                    out.push_str("<br>");
                }
                start + end
            })
        };
        match after {
            Some(after) => rest = &rest[after..],
            None => {
                out.push('<');
                rest = &rest[start + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Where a tag that begins here ends, and whether it is a line break.
fn known_tag(text: &str) -> Option<(usize, bool)> {
    let inner = text[1..].trim_start_matches('/');
    let length = inner.find(|char: char| !char.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let name = inner[..length].to_ascii_lowercase();
    let end = text.char_indices().take(400).find(|(_, char)| *char == '>')?.0 + 1;
    if text[1..end].contains('<') {
        return None;
    }
    match name.as_str() {
        "br" => Some((end, true)),
        name if TAGS.contains(&name) => Some((end, false)),
        _ => None,
    }
}

/// Where a tag begins, in whatever case.
pub(super) fn find_tag(text: &str, tag: &str) -> Option<usize> {
    text.match_indices('<').map(|(at, _)| at).find(|at| {
        text.as_bytes().get(*at..at + tag.len()).is_some_and(|found| found.eq_ignore_ascii_case(tag.as_bytes()))
    })
}
