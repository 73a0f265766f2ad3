//! The table of deviations in `schema/README.md`.

use anyhow::{Context, Result};

use crate::schema::Deviation;

const BEGIN: &str = "<!-- cargo xtask codegen writes this table from deviations.json -->\n";
const END: &str = "<!-- end of the table -->\n";

/// Returns the text of the document with the table of today.
pub(super) fn document(text: &str, deviations: &[Deviation]) -> Result<String> {
    let (before, rest) = text.split_once(BEGIN).with_context(|| format!("write the line {BEGIN}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("write the line {END}"))?;
    Ok(format!("{before}{BEGIN}\n{}\n{END}{after}", table(deviations)))
}

fn table(deviations: &[Deviation]) -> String {
    let rows = deviations.iter().map(|deviation| {
        let Deviation { page, reason, .. } = deviation;
        format!("| `{}` | {page} | {reason} |\n", deviation.place())
    });
    format!("| place | the page | reason |\n|---|---|---|\n{}", rows.collect::<String>())
}
