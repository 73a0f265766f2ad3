//! Rules of calls.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Lint, is, names, strings, target};
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

/// Whether a path can be sent as it is.
fn is_path(path: &str) -> bool {
    let plain = |segment: &str| {
        let characters = segment.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        characters && !segment.chars().all(|c| c == '.')
    };
    path.strip_prefix('/').is_some_and(|path| path.split('/').all(plain))
}

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
        let Some((_, names)) = parts.filter(|(path, _)| is_path(path) && path.rsplit('/').next() == Some(rel)) else {
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
        let side = |key: &str| link.get(key).and_then(target).and_then(|name| self.definitions.get(name));
        let (request, response) = (side("submissionSchema"), side("targetSchema"));
        let name = |key: &str| paged.get(key).and_then(Value::as_str).unwrap_or_default();
        let property = |side: Option<&Value>, key: &str| side?.get("properties")?.get(name(key)).cloned();
        let optional = |side: Option<&Value>, list: &str, key: &str| {
            !strings(side.and_then(|side| side.pointer(list))).any(|(_, required)| required == name(key))
        };
        let turns = |key: &str| {
            property(request, key).filter(|property| is(property, "integer") && optional(request, "/required", key))
        };
        let coded = |property: &Value| {
            let definition = target(property).and_then(|name| self.definitions.get(name));
            definition.is_some_and(|code| code.get("x-known-values").is_some() && code.get("x-sparse").is_none())
        };
        let lists = |property: &Value| is(property, "array") && property.pointer("/items/$ref").is_some();
        let mut wrong = Vec::new();
        if turns("offset").is_none() || name("offset") == name("limit") {
            wrong.push(("offset", "an integer of the request that need not be there"));
        }
        if turns("limit").is_none_or(|limit| limit.get("maximum").is_none()) {
            wrong.push(("limit", "an integer of the request with \"maximum\" that need not be there"));
        }
        if !property(response, "items").is_some_and(|items| lists(&items)) {
            wrong.push(("items", "a list of definitions in the answer"));
        }
        let end = property(response, "end").filter(|end| coded(end) && optional(response, "/then/required", "end"));
        if paged.get("end").is_some() && end.is_none() {
            wrong.push(("end", "a yes/no code of the answer that need not be there"));
        }
        for (key, kind) in wrong {
            self.report(&format!("{pointer}/{key}"), format!("write the name of {kind}"));
        }
    }

    /// The properties of a definition.
    pub(super) fn properties(&self, name: &str) -> Option<&Map<String, Value>> {
        self.definitions.get(name)?.get("properties")?.as_object()
    }
}
