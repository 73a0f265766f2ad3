//! Names that become names in Rust.

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::document::Node;

/// Names that generated code uses for something else.
const TAKEN_TYPES: &[&str] = &[
    "ApiError",
    "AsRef",
    "BTreeMap",
    "Client",
    "Clone",
    "Debug",
    "DecodeError",
    "DecodeFault",
    "Default",
    "Described",
    "Deserialize",
    "Endpoint",
    "Eq",
    "Err",
    "Error",
    "Field",
    "From",
    "Hash",
    "InLanguage",
    "Into",
    "KnownValue",
    "Language",
    "Localized",
    "Method",
    "NaiveDate",
    "None",
    "Ok",
    "Option",
    "Ord",
    "Next",
    "Paged",
    "Pages",
    "PartialEq",
    "PartialOrd",
    "Position",
    "Prepared",
    "RangeError",
    "Raw",
    "RawJson",
    "RawPayload",
    "RawResponse",
    "Reporter",
    "Response",
    "ResponseError",
    "Result",
    "Serialize",
    "Shape",
    "Some",
    "String",
    "TypedValue",
    "Vec",
    "Verbatim",
    "Words",
];

/// Methods of the client that are not endpoints.
const TAKEN_METHODS: &[&str] = &[
    "attempt",
    "builder",
    "clone",
    "fetch_token",
    "fmt",
    "forget",
    "new",
    "pages",
    "pause_after",
    "prepare",
    "retry",
    "send",
    "send_with_token",
    "token",
];

/// Returns whether a name can be a type: upper camel case, and not taken.
pub fn is_type(name: &str) -> bool {
    is_variant(name) && !TAKEN_TYPES.contains(&name)
}

/// Returns whether a name can be a variant of an open enum: upper camel case, and not `Unknown`.
pub(super) fn is_variant(name: &str) -> bool {
    name == name.to_upper_camel_case() && name != "Unknown" && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Keywords of the 2024 edition that syn accepts as names.
const NEW_KEYWORDS: &[&str] = &["gen"];

/// Names of functions that requests have, and could not be setters.
const TAKEN_FIELDS: &[&str] = &["new", "check", "query", "send", "stream", "items", "concurrency", "request", "inner"];

/// Whether a name is lower case with underscores between its words.
pub(super) fn is_snake(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .split('_')
            .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

/// Whether a name can be a method of the client: lower case, no keyword of Rust, and free.
pub(super) fn is_method(name: &str) -> bool {
    is_snake(name)
        && !NEW_KEYWORDS.contains(&name)
        && syn::parse_str::<syn::Ident>(name).is_ok()
        && !TAKEN_METHODS.contains(&name)
}

/// Whether an endpoint may be called like this: the last parts of its path, joined by underscores.
pub(super) fn ends_path(path: &str, name: &str) -> bool {
    let parts: Vec<_> = path.split('/').map(ToSnakeCase::to_snake_case).collect();
    (0..parts.len()).any(|first| parts[first..].join("_") == name)
}

/// The name of a field in Rust: its own in lower case, unless the schema gives another.
pub(super) fn field(wire: &str, node: &Node) -> String {
    if let Some(name) = &node.name {
        return name.clone();
    }
    let name = if is_snake(wire) { wire.to_owned() } else { wire.to_snake_case() };
    if TAKEN_FIELDS.contains(&&*name) || NEW_KEYWORDS.contains(&&*name) {
        format!("{name}_field")
    } else if syn::parse_str::<syn::Ident>(&name).is_err() {
        // As typify does with the keywords that it knows.
        format!("{name}_")
    } else {
        name
    }
}

/// Whether a name can be a field: lower case, no keyword of Rust, and no function that requests have.
pub(super) fn is_field(name: &str) -> bool {
    is_snake(name.strip_suffix('_').unwrap_or(name))
        && !TAKEN_FIELDS.contains(&name)
        && !NEW_KEYWORDS.contains(&name)
        && syn::parse_str::<syn::Ident>(name).is_ok()
}
