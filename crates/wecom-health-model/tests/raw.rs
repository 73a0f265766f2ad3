//! `Raw` keeps what the server sent, loses no item, and is otherwise the endpoint inside.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use serde::{Deserialize, Serialize};
use wecom_health_model::{
    DecodeError, DecodeFault, Endpoint, ErrCode, GetReportAnswerRequest, GetReportJobIdsRequest, Method, NaiveDate,
    Next, Paged, Position, Raw, Response, ResponseError, Verbatim, for_each_endpoint, from_slice,
};

type Answers = Raw<GetReportAnswerRequest>;

fn read<E: Endpoint>(body: &str) -> <E::Response as Response>::Output {
    E::Response::from_slice(body.as_bytes()).unwrap().into_result().unwrap()
}

/// The items of a page, after making sure that an error does not repeat them.
fn items<R: Paged<Item = Verbatim>>(body: &str) -> Result<Vec<String>, DecodeError> {
    let items = R::items(read::<R>(body)).map(|(items, _)| items.iter().map(|item| item.get().to_owned()).collect());
    if let Err(error) = &items {
        assert!(!format!("{error} {error:?}").contains("marked"), "{error}");
    }
    items
}

macro_rules! all {
    ($($request:ty),*) => {
        #[test]
        fn a_raw_endpoint_is_the_endpoint() {
            $(
                assert_eq!(Raw::<$request>::NAME, <$request>::NAME);
                assert_eq!(Raw::<$request>::METHOD, <$request>::METHOD);
                assert_eq!(Raw::<$request>::PATH, <$request>::PATH);
                assert_eq!(Raw::<$request>::TOKEN_PARAMETER, <$request>::TOKEN_PARAMETER);
                assert_eq!(Raw::<$request>::WRITES, <$request>::WRITES);
                assert_eq!(
                    <Raw<$request> as Endpoint>::Response::shape(),
                    <$request as Endpoint>::Response::shape()
                );
            )*
        }
    };
}
for_each_endpoint!(all);

