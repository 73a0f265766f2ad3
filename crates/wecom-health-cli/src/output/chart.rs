//! Parts of a whole, as bars and in percent.

/// Returns a bar of this many columns. In ASCII: block characters are twice as wide in some Chinese terminals.
pub(crate) fn bar(part: usize, whole: usize, columns: usize) -> String {
    let full = (part * columns).checked_div(whole).unwrap_or_default().min(columns);
    "#".repeat(full) + &".".repeat(columns - full)
}

/// Returns the percentage, rounded down: only the whole is 100%. `None` if there is nothing of which it could be a part.
pub(crate) fn percent(part: usize, whole: usize) -> Option<String> {
    let per_mille = (part * 1_000).checked_div(whole)?;
    Some(match (per_mille / 10, per_mille % 10) {
        (whole, 0) => format!("{whole}%"),
        (whole, tenth) => format!("{whole}.{tenth}%"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_is_full() {
        for (part, whole, shown, of_a_hundred) in [
            (0, 0, "....", None),
            (0, 3, "....", Some("0%")),
            (1, 3, "#...", Some("33.3%")),
            (1, 2, "##..", Some("50%")),
            (9_999, 10_000, "###.", Some("99.9%")),
            (10_000, 10_000, "####", Some("100%")),
            (3, 2, "####", Some("150%")),
        ] {
            assert_eq!((bar(part, whole, 4), percent(part, whole).as_deref()), (shown.to_owned(), of_a_hundred));
        }
    }
}
