//! Which fields are required.

use crate::page::{Field, Fields, Side};

/// What a page says about whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
    /// Required under a condition that the page describes, or by one row and not by another.
    Conditional,
    /// The page does not say.
    Unsaid,
}

/// Whether a field of the request or the response must be there.
pub(super) fn need(fields: &Fields, at: usize, side: Side) -> Need {
    let field = fields.get(at);
    let parent = fields.get(field.parent);
    let absent = parent.objects > field.seen || (side == Side::Response && field.shape.null);
    match (said(field), side) {
        (Need::Required, _) if absent => Need::Conditional,
        (Need::Unsaid, Side::Response) if !absent && parent.objects > 0 && !is_conditional(field) => Need::Required,
        (Need::Unsaid, Side::Response) => Need::Optional,
        (said, _) => said,
    }
}

/// What the columns say.
fn said(field: &Field) -> Need {
    let mut said = field.rows.iter().filter_map(|row| row.required.as_deref()).map(column);
    let Some(first) = said.next() else { return Need::Unsaid };
    if said.all(|other| other == first) { first } else { Need::Conditional }
}

/// What a cell of the column says.
pub(super) fn column(cell: &str) -> Need {
    let cell = cell.trim().to_lowercase();
    match cell.as_str() {
        "是" | "必须" | "必填" | "必需" | "必选" | "y" | "yes" | "true" | "required" | "√" | "必传" | "是的" => {
            Need::Required
        }
        "否" | "非必须" | "非必填" | "选填" | "可选" | "n" | "no" | "false" | "optional" | "×" | "非必需"
        | "不必须" | "不是" => Need::Optional,
        "" | "-" | "--" | "/" => Need::Unsaid,
        cell if cell.starts_with('否') || cell.starts_with("非") => Need::Optional,
        _ => Need::Conditional,
    }
}

/// Whether the description says that the server may leave the field out.
fn is_conditional(field: &Field) -> bool {
    field.rows.iter().any(|row| {
        let has = |words: &[&str]| words.iter().any(|word| row.description.contains(word));
        let returned = has(&["返回", "获取", "可见", "有值", "提供"]);
        (returned && has(&["仅", "才", "若", "如果", "当", "时", "不", "则"]))
            || has(&["才有", "可能为空", "可能没有", "仅当", "时存在", "时有效", "才有效"])
    })
}
