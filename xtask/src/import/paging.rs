//! Endpoints that turn pages.

use serde_json::{Value, json};

use crate::page::Fields;

use super::kinds::{Kind, kind};

/// The fields that turn the pages of an endpoint, if that is clear: by offset or by cursor, with one list in the response.
pub(super) fn paged(request: &Fields, response: &Fields) -> Option<Value> {
    let asks = |name: &str| request.get(0).children.contains_key(name);
    let answers = |name: &str| response.get(0).children.contains_key(name);
    let items = items(response)?;
    if !asks("limit") {
        return None;
    }
    if asks("cursor") && answers("next_cursor") {
        let mut paged = json!({ "cursor": "cursor", "next": "next_cursor", "limit": "limit", "items": items });
        if answers("has_more") {
            paged["more"] = "has_more".into();
        }
        return Some(paged);
    }
    asks("offset").then(|| json!({ "offset": "offset", "limit": "limit", "items": items }))
}

/// The one list of a response.
fn items(response: &Fields) -> Option<String> {
    let mut lists = response.get(0).children.iter().filter_map(|(name, at)| match kind(response, *at).0 {
        Kind::List(items) => Some((name, items)),
        _ => None,
    });
    let (name, items) = lists.next()?;
    (lists.next().is_none() && matches!(*items, Kind::Object | Kind::Text)).then(|| name.clone())
}
