//! Reading is tolerant of what the server may do, and loud about what is wrong, without repeating it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use serde_json::{Value, json};
use wecom_health_model::{
    Answer, DecodeFault, Endpoint, ErrCode, FileId, GetHealthReportStatResponse, GetReportAnswerResponse,
    GetReportJobIdsRequest, GetReportJobIdsResponse, GetReportJobInfoResponse, GetTokenResponse, ItineraryCardType,
    JobInfo, JobType, Language, Localized, OptionId, QuestionId, QuestionTemplate, QuestionType, RawJson, ReportValue,
    Reporter, Response, ResponseError, TypedValue, UserId, from_slice,
};

/// A job with one choice question; the tests change what they are about.
fn job() -> Value {
    json!({
        "title": "marked-title", "creator": "marked-creator", "type": 1, "report_type": 1, "skip_weekend": 0, "finish_cnt": 10,
        "apply_range": {"userids": ["marked-userid"], "partyids": [1]},
        "report_to": {"userids": ["marked-userid"]},
        "question_templates": [
            {"question_id": 1, "title": "marked-question", "question_type": 2, "is_required": 1,
             "option_list": [{"option_id": 1, "option_text": "marked-option"}]},
            {"question_id": 2, "title": "marked-question", "question_type": 1, "is_required": 0},
        ],
    })
}

fn decode(job: &Value) -> JobInfo {
    let body = json!({"errcode": 0, "errmsg": "ok", "job_info": job}).to_string();
    GetReportJobInfoResponse::from_slice(body.as_bytes()).unwrap().into_result().unwrap()
}

/// The error of a body, after making sure that neither its text nor its Debug form repeats the body.
fn refusal(body: &str) -> ResponseError {
    let error = GetReportJobInfoResponse::from_slice(body.as_bytes()).and_then(Response::into_result).unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("marked") && !shown.contains('\n'), "{shown}");
    }
    error
}

#[test]
fn unknown_values_are_kept_and_written_back() {
    let mut body = job();
    body["type"] = json!(-1);
    body["question_templates"][0]["question_type"] = json!(7);
    let job = decode(&body);
    assert_eq!(serde_json::to_value(&job).unwrap(), body);
}

#[test]
fn every_integer_survives_a_coded_type() {
    for value in [i64::MIN, -1, 0, 1, 2, 3, 6, 7, i64::MAX] {
        assert_eq!(QuestionType::from(value).value(), value);
        assert_eq!(JobType::from(value).value(), value);
    }
    assert_eq!(QuestionType::from(2), QuestionType::SingleChoice);
    let known = |value: i64| QuestionType::from(value).known().map(|known| known.value);
    assert_eq!((known(2), known(7)), (Some(2), None));
}

#[test]
fn ids_and_counts_beyond_32_bits_work() {
    let mut body = job();
    body["apply_range"]["partyids"] = json!([4_294_967_296_i64]);
    body["finish_cnt"] = json!(5_000_000_000_i64);
    let job = decode(&body);
    assert_eq!(serde_json::to_value(&job).unwrap(), body);
}

#[test]
fn absent_null_and_empty_read_the_same() {
    let pointers = [
        "/apply_range",
        "/apply_range/userids",
        "/apply_range/partyids",
        "/report_to",
        "/report_to/userids",
        "/question_templates",
        "/question_templates/0/option_list",
    ];
    for pointer in pointers {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let with = |value: Option<Value>| {
            let mut body = job();
            let fields = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            assert!(fields.remove(name).is_some(), "{pointer}");
            fields.extend(value.map(|value| (name.to_owned(), value)));
            decode(&body)
        };
        let empty = if matches!(name, "apply_range" | "report_to") { json!({}) } else { json!([]) };
        assert_eq!(with(None), with(Some(Value::Null)), "{pointer}");
        assert_eq!(with(None), with(Some(empty)), "{pointer}");
        assert_ne!(with(None), decode(&job()), "{pointer}");
    }
}

