//! Why a request failed, without secrets or answers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{StatusCode, Url};

use crate::cause::Cause;
use crate::model::{ApiError, DecodeFault, ErrCode, Language, Localized, RangeError, ResponseError, Words};

/// Why a request failed, or why a client could not be built.
///
/// `Display` is one English line with the endpoint's path and what is wrong; [`Localized::in_language`] returns the same in
/// Chinese. `source` has the reason why a connection failed, and the documentation of the predicates says what to do. Secrets,
/// tokens, queries and bodies never appear in any of them, nor in `Debug`. The one exception is the caller's own address, where
/// the server does not trust it.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    endpoint: Option<&'static str>,
    attempts: u32,
    kind: Kind,
    /// How long no new token is requested.
    held: Option<Duration>,
}

/// What to do about a mistake, in both languages.
#[derive(Clone, Debug)]
pub(crate) struct Advice {
    english: String,
    chinese: String,
}

impl Localized for Advice {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match language {
            Language::English => &self.english,
            Language::Chinese => &self.chinese,
        })
    }
}

/// What went wrong.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Configuration(Advice),
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
        /// Where the page begins, unless a cursor says so.
        offset: Option<i64>,
    },
    ItemsAfterEnd,
    Deadline {
        /// Why the attempt before failed.
        last: Option<Error>,
    },
    Connect {
        /// Host and port of the base URL.
        server: String,
        /// The environment variable that sets the proxy.
        proxy: Option<&'static str>,
        cause: Cause,
        timed_out: bool,
    },
    /// This client's time limit, or that of the user's HTTP client.
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
    /// The server rejects every token that it issues.
    TokensRejected(ApiError),
}

impl Kind {
    /// Classifies an error of the HTTP library, without its URL and its text.
    pub(crate) fn of(error: &reqwest::Error, base: &Url, proxy: Option<&'static str>) -> Self {
        if error.is_builder() {
            Self::Unwritable
        } else if error.is_connect() {
            let (host, port) = (base.host_str().unwrap_or_default(), base.port_or_known_default().unwrap_or_default());
            Self::Connect {
                server: format!("{host}:{port}"),
                proxy,
                cause: Cause::of(error),
                timed_out: error.is_timeout(),
            }
        } else if error.is_timeout() {
            Self::Timeout
        } else {
            Self::Interrupted(Cause::of(error))
        }
    }

    /// Returns whether the request itself prevents sending.
    fn is_not_sent(&self) -> bool {
        matches!(self, Self::Unwritable | Self::Range(_) | Self::Concurrency { .. } | Self::InsideRuntime)
    }

    /// Returns the error after this many attempts at an endpoint.
    pub(crate) fn into_error(self, endpoint: &'static str, attempts: u32) -> Error {
        let attempts = if self.is_not_sent() { 0 } else { attempts };
        Error(Arc::new(Inner { endpoint: Some(endpoint), attempts, kind: self, held: None }))
    }
}

impl Error {
    /// Creates an error about the program or its environment, with what to do in English and in Chinese.
    pub(crate) fn configuration(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        let advice = Advice { english: english.into(), chinese: chinese.into() };
        Self(Arc::new(Inner { endpoint: None, attempts: 0, kind: Kind::Configuration(advice), held: None }))
    }

    /// Returns the same error, with how long no new token is requested.
    pub(crate) fn holding(&self, time: Duration) -> Self {
        let Inner { endpoint, attempts, kind, .. } = &*self.0;
        Self(Arc::new(Inner { endpoint: *endpoint, attempts: *attempts, kind: kind.clone(), held: Some(time) }))
    }

    /// Returns the same error for another request, for which nothing was sent.
    pub(crate) fn repeated(&self, time: Duration) -> Self {
        let Inner { endpoint, kind, .. } = &*self.0;
        Self(Arc::new(Inner { endpoint: *endpoint, attempts: 0, kind: kind.clone(), held: Some(time) }))
    }

