//! Why a call failed, without anything that must not be shown.

use std::fmt;
use std::sync::Arc;

use reqwest::StatusCode;

use crate::model::{ApiError, ErrCode, RangeError, ResponseError};

/// Why a call failed, or why a client could not be built.
///
/// `Display` is one line that names the call's path and what is wrong; `source` has the details of a failed connection, and
/// the predicates' documentation what to do.
/// Neither they nor `Debug` hold the secret, a token, a URL's query or anything of a body, except the caller's own address
/// where the server does not trust it.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

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
    Concurrency {
        pages: usize,
        most: usize,
    },
    Stopped,
    #[cfg_attr(not(feature = "blocking"), expect(dead_code, reason = "only a blocking client can be misplaced"))]
    InsideRuntime,
    EmptyToken,
    RepeatedPage {
        offset: i64,
    },
    Deadline {
        /// Why the try before failed.
        last: Option<Error>,
    },
    Connect(reqwest::Error),
    /// Of this client, or of an HTTP client that has its own.
    Timeout(Option<reqwest::Error>),
    Interrupted(reqwest::Error),
    Redirect(StatusCode),
    Status(StatusCode),
    /// More than any answer of the API has.
    TooLarge,
    Response(ResponseError),
}

impl Kind {
    /// What an error of the HTTP library means; its URL is left behind.
    pub(crate) fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        match () {
            () if error.is_builder() => Self::Unwritable,
            () if error.is_connect() => Self::Connect(error),
            () if error.is_timeout() => Self::Timeout(Some(error)),
            () => Self::Interrupted(error),
        }
    }

    /// Whether nothing was sent, because of what the request is.
    fn is_not_sent(&self) -> bool {
        matches!(self, Self::Unwritable | Self::Range(_) | Self::Concurrency { .. } | Self::InsideRuntime)
    }

    /// The error after this many requests to an endpoint.
    pub(crate) fn at(self, endpoint: &'static str, attempts: u32) -> Error {
        let attempts = if self.is_not_sent() { 0 } else { attempts };
        Error(Arc::new(Inner { endpoint: Some(endpoint), attempts, kind: self }))
    }
}

impl Error {
    /// A mistake of the program or its environment; says what to do.
    pub(crate) fn configuration(advice: String) -> Self {
        Self(Arc::new(Inner { endpoint: None, attempts: 0, kind: Kind::Configuration(advice) }))
    }

