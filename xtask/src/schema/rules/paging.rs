//! Rules of endpoints whose responses come in pages.

use super::super::document::{JsonType, Link, Node, Paged};
use super::super::types::{Kind, Type};
use super::Rules;

impl<'a> Rules<'a> {
    pub(super) fn paged(&mut self, pointer: &str, link: &Link, paged: &Paged) {
        let mut wrong = Vec::new();
        match (&paged.offset, &paged.cursor, &paged.next) {
            (Some(offset), None, None) => {
                if !self.is_sent(link, offset, |kind| *kind == Type::Integer) {
                    wrong.push(("offset", "write the name of an integer of the request that is not in \"required\""));
                }
            }
            (None, Some(cursor), Some(next)) => {
                if !self.is_sent(link, cursor, |kind| *kind == Type::Text) {
                    wrong.push(("cursor", "write the name of a string of the request that is not in \"required\""));
                }
                if self.received(link, next).is_none_or(|node| node.holds() != Type::Text) {
                    wrong.push(("next", "write the name of a string of the response: the cursor of the next page"));
                }
            }
            _ => wrong.push((
                "offset",
                "write the field that skips items, without \"cursor\" and \"next\", or write these two without \"offset\"",
            )),
        }
        if let Some(limit) = &paged.limit
            && (!self.is_sent(link, limit, |kind| *kind == Type::Integer) || paged.offset.as_ref() == Some(limit))
        {
            wrong.push((
                "limit",
                "write the name of another integer of the request that is not in \"required\", or delete it",
            ));
        }
        if !self.received(link, &paged.items).is_some_and(|node| matches!(node.holds(), Type::List(_))) {
            wrong.push(("items", "write the name of a list of the response"));
        }
        for (key, name) in [("end", &paged.end), ("more", &paged.more)] {
            let says_yes = |node: &Node| {
                matches!(node.kind, Some(JsonType::Boolean | JsonType::Integer))
                    || self.target(node).is_some_and(|code| code.kind() == Kind::Coded)
            };
            if name.as_ref().is_some_and(|name| !self.received(link, name).is_some_and(says_yes)) {
                wrong.push((
                    key,
                    "write the name of a boolean, an integer or a yes/no code of the response, or delete it",
                ));
            }
        }
        if paged.end.is_some() && paged.more.is_some() {
            wrong.push(("more", "either \"end\" or \"more\" tells the last page: delete one of them"));
        }
        for (key, advice) in wrong {
            self.report(&format!("{pointer}/{key}"), advice);
        }
    }

    /// Whether the request has a field of this kind that need not be there.
    fn is_sent(&self, link: &Link, field: &str, fits: impl Fn(&Type<'_>) -> bool) -> bool {
        let request = link.body().or(link.query()).and_then(|name| self.document.definitions.get(name));
        let Some(request) = request else { return false };
        let optional = !request.required.iter().any(|required| required == field);
        optional && request.properties.get(field).is_some_and(|node| fits(&node.holds()))
    }

    fn received(&self, link: &Link, field: &str) -> Option<&'a Node> {
        self.document.definitions.get(link.response())?.properties.get(field)
    }
}