    /// Returns the path of the endpoint that failed, which may be `gettoken`'s; `None` for a mistake in the configuration.
    pub fn endpoint(&self) -> Option<&'static str> {
        self.0.endpoint
    }

    /// Returns how many attempts at the [`endpoint`](Self::endpoint) were made; for `gettoken`, by whichever request fetched the
    /// token for all. 0 if no token was requested because of a recent failure: see [`retry_after`](Self::retry_after).
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the server's refusal, if there was one.
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            Kind::Response(ResponseError::Api(error)) | Kind::TokensRejected(error) => Some(error),
            _ => None,
        }
    }

    /// Returns how long this client requests no new token after this error; `None` if it may request one at once.
    ///
    /// The vendor blocks callers that request tokens in a loop. So after a refusal, requests that need a new token fail with the
    /// same error, for 60 seconds where the credentials are wrong or requests came too often, and for 10 seconds otherwise.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.held
    }

    /// Returns why the connection, or the last attempt before the deadline, failed, in a language; the same as the last `source`.
    pub fn details(&self, language: Language) -> Option<String> {
        match &self.0.kind {
            Kind::Connect { cause, .. } | Kind::Interrupted(cause) => Some(cause.in_language(language).to_string()),
            Kind::Deadline { last: Some(error) } => {
                Some(error.details(language).unwrap_or_else(|| error.in_language(language).to_string()))
            }
            _ => None,
        }
    }

    /// Returns the HTTP status of a response that does not come from the API, e.g. 502 from a gateway.
    ///
    /// # Troubleshooting
    ///
    /// The API always responds with 200. Check the base URL and whatever is between this machine and the server.
    pub fn status(&self) -> Option<u16> {
        match self.0.kind {
            Kind::Redirect(status) | Kind::Status(status) => Some(status.as_u16()),
            _ => None,
        }
    }

    /// Returns whether the server rejected the corp id, the secret or the token.
    ///
    /// # Troubleshooting
    ///
    /// Check both credentials in the admin console. A refused secret is not sent again for a minute, because the server bans
    /// an address for an hour after many attempts. A rejected token has already been replaced once.
    pub fn is_auth(&self) -> bool {
        self.is_refused_credentials()
            || self.has_code(&[
                ErrCode::INVALID_ACCESS_TOKEN,
                ErrCode::MISSING_ACCESS_TOKEN,
                ErrCode::MISSING_SECRET,
                ErrCode::EXPIRED_ACCESS_TOKEN,
            ])
    }

    /// Returns whether the app may not do this, or not from this address.
    ///
    /// # Troubleshooting
    ///
    /// The message says what to change in the admin console: the apps that may send requests (健康上报 › 可调用接口的应用), the trusted
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

    /// Returns whether requests came too often: the server blocks them for a minute, or for an hour if the hourly limit was exceeded.
    ///
    /// # Troubleshooting
    ///
    /// Wait, lower [`ClientBuilder::requests_per_minute`](crate::ClientBuilder::requests_per_minute) where several programs share an
    /// enterprise, or let the client wait:
    /// [`ClientBuilder::wait_when_rate_limited`](crate::ClientBuilder::wait_when_rate_limited).
    pub fn is_rate_limited(&self) -> bool {
        self.has_code(&[ErrCode::TOO_MANY_REQUESTS])
    }

    /// Returns whether the server calls the request invalid: a wrong parameter, or a job that does not exist.
    ///
    /// # Troubleshooting
    ///
    /// Check the jobid and the day: the server keeps answers for 14 days, and usage figures for 30.
    pub fn is_invalid_request(&self) -> bool {
        self.has_code(&[ErrCode::INVALID_PARAMETER, ErrCode::MISSING_PARAMETER, ErrCode::INVALID_JOB_ID])
    }

    /// Returns whether the same request may work later: the connection failed, the response took too long, a gateway failed (5xx), or
    /// the server is busy (-1).
    ///
    /// # Troubleshooting
    ///
    /// The client has made [`attempts`](Self::attempts) attempts. Try again later.
    pub fn is_transient(&self) -> bool {
        match &self.0.kind {
            Kind::Connect { .. } | Kind::Timeout | Kind::Interrupted(_) | Kind::Deadline { .. } => true,
            Kind::Status(status) => status.is_server_error(),
            _ => self.has_code(&[ErrCode::SYSTEM_BUSY]),
        }
    }

    /// Returns whether nothing was sent, because the request cannot be encoded, is not allowed by the vendor, or was made by a
    /// blocking client inside an asynchronous runtime.
    ///
    /// # Troubleshooting
    ///
    /// The message says what to write instead.
    pub fn is_not_sent(&self) -> bool {
        self.0.kind.is_not_sent()
    }

    /// Returns whether no connection to the server could be made.
    ///
    /// # Troubleshooting
    ///
    /// Check the base URL, the network and the proxy, and that the machine trusts the server's certificate.
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Connect { .. })
    }

    /// Returns whether TLS with the server failed, in most cases because its certificate was refused: see
    /// [`details`](Self::details).
    ///
    /// # Troubleshooting
    ///
    /// Check the base URL and this machine's clock. Where a company's gateway decrypts the traffic, this machine must trust the
    /// gateway's issuer.
    pub fn is_tls(&self) -> bool {
        self.cause().is_some_and(Cause::is_tls)
    }

    /// Returns whether the proxy refused to connect to the server, or asks for a user name and a password.
    ///
    /// # Troubleshooting
    ///
    /// Check the proxy in the environment (`HTTPS_PROXY`, `ALL_PROXY`), or exempt the server from it (`NO_PROXY`).
    pub fn is_proxy(&self) -> bool {
        matches!(self.cause(), Some(Cause::ProxyRefused | Cause::ProxyNeedsPassword))
    }

    /// Returns whether the response was not complete in time.
    ///
    /// # Troubleshooting
    ///
    /// Try again, or allow more time: [`ClientBuilder::timeout`](crate::ClientBuilder::timeout) for the whole request,
    /// [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout) for one attempt, and where
    /// [`is_connect`](Self::is_connect) holds too, [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout).
    pub fn is_timeout(&self) -> bool {
        match &self.0.kind {
            Kind::Timeout | Kind::Deadline { .. } => true,
            Kind::Connect { timed_out, .. } => *timed_out,
            _ => false,
        }
    }

    /// Returns whether the response is not what the schema describes: not JSON, cut off, of other types, without its payload, with more
    /// items than were asked for, or larger than [`response_limit`](crate::ClientBuilder::response_limit).
    ///
    /// # Troubleshooting
    /// The message says where. If the vendor has changed the API, regenerate the types from an updated schema.
    pub fn is_decode(&self) -> bool {
        match &self.0.kind {
            Kind::Response(error) => matches!(error, ResponseError::Decode(_) | ResponseError::MissingPayload { .. }),
            kind => matches!(kind, Kind::EmptyToken | Kind::TooLarge { .. } | Kind::TooManyItems { .. }),
        }
    }

    /// Returns whether the response does not come from the API, but from a gateway, a proxy or a login page: its HTTP status is not 200,
    /// or it is no JSON.
    ///
    /// # Troubleshooting
    ///
    /// Check the base URL and the proxy, and whether this network asks people to log in.
    pub fn is_not_the_api(&self) -> bool {
        match &self.0.kind {
            Kind::Redirect(_) | Kind::Status(_) => true,
            Kind::Response(ResponseError::Decode(error)) => *error.fault() == DecodeFault::Syntax,
            _ => false,
        }
    }

    /// Returns whether the server reports success but could read only part of the request, so that its response was not used.
    ///
    /// # Troubleshooting
    ///
    /// Something between this machine and the server changes requests, or an [`Endpoint`](crate::model::Endpoint) of your own
    /// serializes to what the server does not expect.
    pub fn is_partly_read(&self) -> bool {
        matches!(self.0.kind, Kind::Response(ResponseError::PartlyRead))
    }

    /// Returns whether the server no longer accepts the token, so that a new one may help.
    pub(crate) fn rejects_token(&self) -> bool {
        self.has_code(&[ErrCode::INVALID_ACCESS_TOKEN, ErrCode::EXPIRED_ACCESS_TOKEN])
    }

    /// Returns whether a task of the client ended without a result.
    pub(crate) fn is_stopped(&self) -> bool {
        matches!(self.0.kind, Kind::Stopped)
    }

    /// Returns whether requesting a token again is useless until somebody changes the credentials.
    pub(crate) fn is_refused_credentials(&self) -> bool {
        self.has_code(&[ErrCode::INVALID_SECRET, ErrCode::INVALID_CORP_ID])
    }

    fn cause(&self) -> Option<&Cause> {
        match &self.0.kind {
            Kind::Connect { cause, .. } | Kind::Interrupted(cause) => Some(cause),
            _ => None,
        }
    }

    fn has_code(&self, codes: &[ErrCode]) -> bool {
        self.api().is_some_and(|error| codes.contains(&error.errcode()))
    }
}

