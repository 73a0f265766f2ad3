//! How a client is set up.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use crate::cause::Cause;
use crate::client::Inner;
use crate::drift::{Drift, Watch};
use crate::limits::Limits;
use crate::model::{BASE_URL, CorpId};
use crate::token::Tokens;
use crate::token_store::{MemoryTokenStore, TokenKey, TokenStore};
use crate::transport::Transport;
use crate::{Client, Error, Secret, proxy};

/// Calls a minute that the vendor allows an enterprise for each endpoint.
const CALLS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10_000).unwrap();

/// How a [`Client`] is set up.
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
    response_limit: usize,
    http: Option<reqwest::Client>,
    store: Option<Arc<dyn TokenStore>>,
    calls_per_minute: Option<NonZeroU32>,
    wait_when_rate_limited: Option<Duration>,
    watch: Option<Watch>,
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
            response_limit: 16 << 20,
            http: None,
            store: None,
            calls_per_minute: Some(CALLS_PER_MINUTE),
            wait_when_rate_limited: None,
            watch: None,
        }
    }

    /// The server, if it is not the vendor's: a private deployment, a reverse proxy (a path is kept as prefix), an
    /// emulator. It must be https, unless the host is a loopback address or [`allow_http`](Self::allow_http) says so.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Allows plain http to hosts other than loopback. Whoever can read the traffic then has the secret, the token and
    /// everybody's answers.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// How long connecting may take; 10 seconds if not set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one try may take, from connecting to the last byte of the answer; 30 seconds if not set. Also with
    /// an [`http_client`](Self::http_client) of your own.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long a call may take in all, with its token, its tries and the pauses between them; 60 seconds if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how many bytes of a response are read at most. Defaults to 16 MiB; a page of 100 answers has some ten thousand bytes.
    ///
    /// Reading and decoding take up to eight times as much memory. Raise it for a job that names a million members one by one.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// Sends with an HTTP client of your own, for proxies, certificates or shared connections. The time-out for connecting is
    /// then its own; one for the whole, if it has one, applies too.
    ///
    /// The query holds the secret and the token, so such a client must switch off what would pass a URL on: redirects
    /// (`redirect(Policy::none())`) and the referer (`referer(false)`). Its proxies see nothing of an https URL but the host; for
    /// an http URL of this machine, switch them off (`no_proxy()`). Do not let it log (`connection_verbose`).
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Keeps the token elsewhere than in this client, e.g. where other processes find it.
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// How many calls a minute go out to each endpoint at most, a tenth of them at once; 10,000 if not set, which the vendor
    /// documents for an enterprise. Further calls wait, within [`timeout`](Self::timeout). `None` switches the limit off.
    pub fn calls_per_minute(mut self, calls: impl Into<Option<NonZeroU32>>) -> Self {
        self.calls_per_minute = calls.into();
        self
    }

    /// Waits this long and tries again where the server says that calls come too often (45009), if [`timeout`](Self::timeout)
    /// leaves the time; it must be longer than the pause. Otherwise such a call fails at once. The server blocks calls for 60 seconds
    /// after too many in a minute, and for 60 minutes after too many in an hour. `gettoken` is never waited for like that.
    pub fn wait_when_rate_limited(mut self, pause: Duration) -> Self {
        self.wait_when_rate_limited = Some(pause);
        self
    }

    /// Tells of what answers hold beyond the schema, once for each place and value: the vendor has changed the API.
    ///
    /// Every answer is then read twice. The callback runs inside the call: keep it short.
    pub fn on_drift(mut self, callback: impl Fn(&Drift) + Send + Sync + 'static) -> Self {
        self.watch = Some(Watch::new(Arc::new(callback)));
        self
    }

    /// The client. No request is made and no task started.
    ///
    /// # Errors
    ///
    /// The corp id or the secret is empty, the base URL cannot be used, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let refuse = |advice: &str| Err(Error::configuration(advice.to_owned()));
        match self.corp_id.as_ref() {
            "" => return refuse("the corp id is empty: it is in the admin console under 我的企业"),
            id if !is_plain(id) => {
                return refuse("the corp id has a character that no corp id has, perhaps white space: copy it again");
            }
            _ => {}
        }
        match self.secret.get().expose() {
            "" => return refuse("the secret is empty: it is on the app's page in the admin console"),
            secret if !is_plain(secret) => {
                return refuse("the secret has a character that no secret has, perhaps white space: copy it again");
            }
            _ => {}
        }
        let Ok(base) = Url::parse(&self.base_url) else {
            return refuse("the base URL is not a URL: write it like https://qyapi.weixin.qq.com");
        };
        let local = is_loopback(&base);
        match base.scheme() {
            "https" => {}
            "http" if local || self.allow_http => {}
            "http" => return refuse("the base URL is plain http, which would expose the secret: use https"),
            _ => return refuse("the base URL is neither http nor https: write it like https://qyapi.weixin.qq.com"),
        }
        let (user, query) = (!base.username().is_empty() || base.password().is_some(), base.query().is_some());
        if user || query || base.fragment().is_some() {
            return refuse("the base URL has more than a host and a path: leave out user, password, ? and #");
        }
        if self.wait_when_rate_limited.is_some_and(|pause| pause.is_zero() || pause >= self.timeout) {
            return refuse(
                "the pause after too many calls must be longer than nothing and shorter than `timeout`: raise `timeout`",
            );
        }
        let tls = cfg!(feature = "rustls") || self.http.is_some();
        if base.scheme() == "https" && !tls {
            return refuse("https needs the feature `rustls`, or an HTTP client of your own");
        }
        let http = match self.http.clone() {
            Some(http) => http,
            None => self.http(base.scheme(), local)?,
        };
        let store = self.store.unwrap_or_else(|| Arc::new(MemoryTokenStore::default()));
        Ok(Client(Arc::new(Inner {
            tokens: Tokens::new(TokenKey::new(&self.corp_id, &self.secret), store, self.timeout),
            transport: Transport::new(http, base, self.attempt_timeout, self.response_limit, self.watch),
            corp_id: self.corp_id,
            secret: self.secret,
            limits: Limits::new(self.calls_per_minute),
            timeout: self.timeout,
            wait_when_rate_limited: self.wait_when_rate_limited,
        })))
    }

    fn http(&self, scheme: &str, local: bool) -> Result<reqwest::Client, Error> {
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("wecom-health/", env!("CARGO_PKG_VERSION")))
            // Also where another crate of the program switches HTTP/2 on: its errors and its log repeat what the server sends.
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.connect_timeout);
        if local {
            // A proxy from the environment would get the secret, and could not reach this machine anyway.
            http = http.no_proxy();
        } else {
            proxy::check(scheme)?;
        }
        http.build()
            .map_err(|error| Error::configuration(format!("the HTTP client cannot be set up: {}", Cause::of(&error))))
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
            .field("calls_per_minute", &self.calls_per_minute)
            .field("wait_when_rate_limited", &self.wait_when_rate_limited)
            .finish_non_exhaustive()
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether a text has visible ASCII characters alone, as every corp id and secret has. What sneaks in when they are copied, a line
/// break or an invisible character, would be sent and refused, and the server bans an address after many refusals.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}
