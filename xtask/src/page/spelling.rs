//! Names that a table spells otherwise than the sample: `parent.name` where the sample has `parents`. The field itself must have the
//! same name in both: of two that differ, either can be right.

use super::fields::Fields;

/// The one place of the sample that a path can mean, if none is called so. `is_named` tells which paths have rows of their own: those
/// are not another spelling.
pub(super) fn respelled(
    fields: &Fields,
    base: usize,
    path: &[String],
    is_named: impl Fn(&str) -> bool,
) -> Option<usize> {
    let last = path.last()?;
    let mut found = None;
    for at in fields.ending(base, std::slice::from_ref(last)) {
        let names = fields.path(at);
        let Some(start) = names.len().checked_sub(path.len()) else { continue };
        let differ: Vec<_> = names[start..].iter().zip(path).filter(|(shown, named)| *shown != named).collect();
        let spelled = differ.iter().all(|(shown, named)| folded(shown) == folded(named));
        if spelled && !is_named(&names[start..].join(".")) {
            if found.is_some() {
                return None;
            }
            found = Some(at);
        }
    }
    found
}

/// A name without what spellings differ in.
fn folded(name: &str) -> String {
    let name = name.replace('_', "");
    name.strip_suffix('s').map(str::to_owned).unwrap_or(name)
}
