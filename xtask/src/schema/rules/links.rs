//! Rules of endpoints.

use std::collections::BTreeSet;

use super::super::document::{Link, Method};
use super::super::names;
use super::super::types::{Kind, TOKEN};
use super::{Rules, is_sentence, one_line};

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
                self.report(&format!("{pointer}/x-page"), "write the https address of the vendor's page");
            }
            self.permission(&pointer, link);
            if let Some(paged) = &link.paged {
                self.paged(&format!("{pointer}/x-paged"), link, paged);
            }
        }
    }

    /// Who may call it is said in both languages, or not at all.
    fn permission(&mut self, pointer: &str, link: &Link) {
        let (english, chinese) = (link.permission.as_deref(), link.permission_zh.as_deref());
        if english.is_some() != chinese.is_some() {
            let missing = if english.is_some() { "x-permission-zh" } else { "x-permission" };
            self.report(&format!("{pointer}/{missing}"), "write in both languages which apps may call it, or in none");
        }
        if english.is_some_and(|text| !is_sentence(text)) {
            let advice = "write English sentences with capital and full stop, on one line, without brackets, that say which apps may call it, or delete it in both languages";
            self.report(&format!("{pointer}/x-permission"), advice);
        }
        if chinese.is_some_and(|text| !text.ends_with('。') || !one_line(text)) {
            let advice = "write Chinese sentences with full stop, on one line, that say which apps may call it, or delete it in both languages";
            self.report(&format!("{pointer}/x-permission-zh"), advice);
        }
    }

    fn link_names(&mut self, pointer: &str, link: &'a Link, methods: &mut BTreeSet<&'a str>) {
        let (path, rel) = (link.path(), &link.rel);
        if !is_path(path) {
            let advice =
                format!("write the path and the names of the query, e.g. \"/cgi-bin/health/{rel}{{?access_token}}\"");
            return self.report(&format!("{pointer}/href"), advice);
        }
        let is_named = names::is_snake(rel) && names::ends_path(path, rel);
        if !is_named {
            let advice = "write the vendor's name of the endpoint: the last parts of its path, in lower case, with underscores between";
            self.report(&format!("{pointer}/rel"), advice);
        }
        let method = link.method_name();
        let is_chosen = is_named || link.method_name.is_some();
        if is_chosen && (!names::is_method(method) || !methods.insert(method)) {
            let key = if link.method_name.is_some() { "x-method" } else { "rel" };
            let advice = "write an \"x-method\" that is lower case, no keyword of Rust, and no method that the client has already";
            self.report(&format!("{pointer}/{key}"), format!("\"{method}\" cannot be the client's method: {advice}"));
        }
        let fields = link.query().and_then(|query| self.document.definitions.get(query));
        let described: BTreeSet<_> =
            fields.into_iter().flat_map(|query| query.properties.keys()).map(String::as_str).collect();
        let named: BTreeSet<_> = link.query_names().filter(|name| *name != TOKEN).collect();
        if named != described.iter().copied().filter(|name| *name != TOKEN).collect() {
            let advice = "name the token and every field of the \"hrefSchema\", and no others: {?access_token,userid}";
            self.report(&format!("{pointer}/href"), advice);
        }
    }

    fn link_types(&mut self, pointer: &str, link: &'a Link) {
        match link.target_hints.allow[..] {
            [Method::Post] => {}
            [Method::Get] if link.body().is_none() => {}
            [Method::Get] => self.report(
                &format!("{pointer}/submissionSchema"),
                "a GET has no body: describe its fields in \"hrefSchema\", or write {\"allow\": [\"POST\"]}",
            ),
            _ => self
                .report(&format!("{pointer}/targetHints"), "write {\"allow\": [\"POST\"]} or {\"allow\": [\"GET\"]}"),
        }
        if link.writes.is_none() {
            let advice = "write true if the endpoint changes something on the server, false if it only reads; the client retries what only reads";
            self.report(&format!("{pointer}/x-writes"), advice);
        }
        let references = [
            ("submissionSchema", link.submission_schema.as_ref()),
            ("hrefSchema", link.href_schema.as_ref()),
            ("targetSchema", Some(&link.target_schema)),
        ];
        for (key, reference) in references {
            let Some(reference) = reference else { continue };
            let pointer = format!("{pointer}/{key}");
            self.reference(&pointer, &reference.target);
            if self.uses.get(reference.name()).is_some_and(|uses| *uses > 1) {
                self.report(&pointer, "a definition is sent or received by one endpoint: write another for this one");
            }
            let definition = self.document.definitions.get(reference.name());
            if definition.is_some_and(|definition| definition.kind() != Kind::Object) {
                self.report(
                    &pointer,
                    "a request and a response are objects: write the \"$ref\" of a definition that is one",
                );
            }
        }
        self.request_name(pointer, link);
    }

    /// Where there is a body and a query, or neither, the request has a name of its own.
    fn request_name(&mut self, pointer: &str, link: &Link) {
        if let (Some(body), Some(query)) = (link.body(), link.query()) {
            let stem = body.strip_suffix("Body");
            if stem.is_none() || stem != query.strip_suffix("Query") {
                let advice = "where there is a body and a query, name them alike: …Body and …Query; both together become …Request";
                return self.report(&format!("{pointer}/submissionSchema"), advice);
            }
        }
        let request = link.request();
        if !link.request_is_defined() && self.document.definitions.contains_key(&*request) {
            let advice = format!("the request is to be called {request}: rename the definition that has this name");
            self.report(&format!("{pointer}/targetSchema"), advice);
        }
    }
}
