//! What a part of the schema becomes in Rust.

use std::borrow::Cow;

use super::document::{Document, Format, JsonType, KnownValue, Link, Method, Node, Roles, definition_name};
use super::names;

/// The fields of every response that are not payload.
pub const STATUS: [&str; 2] = ["errcode", "errmsg"];

/// The name of the query for the token that the client adds. Tokens of other names are fields like any other.
pub const TOKEN: &str = "access_token";

/// What a definition becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A struct, written by typify.
    Object,
    /// A newtype over a string.
    Text,
    /// A newtype over a string that must not be shown.
    Secret,
    /// A newtype over an integer.
    Integer,
    /// An enum over an integer.
    Coded,
    /// A newtype over an integer, with named constants.
    Sparse,
    /// An enum over a string.
    CodedText,
}

/// What a field, or an item of a list, holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type<'a> {
    /// A definition.
    Definition(&'a str),
    /// A string.
    Text,
    /// A day.
    Date,
    /// An integer.
    Integer,
    /// A number that may have a fraction.
    Number,
    /// True or false.
    Boolean,
    /// A list.
    List(Box<Type<'a>>),
    /// An object whose keys are data.
    Map(Box<Type<'a>>),
    /// JSON whose structure the vendor does not describe.
    Undocumented,
}

impl Node {
    /// Returns what a definition becomes in Rust.
    pub fn kind(&self) -> Kind {
        match (self.kind, self.format) {
            (Some(JsonType::Object), _) => Kind::Object,
            (Some(JsonType::String), Some(Format::Password)) => Kind::Secret,
            (Some(JsonType::String), _) if self.known_values.is_some() => Kind::CodedText,
            (Some(JsonType::String), _) => Kind::Text,
            _ if self.known_values.is_none() => Kind::Integer,
            _ if self.sparse => Kind::Sparse,
            _ => Kind::Coded,
        }
    }

    /// Returns what a field or an item holds.
    pub fn holds(&self) -> Type<'_> {
        if let Some(reference) = &self.reference {
            return Type::Definition(definition_name(reference).unwrap_or(reference));
        }
        match (self.kind, self.format, &self.items, &self.additional_properties) {
            (Some(JsonType::String), Some(Format::Date), ..) => Type::Date,
            (Some(JsonType::String), ..) => Type::Text,
            (Some(JsonType::Integer), ..) => Type::Integer,
            (Some(JsonType::Number), ..) => Type::Number,
            (Some(JsonType::Boolean), ..) => Type::Boolean,
            (Some(JsonType::Array), _, Some(items), _) => Type::List(Box::new(items.holds())),
            (Some(JsonType::Object), _, _, Some(values)) => Type::Map(Box::new(values.holds())),
            _ => Type::Undocumented,
        }
    }

    /// Returns the definition that a field refers to, however deep.
    pub fn refers_to(&self) -> Option<&str> {
        match &self.reference {
            Some(reference) => definition_name(reference),
            None => self.items.as_deref().or(self.additional_properties.as_deref()).and_then(Self::refers_to),
        }
    }

    /// Whether a field is a list or a map: absent, null and empty are the same.
    pub fn is_collection(&self) -> bool {
        matches!(self.holds(), Type::List(_) | Type::Map(_))
    }

    /// The values that are known so far.
    pub fn known_values(&self) -> &[KnownValue] {
        self.known_values.as_deref().unwrap_or_default()
    }

    /// Returns the fields that a success must hold.
    pub fn success(&self) -> &[String] {
        self.then.as_ref().map_or(&[], |then| &then.required)
    }

    /// Returns the fields of a response that are not its status.
    pub fn payload(&self) -> impl Iterator<Item = (&String, &Node)> {
        self.properties.iter().filter(|(wire, _)| !STATUS.contains(&wire.as_str()))
    }
}

impl Type<'_> {
    /// Returns the definition inside, however deep.
    pub fn definition(&self) -> Option<&str> {
        match self {
            Type::Definition(name) => Some(name),
            Type::List(inner) | Type::Map(inner) => inner.definition(),
            _ => None,
        }
    }
}

impl Link {
    /// Returns the name of the client's method: the vendor's without `get_`, unless the schema gives another.
    pub fn method_name(&self) -> &str {
        self.method_name.as_deref().unwrap_or_else(|| self.rel.strip_prefix("get_").unwrap_or(&self.rel))
    }

    /// Returns the HTTP method.
    pub fn method(&self) -> Method {
        self.target_hints.allow.first().copied().unwrap_or(Method::Post)
    }

    /// The definition of the body.
    pub fn body(&self) -> Option<&str> {
        self.submission_schema.as_ref().map(|reference| reference.name())
    }

    /// The definition of the query, without the token.
    pub fn query(&self) -> Option<&str> {
        self.href_schema.as_ref().map(|reference| reference.name())
    }

    /// The type of the request: the definition of body or query. An endpoint that has both, or neither, has a type that no
    /// definition describes.
    pub fn request(&self) -> Cow<'_, str> {
        match (self.body(), self.query()) {
            (Some(name), None) | (None, Some(name)) => name.into(),
            (Some(body), Some(_)) => format!("{}Request", body.strip_suffix("Body").unwrap_or(body)).into(),
            (None, None) => {
                let response = self.response();
                format!("{}Request", response.strip_suffix("Response").unwrap_or(response)).into()
            }
        }
    }

    /// Whether the request is a definition of the schema.
    pub fn request_is_defined(&self) -> bool {
        self.body().is_some() != self.query().is_some()
    }

    /// Whether the endpoint changes something on the server.
    pub fn writes(&self) -> bool {
        self.writes != Some(false)
    }

    /// Returns the definition that is received.
    pub fn response(&self) -> &str {
        self.target_schema.name()
    }

    /// Returns the path without the query parameters.
    pub fn path(&self) -> &str {
        self.href.split_once('{').map_or(self.href.as_str(), |(path, _)| path)
    }

    /// The names of the query.
    pub fn query_names(&self) -> impl Iterator<Item = &str> {
        let names = self.href.split_once("{?").and_then(|(_, names)| names.strip_suffix('}'));
        names.into_iter().flat_map(|names| names.split(','))
    }

    /// The query's name for the token that the client adds.
    pub fn token_parameter(&self) -> Option<&str> {
        self.query_names().find(|name| *name == TOKEN)
    }
}

