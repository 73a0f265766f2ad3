//! `schema/health.schema.json` as the code generator sees it: a typed view, in the order of the file.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_path_to_error::{Path, Segment};

use crate::lint::{Breach, escape};

/// Where the schema is, from the root of the workspace.
pub const PATH: &str = "schema/health.schema.json";

/// The schema, once `lint` has found nothing to say.
#[derive(Debug, Deserialize)]
pub struct Document {
    /// The server that the calls are for.
    pub base: String,
    /// The calls.
    pub links: Vec<Link>,
    /// The types.
    #[serde(rename = "$defs")]
    pub definitions: IndexMap<String, Definition>,
}

/// A call: JSON Hyper-Schema's link description.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The vendor's name of the call, the last part of its path.
    pub rel: String,
    /// What the call does.
    pub description: String,
    /// URI template: the path, then the query's names.
    pub href: String,
    target_hints: TargetHints,
    submission_schema: Option<Reference>,
    href_schema: Option<Reference>,
    target_schema: Reference,
    /// The vendor's page of the call.
    #[serde(rename = "x-page")]
    pub page: String,
    /// How the answer comes in pages, if it does.
    #[serde(rename = "x-paged")]
    pub paged: Option<Paged>,
    #[serde(rename = "x-method")]
    method_name: Option<String>,
}

/// Which fields of a call turn the pages.
#[derive(Debug, Deserialize)]
pub struct Paged {
    /// Of the request: how many items to skip.
    pub offset: String,
    /// Of the request: how many items a page may hold.
    pub limit: String,
    /// Of the answer: the items.
    pub items: String,
    /// Of the answer: whether this page is the last, if the server says so.
    pub end: Option<String>,
}

#[derive(Debug, Deserialize)]
struct TargetHints {
    allow: Vec<String>,
}

/// `{"$ref": "#/$defs/…"}`.
#[derive(Clone, Debug, Deserialize)]
pub struct Reference {
    #[serde(rename = "$ref")]
    target: String,
}

impl Reference {
    /// Name of the definition.
    pub fn name(&self) -> &str {
        definition_name(&self.target).unwrap_or(&self.target)
    }
}

/// `X` of `#/$defs/X`.
pub fn definition_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/$defs/")
}

impl Link {
    /// Name of the client's method: the vendor's without `get_`, unless the schema gives another.
    pub fn method_name(&self) -> &str {
        self.method_name.as_deref().unwrap_or_else(|| Self::method_of(&self.rel))
    }

    /// Name of the client's method where the schema gives no other.
    pub fn method_of(rel: &str) -> &str {
        rel.strip_prefix("get_").unwrap_or(rel)
    }

    /// The HTTP method.
    pub fn method(&self) -> &str {
        self.target_hints.allow.first().map_or("", String::as_str)
    }

    /// The definition that the caller sends, in the body or in the query.
    pub fn request(&self) -> &str {
        self.submission_schema.as_ref().or(self.href_schema.as_ref()).map_or("", Reference::name)
    }

    /// The definition that the server answers.
    pub fn response(&self) -> &str {
        self.target_schema.name()
    }

    /// The path without the query's names.
    pub fn path(&self) -> &str {
        self.href.split_once('{').map_or(self.href.as_str(), |(path, _)| path)
    }

    /// The query's name for the token, where the request is not the query itself.
    pub fn token_parameter(&self) -> Option<&str> {
        let (_, names) = self.href.split_once("{?")?;
        self.href_schema.is_none().then(|| names.trim_end_matches('}'))
    }
}

/// An entry of `$defs`.
#[derive(Debug, Deserialize)]
pub struct Definition {
    /// What it is, ending with the vendor's own term.
    pub description: String,
    #[serde(rename = "type")]
    kind: String,
    format: Option<String>,
    /// Of an object: its fields, in the vendor's order.
    #[serde(default)]
    pub properties: IndexMap<String, Property>,
    /// Of an object: the fields that are always there.
    #[serde(default)]
    pub required: Vec<String>,
    /// Of an answer: what a success must hold.
    #[serde(default)]
    then: Success,
    /// Of a coded integer: what is known so far.
    #[serde(default, rename = "x-known-values")]
    pub known_values: Vec<KnownValue>,
    #[serde(default, rename = "x-sparse")]
    sparse: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Success {
    required: Vec<String>,
}

/// A field of an object.
#[derive(Debug, Deserialize)]
pub struct Property {
    /// What it is, ending with the vendor's own term.
    pub description: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    format: Option<String>,
    #[serde(rename = "$ref")]
    reference: Option<String>,
    items: Option<Box<Items>>,
    /// Whether an absent value reads as the type's zero.
    pub default: Option<serde_json::Value>,
    /// Smallest integer that may be sent.
    pub minimum: Option<i64>,
    /// Largest integer that may be sent.
    pub maximum: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Items {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "$ref")]
    reference: Option<String>,
}

