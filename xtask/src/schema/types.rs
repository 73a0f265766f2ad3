//! What a part of the schema becomes in Rust.

use super::document::{Document, Format, JsonType, KnownValue, Link, Method, Node, definition_name};

/// The fields of every response that are not payload.
pub const STATUS: [&str; 2] = ["errcode", "errmsg"];

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
    Number,
    /// An enum over an integer.
    Coded,
    /// A newtype over an integer, with named constants.
    Sparse,
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
    /// A list.
    List(Box<Type<'a>>),
    /// JSON whose structure the vendor does not describe.
    Undocumented,
}

impl Node {
    /// Returns what a definition becomes in Rust.
    pub fn kind(&self) -> Kind {
        match (self.kind, self.format) {
            (Some(JsonType::Object), _) => Kind::Object,
            (Some(JsonType::String), Some(Format::Password)) => Kind::Secret,
            (Some(JsonType::String), _) => Kind::Text,
            _ if self.known_values.is_none() => Kind::Number,
            _ if self.sparse => Kind::Sparse,
            _ => Kind::Coded,
        }
    }

    /// Returns what a field or an item holds.
    pub fn holds(&self) -> Type<'_> {
        if let Some(reference) = &self.reference {
            return Type::Definition(definition_name(reference).unwrap_or(reference));
        }
        match (self.kind, self.format, &self.items) {
            (Some(JsonType::String), Some(Format::Date), _) => Type::Date,
            (Some(JsonType::String), ..) => Type::Text,
            (Some(JsonType::Integer), ..) => Type::Integer,
            (Some(JsonType::Array), _, Some(items)) => Type::List(Box::new(items.holds())),
            _ => Type::Undocumented,
        }
    }

    /// Returns whether a field is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.holds(), Type::List(_))
    }

    /// Returns the known values of a coded integer.
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
            Type::List(items) => items.definition(),
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

    /// Returns the definition that is sent, in the body or in the query.
    pub fn request(&self) -> &str {
        self.submission_schema.as_ref().or(self.href_schema.as_ref()).map_or("", |reference| reference.name())
    }

    /// Returns the definition that is received.
    pub fn response(&self) -> &str {
        self.target_schema.name()
    }

    /// Returns the path without the query parameters.
    pub fn path(&self) -> &str {
        self.href.split_once('{').map_or(self.href.as_str(), |(path, _)| path)
    }

    /// Returns the names of the query parameters.
    pub fn query(&self) -> impl Iterator<Item = &str> {
        let names = self.href.split_once("{?").and_then(|(_, names)| names.strip_suffix('}'));
        names.into_iter().flat_map(|names| names.split(','))
    }

    /// Returns the query parameter of the token; `None` if the request itself is the query.
    pub fn token_parameter(&self) -> Option<&str> {
        self.query().next().filter(|_| self.href_schema.is_none())
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
                    _ => property.is_list(),
                })
        })
    }

    /// Returns the endpoint whose request is this definition.
    pub fn request_of(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.request() == name)
    }

    /// Returns the endpoint whose response is this definition.
    pub fn response_of(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.response() == name)
    }

    /// Returns the type that a response unwraps to, e.g. `JobInfo`, or `Token` for `GetTokenResponse`.
    pub fn output(&self, response: &str) -> String {
        match self.single_payload(response) {
            Some(payload) => payload.to_owned(),
            None => output_name(response).to_owned(),
        }
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

/// Returns a response's name without `Get` and `Response`.
pub fn output_name(response: &str) -> &str {
    let name = response.strip_suffix("Response").unwrap_or(response);
    name.strip_prefix("Get").unwrap_or(name)
}
