//! Parts of a whole, as bars and in percent. A part is never shown as nothing, nor as the whole.

/// Returns a bar of this many columns. In ASCII: block characters are twice as wide in some Chinese terminals.
pub(crate) fn bar(part: usize, whole: usize, columns: usize) -> String {
    let full = share(part, whole, columns).unwrap_or_default();
    "#".repeat(full) + &".".repeat(columns - full)
}

/// Returns the percentage with at most one decimal; `None` if there is nothing of which it could be a part.
pub(crate) fn percent(part: usize, whole: usize) -> Option<String> {
    let per_mille = share(part, whole, 1_000)?;
    Some(match (per_mille / 10, per_mille % 10) {
        (0, 1) if part * 1_000 < whole => "<0.1%".to_owned(),
        (whole, 0) => format!("{whole}%"),
        (whole, tenth) => format!("{whole}.{tenth}%"),
    })
}

/// Returns how many of so many steps a part is, rounded, but neither 0 nor all of them if it is neither; `None` without a whole.
pub(crate) fn share(part: usize, whole: usize, steps: usize) -> Option<usize> {
    let rounded = (part * steps + whole / 2).checked_div(whole)?;
    Some(match part {
        0 => 0,
        part if part >= whole => steps,
        _ => rounded.clamp(1, steps - 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_neither_nothing_nor_the_whole() {
        for (part, whole, shown, of_a_hundred) in [
            (0, 0, "....", None),
            (0, 3, "....", Some("0%")),
            (1, 20_000, "#...", Some("<0.1%")),
            (1, 1_000, "#...", Some("0.1%")),
            (1, 3, "#...", Some("33.3%")),
            (1, 2, "##..", Some("50%")),
            (2, 3, "###.", Some("66.7%")),
            (9_999, 10_000, "###.", Some("99.9%")),
            (10_000, 10_000, "####", Some("100%")),
        ] {
            assert_eq!((bar(part, whole, 4), percent(part, whole).as_deref()), (shown.to_owned(), of_a_hundred));
        }
    }
}
