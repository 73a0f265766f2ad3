//! The client: configuration, and `send`, on which every call rests.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use crate::error::Kind;
use crate::model::{AccessToken, BASE_URL, CorpId, Endpoint, GetTokenRequest, Paged, Response};
use crate::token::TokenCache;
use crate::transport::Transport;
use crate::{Error, Pages, Secret};

/// A client of the health-report API for one app. Cheap to clone; clones share connections and the token.
///
/// ```no_run
/// # async fn run() -> Result<(), wecom_health::Error> {
/// use wecom_health::{Client, Secret, model::NaiveDate};
///
/// let client = Client::builder("ww1234", Secret::from_env("WECOM_CORP_SECRET")?).build()?;
/// let date = NaiveDate::from_ymd_opt(2020, 3, 27).expect("a day of the calendar");
/// let job = client.report_job_info("jobid1", date).await?;
/// println!("{}: {} have reported", job.title, job.finish_cnt);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    transport: Transport,
    corp_id: CorpId,
    secret: Secret,
    tokens: TokenCache,
}

impl Client {
    /// A client for the app with this secret.
    pub fn builder(corp_id: impl Into<CorpId>, secret: Secret) -> ClientBuilder {
        ClientBuilder {
            corp_id: corp_id.into(),
            secret,
            base_url: BASE_URL.to_owned(),
            allow_http: false,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
        }
    }

    /// Makes any call, also one of your own [`Endpoint`].
    ///
    /// The token is fetched when first needed. If the server rejects it, a new one is fetched and the call made once more.
    ///
    /// ```no_run
    /// # async fn run(client: wecom_health::Client, date: wecom_health::model::NaiveDate) -> Result<(), wecom_health::Error> {
    /// use wecom_health::model::GetReportJobInfoRequest;
    ///
    /// let job = client.send(&GetReportJobInfoRequest::new("jobid1", date)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The request holds a number that the vendor does not allow; the server was not reached, did not answer as the API does,
    /// or refused the call.
    pub async fn send<E: Endpoint>(&self, request: &E) -> Result<<E::Response as Response>::Output, Error> {
        request.check().map_err(|error| Kind::Range(error).at(E::PATH, 0))?;
        let transport = &self.0.transport;
        let (answer, attempts) = if E::TOKEN_PARAMETER.is_none() {
            (transport.call(request, None).await, 1)
        } else {
            let token = self.token().await?;
            match transport.call(request, Some(&token)).await {
                Err(kind) if kind.rejects_token() => {
                    self.0.tokens.forget(&token).await;
                    let token = self.token().await?;
                    (transport.call(request, Some(&token)).await, 2)
                }
                answer => (answer, 1),
            }
        };
        let payload = answer.and_then(|answer| answer.into_result().map_err(Kind::Response));
        payload.map_err(|kind| kind.at(E::PATH, attempts))
    }

    /// Any call whose answer comes in pages, also one of your own [`Paged`].
    pub fn pages<R: Paged>(&self, request: R) -> Pages<R> {
        Pages::new(self.clone(), request)
    }

    async fn token(&self) -> Result<AccessToken, Error> {
        let Inner { transport, corp_id, secret, tokens } = &*self.0;
        let request = GetTokenRequest::new(corp_id.clone(), secret.get().clone());
        let fetch = async {
            let answer = transport.call(&request, None).await?;
            let token = answer.into_result().map_err(Kind::Response)?;
            if token.access_token.expose().is_empty() { Err(Kind::EmptyToken) } else { Ok(token) }
        };
        tokens.get(fetch).await.map_err(|kind| kind.at(GetTokenRequest::PATH, 1))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { transport, corp_id, .. } = &*self.0;
        f.debug_struct("Client")
            .field("base_url", &transport.base.as_str())
            .field("corp_id", corp_id)
            .finish_non_exhaustive()
    }
}

/// How a [`Client`] is set up.
#[derive(Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    corp_id: CorpId,
    secret: Secret,
    base_url: String,
    allow_http: bool,
    connect_timeout: Duration,
    timeout: Duration,
}

impl ClientBuilder {
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

    /// How long a request may take, from connecting to the last byte of the answer; 30 seconds if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The client. No request is made and no task started.
    ///
    /// # Errors
    ///
    /// The corp id or the secret is empty, the base URL cannot be used, or TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let refuse = |advice: &str| Err(Error::configuration(advice.to_owned()));
        if self.corp_id.as_ref().is_empty() {
            return refuse("the corp id is empty: it is in the admin console under 我的企业");
        }
        if self.secret.get().expose().is_empty() {
            return refuse("the secret is empty: it is on the app's page in the admin console");
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
        if !base.username().is_empty()
            || base.password().is_some()
            || base.query().is_some()
            || base.fragment().is_some()
        {
            return refuse("the base URL has more than a host and a path: leave out user, password, ? and #");
        }
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("wecom-health/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout);
        if local {
            // A proxy from the environment would get the secret, and could not reach this machine anyway.
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| {
            Error::configuration(format!("the HTTP client cannot be set up: {}", error.without_url()))
        })?;
        Ok(Client(Arc::new(Inner {
            transport: Transport { http, base },
            corp_id: self.corp_id,
            secret: self.secret,
            tokens: TokenCache::default(),
        })))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { corp_id, secret, base_url: _, allow_http, connect_timeout, timeout } = self;
        f.debug_struct("ClientBuilder")
            .field("corp_id", corp_id)
            .field("secret", secret)
            .field("allow_http", allow_http)
            .field("connect_timeout", connect_timeout)
            .field("timeout", timeout)
            .finish_non_exhaustive()
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