impl Document {
    /// Returns whether a definition is an object for which absent, null and empty mean the same: all its fields may be missing
    /// and none is a plain value.
    pub fn is_defaultable(&self, name: &str) -> bool {
        self.definitions.get(name).is_some_and(|definition| {
            definition.kind() == Kind::Object
                && definition.required.is_empty()
                && definition.properties.values().all(|property| match property.holds() {
                    Type::Definition(inner) => self.is_defaultable(inner),
                    _ => property.is_collection(),
                })
        })
    }

    /// Returns the endpoint that sends this definition, as body or as query.
    pub fn sender_of(&self, name: &str) -> Option<&Link> {
        self.roles().senders.get(name).map(|index| &self.links[*index])
    }

    /// Returns the endpoint whose response is this definition.
    pub fn response_of(&self, name: &str) -> Option<&Link> {
        self.roles().receivers.get(name).map(|index| &self.links[*index])
    }

    /// Returns whether a definition is a response, or part of one.
    pub fn is_received(&self, name: &str) -> bool {
        self.roles().received.contains(name)
    }

    /// Returns whether anything refers to a definition.
    pub fn is_used(&self, name: &str) -> bool {
        self.roles().used.contains(name)
    }

    fn roles(&self) -> &Roles {
        self.roles.get_or_init(|| Roles::of(self))
    }

    /// Returns the type that a response unwraps to: `JobInfo`, or `Token` for `GetTokenResponse`; nothing for a response that is status
    /// only.
    pub fn output(&self, response: &str) -> Option<String> {
        self.definitions.get(response)?.payload().next()?;
        if let Some(payload) = self.single_payload(response) {
            return Some(payload.to_owned());
        }
        let stem = response.strip_suffix("Response").unwrap_or(response);
        let short = output_name(response);
        let is_free = |name: &str| !self.definitions.contains_key(name) && names::is_type(name);
        let is_own = self.roles().outputs.get(short) == Some(&1);
        Some(
            match [short, stem].into_iter().find(|name| is_free(name) && (is_own || *name != short || short == stem)) {
                Some(name) => name.to_owned(),
                None => format!("{stem}Payload"),
            },
        )
    }

    /// Returns the payloads that are no definition of the schema.
    pub fn outputs(&self) -> impl Iterator<Item = Output<'_>> {
        self.links.iter().filter_map(|link| self.output_of(link.response()))
    }

    /// Returns the payload of a response, unless it is a definition of the schema, or there is none.
    pub fn output_of<'a>(&'a self, response: &'a str) -> Option<Output<'a>> {
        let definition = self.definitions.get(response)?;
        if self.single_payload(response).is_some() {
            return None;
        }
        let fields = definition.payload().collect();
        Some(Output { name: self.output(response)?, response, fields, required: definition.success() })
    }

    /// Returns the definition of a payload's only field, if that is an object which a success must hold.
    pub fn single_payload(&self, response: &str) -> Option<&str> {
        let definition = self.definitions.get(response)?;
        let mut fields = definition.payload();
        match (fields.next(), fields.next()) {
            (Some((wire, property)), None) if definition.success().contains(wire) => match property.holds() {
                Type::Definition(inner) => {
                    let (name, object) = self.definitions.get_key_value(inner)?;
                    (object.kind() == Kind::Object).then_some(name.as_str())
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// A payload that is no definition of the schema: the fields of a response without its status.
#[derive(Debug)]
pub struct Output<'a> {
    /// Its name in Rust.
    pub name: String,
    /// The definition that it is part of.
    pub response: &'a str,
    /// Its fields.
    pub fields: Vec<(&'a String, &'a Node)>,
    /// The fields that a success must hold.
    pub required: &'a [String],
}

/// Returns what is left of a response's name without `Get` and `Response`.
fn output_name(response: &str) -> &str {
    let name = response.strip_suffix("Response").unwrap_or(response);
    name.strip_prefix("Get").filter(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase())).unwrap_or(name)
}

impl Roles {
    fn of(document: &Document) -> Self {
        let mut roles = Self::default();
        let mut open = Vec::new();
        for (index, link) in document.links.iter().enumerate() {
            for sent in [link.body(), link.query()].into_iter().flatten() {
                roles.senders.entry(sent.to_owned()).or_insert(index);
            }
            roles.receivers.entry(link.response().to_owned()).or_insert(index);
            open.push(link.response());
        }
        for response in roles.receivers.keys() {
            *roles.outputs.entry(output_name(response).to_owned()).or_default() += 1;
        }
        while let Some(name) = open.pop() {
            if roles.received.insert(name.to_owned()) {
                let fields =
                    document.definitions.get(name).into_iter().flat_map(|definition| definition.properties.values());
                open.extend(fields.filter_map(Node::refers_to));
            }
        }
        let fields = document.definitions.values().flat_map(|definition| definition.properties.values());
        roles.used = fields.filter_map(Node::refers_to).map(str::to_owned).collect();
        roles.used.extend(roles.senders.keys().chain(roles.receivers.keys()).cloned());
        roles
    }
}
