//! Setting up a client.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Url;

use crate::cause::Cause;
use crate::client::Inner;
use crate::drift::{Drift, DriftReporter};
use crate::limits::Limits;
use crate::model::{BASE_URL, CorpId, Language, Localized};
use crate::server_time::ServerTime;
use crate::token::Tokens;
use crate::token_store::{MemoryTokenStore, TokenKey, TokenStore};
use crate::transport::Transport;
use crate::{Client, Error, Secret, proxy};

/// Requests a minute that the vendor allows an enterprise for each endpoint.
const REQUESTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10_000).unwrap();

/// Sets up a [`Client`].
#[derive(Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    corp_id: CorpId,
    secret: Secret,
    base_url: String,
    allow_http: bool,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    timeout: Duration,
    max_attempts: u32,
    response_limit: usize,
    http: Option<reqwest::Client>,
    store: Option<Arc<dyn TokenStore>>,
    requests_per_minute: Option<NonZeroU32>,
    wait_when_rate_limited: Option<Duration>,
    drift: Option<DriftReporter>,
}

impl ClientBuilder {
    pub(crate) fn new(corp_id: CorpId, secret: Secret) -> Self {
        Self {
            corp_id,
            secret,
            base_url: BASE_URL.to_owned(),
            allow_http: false,
            connect_timeout: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(30),
            timeout: Duration::from_secs(60),
            max_attempts: 3,
            response_limit: 16 << 20,
            http: None,
            store: None,
            requests_per_minute: Some(REQUESTS_PER_MINUTE),
            wait_when_rate_limited: None,
            drift: None,
        }
    }

    /// Sets the server. Defaults to the vendor's. It may be a private deployment, a reverse proxy (a path is kept as a prefix),
    /// or an emulator. It must use https, unless the host is a loopback address or [`allow_http`](Self::allow_http) is set.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Allows plain http to hosts other than loopback.
    ///
    /// Whoever can read the traffic then has the secret, the token and everybody's answers.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Sets the time limit for connecting. Defaults to 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the time limit for one attempt, from connecting to the last byte of the response. Defaults to 30 seconds. It also
    /// applies to your own [`http_client`](Self::http_client).
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets the deadline of a request, including its token, its attempts and the pauses between them. Defaults to 60 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how many attempts a request has if they fail for transient reasons. Defaults to 3. 1, and 0 too, switch retries off.
    ///
    /// The attempt with a rejected token does not count, nor do retries after [`wait_when_rate_limited`](Self::wait_when_rate_limited).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets how many bytes of a response are read at most. Defaults to 16 MiB; a page of 100 answers has tens of thousands of bytes.
    ///
    /// Reading and decoding take up to eight times as much memory. Raise it for a job that names a million members one by one.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// Sets the HTTP client, for proxies, certificates or shared connections. Defaults to one that speaks HTTP/1.1, follows no redirect
    /// and uses the proxy in the environment.
    ///
    /// The time limit for connecting is then its own; if it has one for the whole request, that applies too.
    ///
    /// The query holds the secret and the token, so such a client must switch off whatever would pass a URL on: redirects
    /// (`redirect(Policy::none())`) and the referer (`referer(false)`). Its proxies see only the host of an https URL; for an
    /// http URL of this machine, switch them off (`no_proxy()`). Do not enable its logging (`connection_verbose`).
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Sets where the token is kept, e.g. to share it with other processes. Defaults to this client's memory.
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// Sets how many requests a minute are sent to each endpoint, a tenth of them at once. Defaults to 10,000, the vendor's limit.
    ///
    /// Further requests wait, within [`timeout`](Self::timeout). `None` switches the limit off.
    pub fn requests_per_minute(mut self, requests: impl Into<Option<NonZeroU32>>) -> Self {
        self.requests_per_minute = requests.into();
        self
    }

    /// Sets how long to wait before a retry when the server says that requests come too often (45009). Defaults to no retry.
    ///
    /// The pause must be shorter than [`timeout`](Self::timeout). The server blocks for 60 seconds after too many requests in a
    /// minute, and for 60 minutes after too many in an hour. Requests to `gettoken` are never retried this way.
    pub fn wait_when_rate_limited(mut self, pause: Duration) -> Self {
        self.wait_when_rate_limited = Some(pause);
        self
    }

    /// Sets a callback for drift: what responses contain that the schema does not describe, once for each path and value. Defaults to none.
    ///
    /// Every response is then read twice. The callback runs inside the request: keep it short.
    pub fn on_drift(mut self, callback: impl Fn(&Drift) + Send + Sync + 'static) -> Self {
        self.drift = Some(DriftReporter::new(Arc::new(callback)));
        self
    }

