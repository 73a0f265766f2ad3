//! Why a call failed, without anything that must not be shown.

use std::fmt;

use reqwest::StatusCode;

use crate::model::{ApiError, ErrCode, RangeError, ResponseError};

/// Why a call failed, or why a client could not be built.
///
/// `Display` is one line that names the call's path; `source` has the details of a failed connection. Neither they nor
/// `Debug` hold the secret, a token, a URL's query or anything of a body.
pub struct Error(Box<Inner>);

struct Inner {
    endpoint: Option<&'static str>,
    attempts: u32,
    kind: Kind,
}

/// What went wrong.
#[derive(Debug)]
pub(crate) enum Kind {
    Configuration(String),
    Unwritable,
    Range(RangeError),
    NoConcurrency,
    EmptyToken,
    RepeatedPage { offset: i64 },
    Connect(reqwest::Error),
    Timeout(reqwest::Error),
    Interrupted(reqwest::Error),
    Redirect(StatusCode),
    Status(StatusCode),
    Response(ResponseError),
}

impl Kind {
    /// What an error of the HTTP library means; its URL is left behind.
    pub(crate) fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        match () {
            () if error.is_builder() => Self::Unwritable,
            () if error.is_connect() => Self::Connect(error),
            () if error.is_timeout() => Self::Timeout(error),
            () => Self::Interrupted(error),
        }
    }

    /// Whether the server no longer accepts the token.
    pub(crate) fn rejects_token(&self) -> bool {
        self.api().is_some_and(|error| {
            matches!(error.errcode(), ErrCode::INVALID_ACCESS_TOKEN | ErrCode::EXPIRED_ACCESS_TOKEN)
        })
    }

    /// Whether nothing was sent, because of what the request is.
    fn is_not_sent(&self) -> bool {
        matches!(self, Self::Unwritable | Self::Range(_) | Self::NoConcurrency)
    }

    /// The error after this many requests to an endpoint.
    pub(crate) fn at(self, endpoint: &'static str, attempts: u32) -> Error {
        let attempts = if self.is_not_sent() { 0 } else { attempts };
        Error(Box::new(Inner { endpoint: Some(endpoint), attempts, kind: self }))
    }

    fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Response(ResponseError::Api(error)) => Some(error),
            _ => None,
        }
    }
}

impl Error {
    /// A mistake of the program or its environment; says what to do.
    pub(crate) fn configuration(advice: String) -> Self {
        Self(Box::new(Inner { endpoint: None, attempts: 0, kind: Kind::Configuration(advice) }))
    }

    /// Path of the call that failed, which may be the token's; nothing if no call was made.
    pub fn endpoint(&self) -> Option<&'static str> {
        self.0.endpoint
    }

    /// Which request to the [`endpoint`](Self::endpoint) for this call failed: 1 the first; 0 if none was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The server's refusal, if that is what failed.
    pub fn api(&self) -> Option<&ApiError> {
        self.0.kind.api()
    }

    /// Nothing was sent, because the request cannot be written or is not one that the vendor allows.
    ///
    /// # Troubleshooting
    ///
    /// The message says what to write instead.
    pub fn is_not_sent(&self) -> bool {
        self.0.kind.is_not_sent()
    }

    /// No connection to the server came about.
    ///
    /// # Troubleshooting
    ///
    /// Check the base URL, the network and the proxy, and that the machine trusts the server's certificate.
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect(_))
    }

    /// The answer was not complete in time.
    ///
    /// # Troubleshooting
    ///
    /// Try again, or allow more time with [`ClientBuilder::timeout`](crate::ClientBuilder::timeout), and where
    /// [`is_connect`](Self::is_connect) holds too, with [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout).
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            Kind::Timeout(_) => true,
            Kind::Connect(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// The answer is not what the schema describes: not JSON, cut off, of other types, or without its payload.
    ///
    /// # Troubleshooting
    ///
    /// The message says where. Where the vendor has changed the API, regenerate the types from an updated schema.
    pub fn is_decode(&self) -> bool {
        let decode =
            |error: &ResponseError| matches!(error, ResponseError::Decode(_) | ResponseError::MissingPayload { .. });
        match &self.0.kind {
            Kind::Response(error) => decode(error),
            kind => matches!(kind, Kind::EmptyToken),
        }
    }

    /// The status of an answer that does not come from the API, e.g. 502 from a gateway.
    ///
    /// # Troubleshooting
    ///
    /// The API always answers 200. Check the base URL and what stands between this machine and the server.
    pub fn status(&self) -> Option<u16> {
        match self.0.kind {
            Kind::Redirect(status) | Kind::Status(status) => Some(status.as_u16()),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(endpoint) = self.0.endpoint {
            write!(f, "{endpoint}: ")?;
        }
        match &self.0.kind {
            Kind::Configuration(advice) => f.write_str(advice),
            Kind::Unwritable => f.write_str("not sent: the request cannot be written as JSON or as a query"),
            Kind::Range(error) => write!(f, "not sent: {error}"),
            Kind::NoConcurrency => f.write_str("not sent: the concurrency is 0: write 1 or more"),
            Kind::EmptyToken => f.write_str("the server reports success, but the token is empty"),
            Kind::RepeatedPage { offset } => {
                write!(f, "the server repeats a page, at offset {offset}: stopped, because it would never end")
            }
            Kind::Connect(_) => f.write_str("could not connect to the server"),
            Kind::Timeout(_) => f.write_str("the answer was not complete in time"),
            Kind::Interrupted(_) => {
                f.write_str("the connection broke off before the answer was complete, or it is no HTTP")
            }
            Kind::Redirect(status) => {
                write!(
                    f,
                    "HTTP {status}: redirects are not followed, they would carry the token along; check the base URL"
                )
            }
            Kind::Status(status) => write!(f, "HTTP {status}: this is not the API, which always answers 200"),
            Kind::Response(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { endpoint, attempts, kind } = &*self.0;
        let mut debug = f.debug_struct("Error");
        debug.field("endpoint", endpoint).field("attempts", attempts).field("kind", kind).finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            Kind::Connect(error) | Kind::Timeout(error) | Kind::Interrupted(error) => Some(error),
            _ => None,
        }
    }
}
