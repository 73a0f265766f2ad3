//! Nothing that arrives makes the decoder panic, and no error repeats what arrived.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use wecom_health_model::{
    ApiError, Described, Endpoint, GetHealthReportStatResponse, RawResponse, Response, ResponseError, Shape,
    for_each_endpoint,
};

/// A successful response of each endpoint, with all fields of the schema. Each text is marked.
static BODIES: LazyLock<Vec<String>> =
    LazyLock::new(|| response_shapes().into_iter().map(|shape| marked(shape).to_string()).collect());

fn marked(shape: Shape) -> Value {
    match shape {
        Shape::Text | Shape::Secret => json!("marked"),
        Shape::Integer => json!(i64::MAX),
        Shape::Number => json!(0.5),
        Shape::Boolean => json!(true),
        Shape::CodedText(_) => json!("marked"),
        // The first code of all is success.
        Shape::Coded(known) | Shape::Sparse(known) => json!(known[0].value),
        Shape::Object { fields, .. } => {
            fields.iter().map(|field| (field.name.to_owned(), marked(field.shape))).collect()
        }
        Shape::List(item) => json!([marked(*item)]),
        Shape::Map(values) => json!({"marked": marked(*values)}),
        Shape::Undocumented => json!({"marked": "marked"}),
        other => panic!("{other:?}"),
    }
}

macro_rules! for_every_response {
    ($($request:ty),*) => {
        fn response_shapes() -> Vec<Shape> {
            vec![$( <$request as Endpoint>::Response::SHAPE ),*]
        }

        /// The error of a body, if there is one, read as the response of each endpoint.
        fn outcomes(body: &[u8]) -> Vec<Option<ResponseError>> {
            vec![$(
                <$request as Endpoint>::Response::from_slice(body).and_then(Response::into_result).err()
            ),*]
        }

        /// What comes of a body as each endpoint's response, decoded and raw: an error, or the text that was kept.
        fn raw_outcomes(body: &[u8]) -> Vec<(Option<ResponseError>, Result<String, ResponseError>)> {
            let raw = vec![$(
                RawResponse::<<$request as Endpoint>::Response>::from_slice(body)
                    .and_then(Response::into_result)
                    .map(|response| response.body.get().to_owned())
            ),*];
            outcomes(body).into_iter().zip(raw).collect()
        }
    };
}
for_each_endpoint!(for_every_response);

fn errors(body: &[u8]) -> Vec<ResponseError> {
    outcomes(body).into_iter().flatten().collect()
}

/// Something taken out of a body, and something put in its place.
fn changed() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "",
        "null",
        "0",
        "1e999",
        "-9223372036854775809",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\\u",
        "\"marked\"",
        "{}",
        "[]",
    ];
    let piece = prop_oneof![
        prop::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    let change = (any::<prop::sample::Index>(), 0..40_usize, piece);
    let changes = prop::collection::vec(change, 1..3);
    (prop::sample::select(BODIES.clone()), changes).prop_map(|(body, changes)| {
        let mut body = body.into_bytes();
        for (start, length, piece) in changes {
            // One more place than bytes: nothing may be left of a short body.
            let start = start.index(body.len() + 1);
            let end = (start + length).min(body.len());
            body.splice(start..end, piece);
        }
        body
    })
}

/// A refusal's text: pieces of the vendor's, in any order, among anything.
fn errmsg() -> impl Strategy<Value = String> {
    let pieces = [
        "ok",
        ", hint: [",
        "hint: [",
        "]",
        "1700000000_1_0f",
        ", from ip: ",
        "203.0.113.7",
        "::1",
        ", more info at ",
        " ",
        "https://open.work.weixin.qq.com/devtool/query?e=60020",
        "Warning: wrong json format. ",
        "，",
        "\n",
    ];
    let piece = prop_oneof![3 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn refusal(code: i64, errmsg: &str) -> ApiError {
    let body = json!({"errcode": code, "errmsg": errmsg}).to_string();
    match GetHealthReportStatResponse::from_slice(body.as_bytes()) {
        Err(ResponseError::Api(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_body_is_a_response_of_its_endpoint() {
    for (number, body) in BODIES.iter().enumerate() {
        let own = &outcomes(body.as_bytes())[number];
        assert!(own.is_none(), "{body}: {own:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_decoder_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        errors(&body);
    }

    #[test]
    fn no_error_repeats_what_was_decoded(body in changed()) {
        // A marked name of a field that nobody knows, too.
        let with_name = [br#"{"marked name": {"#, &body[..]].concat();
        for error in errors(&body).into_iter().chain(errors(&with_name)) {
            for said in [error.to_string(), format!("{error:?}")] {
                prop_assert!(!said.contains("marked") && !said.contains('\n'), "{}", said);
            }
        }
    }

    #[test]
    fn raw_responses_fail_like_others_and_keep_the_rest(body in changed()) {
        for (decoded, raw) in raw_outcomes(&body) {
            match (decoded, raw) {
                (None, Ok(kept)) => prop_assert_eq!(kept.as_bytes(), body.trim_ascii()),
                // serde_json skips such a text where no type has a field for it.
                (decoded, Err(ResponseError::Decode(_))) if str::from_utf8(&body).is_err() => {
                    prop_assert!(decoded.is_none_or(|error| !matches!(error, ResponseError::Api(_))));
                }
                (decoded, raw) => prop_assert_eq!(decoded, raw.err()),
            }
        }
    }

    #[test]
    fn no_text_of_a_refusal_makes_its_parser_panic(errmsg in errmsg(), code in prop_oneof![Just(60020), 1..i64::MAX]) {
        let error = refusal(code, &errmsg);
        prop_assert_eq!(error.errmsg(), &errmsg);
        prop_assert!(errmsg.contains(error.message()));
        prop_assert!(error.hint().is_none_or(|hint| errmsg.contains(hint)));
        prop_assert!(error.help_link().is_none_or(|link| errmsg.contains(link)));
        prop_assert!(error.caller_ip().is_none() || errmsg.contains("from ip: "));
        prop_assert!(!error.to_string().contains('\n'));
    }
}
