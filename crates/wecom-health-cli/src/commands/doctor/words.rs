//! What an error means for an administrator, and what to do. Nothing that the server sent is repeated, apart from its code and the
//! caller's address.

use wecom_health::Error;
use wecom_health::model::{ErrCode, Language, Localized};

use super::finding::{Check, Finding, Verdict};
use crate::failure::{Kind, Message};

/// The vendor's page about a code; append the code.
const LOOKUP: &str = "https://open.work.weixin.qq.com/devtool/query?e=";

/// Returns the finding of a check that ended in an error.
pub(super) fn failed(check: Check, error: &Error) -> Finding {
    let kind = Kind::of(error);
    let finding = Finding::failed(check, kind, what(error));
    let advice = advice(error);
    Finding {
        advice: Some(advice),
        errcode: error.api().map(|refusal| refusal.errcode().into()),
        // These say nothing about the check.
        verdict: match kind {
            Kind::RateLimit | Kind::InvalidRequest | Kind::Busy => Verdict::CannotTell,
            _ => Verdict::Failed,
        },
        ..finding
    }
}

/// Returns whether the server refused with this code.
pub(super) fn has_code(error: &Error, code: ErrCode) -> bool {
    error.api().is_some_and(|refusal| refusal.errcode() == code)
}

fn in_both(text: impl Fn(Language) -> String) -> Message {
    Message::new(text(Language::English), text(Language::Chinese))
}

fn what(error: &Error) -> Message {
    if let Some(refusal) = error.api() {
        let code = refusal.errcode();
        let label = code.known().map(|known| known.label);
        return in_both(|language| match (label, language) {
            (Some(label), Language::English) => format!("errcode {code}: {}", label.english),
            (Some(label), Language::Chinese) => format!("错误码 {code}：{}", label.chinese),
            (None, Language::English) => format!("errcode {code}"),
            (None, Language::Chinese) => format!("错误码 {code}"),
        });
    }
    match error.status() {
        Some(status) => Message::new(
            format!("HTTP {status}: this is not the API, which always sends 200"),
            format!("HTTP {status}：响应并非来自企业微信接口（接口始终返回 200）"),
        ),
        None if error.is_not_the_api() => Message::new(
            "this is not the API: what responds is no JSON, probably a log-in page",
            "响应并非来自企业微信接口：内容不是 JSON，可能是登录页",
        ),
        None => in_both(|language| error.details(language).unwrap_or_else(|| without_path(error, language))),
    }
}

/// Returns an error's message without the path of its endpoint.
fn without_path(error: &Error, language: Language) -> String {
    let text = error.in_language(language).to_string();
    let text = text.strip_prefix(error.endpoint().unwrap_or_default()).unwrap_or(&text);
    text.trim_start_matches([':', '：', ' ']).to_owned()
}

fn advice(error: &Error) -> Message {
    let Some(refusal) = error.api() else { return crate::advice::without_code(error) };
    let code = refusal.errcode();
    match refusal.advice() {
        Some(advice) => Message::new(advice.english, advice.chinese),
        None => Message::new(format!("look it up at {LOOKUP}{code}"), format!("含义见 {LOOKUP}{code}")),
    }
}