impl Localized for Error {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { endpoint, attempts, kind, held } = &*self.0;
        if let Some(endpoint) = endpoint {
            f.write_str(endpoint)?;
            f.write_str(match language {
                Language::English => ": ",
                Language::Chinese => "：",
            })?;
        }
        kind.fmt_in(language, f)?;
        // After the first failure, the message must say that no token is requested.
        match (held.filter(|_| *attempts == 0).map(|time| time.as_millis().div_ceil(1_000)), language) {
            (Some(seconds), Language::English) => write!(f, " (no new token is requested for {seconds} s)"),
            (Some(seconds), Language::Chinese) => write!(f, "（{seconds} 秒内不再获取 access_token）"),
            (None, _) => Ok(()),
        }
    }
}

impl Localized for Kind {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let say = |words: Words, f: &mut fmt::Formatter<'_>| f.write_str(words.get(language));
        match (self, language) {
            (Self::Configuration(advice), _) => advice.fmt_in(language, f),
            (Self::Unwritable, _) => say(UNWRITABLE, f),
            (Self::Range(error), Language::English) => write!(f, "not sent: {error}"),
            (Self::Range(error), Language::Chinese) => write!(f, "请求未发送：{}", error.in_language(language)),
            (Self::Concurrency { pages, most }, Language::English) => {
                write!(f, "not sent: the concurrency is {pages}: write 1 to {most}")
            }
            (Self::Concurrency { pages, most }, Language::Chinese) => {
                write!(f, "请求未发送：并发数为 {pages}，应在 1 到 {most} 之间")
            }
            (Self::Stopped, _) => say(STOPPED, f),
            (Self::InsideRuntime, _) => say(INSIDE_RUNTIME, f),
            (Self::EmptyToken, _) => say(EMPTY_TOKEN, f),
            (Self::RepeatedPage { offset: Some(offset) }, Language::English) => {
                write!(f, "the server repeats a page at offset {offset}: stopped, because paging would never end")
            }
            (Self::RepeatedPage { offset: Some(offset) }, Language::Chinese) => {
                write!(f, "服务器在偏移量 {offset} 处重复返回同一页，为避免死循环已停止读取")
            }
            (Self::RepeatedPage { offset: None }, _) => say(REPEATED_PAGE, f),
            (Self::ItemsAfterEnd, _) => say(ITEMS_AFTER_END, f),
            (Self::Deadline { .. }, _) => say(DEADLINE, f),
            (Self::Connect { server, proxy, .. }, Language::English) => {
                write!(f, "could not connect to {server}")?;
                proxy.map_or(Ok(()), |variable| write!(f, " (a proxy is set in {variable})"))
            }
            (Self::Connect { server, proxy, .. }, Language::Chinese) => {
                write!(f, "无法连接 {server}")?;
                proxy.map_or(Ok(()), |variable| write!(f, "（环境变量 {variable} 设置了代理）"))
            }
            (Self::Timeout, _) => say(TIMEOUT, f),
            (Self::Interrupted(_), _) => say(INTERRUPTED, f),
            (Self::Redirect(status), Language::English) => {
                write!(
                    f,
                    "HTTP {status}: redirects are not followed, because they would carry the token along; check the base URL"
                )
            }
            (Self::Redirect(status), Language::Chinese) => {
                write!(f, "HTTP {status}：为防止泄露 Secret 或 access_token，不跟随重定向，请检查服务器地址")
            }
            (Self::Status(status), Language::English) => {
                write!(
                    f,
                    "HTTP {status}: this is not the API, which always sends 200; check the base URL and the proxy"
                )
            }
            (Self::Status(status), Language::Chinese) => {
                write!(f, "HTTP {status}：响应并非来自企业微信接口（接口始终返回 200），请检查服务器地址和代理")
            }
            (Self::TooLarge { limit }, Language::English) => {
                write!(
                    f,
                    "the response is larger than {limit} bytes, the limit of this program (`response_limit`): check the base URL"
                )
            }
            (Self::TooLarge { limit }, Language::Chinese) => {
                write!(f, "响应超过 {limit} 字节（本程序的上限，即 `response_limit`），请检查服务器地址")
            }
            (Self::TooManyItems { asked_for }, Language::English) => {
                write!(f, "the server sent more than the {asked_for} items that a page may have")
            }
            (Self::TooManyItems { asked_for }, Language::Chinese) => {
                write!(f, "服务器单页返回的数据多于所请求的 {asked_for} 条")
            }
            (Self::Response(error), _) => error.fmt_in(language, f),
            (Self::TokensRejected(error), Language::English) => {
                write!(f, "the server rejects every token that it issues: {error}")
            }
            (Self::TokensRejected(error), Language::Chinese) => {
                write!(f, "新获取的 access_token 仍被服务器拒绝：{}", error.in_language(language))
            }
        }
    }
}

