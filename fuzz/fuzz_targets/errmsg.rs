//! Any `errmsg`, in its parts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wecom_health_model::{GetHealthReportStatResponse, Response, ResponseError};

fuzz_target!(|errmsg: &str| {
    let body = serde_json::json!({"errcode": 60020, "errmsg": errmsg}).to_string();
    let Err(ResponseError::Api(error)) = GetHealthReportStatResponse::from_slice(body.as_bytes()) else {
        panic!("a refusal is an error of the API");
    };
    assert!(errmsg.contains(error.message()));
    assert!(error.hint().is_none_or(|hint| errmsg.contains(hint)));
    assert!(error.help_link().is_none_or(|link| errmsg.contains(link)));
    error.caller_ip();
    assert!(!error.to_string().contains('\n'));
});
