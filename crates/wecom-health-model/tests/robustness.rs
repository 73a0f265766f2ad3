//! Nothing that arrives makes the decoder panic, and no error repeats what arrived.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use proptest::prelude::*;
use wecom_health_model::{
    ApiError, Endpoint, GetHealthReportStatResponse, Response, ResponseError, for_each_endpoint, from_slice,
};

/// Answers to all calls in one; every value that is data is marked.
const ANSWER: &str = r#"{"errcode":0,"errmsg":"ok","access_token":"marked","expires_in":7200,"ending":1,"jobids":["marked"],
"pv":1,"uv":2,"job_info":{"title":"marked","creator":"marked","type":1,"apply_range":{"userids":["marked"],"partyids":[1]},
"report_to":{"userids":null},"report_type":1,"skip_weekend":0,"finish_cnt":9223372036854775807,"question_templates":[
{"question_id":1,"title":"marked","question_type":2,"is_required":1,"option_list":[{"option_id":1,"option_text":"marked"}]}]},
"answers":[{"id_type":1,"userid":"marked","report_time":1646092800,"report_values":[{"question_id":1,"text":"marked",
"single_choice":1,"multi_choice":[1],"fileid":["marked"],"url":"marked","itinerary_card_type":1,"high_risk_area":["marked"]}]}]}"#;

macro_rules! decode_as_every_answer {
    ($($request:ty),*) => {
        /// The errors of a body, read as the answer to each call.
        fn errors(body: &[u8]) -> Vec<ResponseError> {
            let mut errors = Vec::new();
            $(
                let answer = <$request as Endpoint>::Response::from_slice(body).and_then(Response::into_result);
                errors.extend(answer.err());
                let _ = from_slice::<$request>(body);
            )*
            errors
        }
    };
}
for_each_endpoint!(decode_as_every_answer);

/// Something taken out of the answer, and something put in its place.
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
    prop::collection::vec(change, 1..3).prop_map(|changes| {
        let mut body = ANSWER.as_bytes().to_vec();
        for (start, length, piece) in changes {
            let start = start.index(body.len());
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
    let body = serde_json::json!({"errcode": code, "errmsg": errmsg}).to_string();
    match GetHealthReportStatResponse::from_slice(body.as_bytes()) {
        Err(ResponseError::Api(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_body_is_a_response_of_every_endpoint() {
    assert_eq!(errors(ANSWER.as_bytes()), []);
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
