//! Rules of types and their fields.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::codegen::payload_name;

use super::{Lint, escape, is, names, one_line, strings, target};

const OBJECT: &[&str] = &["$comment", "description", "type", "properties", "required"];
const RESPONSE: &[&str] = &["$comment", "description", "type", "properties", "if", "then"];
const TEXT: &[&str] = &["$comment", "description", "type", "format"];
const NUMBER: &[&str] = &["$comment", "description", "type", "format", "x-known-values", "x-sparse"];
const KNOWN_VALUE: &[&str] = &["value", "name", "description"];
const SPARSE_VALUE: &[&str] = &["value", "name", "description", "advice"];
const STATUS: [&str; 2] = ["errcode", "errmsg"];

impl Lint<'_> {
    pub(super) fn definition(&mut self, pointer: &str, name: &str, definition: &Value) {
        if !names::is_type(name) {
            self.report(
                pointer,
                "write the name in upper camel case, and none that the generated code uses for something else",
            );
        }
        self.description(pointer, definition);
        match definition.get("type").and_then(Value::as_str) {
            Some("object") => self.object(pointer, name, definition),
            Some("string") => {
                self.keywords(pointer, definition, TEXT);
                self.format(pointer, definition, &["password"]);
            }
            Some("integer") => {
                self.keywords(pointer, definition, NUMBER);
                self.integer(pointer, definition);
                self.known_values(pointer, definition);
                if name == "ErrCode" {
                    self.success_code(pointer, definition);
                }
            }
            _ => self.report(
                &format!("{pointer}/type"),
                "write \"object\", \"string\" or \"integer\": other definitions have no Rust type of their own",
            ),
        }
    }

    /// What every answer's status rests on.
    fn success_code(&mut self, pointer: &str, definition: &Value) {
        let known = definition.get("x-known-values").and_then(Value::as_array);
        let success = |known: &Value| known.get("value") == Some(&json!(0)) && known.get("name") == Some(&json!("Ok"));
        if definition.get("x-sparse").is_none() || !known.is_some_and(|known| known.iter().any(success)) {
            let advice = "ErrCode has \"x-sparse\": true and a value {\"value\": 0, \"name\": \"Ok\", …}: add them";
            self.report(&format!("{pointer}/x-known-values"), advice);
        }
    }

    fn object(&mut self, pointer: &str, name: &str, object: &Value) {
        let response = self.responses.contains_key(name);
        self.keywords(pointer, object, if response { RESPONSE } else { OBJECT });
        let Some(properties) = object.get("properties").and_then(Value::as_object).filter(|fields| !fields.is_empty())
        else {
            return self.report(&format!("{pointer}/properties"), "write an object with at least one field");
        };
        for (field, property) in properties {
            let pointer = format!("{pointer}/properties/{}", escape(field));
            if !names::is_wire(field)
                || (self.requests.contains_key(name) && ["new", "check"].contains(&field.as_str()))
            {
                self.report(
                    &pointer,
                    "a field is named in lower case with underscores, and not like a method of every request",
                );
            }
            self.property(&pointer, name, property);
            if self.queries.contains(name) && !self.fits_query(property) {
                self.report(&pointer, "a query has no lists and objects: write plain values, or send a body");
            }
        }
        if self.reaches(name, name, &mut BTreeSet::new()) {
            self.report(pointer, "this definition contains itself: an answer of WeCom never does, so untie it");
            return;
        }
        if response {
            self.response(pointer, name, object, properties);
        } else {
            self.required(&format!("{pointer}/required"), object.get("required"), properties);
        }
    }

    fn response(&mut self, pointer: &str, name: &str, object: &Value, properties: &Map<String, Value>) {
        let payload = payload_name(name);
        let named = name.ends_with("Response") && names::is_type(payload);
        let shared = self.responses.keys().filter(|other| payload_name(other) == payload).count() > 1;
        let taken = self.definitions.contains_key(payload) && !self.unwraps_to_object(object, properties);
        if !named || shared || taken {
            let advice = "name an answer like its call, with Response at the end; what is before it must be free";
            self.report(pointer, advice);
        }
        let code = properties.get("errcode");
        let code = code.is_some_and(|code| code.get("default") == Some(&json!(0)) && target(code) == Some("ErrCode"));
        let text =
            properties.get("errmsg").is_some_and(|text| is(text, "string") && text.get("default") == Some(&json!("")));
        if !(code && text) {
            self.report(
                &format!("{pointer}/properties"),
                "an answer holds \"errcode\", a \"$ref\" to ErrCode with \"default\": 0, and \"errmsg\", a string with \"default\": \"\"",
            );
        }
        if properties.keys().all(|field| STATUS.contains(&field.as_str())) {
            let advice = "an answer holds something beside its status: write what the page shows";
            self.report(&format!("{pointer}/properties"), advice);
        }
        match (object.get("if"), object.get("then")) {
            (None, None) => {}
            (Some(condition), Some(then))
                if *condition == json!({"properties": {"errcode": {"const": 0}}})
                    && then.as_object().is_some_and(|then| then.keys().eq(["required"])) =>
            {
                let pointer = format!("{pointer}/then/required");
                self.required(&pointer, then.get("required"), properties);
                for (index, _) in strings(then.get("required")).filter(|(_, field)| STATUS.contains(field)) {
                    self.report(&format!("{pointer}/{index}"), "a payload is what an answer holds beside its status: delete it");
                }
            }
            _ => self.report(
                &format!("{pointer}/if"),
                "write \"if\": {\"properties\": {\"errcode\": {\"const\": 0}}}, \"then\": {\"required\": […]}: what a success must hold",
            ),
        }
    }

    fn fits_query(&self, property: &Value) -> bool {
        let object =
            target(property).and_then(|name| self.definitions.get(name)).is_some_and(|object| is(object, "object"));
        !object && !is(property, "array") && property.get("x-undocumented").is_none()
    }

    /// Whether the payload is one object of the schema, so that it needs no type of its own.
    fn unwraps_to_object(&self, response: &Value, properties: &Map<String, Value>) -> bool {
        let mut payload = properties.iter().filter(|(field, _)| !STATUS.contains(&field.as_str()));
        let required = response.pointer("/then/required");
        match (payload.next(), payload.next()) {
            (Some((field, property)), None) => {
                let object = target(property).and_then(|name| self.definitions.get(name));
                object.is_some_and(|object| is(object, "object")) && strings(required).any(|(_, name)| name == field)
            }
            _ => false,
        }
    }

    fn property(&mut self, pointer: &str, owner: &str, property: &Value) {
        self.description(pointer, property);
        let mut allowed = vec!["$comment", "description"];
        let (request, response) = (self.requests.contains_key(owner), self.responses.contains_key(owner));
        let kind = property.get("type").and_then(Value::as_str);
        match (property.get("$ref"), kind) {
            (Some(_), _) => {
                allowed.push("$ref");
                allowed.extend(response.then_some("default"));
                self.reference(pointer, property);
            }
            (None, Some("string")) => {
                allowed.extend(["type", "format"]);
                allowed.extend(response.then_some("default"));
                self.format(pointer, property, &["date"]);
            }
            (None, Some("integer")) => {
                allowed.extend(["type", "format"]);
                if request {
                    allowed.extend(["minimum", "maximum"]);
                }
                self.integer(pointer, property);
                for limit in ["minimum", "maximum"] {
                    if property.get(limit).is_some_and(|value| value.as_i64().is_none()) {
                        self.report(&format!("{pointer}/{limit}"), "write an integer");
                    }
                }
                let number = |limit: &str| property.get(limit).and_then(Value::as_i64);
                if number("minimum").zip(number("maximum")).is_some_and(|(minimum, maximum)| minimum > maximum) {
                    self.report(&format!("{pointer}/maximum"), "write a number that is not below \"minimum\"");
                }
            }
            (None, Some("array")) => {
                allowed.extend(["type", "items"]);
                self.items(&format!("{pointer}/items"), property.get("items"));
            }
            (None, None) if property.get("x-undocumented") == Some(&Value::Bool(true)) => {
                allowed.push("x-undocumented")
            }
            _ => self.report(
                &format!("{pointer}/type"),
                "write \"string\", \"integer\" or \"array\", a \"$ref\", or \"x-undocumented\": true",
            ),
        }
        let status = STATUS.iter().any(|status| pointer.ends_with(&format!("/properties/{status}")));
        if !status {
            allowed.retain(|keyword| *keyword != "default");
        }
        self.keywords(pointer, property, &allowed);
    }

    fn items(&mut self, pointer: &str, items: Option<&Value>) {
        let Some(items) = items else {
            return self.report(pointer, "missing: write what the list holds, e.g. {\"$ref\": \"#/$defs/UserId\"}");
        };
        match (items.get("$ref"), items.get("type").and_then(Value::as_str)) {
            (Some(_), _) => {
                self.keywords(pointer, items, &["$ref"]);
                self.reference(pointer, items);
            }
            (None, Some("string")) => self.keywords(pointer, items, &["type"]),
            (None, Some("integer")) => {
                self.keywords(pointer, items, &["type", "format"]);
                self.integer(pointer, items);
            }
            _ => self.report(pointer, "write a \"$ref\", or the type \"string\" or \"integer\""),
        }
    }

    fn required(&mut self, pointer: &str, required: Option<&Value>, properties: &Map<String, Value>) {
        let mut names = BTreeSet::new();
        for (index, field) in strings(required) {
            let pointer = format!("{pointer}/{index}");
            if !names.insert(field) {
                self.report(&pointer, "this name is there already: delete it");
            }
            match properties.get(field) {
                None => self.report(&pointer, format!("there is no property \"{field}\" here: write the name of one")),
                Some(property) if self.reads_empty(property, &mut BTreeSet::new()) => {
                    self.report(
                        &pointer,
                        "absent, null and empty mean the same for lists and objects of lists: delete this name",
                    );
                }
                Some(_) => {}
            }
        }
    }

    /// Whether absent, null and empty mean the same: a list, or an object of which nothing is required and all is like that.
    fn reads_empty(&self, property: &Value, seen: &mut BTreeSet<String>) -> bool {
        if is(property, "array") {
            return true;
        }
        let Some(name) = target(property).filter(|name| seen.insert((*name).to_owned())) else { return false };
        let Some(object) = self.definitions.get(name).filter(|object| is(object, "object")) else { return false };
        let properties = self.properties(name);
        strings(object.get("required")).next().is_none()
            && properties.is_some_and(|properties| properties.values().all(|property| self.reads_empty(property, seen)))
    }

    fn format(&mut self, pointer: &str, schema: &Value, known: &[&str]) {
        if schema.get("format").is_some_and(|format| !known.iter().any(|known| format == known)) {
            let advice = format!(
                "a string here has no format, or \"{}\": delete it, say it in the description",
                known.join("\", \"")
            );
            self.report(&format!("{pointer}/format"), advice);
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
        let sparse = match definition.get("x-sparse") {
            None => false,
            Some(Value::Bool(true)) if definition.get("x-known-values").is_some() => true,
            Some(_) => {
                let advice = "write true, and only beside \"x-known-values\": or delete it";
                return self.report(&format!("{pointer}/x-sparse"), advice);
            }
        };
        let Some(values) = definition.get("x-known-values") else { return };
        let Some(values) = values.as_array().filter(|values| !values.is_empty()) else {
            return self.report(&format!("{pointer}/x-known-values"), "write a list with at least one value");
        };
        let (mut numbers, mut variants) = (BTreeSet::new(), BTreeSet::new());
        for (index, known) in values.iter().enumerate() {
            let pointer = format!("{pointer}/x-known-values/{index}");
            self.keywords(&pointer, known, if sparse { SPARSE_VALUE } else { KNOWN_VALUE });
            if !known.get("value").and_then(Value::as_i64).is_some_and(|value| numbers.insert(value)) {
                self.report(&format!("{pointer}/value"), "write an integer that no other entry has");
            }
            let name = known.get("name").and_then(Value::as_str).unwrap_or_default();
            if !names::is_variant(name) || !variants.insert(name) {
                let message = "write a name in upper camel case that no other entry has, other than Unknown";
                self.report(&format!("{pointer}/name"), message);
            }
            let meaning = known.get("description").and_then(Value::as_str);
            if !meaning.is_some_and(|text| text.ends_with(')') && one_line(text)) {
                self.report(
                    &format!("{pointer}/description"),
                    "write the meaning, then the vendor's term: \"Yes (是)\"",
                );
            }
            if known.get("advice").is_some_and(|advice| !advice.as_str().is_some_and(one_line)) {
                self.report(&format!("{pointer}/advice"), "write on one line what the caller can do");
            }
        }
    }

    /// Whether a definition is part of what another contains.
    fn reaches(&self, from: &str, to: &str, seen: &mut BTreeSet<String>) -> bool {
        self.properties(from).into_iter().flat_map(Map::values).any(|property| {
            target(property)
                .or_else(|| target(property.get("items")?))
                .is_some_and(|name| name == to || (seen.insert(name.to_owned()) && self.reaches(name, to, seen)))
        })
    }
}
