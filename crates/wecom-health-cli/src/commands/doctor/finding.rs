//! What the doctor finds: a verdict for each check, and the exit code of the worst.

use std::net::IpAddr;

use wecom_health::model::Language;

use crate::failure::{Failure, Kind, Message};

/// Something that is checked. Later checks need the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Credentials,
    /// The mode of the credentials file.
    FileMode,
    Configuration,
    Dns,
    Tcp,
    Proxy,
    Tls,
    /// Whether what responds is the API.
    Api,
    Clock,
    Token,
    /// Whether the app may use an endpoint, by its name.
    Endpoint(&'static str),
    TrustedIp,
    Schema,
}

impl Check {
    /// Returns the name for scripts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::FileMode => "file_mode",
            Self::Configuration => "configuration",
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Api => "api",
            Self::Clock => "clock",
            Self::Token => "token",
            Self::Endpoint(_) => "endpoint",
            Self::TrustedIp => "trusted_ip",
            Self::Schema => "schema",
        }
    }

    /// Returns the name of the endpoint, if the check is about one.
    pub(super) fn endpoint(self) -> Option<&'static str> {
        if let Self::Endpoint(name) = self { Some(name) } else { None }
    }

    /// Returns the name for people.
    pub(super) fn label(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Credentials => ("credentials", "凭据"),
            Self::FileMode => ("file mode", "文件权限"),
            Self::Configuration => ("configuration", "配置"),
            Self::Dns => ("DNS", "DNS"),
            Self::Tcp => ("TCP", "TCP"),
            Self::Proxy => ("proxy", "代理"),
            Self::Tls => ("TLS", "TLS"),
            Self::Api => ("API", "接口响应"),
            Self::Clock => ("clock", "时钟"),
            Self::Token => ("token", "access_token"),
            Self::Endpoint(name) => (name, name),
            Self::TrustedIp => ("trusted IP", "可信IP"),
            Self::Schema => ("schema", "字段定义"),
        };
        if language == Language::English { english } else { chinese }
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    Warning,
    Failed,
    /// What the check needs is not there.
    Skipped,
    CannotTell,
}

impl Verdict {
    /// Returns the name for scripts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::CannotTell => "cannot_tell",
        }
    }

    /// Returns the name for people.
    pub(super) fn label(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Ok => ("ok", "正常"),
            Self::Warning => ("warning", "警告"),
            Self::Failed => ("failed", "失败"),
            Self::Skipped => ("skipped", "跳过"),
            Self::CannotTell => ("cannot tell", "无法判断"),
        };
        if language == Language::English { english } else { chinese }
    }
}

/// The result of a check.
pub(super) struct Finding {
    pub(super) check: Check,
    pub(super) verdict: Verdict,
    pub(super) message: Message,
    pub(super) advice: Option<Message>,
    /// Of a failure, and of a refusal that leaves the question open.
    pub(super) kind: Option<Kind>,
    pub(super) errcode: Option<i64>,
    /// The address from which the server saw the request come.
    pub(super) caller_ip: Option<IpAddr>,
}

impl Finding {
    pub(super) fn new(check: Check, verdict: Verdict, message: Message) -> Self {
        Self { check, verdict, message, advice: None, kind: None, errcode: None, caller_ip: None }
    }

    pub(super) fn ok(check: Check, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, Message::new(english, chinese))
    }

    pub(super) fn warning(check: Check, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::new(check, Verdict::Warning, Message::new(english, chinese))
    }

    pub(super) fn skipped(check: Check, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::new(check, Verdict::Skipped, Message::new(english, chinese))
    }

    pub(super) fn cannot_tell(check: Check, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::new(check, Verdict::CannotTell, Message::new(english, chinese))
    }

    pub(super) fn failed(check: Check, kind: Kind, message: Message) -> Self {
        Self { kind: Some(kind), ..Self::new(check, Verdict::Failed, message) }
    }

    pub(super) fn advise(self, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self { advice: Some(Message::new(english, chinese)), ..self }
    }

    /// Returns the finding of a check that needs another one to succeed.
    pub(super) fn blocked(check: Check, by: Blocker) -> Self {
        match by {
            Blocker::Offline => {
                Self::skipped(check, "it needs the network, and you said --offline", "需要联网，而本次指定了 --offline")
            }
            Blocker::Check(other) => Self::skipped(
                check,
                format!("fix this first: {}", other.label(Language::English)),
                format!("请先解决「{}」", other.label(Language::Chinese)),
            ),
        }
    }

    fn exit_code(&self) -> u8 {
        match self.verdict {
            Verdict::Failed => self.kind.unwrap_or(Kind::Failed).exit_code(),
            Verdict::CannotTell => Kind::Partial.exit_code(),
            Verdict::Ok | Verdict::Warning | Verdict::Skipped => 0,
        }
    }
}

/// Why a check is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocker {
    Offline,
    Check(Check),
}

/// Exit codes from the worst: the configuration must be right before the network can be judged, and the network before the
/// credentials and permissions. What could not be told is better than any failure. Warnings are none.
const FROM_THE_WORST: [u8; 6] = [2, 4, 3, 1, 5, 0];

/// Returns the failure that stands for all findings; `None` if nothing is wrong.
pub(super) fn worst(findings: &[Finding]) -> Option<Failure> {
    let rank = |code| FROM_THE_WORST.iter().position(|known| *known == code);
    let worst = findings.iter().min_by_key(|finding| rank(finding.exit_code()))?;
    match worst.verdict {
        Verdict::Failed => Some(Failure::new(
            worst.kind.unwrap_or(Kind::Failed),
            Message::new("a check failed: the report says what to do", "有检查项失败，处理方法见报告"),
        )),
        Verdict::CannotTell => Some(Failure::new(
            Kind::Partial,
            Message::new("a check has no result: the report says why", "有检查项无法判断，原因见报告"),
        )),
        Verdict::Ok | Verdict::Warning | Verdict::Skipped => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_that_of_the_worst_finding() {
        let failed = |kind| Finding::failed(Check::Api, kind, Message::new("", ""));
        let mut findings = vec![
            Finding::ok(Check::Api, "", ""),
            Finding::warning(Check::Api, "", ""),
            Finding::skipped(Check::Api, "", ""),
        ];
        assert!(worst(&findings).is_none());
        findings.push(Finding::cannot_tell(Check::Api, "", ""));
        assert_eq!(worst(&findings).unwrap().exit_code(), 5);
        for (kind, code) in
            [(Kind::Response, 1), (Kind::Permission, 3), (Kind::Network, 4), (Kind::Usage, 2), (Kind::Response, 2)]
        {
            findings.push(failed(kind));
            assert_eq!(worst(&findings).unwrap().exit_code(), code);
        }
    }
}