#[test]
fn unknown_fields_are_ignored() {
    let mut body = job();
    body["added_by_the_vendor"] = json!({"anything": [1, 2]});
    body["question_templates"][0]["added_by_the_vendor"] = json!(null);
    assert_eq!(decode(&body), decode(&job()));
}

#[test]
fn a_refusal_is_an_error_with_its_code() {
    let expired = r#"{"errcode": 40014, "errmsg": "marked text"}"#;
    let ResponseError::Api(error) = refusal(expired) else { panic!() };
    assert_eq!(error.errcode(), ErrCode::INVALID_ACCESS_TOKEN);
    assert_eq!(error.errmsg(), "marked text");
    // The same through plain serde, and where the rest of the body is not what the type expects.
    let plain: GetReportJobInfoResponse = serde_json::from_str(expired).unwrap();
    assert_eq!(plain.into_result(), Err(refusal(expired)));
    let no_text = r#"{"errcode": 40014, "errmsg": {"marked": 1}}"#;
    let ResponseError::Api(no_text) = refusal(no_text) else { panic!() };
    assert_eq!((no_text.errcode(), no_text.errmsg()), (ErrCode::INVALID_ACCESS_TOKEN, ""));
    let odd = r#"{"job_info": ["marked"], "errmsg": "marked text", "errcode": 40014}"#;
    assert_eq!(refusal(odd), refusal(expired));
}