    /// Path of the call that failed, which may be the token's; nothing if no call was made.
    pub fn endpoint(&self) -> Option<&'static str> {
        self.0.endpoint
    }

    /// How many requests were sent to the [`endpoint`](Self::endpoint) until it failed; for `gettoken`, by whichever call fetched
    /// the token for all.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The server's refusal, if that is what failed.
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            Kind::Response(ResponseError::Api(error)) => Some(error),
            _ => None,
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

    /// The server does not accept the corp id, the secret or the token.
    ///
    /// # Troubleshooting
    ///
    /// Check both credentials in the admin console. A refused secret is not tried again for a minute, because the server bans
    /// an address for an hour after many tries. A rejected token has already been replaced once.
    pub fn is_auth(&self) -> bool {
        self.is_refused_credentials()
            || self.has_code(&[
                ErrCode::INVALID_ACCESS_TOKEN,
                ErrCode::MISSING_ACCESS_TOKEN,
                ErrCode::MISSING_SECRET,
                ErrCode::EXPIRED_ACCESS_TOKEN,
            ])
    }

    /// The app may not do this, or not from this address.
    ///
    /// # Troubleshooting
    ///
    /// The message says what to change in the admin console: the apps that may call (健康上报 › 可调用接口的应用), the trusted
    /// addresses (企业可信IP), or the app's state and visible range.
    pub fn is_permission(&self) -> bool {
        self.has_code(&[
            ErrCode::NOT_AUTHORIZED,
            ErrCode::NO_API_PERMISSION,
            ErrCode::INVALID_AUTHORIZATION,
            ErrCode::AUTHORIZATION_WITHDRAWN,
            ErrCode::APP_DISABLED,
            ErrCode::SYSTEM_APP_DISABLED,
            ErrCode::NO_PRIVILEGE,
            ErrCode::UNTRUSTED_IP,
            ErrCode::WRONG_APP,
        ])
    }

    /// Calls came too often; the server blocks them for a minute, or for an hour where the limit of an hour is reached.
    ///
    /// # Troubleshooting
    ///
    /// Wait, lower [`ClientBuilder::calls_per_minute`](crate::ClientBuilder::calls_per_minute) where several programs share an
    /// enterprise, or let the client wait:
    /// [`ClientBuilder::wait_when_rate_limited`](crate::ClientBuilder::wait_when_rate_limited).
    pub fn is_rate_limited(&self) -> bool {
        self.has_code(&[ErrCode::RATE_LIMITED])
    }

    /// The server says that the request is wrong: a parameter, or a job that does not exist.
    ///
    /// # Troubleshooting
    ///
    /// Check the jobid and the day: the server keeps 14 days of answers, 30 of usage figures.
    pub fn is_invalid_request(&self) -> bool {
        self.has_code(&[ErrCode::INVALID_PARAMETER, ErrCode::MISSING_PARAMETER, ErrCode::INVALID_JOB_ID])
    }

    /// It may work when tried again: the connection failed, the answer took too long, a gateway failed (5xx), or the server is busy (-1).
    ///
    /// # Troubleshooting
    ///
    /// The client has tried [`attempts`](Self::attempts) times. Try again later.
    pub fn is_transient(&self) -> bool {
        match &self.0.kind {
            Kind::Connect(_) | Kind::Timeout(_) | Kind::Interrupted(_) | Kind::Deadline { .. } => true,
            Kind::Status(status) => status.is_server_error(),
            _ => self.has_code(&[ErrCode::SYSTEM_BUSY]),
        }
    }

    /// Nothing was sent, because the request cannot be written, is not one that the vendor allows, or is made in the wrong place.
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
    /// Try again, or allow more time: [`ClientBuilder::timeout`](crate::ClientBuilder::timeout) for all of a call,
    /// [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout) for one try, and where
    /// [`is_connect`](Self::is_connect) holds too, [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout).
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            Kind::Timeout(_) | Kind::Deadline { .. } => true,
            Kind::Connect(error) => error.is_timeout(),
            _ => false,
        }
    }

    /// The answer is not what the schema describes: not JSON, cut off, of other types, without its payload, or larger than
    /// 64 MiB.
    ///
    /// # Troubleshooting
    ///
    /// The message says where. Where the vendor has changed the API, regenerate the types from an updated schema.
    pub fn is_decode(&self) -> bool {
        match &self.0.kind {
            Kind::Response(error) => matches!(error, ResponseError::Decode(_) | ResponseError::MissingPayload { .. }),
            kind => matches!(kind, Kind::EmptyToken | Kind::TooLarge),
        }
    }

    /// The server reports success, but could read the request only in part, so its answer was not used.
    ///
    /// # Troubleshooting
    ///
    /// Something between this machine and the server changes requests, or an [`Endpoint`](crate::model::Endpoint) of your own
    /// writes what the server does not expect.
    pub fn is_partly_read(&self) -> bool {
        matches!(self.0.kind, Kind::Response(ResponseError::PartlyRead))
    }

    /// Whether the server no longer accepts the token, so that another may help.
    pub(crate) fn rejects_token(&self) -> bool {
        self.has_code(&[ErrCode::INVALID_ACCESS_TOKEN, ErrCode::EXPIRED_ACCESS_TOKEN])
    }

    /// Whether a task of the client ended without a result.
    pub(crate) fn is_stopped(&self) -> bool {
        matches!(self.0.kind, Kind::Stopped)
    }

    /// Whether asking for a token again is of no use until somebody has changed something.
    pub(crate) fn is_refused_credentials(&self) -> bool {
        self.has_code(&[ErrCode::INVALID_SECRET, ErrCode::INVALID_CORP_ID])
    }

    fn has_code(&self, codes: &[ErrCode]) -> bool {
        self.api().is_some_and(|error| codes.contains(&error.errcode()))
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
            Kind::Concurrency { pages, most } => write!(f, "not sent: the concurrency is {pages}: write 1 to {most}"),
            Kind::Stopped => f.write_str("the runtime was shut down during the call, or the call panicked"),
            Kind::InsideRuntime => f.write_str(
                "not sent: this thread belongs to an asynchronous runtime, which a blocking client would stop: use wecom_health::Client here",
            ),
            Kind::EmptyToken => f.write_str("the server reports success, but the token is empty"),
            Kind::RepeatedPage { offset } => {
                write!(f, "the server repeats a page, at offset {offset}: stopped, because it would never end")
            }
            Kind::Deadline { .. } => f.write_str("the call was not done within its time"),
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
            Kind::TooLarge => f.write_str("the answer is larger than 64 MiB: this is not the API"),
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
            Kind::Connect(error) | Kind::Timeout(Some(error)) | Kind::Interrupted(error) => Some(error),
            Kind::Deadline { last: Some(error) } => Some(error),
            _ => None,
        }
    }
}