const UNWRITABLE: Words = Words {
    english: "not sent: the request cannot be written as JSON or as a query",
    chinese: "请求未发送：无法序列化为 JSON 或查询参数",
};
const STOPPED: Words = Words {
    english: "the runtime was shut down during the request, or the request panicked",
    chinese: "请求过程中运行时被关闭，或请求发生了 panic",
};
const INSIDE_RUNTIME: Words = Words {
    english: "not sent: this thread belongs to an asynchronous runtime, which a blocking client would stall: use wecom_health::Client here",
    chinese: "请求未发送：当前线程属于异步运行时，阻塞式客户端会使其卡住，请改用 wecom_health::Client",
};
const REPEATED_PAGE: Words = Words {
    english: "the server repeats a page: stopped, because paging would never end",
    chinese: "服务器重复返回同一页，为避免死循环已停止读取",
};
const ITEMS_AFTER_END: Words = Words {
    english: "the server sends items after a page that was to be the last: some are missing, so send the request again",
    chinese: "服务器在最后一页之后仍返回了数据，结果不完整，请重新请求",
};
const EMPTY_TOKEN: Words = Words {
    english: "the server reports success, but the token is empty",
    chinese: "服务器返回成功，但 access_token 为空",
};
const DEADLINE: Words = Words {
    english: "the request did not finish before its deadline",
    chinese: "请求超时，未能在时限内完成",
};
const TIMEOUT: Words = Words { english: "the response was not complete in time", chinese: "等待响应超时" };
const INTERRUPTED: Words = Words { english: "the response could not be read", chinese: "无法读取响应" };

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_in(Language::English, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What `main` prints of an error that it returns.
        fmt::Display::fmt(self, f)
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
