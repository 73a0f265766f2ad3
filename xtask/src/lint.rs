//! The rules of `schema/README.md` that a program can check, each breach with its JSON pointer and what to write.

use std::collections::BTreeSet;
use std::fmt;

use heck::ToUpperCamelCase;
use serde_json::{Map, Value};

use crate::schema::definition_name;

/// A rule that the schema does not keep.
#[derive(Debug, PartialEq, Eq)]
pub struct Breach {
    /// JSON pointer to the place.
    pub pointer: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

/// Every breach in the schema, in the order of the file.
pub fn lint(schema: &Value) -> Vec<Breach> {
    let empty = Map::new();
    let definitions = schema.get("$defs").and_then(Value::as_object).unwrap_or(&empty);
    let mut lint = Lint { definitions, roles: Roles::of(schema), referenced: BTreeSet::new(), breaches: Vec::new() };
    lint.root(schema);
    for (name, definition) in definitions {
        lint.definition(&format!("/$defs/{}", escape(name)), name, definition);
    }
    for name in definitions.keys().filter(|name| !lint.referenced.contains(*name)).cloned().collect::<Vec<_>>() {
        lint.report(&format!("/$defs/{}", escape(&name)), "nothing refers to this definition: use it or delete it");
    }
    lint.breaches
}

/// Which definitions are sent and which are received.
struct Roles {
    requests: BTreeSet<String>,
    responses: BTreeSet<String>,
}

impl Roles {
    fn of(schema: &Value) -> Self {
        let mut roles = Roles { requests: BTreeSet::new(), responses: BTreeSet::new() };
        for link in schema.get("links").and_then(Value::as_array).into_iter().flatten() {
            let target = |key: &str| link.get(key)?.get("$ref")?.as_str().and_then(definition_name).map(str::to_owned);
            roles.requests.extend(target("submissionSchema").into_iter().chain(target("hrefSchema")));
            roles.responses.extend(target("targetSchema"));
        }
        roles
    }
}

struct Lint<'a> {
    definitions: &'a Map<String, Value>,
    roles: Roles,
    referenced: BTreeSet<String>,
    breaches: Vec<Breach>,
}

const ROOT: &[&str] = &["$schema", "$comment", "title", "description", "base", "links", "$defs"];
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
const OBJECT: &[&str] = &["$comment", "description", "type", "properties", "required"];
const RESPONSE: &[&str] = &["$comment", "description", "type", "properties", "required", "if", "then"];
const TEXT: &[&str] = &["$comment", "description", "type", "format"];
const NUMBER: &[&str] = &["$comment", "description", "type", "format", "x-known-values", "x-sparse"];
const PROPERTY: &[&str] = &["$comment", "description", "$ref", "type", "format", "items", "default", "x-undocumented"];
const SENT: &[&str] = &["$comment", "description", "$ref", "type", "format", "items", "default", "minimum", "maximum"];
const ITEMS: &[&str] = &["$ref", "type", "format"];
const KNOWN_VALUE: &[&str] = &["value", "name", "description", "advice"];

