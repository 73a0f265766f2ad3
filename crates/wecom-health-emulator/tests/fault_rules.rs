//! Fault rules as text.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::Duration;

use wecom_health_emulator::{Fault, FaultRule};

const ENDPOINTS: [&str; 5] =
    ["gettoken", "get_report_jobids", "get_report_job_info", "get_report_answer", "get_health_report_stat"];

/// Each fault in its text form.
fn all() -> [(&'static str, Fault); 20] {
    let page = "<html><body><h1>502</h1></body></html>\n";
    let headers = vec![("content-type", "text/html".to_owned())];
    [
        ("errcode=-1", Fault::ErrCode(-1)),
        ("http=502", Fault::Http { status: 502, headers, body: page.into() }),
        ("body=TEXT", Fault::Body("TEXT".into())),
        ("short-page=1", Fault::ShortPage(1)),
        ("repeated-page", Fault::RepeatedPage),
        ("delay=2s", Fault::Delay(Duration::from_secs(2))),
        ("slow-body=500ms", Fault::SlowBody(Duration::from_millis(500))),
        ("reset", Fault::Reset),
        ("truncated", Fault::Truncated),
        ("invalid-json", Fault::InvalidJson),
        ("html", Fault::Html),
        ("wrong-charset", Fault::WrongCharset),
        ("unknown-field", Fault::UnknownField),
        ("unknown-value", Fault::UnknownValue),
        ("null-lists", Fault::NullLists),
        ("no-payload", Fault::NoPayload),
        ("no-errcode", Fault::NoErrCode),
        ("partly-read", Fault::PartlyRead),
        ("expired-token", Fault::ExpiredToken),
        ("revoked-token", Fault::RevokedToken),
    ]
}

#[test]
fn every_fault_has_a_text_form_for_every_endpoint() {
    for (text, fault) in all() {
        assert_eq!(fault.name(), text.split('=').next().unwrap());
        for endpoint in ENDPOINTS {
            let rule: FaultRule = format!("{endpoint}:{text}@3").parse().unwrap();
            let same = FaultRule::new(fault.clone()).endpoint(endpoint).times(3);
            assert_eq!(format!("{rule:?}"), format!("{same:?}"), "{text}");
        }
    }
}

#[test]
fn the_text_form_says_value_and_frequency() {
    let rule = || FaultRule::new(Fault::Reset);
    let fault = FaultRule::new;
    for (text, same) in [
        ("reset", rule()),
        ("reset@3", rule().times(3)),
        ("gettoken:reset@12.5%", rule().endpoint("gettoken").share(0.125)),
        ("reset@always", rule().always()),
        ("errcode=-1", fault(Fault::ErrCode(-1))),
        ("short-page=7", fault(Fault::ShortPage(7))),
        ("delay=2s", fault(Fault::Delay(Duration::from_secs(2)))),
        ("slow-body=1m 500ms@2", fault(Fault::SlowBody(Duration::from_millis(60_500))).times(2)),
        (r#"body={"at": "a@b", "x": "c:d=e"}"#, fault(Fault::Body(r#"{"at": "a@b", "x": "c:d=e"}"#.into()))),
        ("body=a@3", fault(Fault::Body("a".into())).times(3)),
    ] {
        assert_eq!(format!("{:?}", text.parse::<FaultRule>().unwrap()), format!("{same:?}"), "{text}");
    }
}

#[test]
fn a_wrong_text_form_is_refused_with_what_to_write() {
    for (text, message) in [
        ("", "there is no fault ; write one of errcode=-1, http=502,"),
        ("errcod=-1", "there is no fault errcod; write one of errcode=-1, http=502,"),
        ("errcode", "write errcode like this: errcode=-1"),
        ("errcode=x", "write errcode like this: errcode=-1"),
        ("errcode=0", "write errcode like this: errcode=-1"),
        ("http=99", "write http like this: http=502"),
        ("delay=2", "write delay like this: delay=2s"),
        ("reset=1", "write reset like this: reset"),
        ("short-page=-1", "write short-page like this: short-page=1"),
        ("reset@", "@ is not a frequency; write a number of times like @3, a share like @5%, or @always"),
        ("reset@0", "@0 is not a frequency; write"),
        ("reset@-5%", "@-5% is not a frequency; write"),
        ("reset@0%", "@0% is not a frequency; write"),
        ("reset@101%", "@101% is not a frequency; write"),
        ("reset@NaN%", "@NaN% is not a frequency; write"),
        ("getoken:reset", "there is no endpoint getoken; write one of gettoken, get_report_jobids,"),
    ] {
        let error = text.parse::<FaultRule>().unwrap_err().to_string();
        assert!(error.starts_with(message) && !error.contains('\n'), "{text}: {error}");
    }
}
