//! Why a connection failed. The HTTP library's own errors stay behind: their text may repeat what the other side sent, and a
//! gateway that repeats the URL would put the secret into it. Only what is known to be harmless is taken from them.

use std::error::Error;
use std::{fmt, io};

/// Why a connection failed, in this crate's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The operating system's error.
    Io {
        kind: io::ErrorKind,
        code: Option<i32>,
    },
    /// The name of the host has no address.
    UnknownHost,
    ProxyNeedsPassword,
    ProxyRefused,
    #[cfg(feature = "rustls")]
    Certificate(&'static str),
    #[cfg(feature = "rustls")]
    Tls(&'static str),
    ClosedEarly,
    NotHttp,
    /// Something that the HTTP library does not say apart from its text.
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
        // An error of another layer on its way through.
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
    match error {
        Error::InvalidCertificate(certificate) => Cause::Certificate(match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet",
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "it belongs to another host"
            }
            CertificateError::UnknownIssuer => "this machine does not trust its issuer",
            CertificateError::Revoked => "it was revoked",
            CertificateError::BadSignature => "its signature is wrong",
            _ => "it is not valid",
        }),
        Error::AlertReceived(alert) => Cause::Tls(alert.as_str().unwrap_or("an unknown alert")),
        Error::InvalidMessage(_) => Cause::Tls("the server does not speak TLS"),
        Error::PeerIncompatible(_) => Cause::Tls("no common version or cipher"),
        _ => Cause::Tls("the other side does not keep to the protocol"),
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { code: Some(code), .. } => io::Error::from_raw_os_error(*code).fmt(f),
            Self::Io { kind, .. } => kind.fmt(f),
            Self::UnknownHost => f.write_str("the host has no address: check its name, and the DNS"),
            Self::ProxyNeedsPassword => f.write_str("the proxy asks for a user name and a password"),
            Self::ProxyRefused => f.write_str("the proxy refused to connect to the server"),
            #[cfg(feature = "rustls")]
            Self::Certificate(reason) => write!(f, "the server's certificate was refused: {reason}"),
            #[cfg(feature = "rustls")]
            Self::Tls(reason) => write!(f, "TLS failed: {reason}"),
            Self::ClosedEarly => f.write_str("the server closed the connection before the response was complete"),
            Self::NotHttp => f.write_str("what the server sent is not HTTP"),
            Self::Other => f.write_str("the HTTP library gives no reason that may be shown"),
        }
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
            (Error::AlertReceived(AlertDescription::HandshakeFailure), "TLS failed: HandshakeFailure"),
            (Error::AlertReceived(AlertDescription::Unknown(255)), "TLS failed: an unknown alert"),
            (Error::InvalidMessage(InvalidMessage::InvalidContentType), "TLS failed: the server does not speak TLS"),
            (
                Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
                "TLS failed: no common version or cipher",
            ),
            (Error::General("marked".to_owned()), "TLS failed: the other side does not keep to the protocol"),
        ] {
            assert_eq!(of_tls(&error).to_string(), words);
        }
    }
}
