//! JSON whose structure the vendor does not describe, kept as text.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// JSON whose structure the vendor does not describe. It is kept as text, which takes no more memory than on the wire. Two values
/// are equal if their texts are: `1.0` is not `1.00`.
///
/// ```
/// use wecom_health_model::ReportValue;
///
/// let value: ReportValue = serde_json::from_str(r#"{"question_id": 1, "high_risk_area": ["A", "B"]}"#)?;
/// let area = value.high_risk_area.expect("it is there");
/// assert_eq!(area.get(), r#"["A","B"]"#);
/// assert_eq!(area.decode::<Vec<String>>()?, ["A", "B"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// Returns the JSON text, without white space between values.
    pub fn get(&self) -> &str {
        self.0.get()
    }

    /// Decodes the JSON into a type of your own.
    ///
    /// # Errors
    ///
    /// The JSON is not of that type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, crate::DecodeError> {
        crate::from_slice(self.get().as_bytes())
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if !raw.get().bytes().any(|byte| byte.is_ascii_whitespace()) {
            return Ok(Self(raw));
        }
        RawValue::from_string(without_white_space(raw.get())).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Removes white space between values: a line break would split a line of NDJSON.
fn without_white_space(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let keep = |char: &char| {
        let keep = in_string || !char.is_ascii_whitespace();
        if *char == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = *char == '\\' && !escaped;
        keep
    };
    json.chars().filter(keep).collect()
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for RawJson {}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawJson({})", self.get())
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for RawJson {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RawJson".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        true.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::RawJson;

    /// JSON whose strings are full of what the search for white space looks for.
    fn json() -> impl Strategy<Value = Value> {
        let text = prop::collection::vec(prop::sample::select(vec!['"', '\\', ' ', '\n', 'a', '中']), 0..6);
        let text = text.prop_map(|chars| Value::from(chars.into_iter().collect::<String>()));
        text.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[\" \\\\a]{0,3}", inner, 0..4)
                    .prop_map(|fields| Value::from(fields.into_iter().collect::<serde_json::Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pretty_json_is_kept_as_compact_json(json in json()) {
            let raw: RawJson = serde_json::from_str(&serde_json::to_string_pretty(&json).unwrap()).unwrap();
            prop_assert_eq!(raw.get(), json.to_string());
        }
    }

    #[test]
    fn white_space_does_not_count_in_comparisons() {
        let raw = |json: &str| serde_json::from_str::<RawJson>(json).unwrap();
        assert_eq!(raw("[1, 2]"), raw("[1,2]"));
        assert_ne!(raw("[1, 2]"), raw("[2, 1]"));
        assert_eq!(format!("{:?}", raw("[1, 2]")), "RawJson([1,2])");
    }

    #[cfg(feature = "schemars")]
    #[test]
    fn its_schema_allows_any_json_in_place() {
        let schema = schemars::schema_for!(crate::ReportValue).to_value();
        assert_eq!(schema["properties"]["high_risk_area"].get("type"), None);
        assert_eq!(schema["properties"]["high_risk_area"].get("$ref"), None);
        assert_eq!(schema["$defs"].get("RawJson"), None);
    }

    #[test]
    fn only_white_space_is_removed() {
        for (json, kept) in [
            ("{ \"a b\" :\n[ 1.0 ,\t12345678901234567890 ] }\n", r#"{"a b":[1.0,12345678901234567890]}"#),
            (r#"[ "a \" b", "c\\", " " ]"#, r#"["a \" b","c\\"," "]"#),
            (r#""a b""#, r#""a b""#),
            ("{}", "{}"),
        ] {
            let raw: RawJson = serde_json::from_str(json).unwrap();
            assert_eq!(raw.get(), kept);
            assert_eq!(serde_json::to_string(&raw).unwrap(), kept);
        }
    }
}
