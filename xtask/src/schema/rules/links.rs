//! Rules of endpoints.

use std::collections::BTreeSet;

use super::super::document::{Link, Method, Node, Paged};
use super::super::types::{Kind, Type};
use super::{Rules, names};

/// Returns whether a path can be sent without escapes.
fn is_path(path: &str) -> bool {
    let plain = |segment: &str| {
        let characters = segment.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        characters && !segment.chars().all(|c| c == '.')
    };
    path.strip_prefix('/').is_some_and(|path| path.split('/').all(plain))
}

impl<'a> Rules<'a> {
    pub(super) fn links(&mut self) {
        let mut methods = BTreeSet::new();
        for (index, link) in self.document.links.iter().enumerate() {
            let pointer = format!("/links/{index}");
            self.words(&pointer, &link.title, &link.term, &link.description);
            self.link_names(&pointer, link, &mut methods);
            self.link_types(&pointer, link);
            if !link.page.starts_with("https://") {
                self.report(&format!("{pointer}/x-page"), "write the address of the vendor's page");
            }
            if let Some(paged) = &link.paged {
                self.paged(&format!("{pointer}/x-paged"), link, paged);
            }
        }
    }

    fn link_names(&mut self, pointer: &str, link: &'a Link, methods: &mut BTreeSet<&'a str>) {
        if !names::is_wire(&link.rel) {
            let advice = "write the vendor's name of the endpoint, the last part of its path";
            self.report(&format!("{pointer}/rel"), advice);
        }
        let method = link.method_name();
        if !names::is_method(method) || !methods.insert(method) {
            let key = if link.method_name.is_some() { "x-method" } else { "rel" };
            let advice = "write an \"x-method\" that is lower case, no keyword of Rust, and no method that the client has already";
            self.report(&format!("{pointer}/{key}"), format!("\"{method}\" cannot be the client's method: {advice}"));
        }
        let (path, rel) = (link.path(), &link.rel);
        let names: Vec<_> = link.query().collect();
        if !is_path(path) || path.rsplit('/').next() != Some(rel) || names.is_empty() {
            let advice =
                format!("write the path and the names of the query, e.g. \"/cgi-bin/health/{rel}{{?access_token}}\"");
            return self.report(&format!("{pointer}/href"), advice);
        }
        let query = link.href_schema.as_ref().and_then(|query| self.document.definitions.get(query.name()));
        let fits = match query {
            Some(query) => query.properties.keys().eq(names.iter()),
            None => names.len() == 1 && names::is_wire(names[0]),
        };
        if !fits {
            let advice =
                "name the token alone where there is a body, or all fields of the \"hrefSchema\" in their order";
            self.report(&format!("{pointer}/href"), advice);
        }
    }

    fn link_types(&mut self, pointer: &str, link: &'a Link) {
        let (body, query) = (link.submission_schema.is_some(), link.href_schema.is_some());
        let fits = match link.target_hints.allow[..] {
            [Method::Post] => body && !query,
            [Method::Get] => query && !body,
            _ => false,
        };
        if !fits {
            let advice = "write {\"allow\": [\"POST\"]} with a \"submissionSchema\", or {\"allow\": [\"GET\"]} with a \"hrefSchema\"";
            self.report(&format!("{pointer}/targetHints"), advice);
        }
        let uses = self.uses();
        let references = [
            ("submissionSchema", link.submission_schema.as_ref()),
            ("hrefSchema", link.href_schema.as_ref()),
            ("targetSchema", Some(&link.target_schema)),
        ];
        for (key, reference) in references {
            let Some(reference) = reference else { continue };
            let pointer = format!("{pointer}/{key}");
            self.reference(&pointer, &reference.target);
            if uses.get(reference.name()).is_some_and(|uses| *uses > 1) {
                self.report(&pointer, "a definition is sent or received by one endpoint: write another for this one");
            }
            let definition = self.document.definitions.get(reference.name());
            if definition.is_some_and(|definition| definition.kind() != Kind::Object) {
                self.report(&pointer, "a request and a response are objects: write an object there");
            }
        }
    }

    fn paged(&mut self, pointer: &str, link: &Link, paged: &Paged) {
        let side = |name: &str| self.document.definitions.get(name);
        let (request, response) = (side(link.request()), side(link.response()));
        let field = |side: Option<&'a Node>, name: &str| side.and_then(|side| side.properties.get(name));
        let turns = |name: &str| {
            let optional = request.is_some_and(|request| !request.required.iter().any(|required| required == name));
            field(request, name).filter(|field| optional && field.holds() == Type::Integer)
        };
        let is_list = field(response, &paged.items)
            .is_some_and(|items| matches!(items.holds(), Type::List(inner) if matches!(*inner, Type::Definition(_))));
        let ends = paged.end.as_ref().is_none_or(|end| {
            let optional = response.is_some_and(|response| !response.success().contains(end));
            let code = field(response, end).and_then(|end| self.target(end));
            optional && code.is_some_and(|code| code.kind() == Kind::Coded)
        });
        let mut wrong = Vec::new();
        if turns(&paged.offset).is_none() || paged.offset == paged.limit {
            wrong.push(("offset", "an optional integer of the request"));
        }
        if turns(&paged.limit).is_none_or(|limit| limit.maximum.is_none()) {
            wrong.push(("limit", "an optional integer of the request, with a \"maximum\""));
        }
        if !is_list {
            wrong.push(("items", "a list of definitions in the response"));
        }
        if !ends {
            wrong.push(("end", "an optional yes/no code of the response"));
        }
        for (key, kind) in wrong {
            self.report(&format!("{pointer}/{key}"), format!("write the name of {kind}"));
        }
    }
}