/// One meaning of a coded integer.
#[derive(Debug, Deserialize)]
pub struct KnownValue {
    /// The number on the wire.
    pub value: i64,
    /// Name of the variant or constant.
    pub name: String,
    /// What it means, ending with the vendor's own term.
    pub description: String,
    /// What the caller can do about it.
    pub advice: Option<String>,
}

/// What a definition becomes in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A struct, written by typify.
    Object,
    /// A newtype over a string.
    Text,
    /// A newtype over a string that must not be shown.
    Secret,
    /// A newtype over an integer.
    Number,
    /// An enum over an integer.
    Coded,
    /// A newtype over an integer, with named constants.
    Sparse,
}

impl Definition {
    /// What the definition becomes in Rust.
    pub fn kind(&self) -> Kind {
        match (self.kind.as_str(), self.format.as_deref()) {
            ("object", _) => Kind::Object,
            ("string", Some("password")) => Kind::Secret,
            ("string", _) => Kind::Text,
            _ if self.known_values.is_empty() => Kind::Number,
            _ if self.sparse => Kind::Sparse,
            _ => Kind::Coded,
        }
    }

    /// The fields that a successful answer must hold.
    pub fn success(&self) -> &[String] {
        &self.then.required
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A definition.
    Definition(&'a str),
    /// A string.
    Text,
    /// A day.
    Date,
    /// An integer.
    Integer,
    /// A list of a definition.
    ListOf(&'a str),
    /// A list of strings.
    ListOfText,
    /// A list of integers.
    ListOfIntegers,
    /// JSON whose structure the vendor does not describe.
    Undocumented,
}

impl Property {
    /// What the field holds.
    pub fn value(&self) -> Value<'_> {
        if let Some(reference) = &self.reference {
            return Value::Definition(definition_name(reference).unwrap_or(reference));
        }
        match (self.kind.as_deref(), self.format.as_deref(), &self.items) {
            (Some("string"), Some("date"), _) => Value::Date,
            (Some("string"), ..) => Value::Text,
            (Some("integer"), ..) => Value::Integer,
            (Some("array"), _, Some(items)) => match (&items.reference, items.kind.as_deref()) {
                (Some(reference), _) => Value::ListOf(definition_name(reference).unwrap_or(reference)),
                (None, Some("integer")) => Value::ListOfIntegers,
                (None, _) => Value::ListOfText,
            },
            _ => Value::Undocumented,
        }
    }

    /// Whether the field is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.value(), Value::ListOf(_) | Value::ListOfText | Value::ListOfIntegers)
    }
}

impl Document {
    /// The typed view of a linted schema.
    ///
    /// # Errors
    ///
    /// A value is of another type than its keyword asks for: its JSON pointer.
    pub fn new(schema: &serde_json::Value) -> Result<Self, Breach> {
        serde_path_to_error::deserialize(schema).map_err(|error| Breach {
            pointer: pointer(error.path()),
            message: format!("write another value here: {}", error.inner()),
        })
    }

    /// Whether a definition is an object of which absent, null and empty mean the same: all its fields may be missing
    /// and none is a plain value.
    pub fn is_defaultable(&self, name: &str) -> bool {
        self.definitions.get(name).is_some_and(|definition| {
            definition.kind() == Kind::Object
                && definition.required.is_empty()
                && definition.properties.values().all(|property| match property.value() {
                    Value::Definition(inner) => self.is_defaultable(inner),
                    _ => property.is_list(),
                })
        })
    }

    /// The call whose request is this definition.
    pub fn request_of(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.request() == name)
    }

    /// The call whose answer is this definition.
    pub fn response_of(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.response() == name)
    }

    /// The vendor's pages on which a definition occurs.
    pub fn pages(&self, name: &str) -> Vec<&str> {
        self.links
            .iter()
            .filter(|link| self.reaches(link.request(), name) || self.reaches(link.response(), name))
            .map(|link| link.page.as_str())
            .collect()
    }

    fn reaches(&self, from: &str, to: &str) -> bool {
        from == to
            || self.definitions.get(from).is_some_and(|definition| {
                definition.properties.values().any(|property| match property.value() {
                    Value::Definition(inner) | Value::ListOf(inner) => self.reaches(inner, to),
                    _ => false,
                })
            })
    }
}

/// A path as a JSON pointer.
fn pointer(path: &Path) -> String {
    let steps = path.iter().filter_map(|segment| match segment {
        Segment::Map { key } => Some(format!("/{}", escape(key))),
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    steps.collect()
}
