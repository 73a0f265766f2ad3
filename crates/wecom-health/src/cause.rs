//! Why a connection failed. The HTTP library's own errors stay behind: their text may repeat what the other side sent, and a
//! gateway that repeats the URL would put the secret into it. Only what is known to be harmless is kept.

use std::error::Error;
use std::{fmt, io};

use crate::model::{Language, Localized, Words};

/// Why a connection failed, in this crate's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The operating system's error.
    Io {
        kind: io::ErrorKind,
        code: Option<i32>,
    },
    /// The host name has no address.
    UnknownHost,
    ProxyNeedsPassword,
    ProxyRefused,
    #[cfg(feature = "rustls")]
    Certificate(Words),
    #[cfg(feature = "rustls")]
    Tls(Words),
    #[cfg(feature = "rustls")]
    TlsAlert(Option<&'static str>),
    ClosedEarly,
    NotHttp,
    /// A reason that the HTTP library gives only in its text.
    Other,
}

impl Cause {
    /// Finds the first error of a known type in the chain of the HTTP library's error.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let mut next = error.source();
        while let Some(error) = next {
            if let Some(cause) = known(error) {
                return cause;
            }
            next = error.source();
        }
        Self::Other
    }

    /// Returns whether TLS failed.
    pub(crate) fn is_tls(&self) -> bool {
        #[cfg(feature = "rustls")]
        return matches!(self, Self::Certificate(_) | Self::Tls(_) | Self::TlsAlert(_));
        #[cfg(not(feature = "rustls"))]
        return false;
    }
}

fn known(error: &(dyn Error + 'static)) -> Option<Cause> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return of_io(error);
    }
    #[cfg(feature = "rustls")]
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(of_tls(error));
    }
    match error.downcast_ref::<hyper::Error>() {
        Some(error) if error.is_parse() => return Some(Cause::NotHttp),
        Some(error) if error.is_incomplete_message() => return Some(Cause::ClosedEarly),
        _ => {}
    }
    // These types are private to the HTTP library. Their texts are compared, never shown.
    match error.to_string().as_str() {
        "dns error" => Some(Cause::UnknownHost),
        "tunnel error: proxy authorization required" => Some(Cause::ProxyNeedsPassword),
        "tunnel error: unsuccessful" => Some(Cause::ProxyRefused),
        _ => None,
    }
}

fn of_io(error: &io::Error) -> Option<Cause> {
    match error.get_ref() {
        // An error that another layer has wrapped.
        Some(inner) => known(inner).or_else(|| match error.kind() {
            io::ErrorKind::Other => None,
            kind => Some(Cause::Io { kind, code: None }),
        }),
        None => Some(Cause::Io { kind: error.kind(), code: error.raw_os_error() }),
    }
}

#[cfg(feature = "rustls")]
fn of_tls(error: &rustls::Error) -> Cause {
    use rustls::{CertificateError, Error};
    let words = |english, chinese| Words { english, chinese };
    match error {
        Error::InvalidCertificate(certificate) => Cause::Certificate(match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                words("it has expired", "证书已过期")
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                words("it is not valid yet", "证书尚未生效")
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                words("it belongs to another host", "证书与主机名不匹配")
            }
            CertificateError::UnknownIssuer => {
                words("this machine does not trust its issuer", "本机不信任证书的颁发机构")
            }
            CertificateError::Revoked => words("it was revoked", "证书已被吊销"),
            CertificateError::BadSignature => words("its signature is wrong", "证书签名无效"),
            _ => words("it is not valid", "证书无效"),
        }),
        Error::AlertReceived(alert) => Cause::TlsAlert(alert.as_str()),
        Error::InvalidMessage(_) => {
            Cause::Tls(words("the server does not speak TLS", "服务器未使用 TLS，请检查地址和端口"))
        }
        Error::PeerIncompatible(_) => {
            Cause::Tls(words("no common version or cipher", "双方没有共同支持的协议版本或加密套件"))
        }
        _ => Cause::Tls(words("the server violates the protocol", "对端未遵守 TLS 协议")),
    }
}

impl Localized for Cause {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let say = |english, chinese, f: &mut fmt::Formatter<'_>| f.write_str(Words { english, chinese }.get(language));
        match self {
            Self::Io { kind, code } => {
                // In the language of the system and of the standard library.
                match code {
                    Some(code) => write!(f, "{}", io::Error::from_raw_os_error(*code))?,
                    None => write!(f, "{kind}")?,
                }
                say(": check the base URL and the network", "，请检查服务器地址和网络", f)
            }
            Self::UnknownHost => {
                say("the host name has no address: check the name and DNS", "域名解析失败，请检查域名和 DNS", f)
            }
            Self::ProxyNeedsPassword => {
                say("the proxy asks for a user name and a password", "代理需要身份验证，请提供用户名和密码", f)
            }
            Self::ProxyRefused => {
                say("the proxy refused to connect to the server", "代理拒绝连接服务器，请检查代理设置", f)
            }
            #[cfg(feature = "rustls")]
            Self::Certificate(reason) => {
                say("the server's certificate was refused: ", "服务器证书校验失败：", f)?;
                f.write_str(reason.get(language))
            }
            #[cfg(feature = "rustls")]
            Self::Tls(reason) => {
                say("TLS failed: ", "TLS 错误：", f)?;
                f.write_str(reason.get(language))
            }
            #[cfg(feature = "rustls")]
            Self::TlsAlert(alert) => {
                say("TLS failed: the server reports ", "TLS 错误：服务器返回告警 ", f)?;
                match alert {
                    Some(alert) => f.write_str(alert),
                    None => say("an unknown alert", "（未知）", f),
                }
            }
            Self::ClosedEarly => say(
                "the server closed the connection too early: check the base URL, or try again later",
                "服务器过早关闭了连接，请检查服务器地址，或稍后重试",
                f,
            ),
            Self::NotHttp => say(
                "what the server sent is not HTTP: check the base URL",
                "对端返回的不是 HTTP 响应，请检查服务器地址",
                f,
            ),
            Self::Other => say("the HTTP library gives no reason that is safe to show", "HTTP 库未给出可显示的原因", f),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_in(Language::English, f)
    }
}

impl Error for Cause {}

#[cfg(all(test, feature = "rustls"))]
mod tests {
    use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

    use super::of_tls;

    #[test]
    fn each_failure_of_tls_has_words_of_its_own() {
        let certificate = |error| Error::InvalidCertificate(error);
        for (error, words) in [
            (certificate(CertificateError::Expired), "the server's certificate was refused: it has expired"),
            (certificate(CertificateError::NotValidYet), "the server's certificate was refused: it is not valid yet"),
            (certificate(CertificateError::Revoked), "the server's certificate was refused: it was revoked"),
            (
                certificate(CertificateError::BadSignature),
                "the server's certificate was refused: its signature is wrong",
            ),
            (certificate(CertificateError::BadEncoding), "the server's certificate was refused: it is not valid"),
            (
                Error::AlertReceived(AlertDescription::HandshakeFailure),
                "TLS failed: the server reports HandshakeFailure",
            ),
            (Error::AlertReceived(AlertDescription::Unknown(255)), "TLS failed: the server reports an unknown alert"),
            (Error::InvalidMessage(InvalidMessage::InvalidContentType), "TLS failed: the server does not speak TLS"),
            (
                Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
                "TLS failed: no common version or cipher",
            ),
            (Error::General("marked".to_owned()), "TLS failed: the server violates the protocol"),
        ] {
            assert_eq!(of_tls(&error).to_string(), words);
        }
    }
}