impl Lint<'_> {
    fn report(&mut self, pointer: &str, message: impl Into<String>) {
        self.breaches.push(Breach { pointer: pointer.to_owned(), message: message.into() });
    }

    fn root(&mut self, schema: &Value) {
        self.keywords("", schema, ROOT);
        if schema.get("base").and_then(Value::as_str).is_none() {
            self.report("/base", "missing: write the server's address, e.g. \"base\": \"https://qyapi.weixin.qq.com\"");
        }
        if schema.get("$defs").and_then(Value::as_object).is_none() {
            self.report("/$defs", "missing: write an object with a definition for each type");
        }
        let mut names = BTreeSet::new();
        for (index, link) in schema.get("links").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self.link(&format!("/links/{index}"), link, &mut names);
        }
    }

    fn link(&mut self, pointer: &str, link: &Value, names: &mut BTreeSet<String>) {
        self.keywords(pointer, link, LINK);
        self.description(pointer, link);
        let rel = link.get("rel").and_then(Value::as_str).unwrap_or_default();
        if rel.is_empty() || !names.insert(rel.to_owned()) {
            self.report(&format!("{pointer}/rel"), "write the vendor's name of the call, once");
        }
        let href = link.get("href").and_then(Value::as_str).unwrap_or_default();
        let path = href.split_once("{?").and_then(|(path, names)| names.ends_with('}').then_some(path));
        if !path.is_some_and(|path| path.starts_with('/') && path.rsplit('/').next() == Some(rel)) {
            let example =
                format!("write the path and the query's names, e.g. \"/cgi-bin/health/{rel}{{?access_token}}\"");
            self.report(&format!("{pointer}/href"), example);
        }
        let method = link.pointer("/targetHints/allow/0").and_then(Value::as_str);
        let query = link.get("hrefSchema").is_some();
        match (method, query, link.get("submissionSchema").is_some()) {
            (Some("GET"), true, false) | (Some("POST"), false, true) => {}
            _ => self.report(
                &format!("{pointer}/targetHints"),
                "write {\"allow\": [\"POST\"]} with a \"submissionSchema\", or {\"allow\": [\"GET\"]} with a \"hrefSchema\"",
            ),
        }
        for key in ["submissionSchema", "hrefSchema", "targetSchema"] {
            match link.get(key) {
                Some(schema) => self.reference(&format!("{pointer}/{key}"), schema),
                None if key == "targetSchema" => {
                    self.report(&format!("{pointer}/{key}"), "missing: write {\"$ref\": \"#/$defs/…Response\"}");
                }
                None => {}
            }
        }
        if link.get("x-page").and_then(Value::as_str).is_none() {
            self.report(&format!("{pointer}/x-page"), "missing: write the address of the vendor's page");
        }
        if let Some(paged) = link.get("x-paged") {
            self.paged(&format!("{pointer}/x-paged"), link, paged);
        }
    }

    fn paged(&mut self, pointer: &str, link: &Value, paged: &Value) {
        self.keywords(pointer, paged, PAGED);
        let property = |side: &str, name: &str| {
            let definition = link.get(side)?.get("$ref")?.as_str().and_then(definition_name)?;
            self.definitions.get(definition)?.get("properties")?.get(name)
        };
        let is = |property: &Value, kind: &str| property.get("type").is_some_and(|value| value == kind);
        let coded = |property: &Value| property.get("$ref").is_some();
        let checks = [
            ("offset", "submissionSchema", true, "an integer"),
            ("limit", "submissionSchema", true, "an integer with \"maximum\""),
            ("items", "targetSchema", true, "a list of definitions"),
            ("end", "targetSchema", false, "a yes/no code"),
        ];
        let mut wrong = Vec::new();
        for (key, side, needed, kind) in checks {
            let found = paged.get(key).map(|name| name.as_str().and_then(|name| property(side, name)));
            let fits = found.flatten().is_some_and(|property| match key {
                "offset" => is(property, "integer"),
                "limit" => is(property, "integer") && property.get("maximum").is_some(),
                "items" => is(property, "array") && property.pointer("/items/$ref").is_some(),
                _ => coded(property),
            });
            if !(fits || (found.is_none() && !needed)) {
                wrong.push((
                    format!("{pointer}/{key}"),
                    format!("write the name of a property of the {side} that is {kind}"),
                ));
            }
        }
        for (pointer, message) in wrong {
            self.report(&pointer, message);
        }
    }

    fn definition(&mut self, pointer: &str, name: &str, definition: &Value) {
        if name != name.to_upper_camel_case() {
            self.report(pointer, format!("write the name in upper camel case: {}", name.to_upper_camel_case()));
        }
        self.description(pointer, definition);
        match definition.get("type").and_then(Value::as_str) {
            Some("object") => self.object(pointer, name, definition),
            Some("string") => self.keywords(pointer, definition, TEXT),
            Some("integer") => {
                self.keywords(pointer, definition, NUMBER);
                self.integer(pointer, definition);
                self.known_values(pointer, definition);
            }
            _ => self.report(
                &format!("{pointer}/type"),
                "write \"object\", \"string\" or \"integer\": other definitions have no Rust type of their own",
            ),
        }
    }

    fn object(&mut self, pointer: &str, name: &str, object: &Value) {
        let response = self.roles.responses.contains(name);
        self.keywords(pointer, object, if response { RESPONSE } else { OBJECT });
        let empty = Map::new();
        let properties = object.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        if response && !["errcode", "errmsg"].iter().all(|status| properties.contains_key(*status)) {
            self.report(&format!("{pointer}/properties"), "an answer holds \"errcode\" and \"errmsg\": add them");
        }
        for (field, property) in properties {
            self.property(&format!("{pointer}/properties/{}", escape(field)), name, property);
        }
        self.required(&format!("{pointer}/required"), object.get("required"), properties);
        if self.reaches(name, name, &mut BTreeSet::new()) {
            self.report(pointer, "this definition contains itself: an answer of WeCom never does, so untie it");
        }
        match (object.get("if"), object.get("then")) {
            (None, None) => {}
            (Some(condition), Some(then))
                if *condition == serde_json::json!({"properties": {"errcode": {"const": 0}}})
                    && then.as_object().is_some_and(|then| then.keys().eq(["required"])) =>
            {
                for (index, field) in strings(then.get("required")).enumerate() {
                    if !properties.contains_key(field) {
                        let message = format!("there is no property \"{field}\" here: write the name of one");
                        self.report(&format!("{pointer}/then/required/{index}"), message);
                    }
                }
            }
            _ => self.report(
                &format!("{pointer}/if"),
                "write \"if\": {\"properties\": {\"errcode\": {\"const\": 0}}}, \"then\": {\"required\": […]}: what a success must hold",
            ),
        }
    }

    fn property(&mut self, pointer: &str, owner: &str, property: &Value) {
        let sent = self.roles.requests.contains(owner);
        self.keywords(pointer, property, if sent { SENT } else { PROPERTY });
        self.description(pointer, property);
        let number = property.get("type").is_some_and(|kind| kind == "integer");
        for limit in ["minimum", "maximum"] {
            if property.get(limit).is_some_and(|value| !number || value.as_i64().is_none()) {
                self.report(
                    &format!("{pointer}/{limit}"),
                    "only a plain integer has a range: write an integer, or delete it",
                );
            }
        }
        if property.get("$ref").is_some() {
            self.reference(pointer, property);
        } else {
            match property.get("type").and_then(Value::as_str) {
                Some("string") => {}
                Some("integer") => self.integer(pointer, property),
                Some("array") => self.items(&format!("{pointer}/items"), property.get("items")),
                None if property.get("x-undocumented") == Some(&Value::Bool(true)) => {}
                _ => self.report(
                    &format!("{pointer}/type"),
                    "write \"string\", \"integer\" or \"array\", a \"$ref\", or \"x-undocumented\": true",
                ),
            }
        }
        let default = property.get("default");
        if default.is_some_and(|value| !sent && *value != 0 && *value != "") {
            self.report(&format!("{pointer}/default"), "an absent value reads as 0 or \"\": write that, or no default");
        }
    }

    fn items(&mut self, pointer: &str, items: Option<&Value>) {
        let Some(items) = items else {
            return self.report(pointer, "missing: write what the list holds, e.g. {\"$ref\": \"#/$defs/UserId\"}");
        };
        self.keywords(pointer, items, ITEMS);
        match (items.get("$ref"), items.get("type").and_then(Value::as_str)) {
            (Some(_), _) => self.reference(pointer, items),
            (None, Some("string")) => {}
            (None, Some("integer")) => self.integer(pointer, items),
            _ => self.report(pointer, "write a \"$ref\", or the type \"string\" or \"integer\""),
        }
    }

    fn required(&mut self, pointer: &str, required: Option<&Value>, properties: &Map<String, Value>) {
        for (index, field) in strings(required).enumerate() {
            let pointer = format!("{pointer}/{index}");
            match properties.get(field) {
                None => self.report(&pointer, format!("there is no property \"{field}\" here: write the name of one")),
                Some(property) if property.get("type").is_some_and(|kind| kind == "array") => {
                    self.report(&pointer, "absent, null and empty lists mean the same: delete this name");
                }
                Some(_) => {}
            }
        }
    }

    fn reference(&mut self, pointer: &str, schema: &Value) {
        let pointer = format!("{pointer}/$ref");
        let target = schema.get("$ref").and_then(Value::as_str).unwrap_or_default();
        match definition_name(target) {
            Some(name) if self.definitions.contains_key(name) => {
                self.referenced.insert(name.to_owned());
            }
            Some(name) => {
                let message = format!(
                    "there is no definition \"{name}\": write it under \"$defs\", or refer to one that is there"
                );
                self.report(&pointer, message);
            }
            None => self.report(&pointer, "refer to a definition of this file: write \"#/$defs/…\""),
        }
    }

    fn integer(&mut self, pointer: &str, schema: &Value) {
        if schema.get("format").is_none_or(|format| format != "int64") {
            self.report(
                &format!("{pointer}/format"),
                "every integer says its size: write \"format\": \"int64\" (ids, counts and times outgrow 32 bits)",
            );
        }
    }

    fn known_values(&mut self, pointer: &str, definition: &Value) {
        let sparse = definition.get("x-sparse").is_some();
        let Some(values) = definition.get("x-known-values") else {
            if sparse {
                self.report(&format!("{pointer}/x-sparse"), "only for a definition with \"x-known-values\": delete it");
            }
            return;
        };
        let (mut numbers, mut names) = (BTreeSet::new(), BTreeSet::new());
        for (index, known) in values.as_array().into_iter().flatten().enumerate() {
            let pointer = format!("{pointer}/x-known-values/{index}");
            self.keywords(&pointer, known, KNOWN_VALUE);
            if !known.get("value").and_then(Value::as_i64).is_some_and(|value| numbers.insert(value)) {
                self.report(&format!("{pointer}/value"), "write an integer that no other entry has");
            }
            let name = known.get("name").and_then(Value::as_str).unwrap_or_default();
            if name.is_empty() || name != name.to_upper_camel_case() || name == "Unknown" || !names.insert(name) {
                let message = "write a name in upper camel case that no other entry has, other than Unknown";
                self.report(&format!("{pointer}/name"), message);
            }
            if !known.get("description").and_then(Value::as_str).is_some_and(|text| text.ends_with(')')) {
                self.report(
                    &format!("{pointer}/description"),
                    "write the meaning, then the vendor's term: \"Yes (是)\"",
                );
            }
        }
    }

    fn description(&mut self, pointer: &str, schema: &Value) {
        let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let bracketed = text.strip_suffix(").").and_then(|text| text.rsplit_once(" (")).is_some();
        if !(bracketed && text.starts_with(|first: char| first.is_ascii_uppercase())) {
            let missing = if text.is_empty() { "missing: " } else { "" };
            self.report(
                &format!("{pointer}/description"),
                format!("{missing}write an English sentence that ends with the vendor's own term, e.g. \"Job title (任务名称).\""),
            );
        }
    }

    fn keywords(&mut self, pointer: &str, schema: &Value, allowed: &[&str]) {
        let Some(schema) = schema.as_object() else {
            return self.report(pointer, "write an object here");
        };
        for keyword in schema.keys().filter(|keyword| !allowed.contains(&keyword.as_str())) {
            let advice = match keyword.as_str() {
                "enum" | "const" | "oneOf" | "anyOf" => {
                    "the vendor adds values, so a closed list loses answers: write \"x-known-values\": [{\"value\": …, \"name\": …, \"description\": …}]"
                }
                "additionalProperties" | "unevaluatedProperties" => {
                    "the vendor adds fields, so none is refused: delete it"
                }
                "minLength" | "maxLength" | "pattern" | "minimum" | "maximum" | "minItems" | "maxItems" => {
                    "a limit would make answers unreadable: say it in the description; only an integer that is sent has a range"
                }
                _ => "the code generator would ignore this keyword here: delete it, or put it where it is known",
            };
            self.report(&format!("{pointer}/{}", escape(keyword)), advice);
        }
    }

    /// Whether a definition is part of what another contains.
    fn reaches(&self, from: &str, to: &str, seen: &mut BTreeSet<String>) -> bool {
        let properties = self.definitions.get(from).and_then(|definition| definition.get("properties"));
        properties.and_then(Value::as_object).into_iter().flat_map(Map::values).any(|property| {
            let target = property.get("$ref").or_else(|| property.get("items")?.get("$ref"));
            target
                .and_then(Value::as_str)
                .and_then(definition_name)
                .is_some_and(|name| name == to || (seen.insert(name.to_owned()) && self.reaches(name, to, seen)))
        })
    }
}

fn strings(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// A name as a step of a JSON pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