#[test]
fn a_raw_request_asks_as_the_request_does() {
    let date = NaiveDate::from_ymd_opt(2020, 3, 27).unwrap();
    let request = GetReportAnswerRequest::new("jobid1", date).limit(7);
    let raw = Raw::new(request.clone());
    assert_eq!(serde_json::to_string(&raw).unwrap(), serde_json::to_string(&request).unwrap());
    assert_eq!(raw.window(), request.window());
    let (raw, request) = (raw.page(&Position::Offset(3), Some(5)), request.page(&Position::Offset(3), Some(5)));
    assert_eq!(serde_json::to_string(&raw).unwrap(), serde_json::to_string(&request).unwrap());
    assert_eq!(Raw::new(GetReportJobIdsRequest::new().limit(101)).check().unwrap_err().field(), "limit");

    #[derive(Serialize)]
    struct WithQuery;
    impl Endpoint for WithQuery {
        type Response = <GetReportJobIdsRequest as Endpoint>::Response;
        const NAME: &'static str = "with_query";
        const METHOD: Method = Method::Post;
        const PATH: &'static str = "/";
        const TOKEN_PARAMETER: Option<&'static str> = None;
        fn query(&self) -> impl Serialize {
            [("a", 1)]
        }
    }
    assert_eq!(serde_json::to_string(&Raw::new(WithQuery).query()).unwrap(), r#"[["a",1]]"#);
}

#[test]
fn items_are_kept_as_the_server_sent_them() {
    let first = r#"{"userid": "a", "new": [1.0, 1e5, 123456789012345678901234567890], "id_type":1}"#;
    let second = "{\n  \"id_type\": 1,\r\n  \"new\": {\"z\": \"\\u4e2d\", \"a\": null}\n}";
    let body = format!(r#" {{"new": "answers", "answ\u0065rs" : [ {first} , {second} ], "errcode": 0}} "#);
    assert_eq!(items::<Answers>(&body).unwrap(), [first, second]);
    let page = read::<Answers>(&body);
    assert_eq!((Answers::count(&page), page.payload.answers.len(), page.body.get()), (2, 2, body.trim()));
    assert_eq!(serde_json::to_string(&page.body).unwrap(), body.trim());
    let (_, next) =
        Raw::<GetReportJobIdsRequest>::items(read::<Raw<GetReportJobIdsRequest>>(r#"{"ending": 1}"#)).unwrap();
    assert_eq!(next, Next::End);
}

#[test]
fn no_string_of_verbatim_json_has_a_line_break() {
    for json in ["[\"a\nb\"]", "[\"a\rb\"]", "{\"a\n\": 1}"] {
        from_slice::<Verbatim>(json.as_bytes()).unwrap_err();
    }
}

#[test]
fn an_absent_list_has_no_items() {
    for body in ["{}", r#"{"answers": null}"#, r#"{"answers": []}"#] {
        assert_eq!(items::<Answers>(body).unwrap(), [""; 0], "{body}");
    }
}

#[test]
fn a_list_that_occurs_twice_is_refused() {
    let body = br#"{"answers": [{"id_type": 1, "userid": "marked"}], "answers": []}"#;
    let fault = |error: ResponseError| match error {
        ResponseError::Decode(error) => error.fault().clone(),
        other => panic!("{other:?}"),
    };
    let decoded = <GetReportAnswerRequest as Endpoint>::Response::from_slice(body).unwrap_err();
    let raw = <Answers as Endpoint>::Response::from_slice(body).unwrap_err();
    assert_eq!(fault(decoded), DecodeFault::DuplicateField("answers".into()));
    assert_eq!(fault(raw), DecodeFault::DuplicateField("answers".into()));
}

/// An endpoint whose type reads its list in its own way: of two lists the last, and the list of another name.
#[derive(Clone, Serialize)]
struct Odd;

#[derive(Deserialize)]
struct OddResponse(serde_json::Value);

impl Endpoint for Odd {
    type Response = OddResponse;
    const NAME: &'static str = "odd";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/odd";
    const TOKEN_PARAMETER: Option<&'static str> = None;
}

impl Response for OddResponse {
    type Output = Vec<serde_json::Value>;

    fn errcode(&self) -> ErrCode {
        ErrCode::OK
    }

    fn errmsg(&self) -> &str {
        ""
    }

    fn into_result(self) -> Result<Self::Output, ResponseError> {
        Ok(["/data/list", "/other"]
            .iter()
            .find_map(|path| self.0.pointer(path)?.as_array().cloned())
            .unwrap_or_default())
    }
}

impl Paged for Odd {
    type Item = serde_json::Value;
    const MAX_LIMIT: Option<i64> = None;
    const ITEMS: &'static [&'static str] = &["data", "list"];

    fn window(&self) -> (Position, Option<i64>) {
        (Position::Offset(0), None)
    }

    fn page(&self, _: &Position, _: Option<i64>) -> Self {
        Self
    }

    fn count(page: &Vec<serde_json::Value>) -> usize {
        page.len()
    }

    fn items(page: Vec<serde_json::Value>) -> Result<(Vec<serde_json::Value>, Next), DecodeError> {
        Ok((page, Next::Follows))
    }
}

#[test]
fn items_inside_of_objects_are_found() {
    assert_eq!(items::<Raw<Odd>>(r#"{"data": {"n": 1, "list": [1.0, null]}}"#).unwrap(), ["1.0", "null"]);
    assert_eq!(items::<Raw<Odd>>(r#"{"list": [1], "data": null}"#).unwrap(), [""; 0]);
}

#[test]
fn other_items_than_were_decoded_are_an_error() {
    let error = items::<Raw<Odd>>(r#"{"other": ["marked"]}"#).unwrap_err();
    assert_eq!((error.path(), error.fault()), ("data.list", &DecodeFault::OtherItems));
    for twice in [r#"{"data": {"list": ["marked"], "list": []}}"#, r#"{"data": {"list": ["marked"]}, "data": {}}"#] {
        let error = items::<Raw<Odd>>(twice).unwrap_err();
        assert!(matches!(error.fault(), DecodeFault::DuplicateField(_)), "{error}");
    }
    let error = items::<Raw<Odd>>(r#"{"data": {"list": {"marked": 1}}}"#).unwrap_err();
    assert_eq!(error.to_string(), "data.list: expected a list, found an object");
}

#[test]
fn items_that_would_fill_the_memory_are_refused() {
    let list = |items: usize| format!(r#"{{"data": {{"list": [0{}]}}}}"#, ",0".repeat(items - 1));
    assert_eq!(items::<Raw<Odd>>(&list(1_000)).unwrap().len(), 1_000);
    let error = items::<Raw<Odd>>(&list(1 << 20)).unwrap_err();
    assert_eq!((error.path(), error.fault()), ("data.list", &DecodeFault::TooMuchMemory));
}

#[test]
fn no_debug_form_shows_what_was_received() {
    let body = r#"{"answers": [{"id_type": 1, "userid": "marked"}]}"#;
    let response = <Answers as Endpoint>::Response::from_slice(body.as_bytes()).unwrap();
    let item: Verbatim = from_slice(br#""marked""#).unwrap();
    let shown = format!("{response:?} {:?} {item:?}", response.clone().into_result().unwrap());
    assert_eq!(shown, "RawResponse { .. } RawPayload { .. } Verbatim(…)");
}