#[test]
fn an_unknown_code_says_where_to_look_it_up() {
    let error = refusal(r#"{"errcode": 99999, "errmsg": "marked text"}"#);
    assert_eq!(error.to_string(), "errcode 99999: look it up at https://open.work.weixin.qq.com/devtool/query?e=99999");
}

#[test]
fn a_success_without_its_payload_is_an_error() {
    for body in [r#"{"errcode": 0, "errmsg": "ok"}"#, r#"{"errcode": 0, "job_info": null}"#, "{}"] {
        assert_eq!(refusal(body), ResponseError::MissingPayload { field: "job_info" });
    }
    assert_eq!(refusal("{}").to_string(), "the server reports success, but `job_info` is absent or null");
    let token = GetTokenResponse::from_slice(br#"{"expires_in": 7200}"#).and_then(Response::into_result);
    assert_eq!(token.unwrap_err(), ResponseError::MissingPayload { field: "access_token" });
}

#[test]
fn an_absent_code_is_a_success() {
    let body = json!({"job_info": job()}).to_string();
    assert!(GetReportJobInfoResponse::from_slice(body.as_bytes()).and_then(Response::into_result).is_ok());
}

#[test]
fn a_value_of_the_wrong_kind_is_reported_with_its_path() {
    let cases = [
        ("/question_templates/1/question_id", json!("marked, expected marked"), "expected an integer, found a string"),
        ("/apply_range/partyids/0", json!(1.5), "expected an integer, found a number with a fraction"),
        ("/finish_cnt", json!(null), "expected an integer, found null"),
        ("/title", json!({"marked": 1}), "expected a string, found an object"),
        ("/question_templates/0/option_list", json!("marked"), "expected a list, found a string"),
        ("/report_to/userids/0", json!(["marked"]), "expected a string, found a list"),
    ];
    for (pointer, value, message) in cases {
        let mut body = job();
        *body.pointer_mut(pointer).unwrap() = value;
        let path = pointer.split('/').skip(1).fold("job_info".to_owned(), |path, step| match step.parse::<usize>() {
            Ok(index) => format!("{path}[{index}]"),
            Err(_) => format!("{path}.{step}"),
        });
        let error = refusal(&json!({"errcode": 0, "job_info": body}).to_string());
        assert_eq!(error.to_string(), format!("{path}: {message}"));
    }
}

#[test]
fn a_missing_field_is_reported_with_its_path_and_name() {
    let mut body = job();
    body["question_templates"][1].as_object_mut().unwrap().remove("question_id");
    let error = refusal(&json!({"errcode": 0, "job_info": body}).to_string());
    assert_eq!(error.to_string(), "job_info.question_templates[1]: the field `question_id` is missing");
}

#[test]
fn the_printed_sample_fails_with_line_and_column() {
    // The page prints a full-width colon after "creator" and leaves out the comma after `report_to`.
    let colon = "{\n \"errcode\": 0,\n \"job_info\":{\n    \"title\": \"marked\",\n    \"creator\"： \"marked\"\n }\n}";
    assert_eq!(
        refusal(colon).to_string(),
        "not JSON at line 5 column 14; check the base URL: it may be a log-in page or a proxy"
    );
    let comma = "{\n \"job_info\":{\n    \"report_to\":{\n    }\n    \"report_type\": 1\n }\n}";
    assert!(refusal(comma).to_string().starts_with("not JSON at line 5 column 5; "));
}

#[test]
fn what_is_no_response_is_an_error() {
    for body in ["", "   ", "marked", "\"marked\"", "null", "{\"job_info\": {\"title\": \"mark"] {
        assert!(matches!(refusal(body), ResponseError::Decode(_)), "{body}");
    }
    let text = refusal("\"marked\"");
    assert_eq!(text.to_string(), "expected an object, found a string");
    assert_eq!(text.in_language(Language::Chinese).to_string(), "类型不符，应为对象，实际为字符串");
    assert_eq!(refusal("{\"errcode\": 0, \"errmsg\": \"o").to_string(), "the JSON ends too early, at line 1 column 27");
    for list in ["[]", " [40014, \"marked\"]", "[0, \"ok\", null]"] {
        assert_eq!(refusal(list).to_string(), "expected an object, found a list");
    }
    let more = refusal("{\"errcode\": 0} marked").in_language(Language::Chinese).to_string();
    assert_eq!(more, "不是有效的 JSON（第 1 行第 16 列），请检查服务器地址，响应可能来自登录页或代理");
    assert!(from_slice::<JobInfo>(b"\xff\xfe").is_err());
}

#[test]
fn questions_and_options_are_found_by_id() {
    let job = decode(&job());
    let question = job.question(QuestionId::from(1)).unwrap();
    assert_eq!(question.option(OptionId::from(1)).unwrap().option_text, "marked-option");
    assert!(question.option(OptionId::from(0)).is_none());
    assert!(job.question(QuestionId::from(3)).is_none());
}

#[test]
fn a_token_is_not_shown() {
    let body = br#"{"errcode": 0, "errmsg": "ok", "access_token": "marked-token", "expires_in": 7200}"#;
    let response = GetTokenResponse::from_slice(body).unwrap();
    assert!(serde_json::to_string(&response).unwrap().contains("marked-token"));
    assert!(!format!("{response:?}").contains("marked"));
}

/// An answer with this content, after making sure that it is written back as it came.
fn answer(json: Value) -> Answer {
    let decoded: Answer = from_slice(json.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(&decoded).unwrap(), json);
    decoded
}

#[test]
fn the_reporter_is_a_member_a_parent_or_unknown() {
    let (member, student, parent) = (UserId::from("m"), UserId::from("s"), UserId::from("p"));
    assert_eq!(answer(json!({"id_type": 1, "userid": "m"})).reporter(), Reporter::Member(&member));
    let with_parent = answer(json!({"id_type": 2, "student_userid": "s", "parent_userid": "p"}));
    assert_eq!(with_parent.reporter(), Reporter::Parent { student: &student, parent: Some(&parent) });
    let alone = answer(json!({"id_type": 2, "student_userid": "s"}));
    assert_eq!(alone.reporter(), Reporter::Parent { student: &student, parent: None });
    for incomplete in [json!({"id_type": 1, "student_userid": "s"}), json!({"id_type": 2, "parent_userid": "p"})] {
        assert!(matches!(answer(incomplete).reporter(), Reporter::Unknown(_)));
    }
    let Reporter::Unknown(id_type) = answer(json!({"id_type": 3, "userid": "m"})).reporter() else { panic!() };
    assert_eq!(id_type.value(), 3);
}

#[test]
fn the_time_of_an_answer_may_be_late_or_absent() {
    assert_eq!(answer(json!({"id_type": 1})).reported_at(), None);
    let late = answer(json!({"id_type": 1, "report_time": 5_000_000_000_i64})).reported_at().unwrap();
    assert_eq!(late.to_rfc3339(), "2128-06-11T08:53:20+00:00");
    assert_eq!(answer(json!({"id_type": 1, "report_time": i64::MAX})).reported_at(), None);
}

#[test]
fn a_value_has_one_of_six_kinds_or_none_or_several() {
    let value = |mut json: Value| {
        json["question_id"] = json!(1);
        from_slice::<ReportValue>(json.to_string().as_bytes()).unwrap()
    };
    let (files, options) = ([FileId::from("f")], [OptionId::from(1), OptionId::from(3)]);
    let area: RawJson = serde_json::from_str(r#"[{"any": "structure"}]"#).unwrap();
    let card = |card: i64| Some(ItineraryCardType::from(card));
    for (json, typed) in [
        (json!({"text": "t"}), TypedValue::Text("t")),
        (json!({"text": ""}), TypedValue::Text("")),
        (json!({"single_choice": 0}), TypedValue::SingleChoice(OptionId::from(0))),
        (json!({"multi_choice": [1, 3]}), TypedValue::MultiChoice(&options)),
        (json!({"fileid": ["f"]}), TypedValue::Files(&files)),
        (json!({"url": "u"}), TypedValue::Signature("u")),
        (json!({"itinerary_card_type": 6}), TypedValue::ItineraryCard { card: card(6), high_risk_area: None }),
        (
            json!({"itinerary_card_type": 1, "high_risk_area": area}),
            TypedValue::ItineraryCard { card: card(1), high_risk_area: Some(&area) },
        ),
        (json!({"high_risk_area": area}), TypedValue::ItineraryCard { card: None, high_risk_area: Some(&area) }),
        (json!({}), TypedValue::Nothing),
        (
            json!({"text": null, "single_choice": null, "multi_choice": null, "fileid": null, "url": null}),
            TypedValue::Nothing,
        ),
        (json!({"multi_choice": [], "fileid": []}), TypedValue::Nothing),
        (json!({"added_by_the_vendor": 1}), TypedValue::Nothing),
        (json!({"text": "t", "multi_choice": []}), TypedValue::Text("t")),
        (json!({"text": "t", "single_choice": 1}), TypedValue::Several),
    ] {
        assert_eq!(value(json.clone()).typed(), typed, "{json}");
    }
}

#[test]
fn a_question_may_be_answered_twice() {
    let twice = json!({"id_type": 1, "userid": "m", "report_values": [
        {"question_id": 1, "text": "first"}, {"question_id": 1, "text": "second"},
    ]});
    answer(twice);
}

#[test]
fn lists_that_are_absent_or_null_are_empty_pages() {
    for (ids, answers) in [(json!({"errcode": 0}), json!({})), (json!({"jobids": null}), json!({"answers": null}))] {
        let ids = GetReportJobIdsResponse::from_slice(ids.to_string().as_bytes()).unwrap().into_result().unwrap();
        assert_eq!(serde_json::to_value(&ids).unwrap(), json!({}));
        let answers = GetReportAnswerResponse::from_slice(answers.to_string().as_bytes()).unwrap();
        assert_eq!(serde_json::to_value(answers.into_result().unwrap()).unwrap(), json!({}));
    }
    let null = from_slice::<Answer>(br#"{"id_type": 1, "report_values": null}"#).unwrap();
    assert_eq!(null, answer(json!({"id_type": 1})));
}

#[test]
fn usage_figures_that_are_missing_are_an_error_and_not_zero() {
    let missing = GetHealthReportStatResponse::from_slice(br#"{"errcode": 0, "pv": 5000000000}"#).unwrap();
    assert_eq!(missing.into_result(), Err(ResponseError::MissingPayload { field: "uv" }));
}

#[test]
fn a_number_out_of_range_is_refused_before_sending() {
    let request = GetReportJobIdsRequest::new();
    for (limit, allowed) in [(0, false), (1, true), (100, true), (101, false), (-1, false)] {
        assert_eq!(request.clone().limit(limit).check().is_ok(), allowed, "{limit}");
    }
    let message = |request: GetReportJobIdsRequest| request.check().unwrap_err().to_string();
    assert_eq!(message(request.clone().limit(101)), "`limit` is 101: write 1 to 100");
    assert_eq!(message(request.offset(-1)), "`offset` is -1: write 0 or more");
}

#[test]
fn any_part_of_a_refusals_text_may_be_missing() {
    let parts = |errmsg: &str| {
        let body = json!({"errcode": 60020, "errmsg": errmsg}).to_string();
        let Err(ResponseError::Api(error)) = GetTokenResponse::from_slice(body.as_bytes()) else { panic!("{body}") };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let address = error.caller_ip().map(|address| address.to_string());
        (error.message().to_owned(), owned(error.hint()), address, owned(error.help_link()))
    };
    let some = |text: &str| Some(text.to_owned());
    let link = "https://open.work.weixin.qq.com/devtool/query?e=60020";
    let (old, new) = ("1585267200_1_0123456789abcdef0123456789abcdef", "1700000000123456789012345");
    for hint in [old, new] {
        let text = format!("not allowed, hint: [{hint}], from ip: 203.0.113.7, more info at {link}");
        assert_eq!(parts(&text), ("not allowed".to_owned(), some(hint), some("203.0.113.7"), some(link)));
    }
    assert_eq!(parts("not allowed"), ("not allowed".to_owned(), None, None, None));
    assert_eq!(parts(""), (String::new(), None, None, None));
    let text = format!("not allowed, from ip: 2001:db8::1, more info at {link}");
    assert_eq!(parts(&text), ("not allowed".to_owned(), None, some("2001:db8::1"), some(link)));
    // What is no hint, no address and no page of the vendor's is not passed off as one.
    let odd = "x, hint: [<b>], from ip: nowhere, more info at https://example.com/";
    assert_eq!(parts(odd), ("x".to_owned(), None, None, None));
    assert_eq!(parts("x, hint: [unfinished, from ip: "), ("x".to_owned(), None, None, None));
}

#[test]
fn a_request_read_in_part_has_no_payload() {
    let body = json!({"errcode": 0, "errmsg": "ok. Warning: wrong json format. ", "job_info": job()}).to_string();
    assert_eq!(refusal(&body), ResponseError::PartlyRead);
}

#[test]
fn undocumented_json_survives_decoding() {
    let kept = r#"{"question_id":1,"high_risk_area":{"n":[1.50,1e400,12345678901234567890123]}}"#;
    let value = from_slice::<ReportValue>(kept.as_bytes()).unwrap();
    assert_eq!(serde_json::to_string(&value).unwrap(), kept);
    let wrong = br#"[{"question_id": 1, "high_risk_area": [{"a": 1}], "text": 2}]"#;
    assert_eq!(from_slice::<Vec<ReportValue>>(wrong).unwrap_err().path(), "[0].text");
}

#[test]
fn an_error_has_its_path_line_and_column() {
    let error = from_slice::<ReportValue>(b"{\n \"question_id\": true}").unwrap_err();
    assert_eq!((error.path(), error.line(), error.column()), ("question_id", 2, 20));
    let error = from_slice::<ReportValue>(b"{}").unwrap_err();
    assert_eq!((error.path(), error.fault()), (".", &DecodeFault::MissingField("question_id".into())));
}

#[test]
fn a_refused_number_has_the_name_of_its_field() {
    let error = GetReportJobIdsRequest::new().limit(101).check().unwrap_err();
    assert_eq!(error.field(), "limit");
}

#[test]
fn empty_objects_of_lists_are_not_written_and_others_are() {
    let mut job = job();
    for (range, written) in [(json!({}), false), (json!({"userids": []}), false), (json!({"userids": ["a"]}), true)] {
        job["apply_range"] = range;
        let job: JobInfo = serde_json::from_value(job.clone()).unwrap();
        assert_eq!(serde_json::to_value(&job).unwrap().get("apply_range").is_some(), written);
    }
}

#[test]
fn lists_that_would_fill_the_memory_are_refused() {
    let list = |field: &str, item: &str, bytes: usize| {
        let items = vec![item; bytes / (item.len() + 1)].join(",");
        let body = format!(r#"{{"errcode": 0, "{field}": [{items}]}}"#);
        GetReportJobIdsResponse::from_slice(body.as_bytes()).map(|response| response.jobids.len())
    };
    let ResponseError::Decode(error) = list("jobids", r#""""#, 1 << 20).unwrap_err() else { panic!() };
    assert_eq!((error.fault(), error.path()), (&DecodeFault::TooMuchMemory, "jobids"));
    // Ids of real companies fit, also where there are a million of them.
    assert_eq!(list("jobids", r#""zhangsan""#, 11_000_000).unwrap(), 1_000_000);
    // What the type does not have is skipped.
    assert_eq!(list("unknown", r#""""#, 1 << 20).unwrap(), 0);
    // Other texts are not limited by what came before; nor is what is decoded without `from_slice`.
    assert_eq!(list("jobids", r#""""#, 1 << 10).unwrap(), 341);
    let ids = format!(r#"{{"jobids": ["a"{}]}}"#, r#","a""#.repeat(1 << 20));
    assert_eq!(serde_json::from_str::<GetReportJobIdsResponse>(&ids).unwrap().jobids.len(), 1 + (1 << 20));
}

#[test]
fn only_an_untrusted_address_is_shown() {
    for (code, shows_address) in [(60020, true), (60011, false)] {
        let body = format!(r#"{{"errcode": {code}, "errmsg": "marked, from ip: 203.0.113.7"}}"#);
        let ResponseError::Api(error) = refusal(&body) else { panic!("{body}") };
        assert_eq!(format!("{error:?}"), format!("ApiError {{ errcode: ErrCode({code}), .. }}"));
        assert_eq!(error.to_string().ends_with(" (the caller's IP is 203.0.113.7)"), shows_address, "{error}");
    }
}

#[test]
fn a_refusal_counts_whatever_its_text_is() {
    for errmsg in [r#"[{"":0}]"#, "{}", "7", "null", "true"] {
        let body = format!(r#"{{"errcode": 40058, "errmsg": {errmsg}}}"#);
        let ResponseError::Api(error) = refusal(&body) else { panic!("{body}") };
        assert_eq!((i64::from(error.errcode()), error.errmsg()), (40058, ""));
    }
}

#[test]
fn errors_in_chinese_name_kinds_in_chinese() {
    for (json, message) in [
        (r#"{"question_id": true}"#, "question_id：类型不符，应为整数，实际为布尔值"),
        (r#"{"title": 1}"#, "title：类型不符，应为字符串，实际为整数"),
        (r#"{"option_list": 1}"#, "option_list：类型不符，应为数组，实际为整数"),
        (r#"{"option_list": [1]}"#, "option_list[0]：类型不符，应为对象，实际为整数"),
    ] {
        let error = from_slice::<QuestionTemplate>(json.as_bytes()).unwrap_err();
        assert_eq!(error.in_language(Language::Chinese).to_string(), message);
    }
}
