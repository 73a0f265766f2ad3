//! The definitions of a request or a response.

use serde_json::{Map, Value, json};

use crate::page::{ANY, Fields, Row, Side};

use super::definitions::{CONTRADICTION, Definitions, LINE, NO_ROW};
use super::kinds::{Kind, kind};
use super::known_values;
use super::names::{is_general, of_field};
use super::requirements::{Need, need};
use super::terms::{TODO, term};

/// Writes the definitions of an endpoint's messages.
pub(super) struct Writer<'a> {
    pub(super) definitions: &'a mut Definitions,
    pub(super) doubts: &'a mut Vec<String>,
    /// The name of the page, for doubts.
    pub(super) page: &'a str,
    /// The beginning of the names of the endpoint's types.
    pub(super) prefix: &'a str,
    pub(super) term: &'a str,
}

/// The fields of a message that are being written.
#[derive(Clone, Copy)]
struct Message<'a> {
    fields: &'a Fields,
    side: Side,
}

impl Writer<'_> {
    /// Writes a request under its name.
    pub(super) fn request(&mut self, name: &str, fields: &Fields) {
        let message = Message { fields, side: Side::Request };
        let object = self.object(message, 0);
        self.definitions.set(name, object.into());
    }

    /// Writes a response under its name, with the status that each has.
    pub(super) fn response(&mut self, name: &str, fields: &Fields) {
        let message = Message { fields, side: Side::Response };
        let mut object = self.object(message, 0);
        let mut properties = Map::new();
        properties.insert(
            "errcode".into(),
            json!({ "$ref": "#/$defs/ErrCode", "title": "Result code", "x-term": "返回码", "description": "The result of the request.", "default": 0 }),
        );
        properties.insert("errmsg".into(), json!({ "type": "string", "title": "Result text", "x-term": "返回码的文本描述", "description": "Text of the result code. The vendor may change it at any time.", "default": "" }));
        if let Some(Value::Object(payload)) = object.remove("properties") {
            properties.extend(payload.into_iter().filter(|(name, _)| name != "errcode" && name != "errmsg"));
        }
        object.insert("properties".into(), properties.into());
        if let Some(Value::Array(mut required)) = object.remove("required") {
            required.retain(|name| name != "errcode" && name != "errmsg");
            if !required.is_empty() {
                object.insert("if".into(), json!({ "properties": { "errcode": { "const": 0 } } }));
                object.insert("then".into(), json!({ "required": required }));
            }
        }
        self.definitions.set(name, object.into());
    }

    /// The object that a field, or the message itself, is.
    fn object(&mut self, message: Message<'_>, at: usize) -> Map<String, Value> {
        let field = message.fields.get(at);
        let (mut properties, mut required) = (Map::new(), Vec::new());
        let is_described = field.children.values().any(|child| !message.fields.get(*child).rows.is_empty());
        for (name, child) in &field.children {
            let status = at == 0 && message.side == Side::Response && matches!(name.as_str(), "errcode" | "errmsg");
            let (mut node, is_required) = if status { (json!({}), false) } else { self.property(message, *child) };
            let child = message.fields.get(*child);
            if is_described && child.rows.is_empty() {
                node[NO_ROW] = "".into();
            }
            properties.insert(name.clone(), node);
            if is_required {
                required.push(Value::from(name.as_str()));
            }
        }
        let term = if at == 0 { self.term.to_owned() } else { row_term(&field.rows) };
        let mut object = head(&term);
        object.insert("type".into(), "object".into());
        object.insert("properties".into(), properties.into());
        if !required.is_empty() {
            object.insert("required".into(), required.into());
        }
        object
    }

    /// The node of a field, and whether the field is required.
    fn property(&mut self, message: Message<'_>, at: usize) -> (Value, bool) {
        let Message { fields, side } = message;
        let field = fields.get(at);
        let line = field.rows.first().map_or(field.line, |row| row.line);
        let (kind, doubt) = kind(fields, at);
        let mut comments: Vec<String> = doubt.map(str::to_owned).into_iter().collect();
        let need = need(fields, at, side);
        if need == Need::Conditional {
            comments.push("required on a condition".to_owned());
        }
        let other = field.rows.iter().find(|row| differ(row, &field.rows[0]));
        if let Some(row) = other {
            comments.push(format!("the row on line {} differs", row.line));
        }
        let mut node = self.node(message, at, &kind);
        node.insert(LINE.into(), format!("{}:{line}", self.page).into());
        if doubt == Some(super::kinds::DIFFER) {
            let column = field.rows.iter().find_map(|row| row.kind.as_deref()).unwrap_or("");
            let page = format!("has the type {column} in its table, and another one in the sample");
            node.insert(CONTRADICTION.into(), page.into());
        } else if other.is_some() {
            node.insert(CONTRADICTION.into(), "has several rows about it, which differ".into());
        }
        node.extend(head(&row_term(&field.rows)));
        if !comments.is_empty() {
            let path = fields.path(at).join(".");
            let comment = comments.join("; ");
            self.doubts.push(format!("{}:{line}: {path}: {comment}", self.page));
            node.insert("$comment".into(), format!("import: {comment}, {}:{line}", file_name(self.page)).into());
        }
        let may_be_required = side == Side::Request || !is_lists(fields, at, &kind);
        let is_known = kind != Kind::Unknown || side == Side::Request;
        (node.into(), need == Need::Required && may_be_required && is_known)
    }

    /// The node of a kind.
    fn node(&mut self, message: Message<'_>, at: usize, kind: &Kind) -> Map<String, Value> {
        let field = message.fields.get(at);
        let value = match kind {
            Kind::Text => self.text(message, at),
            Kind::Integer => self.integer(message, at),
            Kind::Number => json!({ "type": "number" }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Unknown => json!({ "x-undocumented": true }),
            Kind::List(items) => json!({ "type": "array", "items": self.node(message, at, items) }),
            Kind::Map => {
                let values = field.children[ANY];
                let (kind, _) = super::kinds::kind(message.fields, values);
                json!({ "type": "object", "additionalProperties": self.node(message, values, &kind) })
            }
            Kind::Object => {
                let object = self.object(message, at);
                let names = self.candidates(message.fields, at);
                let name = self.definitions.add(&names, object.into());
                json!({ "$ref": format!("#/$defs/{name}") })
            }
        };
        let Value::Object(node) = value else { return Map::new() };
        node
    }

    fn integer(&mut self, message: Message<'_>, at: usize) -> Value {
        let rows = &message.fields.get(at).rows;
        let known = rows.iter().map(|row| known_values::integers(&row.description)).find(|known| known.len() >= 2);
        let Some(known) = known else { return json!({ "type": "integer", "format": "int64" }) };
        let values = known.iter().map(|known| json!({ "value": known.value, "title": TODO, "x-term": known.meaning }));
        let values: Vec<Value> = values.collect();
        self.coded(message.fields, at, json!({ "type": "integer", "format": "int64", "x-known-values": values }))
    }

    fn text(&mut self, message: Message<'_>, at: usize) -> Value {
        let rows = &message.fields.get(at).rows;
        let known = rows.iter().map(|row| known_values::texts(&row.description)).find(|known| known.len() >= 2);
        let Some(known) = known else { return json!({ "type": "string" }) };
        let values = known.iter().map(|known| json!({ "value": known.value, "title": TODO, "x-term": known.meaning }));
        let values: Vec<Value> = values.collect();
        self.coded(message.fields, at, json!({ "type": "string", "x-known-values": values }))
    }

    /// A reference to a definition with known values.
    fn coded(&mut self, fields: &Fields, at: usize, body: Value) -> Value {
        let mut definition = head(&row_term(&fields.get(at).rows));
        if let Value::Object(body) = body {
            definition.extend(body);
        }
        let names = self.candidates(fields, at);
        let name = self.definitions.add(&names, definition.into());
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    /// The names that a field's definition may have, the shortest first.
    fn candidates(&self, fields: &Fields, at: usize) -> Vec<String> {
        let field = fields.get(at);
        let item = |at: usize| fields.get(at).shape.list.is_some();
        let named = |at: usize| {
            let at = if fields.get(at).name == ANY { fields.get(at).parent } else { at };
            of_field(&fields.get(at).name, item(at))
        };
        let own = named(at);
        let mut names = if is_general(&own) { Vec::new() } else { vec![own.clone()] };
        if field.parent != 0 {
            names.push(format!("{}{own}", named(field.parent)));
        }
        names.push(format!("{}{own}", self.prefix));
        if field.parent != 0 {
            names.push(format!("{}{}{own}", self.prefix, named(field.parent)));
        }
        names
    }
}

/// What people read, of which only the term comes from the page.
fn head(term: &str) -> Map<String, Value> {
    let words = [("title", TODO), ("x-term", term), ("description", TODO)];
    words.into_iter().map(|(key, word)| (key.to_owned(), word.into())).collect()
}

fn row_term(rows: &[Row]) -> String {
    let terms = rows.iter().map(|row| term(&row.description));
    terms.into_iter().find(|term| term != TODO).unwrap_or_else(|| TODO.to_owned())
}

/// Whether a field is a list, or an object of nothing but lists: absent, null and empty mean the same.
fn is_lists(fields: &Fields, at: usize, kind: &Kind) -> bool {
    match kind {
        Kind::List(_) | Kind::Map => true,
        Kind::Object => fields.get(at).children.values().all(|child| {
            let (kind, _) = super::kinds::kind(fields, *child);
            is_lists(fields, *child, &kind)
        }),
        _ => false,
    }
}

fn file_name(page: &str) -> &str {
    page.rsplit('/').next().unwrap_or(page)
}

/// Whether two rows about one field say different things.
fn differ(one: &Row, other: &Row) -> bool {
    one.description != other.description || one.kind != other.kind || one.required != other.required
}
