//! The schema as typed Rust values, in the order of the file. serde refuses unknown keywords; the other rules are in `rules`.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::fmt;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value as Json;

use super::deviations::Deviation;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with \"$schema\", \"links\" and \"$defs\"")]
pub struct Document {
    #[serde(rename = "$schema")]
    pub(super) dialect: String,
    #[serde(rename = "$comment", default)]
    /// A note for people who edit the schema.
    pub comment: Option<String>,
    /// The English name of the API.
    pub title: String,
    /// The vendor's name of the API.
    #[serde(rename = "x-term")]
    pub term: String,
    /// What the file describes.
    pub description: String,
    /// The server that requests go to.
    pub base: String,
    /// The endpoints.
    pub links: Vec<Link>,
    /// The types.
    #[serde(rename = "$defs")]
    pub definitions: IndexMap<String, Node>,
    /// The accepted differences from the vendor's pages.
    #[serde(skip)]
    pub deviations: Vec<Deviation>,
    /// Which endpoint sends or receives a definition. Made when first asked for.
    #[serde(skip)]
    pub(super) roles: OnceCell<Roles>,
}

/// An endpoint: a link description of JSON Hyper-Schema.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object that describes an endpoint")]
pub struct Link {
    /// The vendor's name of the endpoint, the last part of its path.
    pub rel: String,
    /// English label.
    pub title: String,
    /// The vendor's own term.
    #[serde(rename = "x-term")]
    pub term: String,
    /// What the endpoint does, beginning with a verb.
    pub description: String,
    #[serde(rename = "$comment", default)]
    /// A note for people who edit the schema.
    pub comment: Option<String>,
    /// URI template: the path, then the names of the query parameters.
    pub href: String,
    pub(super) target_hints: TargetHints,
    pub(super) submission_schema: Option<Reference>,
    pub(super) href_schema: Option<Reference>,
    pub(super) target_schema: Reference,
    /// The vendor's page of the endpoint.
    #[serde(rename = "x-page")]
    pub page: String,
    /// Whether the endpoint changes something on the server, so that a request must not be sent again without need.
    #[serde(rename = "x-writes")]
    pub writes: Option<bool>,
    /// Which apps may call the endpoint, or what they see of it.
    #[serde(rename = "x-permission")]
    pub permission: Option<String>,
    /// The same in Chinese.
    #[serde(rename = "x-permission-zh")]
    pub permission_zh: Option<String>,
    /// How the response comes in pages, if it does.
    #[serde(rename = "x-paged")]
    pub paged: Option<Paged>,
    #[serde(rename = "x-method")]
    pub(super) method_name: Option<String>,
}

/// Which fields turn the pages: `offset`, or `cursor` and `next`.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with the names of fields, e.g. {\"offset\": \"offset\", \"items\": \"answers\"}"
)]
pub struct Paged {
    /// Of the request: how many items to skip.
    pub offset: Option<String>,
    /// Of the request: where the page begins, as the page before says.
    pub cursor: Option<String>,
    /// Of the response: the cursor of the next page.
    pub next: Option<String>,
    /// Of the request: how many items a page may hold.
    pub limit: Option<String>,
    /// Of the response: the items.
    pub items: String,
    /// Of the response: whether this page is the last.
    pub end: Option<String>,
    /// Of the response: whether there are more pages.
    pub more: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "{\"allow\": [\"POST\"]} or {\"allow\": [\"GET\"]}")]
pub(super) struct TargetHints {
    pub(super) allow: Vec<Method>,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// The request's fields are in the query.
    Get,
    /// The request is a JSON body.
    Post,
}

/// `{"$ref": "#/$defs/…"}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "{\"$ref\": \"#/$defs/…\"}")]
pub(super) struct Reference {
    #[serde(rename = "$ref")]
    pub(super) target: String,
}

impl Reference {
    /// Returns the name of the definition.
    pub(super) fn name(&self) -> &str {
        definition_name(&self.target).unwrap_or(&self.target)
    }
}

/// Returns the `X` of `#/$defs/X`.
pub fn definition_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/$defs/")
}

/// A definition, a field of an object, or what a list or a map holds.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object, e.g. {\"type\": \"string\"}")]
pub struct Node {
    /// English label.
    #[serde(default)]
    pub title: String,
    /// The vendor's own term.
    #[serde(rename = "x-term", default)]
    pub term: String,
    /// What it is, in a sentence.
    #[serde(default)]
    pub description: String,
    #[serde(rename = "$comment")]
    /// A note for people who edit the schema.
    pub comment: Option<String>,
    #[serde(rename = "$ref")]
    pub(super) reference: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<JsonType>,
    pub(super) format: Option<Format>,
    /// Of an object: its fields, in the vendor's order.
    #[serde(default)]
    pub properties: IndexMap<String, Node>,
    /// Of an object: the fields of the vendor's that it leaves out.
    #[serde(skip)]
    pub left_out: Vec<String>,
    /// Of an object: the fields that are always there.
    #[serde(default)]
    pub required: Vec<String>,
    pub(super) r#if: Option<Json>,
    pub(super) then: Option<Success>,
    pub(super) items: Option<Box<Node>>,
    pub(super) additional_properties: Option<Box<Node>>,
    /// When a field that is not in `required` is needed.
    #[serde(rename = "x-required-if")]
    pub required_if: Option<String>,
    /// Name of the field in Rust, where the one on the wire would not do.
    #[serde(rename = "x-name")]
    pub name: Option<String>,
    /// What an absent value of a response reads as.
    pub default: Option<Json>,
    /// Smallest integer that may be sent.
    pub minimum: Option<i64>,
    /// Largest integer that may be sent.
    pub maximum: Option<i64>,
    /// The values that are known so far.
    #[serde(rename = "x-known-values")]
    pub(super) known_values: Option<Vec<KnownValue>>,
    #[serde(rename = "x-sparse", default)]
    pub(super) sparse: bool,
    #[serde(rename = "x-undocumented", default)]
    pub(super) undocumented: bool,
}

/// What a success must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "{\"required\": […]}")]
pub(super) struct Success {
    pub(super) required: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum JsonType {
    Array,
    Boolean,
    Integer,
    Number,
    Object,
    String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    Date,
    Int64,
    Password,
    #[serde(other)]
    Other,
}

/// One meaning of a coded value.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object, e.g. {\"value\": 1, \"name\": \"Yes\", \"title\": \"Yes\", \"x-term\": \"是\"}"
)]
pub struct KnownValue {
    /// The value on the wire.
    pub value: Value,
    /// Name of the variant or constant.
    #[serde(default)]
    pub name: String,
    /// English label.
    pub title: String,
    /// The vendor's own term.
    #[serde(rename = "x-term")]
    pub term: String,
    /// What it means, in a sentence, if the label is not enough.
    #[serde(default)]
    pub description: String,
    /// What the caller can do about it.
    pub advice: Option<String>,
    /// The same in Chinese.
    #[serde(rename = "x-advice-zh")]
    pub advice_zh: Option<String>,
}

/// A value on the wire that has a meaning.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(untagged, expecting = "an integer or a string")]
pub enum Value {
    /// Of a coded integer.
    Integer(i64),
    /// Of a coded string.
    Text(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Which endpoint sends or receives which definition. Large schemas would be slow without it.
#[derive(Debug, Default)]
pub(super) struct Roles {
    pub(super) senders: HashMap<String, usize>,
    pub(super) receivers: HashMap<String, usize>,
    pub(super) received: HashSet<String>,
    pub(super) used: HashSet<String>,
    /// How many responses have the same name but for `Get` and `Response`.
    pub(super) outputs: HashMap<String, usize>,
}
