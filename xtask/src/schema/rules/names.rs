//! Names that become names in Rust.

use heck::ToUpperCamelCase;

/// Names that generated code uses for something else.
const TAKEN_TYPES: &[&str] = &[
    "ApiError",
    "AsRef",
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
    "Given",
    "Hash",
    "Into",
    "KnownValue",
    "Method",
    "NaiveDate",
    "None",
    "Ok",
    "Option",
    "Ord",
    "Paged",
    "Pages",
    "PartialEq",
    "PartialOrd",
    "RangeError",
    "Reporter",
    "Response",
    "ResponseError",
    "Result",
    "Serialize",
    "Shape",
    "Some",
    "String",
    "Vec",
];

/// Methods of the client that are not endpoints.
const TAKEN_METHODS: &[&str] = &["builder", "clone", "pages", "send", "token"];

/// Returns whether a name can be a type: upper camel case, and not taken.
pub(super) fn is_type(name: &str) -> bool {
    is_variant(name) && !TAKEN_TYPES.contains(&name)
}

/// Returns whether a name can be a variant of an open enum: upper camel case, and not `Unknown`.
pub(super) fn is_variant(name: &str) -> bool {
    name == name.to_upper_camel_case() && name != "Unknown" && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Keywords of the 2024 edition that syn accepts as names.
const NEW_KEYWORDS: &[&str] = &["gen"];

/// Returns whether a name on the wire can be a field: lower case with underscores between its words.
pub(super) fn is_wire(name: &str) -> bool {
    !NEW_KEYWORDS.contains(&name)
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .split('_')
            .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
}

/// Returns whether a name can be a method of the client: a name on the wire, no keyword of Rust, and not taken.
pub(super) fn is_method(name: &str) -> bool {
    is_wire(name) && syn::parse_str::<syn::Ident>(name).is_ok() && !TAKEN_METHODS.contains(&name)
}
