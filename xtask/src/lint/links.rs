//! Rules of calls.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Lint, is, names, target};
use crate::schema::Link;

const LINK: &[&str] = &[
    "rel",
    "description",
    "href",
    "targetHints",
    "submissionSchema",
    "hrefSchema",
    "targetSchema",
    "x-page",
    "x-method",
    "x-paged",
];
const PAGED: &[&str] = &["offset", "limit", "items", "end"];

/// How often each definition is the target of one of these keys of a link.
pub(super) fn targets(schema: &Value, keys: &[&str]) -> BTreeMap<String, usize> {
    let mut targets = BTreeMap::new();
    for link in schema.get("links").and_then(Value::as_array).into_iter().flatten() {
        for name in keys.iter().filter_map(|key| target(link.get(key)?)) {
            *targets.entry(name.to_owned()).or_default() += 1;
        }
    }
    targets
}

impl Lint<'_> {
    pub(super) fn links(&mut self, links: &[Value]) {
        let mut methods = BTreeSet::new();
        for (index, link) in links.iter().enumerate() {
            let pointer = format!("/links/{index}");
            self.keywords(&pointer, link, LINK);
            self.description(&pointer, link);
            self.link_names(&pointer, link, &mut methods);
            self.link_types(&pointer, link);
            if link.get("x-page").and_then(Value::as_str).is_none_or(|page| !page.starts_with("https://")) {
                self.report(&format!("{pointer}/x-page"), "write the address of the vendor's page");
            }
            if let Some(paged) = link.get("x-paged") {
                self.paged(&format!("{pointer}/x-paged"), link, paged);
            }
        }
    }

    fn link_names<'a>(&mut self, pointer: &str, link: &'a Value, methods: &mut BTreeSet<&'a str>) {
        let rel = link.get("rel").and_then(Value::as_str).unwrap_or_default();
        if !names::is_wire(rel) {
            self.report(&format!("{pointer}/rel"), "write the vendor's name of the call, the last part of its path");
        }
        let (key, method) = match link.get("x-method") {
            Some(method) => ("x-method", method.as_str().unwrap_or_default()),
            None => ("rel", Link::method_of(rel)),
        };
        if !names::is_method(method) || !methods.insert(method) {
            let advice = "write an \"x-method\" that is lower case, no keyword of Rust, and no method that the client has already";
            self.report(&format!("{pointer}/{key}"), format!("\"{method}\" cannot be the client's method: {advice}"));
        }
        let href = link.get("href").and_then(Value::as_str).unwrap_or_default();
        let parts = href.split_once("{?").and_then(|(path, names)| Some((path, names.strip_suffix('}')?)));
        let Some((_, names)) = parts.filter(|(path, _)| path.starts_with('/') && path.rsplit('/').next() == Some(rel))
        else {
            let example =
                format!("write the path and the query's names, e.g. \"/cgi-bin/health/{rel}{{?access_token}}\"");
            return self.report(&format!("{pointer}/href"), example);
        };
        let sent: Vec<_> = names.split(',').collect();
        let query = link.get("hrefSchema").and_then(target).and_then(|name| self.properties(name));
        let fits = match query {
            Some(query) => query.keys().eq(sent.iter()),
            None => sent.len() == 1 && names::is_wire(names),
        };
        if !fits {
            self.report(
                &format!("{pointer}/href"),
                "name the token alone for a call with a body, or all fields of the \"hrefSchema\" in their order",
            );
        }
    }

    fn link_types(&mut self, pointer: &str, link: &Value) {
        let hints = link.get("targetHints");
        let method = hints.and_then(|hints| hints.get("allow")).and_then(Value::as_array).map(|allow| &allow[..]);
        let (body, query) = (link.get("submissionSchema").is_some(), link.get("hrefSchema").is_some());
        let fits = match method {
            Some([method]) if method == "POST" => body && !query,
            Some([method]) if method == "GET" => query && !body,
            _ => false,
        };
        if !fits {
            self.report(
                &format!("{pointer}/targetHints"),
                "write {\"allow\": [\"POST\"]} with a \"submissionSchema\", or {\"allow\": [\"GET\"]} with a \"hrefSchema\"",
            );
        }
        for key in ["submissionSchema", "hrefSchema", "targetSchema"] {
            let pointer = format!("{pointer}/{key}");
            match link.get(key) {
                Some(schema) => {
                    self.keywords(&pointer, schema, &["$ref"]);
                    self.reference(&pointer, schema);
                    let used =
                        |roles: &BTreeMap<String, usize>| target(schema).and_then(|name| roles.get(name).copied());
                    if used(&self.requests).unwrap_or(0) + used(&self.responses).unwrap_or(0) > 1 {
                        self.report(
                            &pointer,
                            "a definition is sent or received by one call: write another for this one",
                        );
                    }
                }
                None if key == "targetSchema" => {
                    self.report(&pointer, "missing: write {\"$ref\": \"#/$defs/…Response\"}")
                }
                None => {}
            }
        }
    }

    fn paged(&mut self, pointer: &str, link: &Value, paged: &Value) {
        self.keywords(pointer, paged, PAGED);
        let property = |side: &str, name: &str| self.properties(link.get(side).and_then(target)?)?.get(name);
        let optional = |property: &Value| is(property, "integer");
        let checks = [
            ("offset", "submissionSchema", "an integer"),
            ("limit", "submissionSchema", "an integer with \"maximum\""),
            ("items", "targetSchema", "a list of definitions"),
            ("end", "targetSchema", "a yes/no code"),
        ];
        let mut wrong = Vec::new();
        for (key, side, kind) in checks {
            let Some(name) = paged.get(key) else {
                // Not every server says which page is the last.
                if key != "end" {
                    wrong.push((key, side, kind));
                }
                continue;
            };
            let fits = name.as_str().and_then(|name| property(side, name)).is_some_and(|property| match key {
                "offset" => optional(property),
                "limit" => optional(property) && property.get("maximum").is_some(),
                "items" => is(property, "array") && property.pointer("/items/$ref").is_some(),
                _ => target(property).is_some(),
            });
            if !fits {
                wrong.push((key, side, kind));
            }
        }
        for (key, side, kind) in wrong {
            let message = format!("write the name of a property of the {side} that is {kind}");
            self.report(&format!("{pointer}/{key}"), message);
        }
    }

    /// The properties of a definition.
    pub(super) fn properties(&self, name: &str) -> Option<&Map<String, Value>> {
        self.definitions.get(name)?.get("properties")?.as_object()
    }
}