    /// Builds the client. Nothing is sent, and no task is started.
    ///
    /// # Errors
    ///
    /// The corp id, the secret, the base URL or the proxy in the environment cannot be used, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        self.check_credentials()?;
        let base = self.parsed_base_url()?;
        if self.wait_when_rate_limited.is_some_and(|pause| pause.is_zero() || pause >= self.timeout) {
            return Err(Error::configuration(
                "the pause after too many requests must be longer than zero and shorter than `timeout`: raise `timeout`",
                "触发限频后的等待时间必须大于 0 且小于 `timeout`，请调整等待时间或增大 `timeout`",
            ));
        }
        // A proxy from the environment would get the secret, and could not reach this machine anyway.
        let local = is_loopback(&base);
        let proxy = if local || self.http.is_some() { None } else { proxy::variable(base.scheme())? };
        let http = match self.http.clone() {
            Some(http) => http,
            None => self.http(local)?,
        };
        let store = self.store.unwrap_or_else(|| Arc::new(MemoryTokenStore::default()));
        Ok(Client(Arc::new(Inner {
            tokens: Tokens::new(TokenKey::new(&self.corp_id, &self.secret), store, self.timeout),
            transport: Transport {
                http,
                base,
                proxy,
                attempt_timeout: self.attempt_timeout,
                response_limit: self.response_limit,
                drift: self.drift,
                server_time: ServerTime::default(),
                urls: Mutex::default(),
            },
            corp_id: self.corp_id,
            secret: self.secret,
            limits: Limits::new(self.requests_per_minute),
            timeout: self.timeout,
            max_attempts: self.max_attempts,
            wait_when_rate_limited: self.wait_when_rate_limited,
        })))
    }

    fn check_credentials(&self) -> Result<(), Error> {
        let refuse = |english: &str, chinese: &str| Err(Error::configuration(english, chinese));
        match self.corp_id.as_ref() {
            "" => {
                return refuse(
                    "the corp id is empty: find it in the admin console under 我的企业",
                    "企业 ID 为空，请在管理后台「我的企业 › 企业信息」中查看",
                );
            }
            id if !is_plain(id) => {
                return refuse(
                    "the corp id contains an invalid character, perhaps white space: copy it again",
                    "企业 ID 含有非法字符（可能是空白字符），请重新复制",
                );
            }
            _ => {}
        }
        match self.secret.get().expose() {
            "" => {
                return refuse(
                    "the secret is empty: find it on the app's page in the admin console",
                    "Secret 为空，请在管理后台的应用详情页查看",
                );
            }
            secret if !is_plain(secret) => {
                return refuse(
                    "the secret contains an invalid character, perhaps white space: copy it again",
                    "Secret 含有非法字符（可能是空白字符），请重新复制",
                );
            }
            _ => {}
        }
        Ok(())
    }

    fn parsed_base_url(&self) -> Result<Url, Error> {
        let refuse = |english: &str, chinese: &str| Err(Error::configuration(english, chinese));
        let Ok(base) = Url::parse(&self.base_url) else {
            return refuse(
                "the base URL is not a URL: write it like https://qyapi.weixin.qq.com",
                "服务器地址不是有效的 URL，请写成 https://qyapi.weixin.qq.com 这样的形式",
            );
        };
        match base.scheme() {
            "https" => {}
            "http" if is_loopback(&base) || self.allow_http => {}
            "http" => {
                return refuse(
                    "the base URL is plain http, which would expose the secret: use https",
                    "服务器地址使用明文 http，会泄露 Secret，请改用 https",
                );
            }
            _ => {
                return refuse(
                    "the base URL is neither http nor https: write it like https://qyapi.weixin.qq.com",
                    "服务器地址的协议不是 http 或 https，请写成 https://qyapi.weixin.qq.com 这样的形式",
                );
            }
        }
        let (user, query) = (!base.username().is_empty() || base.password().is_some(), base.query().is_some());
        if user || query || base.fragment().is_some() {
            return refuse(
                "the base URL has more than a host and a path: leave out user, password, ? and #",
                "服务器地址只能包含主机和路径，请去掉用户名、密码以及 ? 和 # 后的内容",
            );
        }
        let tls = cfg!(feature = "rustls") || self.http.is_some();
        if base.scheme() == "https" && !tls {
            return refuse(
                "https needs the feature `rustls`, or your own HTTP client",
                "使用 https 需要启用 `rustls` 特性，或传入自己的 HTTP 客户端",
            );
        }
        Ok(base)
    }

    fn http(&self, local: bool) -> Result<reqwest::Client, Error> {
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("wecom-health/", env!("CARGO_PKG_VERSION")))
            // Needed because another crate may enable HTTP/2, whose errors and log repeat what the server sends.
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.connect_timeout);
        if local {
            http = http.no_proxy();
        }
        http.build().map_err(|error| {
            let cause = Cause::of(&error);
            Error::configuration(
                format!("the HTTP client cannot be set up: {cause}"),
                format!("无法创建 HTTP 客户端：{}", cause.in_language(Language::Chinese)),
            )
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL may hold a password until `build` has looked at it.
        f.debug_struct("ClientBuilder")
            .field("corp_id", &self.corp_id)
            .field("secret", &self.secret)
            .field("allow_http", &self.allow_http)
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("timeout", &self.timeout)
            .field("response_limit", &self.response_limit)
            .field("requests_per_minute", &self.requests_per_minute)
            .field("max_attempts", &self.max_attempts)
            .field("wait_when_rate_limited", &self.wait_when_rate_limited)
            .finish_non_exhaustive()
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Returns whether a text has only visible ASCII characters, as every corp id and secret does. A line break or an invisible
/// character copied along would be sent and refused, and the server bans an address after many refusals.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}
