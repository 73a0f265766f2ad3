//! Why a call failed, without anything that must not be shown.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use crate::cause::Cause;
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
    /// How long no new token is asked for.
    held: Option<Duration>,
}

/// What went wrong.
#[derive(Clone, Debug)]
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
    Connect {
        cause: Cause,
        timed_out: bool,
    },
    /// Of this client, or of an HTTP client that has its own.
    Timeout,
    Interrupted(Cause),
    Redirect(StatusCode),
    Status(StatusCode),
    TooLarge {
        limit: usize,
    },
    /// A page holds more items than were asked for.
    TooManyItems {
        asked_for: i64,
    },
    Response(ResponseError),
    /// The server rejects every token that it gives out.
    TokensRejected(ApiError),
}

impl Kind {
    /// What an error of the HTTP library means. Its URL and its text are left behind.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            Self::Unwritable
        } else if error.is_connect() {
            Self::Connect { cause: Cause::of(error), timed_out: error.is_timeout() }
        } else if error.is_timeout() {
            Self::Timeout
        } else {
            Self::Interrupted(Cause::of(error))
        }
    }

    /// Whether nothing was sent, because of what the request is.
    fn is_not_sent(&self) -> bool {
        matches!(self, Self::Unwritable | Self::Range(_) | Self::Concurrency { .. } | Self::InsideRuntime)
    }

    /// The error after this many requests to an endpoint.
    pub(crate) fn at(self, endpoint: &'static str, attempts: u32) -> Error {
        let attempts = if self.is_not_sent() { 0 } else { attempts };
        Error(Arc::new(Inner { endpoint: Some(endpoint), attempts, kind: self, held: None }))
    }
}

impl Error {
    /// A mistake of the program or its environment; says what to do.
    pub(crate) fn configuration(advice: String) -> Self {
        Self(Arc::new(Inner { endpoint: None, attempts: 0, kind: Kind::Configuration(advice), held: None }))
    }

    /// The same error, after which no new token is asked for so long.
    pub(crate) fn holding(&self, time: Duration) -> Self {
        let Inner { endpoint, attempts, kind, .. } = &*self.0;
        Self(Arc::new(Inner { endpoint: *endpoint, attempts: *attempts, kind: kind.clone(), held: Some(time) }))
    }

    /// The same error for another request, for which nothing was sent.
    pub(crate) fn repeated(&self, time: Duration) -> Self {
        let Inner { endpoint, kind, .. } = &*self.0;
        Self(Arc::new(Inner { endpoint: *endpoint, attempts: 0, kind: kind.clone(), held: Some(time) }))
    }

    /// Path of the call that failed, which may be the token's; nothing if no call was made.
    pub fn endpoint(&self) -> Option<&'static str> {
        self.0.endpoint
    }

    /// How many requests were sent to the [`endpoint`](Self::endpoint) until it failed; for `gettoken`, by whichever call fetched
    /// the token for all. 0 if no token was asked for, because that failed a moment ago: see [`retry_after`](Self::retry_after).
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The server's refusal, if that is what failed.
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            Kind::Response(ResponseError::Api(error)) | Kind::TokensRejected(error) => Some(error),
            _ => None,
        }
    }

    /// Returns how long this client asks for no new token after this error; nothing if it may ask at once.
    ///
    /// The vendor blocks callers that ask for tokens in a loop. So after a refusal, requests that need a new token fail with the
    /// same error, for 60 seconds where the credentials are wrong or calls came too often, and for 10 seconds otherwise.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.held
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
            Kind::Connect { .. } | Kind::Timeout | Kind::Interrupted(_) | Kind::Deadline { .. } => true,
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
        matches!(self.0.kind, Kind::Connect { .. })
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
            Kind::Timeout | Kind::Deadline { .. } => true,
            Kind::Connect { timed_out, .. } => *timed_out,
            _ => false,
        }
    }

    /// The answer is not what the schema describes: not JSON, cut off, of other types, without its payload, with more items than
    /// were asked for, or larger than [`response_limit`](crate::ClientBuilder::response_limit).
    ///
    /// # Troubleshooting
    ///
    /// The message says where. Where the vendor has changed the API, regenerate the types from an updated schema.
    pub fn is_decode(&self) -> bool {
        match &self.0.kind {
            Kind::Response(error) => matches!(error, ResponseError::Decode(_) | ResponseError::MissingPayload { .. }),
            kind => matches!(kind, Kind::EmptyToken | Kind::TooLarge { .. } | Kind::TooManyItems { .. }),
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
            Kind::Connect { .. } => f.write_str("could not connect to the server"),
            Kind::Timeout => f.write_str("the answer was not complete in time"),
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
            Kind::TooLarge { limit } => {
                write!(f, "the response is larger than {limit} bytes: raise the limit if this is the API")
            }
            Kind::TooManyItems { asked_for } => {
                write!(f, "the server sent more than the {asked_for} items that a page may have")
            }
            Kind::Response(error) => error.fmt(f),
            Kind::TokensRejected(error) => write!(f, "the server rejects every token that it gives out: {error}"),
        }?;
        match self.0.held {
            // Rounded up, so that waiting this long is enough.
            Some(time) if self.0.attempts == 0 => {
                write!(f, " (no new token is asked for within {} s)", time.as_millis().div_ceil(1_000))
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { endpoint, attempts, kind, held } = &*self.0;
        let mut debug = f.debug_struct("Error");
        debug.field("endpoint", endpoint).field("attempts", attempts).field("kind", kind).field("held", held).finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            Kind::Connect { cause, .. } | Kind::Interrupted(cause) => Some(cause),
            Kind::Deadline { last: Some(error) } => Some(error),
            _ => None,
        }
    }
}
