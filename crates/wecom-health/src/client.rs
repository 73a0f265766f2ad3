//! The client: `send`, which every method calls, with its token, its attempts and its deadline.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::{Instant, sleep, timeout_at};

use crate::deadline::after;
use crate::error::Kind;
use crate::limits::Limits;
use crate::model::{AccessToken, CorpId, Endpoint, GetTokenRequest, Paged, Response, Token};
use crate::token::Tokens;
use crate::transport::{Output, Transport};
use crate::{ClientBuilder, Error, Pages, Prepared, Secret, trace};

/// A client of the health-report API for one app. Cheap to clone: clones share connections and the token.
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
pub struct Client(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) transport: Transport,
    pub(crate) corp_id: CorpId,
    pub(crate) secret: Secret,
    pub(crate) tokens: Tokens,
    pub(crate) limits: Limits,
    pub(crate) timeout: Duration,
    pub(crate) max_attempts: u32,
    pub(crate) wait_when_rate_limited: Option<Duration>,
}

impl Client {
    /// Starts to build a client for the app with this secret.
    pub fn builder(corp_id: impl Into<CorpId>, secret: Secret) -> ClientBuilder {
        ClientBuilder::new(corp_id.into(), secret)
    }

    /// Sends a request to any endpoint, including your own [`Endpoint`].
    ///
    /// The token is fetched when first needed. If the server rejects it, a new one is fetched and the request sent once more. A
    /// request that fails for a transient reason ([`Error::is_transient`]) is retried, by default twice ([`ClientBuilder::max_attempts`]), with
    /// a pause before each retry, within [`ClientBuilder::timeout`]; one to an endpoint that writes ([`Endpoint::WRITES`]) only if the connection failed, so that the
    /// server certainly did not receive it.
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
    /// The request holds a number that the vendor does not allow; the server was not reached, did not respond like the API, or
    /// refused the request.
    pub async fn send<E: Endpoint>(&self, request: &E) -> Result<<E::Response as Response>::Output, Error> {
        let span = trace::Request::new(E::PATH);
        let start = Instant::now();
        let mut attempts = Attempts::until(after(start, self.0.timeout));
        // Pinned here, as below: large futures are slow to move, which showed in the benchmark.
        let result = span.run(pin!(self.send_with_token(request, &mut attempts))).await;
        span.ended(result.as_ref().err(), attempts.made, start.elapsed());
        result
    }

    /// Starts a request whose response comes in pages, including your own [`Paged`].
    pub fn pages<R: Paged>(&self, request: R) -> Pages<R> {
        Pages::new(self.clone(), request)
    }

    /// Prepares a request, so that its other fields can be set before it is sent. Nothing is sent until [`Prepared::send`].
    pub fn prepare<E: Endpoint>(&self, request: E) -> Prepared<E> {
        Prepared::new(self.clone(), request)
    }

    /// Returns the base URL. It holds no user, password or query: the builder refuses them.
    pub fn base_url(&self) -> &str {
        self.0.transport.base.as_str()
    }

    /// Returns the environment variable that sets a proxy for the base URL; `None` if none does, if the base URL is on this machine,
    /// or if you set the [`http_client`](ClientBuilder::http_client).
    ///
    /// `NO_PROXY` may still exempt the server.
    pub fn proxy_variable(&self) -> Option<&'static str> {
        self.0.transport.proxy
    }

    /// Returns the server's time now, reckoned from the `Date` header of its latest response; `None` before the first, or if the header
    /// cannot be read.
    ///
    /// It is exact to a few seconds: the header has no fractions, and was some time on its way. A gateway's response counts too.
    pub fn server_time(&self) -> Option<SystemTime> {
        self.0.transport.server_time.now()
    }

    async fn send_with_token<E: Endpoint>(&self, request: &E, attempts: &mut Attempts) -> Result<Output<E>, Error> {
        request.check().map_err(|error| Kind::Range(error).into_error(E::PATH, 0))?;
        if E::TOKEN_PARAMETER.is_none() {
            return self.retry(request, None, attempts).await;
        }
        let token = self.token(attempts.deadline).await?;
        let error = match self.retry(request, Some(&token), attempts).await {
            Err(error) if error.rejects_token() => error,
            result => return result,
        };
        self.forget(&token, &error);
        let token = self.token(attempts.deadline).await?;
        match self.retry(request, Some(&token), attempts).await {
            Err(error) if error.rejects_token() => Err(match self.forget(&token, &error) {
                Some(time) => error.holding(time),
                None => error,
            }),
            result => result,
        }
    }

    async fn token(&self, deadline: Instant) -> Result<AccessToken, Error> {
        let client = self.clone();
        let waiting = self.0.tokens.get(move |deadline| client.fetch_token(deadline));
        let late = |_| Err(Kind::Deadline { last: None }.into_error(GetTokenRequest::PATH, 0));
        timeout_at(deadline, pin!(waiting)).await.unwrap_or_else(late)
    }

    /// Forgets a rejected token. Returns how long no new one is requested.
    fn forget(&self, token: &AccessToken, error: &Error) -> Option<Duration> {
        self.0.tokens.forget(token, error.api()?)
    }

    /// Fetches a new token.
    async fn fetch_token(self, deadline: Instant) -> Result<Token, Error> {
        let request = GetTokenRequest::new(self.0.corp_id.clone(), self.0.secret.get().clone());
        let mut attempts = Attempts::until(deadline);
        let token = self.retry(&request, None, &mut attempts).await?;
        if token.access_token.expose().is_empty() {
            return Err(Kind::EmptyToken.into_error(GetTokenRequest::PATH, attempts.made));
        }
        Ok(token)
    }

    /// Makes attempts until one succeeds, one fails for good, or there may be no other.
    async fn retry<E: Endpoint>(
        &self,
        request: &E,
        token: Option<&AccessToken>,
        attempts: &mut Attempts,
    ) -> Result<Output<E>, Error> {
        let mut last = None;
        loop {
            let error = match self.attempt(request, token, attempts).await {
                Ok(output) => {
                    if token.is_some() {
                        self.0.tokens.accepted();
                    }
                    return Ok(output);
                }
                Err(Kind::Deadline { .. }) => Kind::Deadline { last: last.take() }.into_error(E::PATH, attempts.made),
                Err(kind) => kind.into_error(E::PATH, attempts.made),
            };
            if token.is_some() && error.api().is_some() && !error.rejects_token() {
                self.0.tokens.accepted();
            }
            match self.pause_after::<E>(&error, attempts) {
                Some(pause) if after(Instant::now(), pause) < attempts.deadline => {
                    trace::retry(&error, pause);
                    sleep(pause).await;
                    last = Some(error);
                }
                _ => return Err(error),
            }
        }
    }

    /// Makes one attempt, once the limit of requests a minute allows it.
    async fn attempt<E: Endpoint>(
        &self,
        request: &E,
        token: Option<&AccessToken>,
        attempts: &mut Attempts,
    ) -> Result<Output<E>, Kind> {
        if E::TOKEN_PARAMETER.is_some() {
            let waiting = self.0.limits.wait(E::PATH);
            timeout_at(attempts.deadline, pin!(waiting)).await.map_err(|_| Kind::Deadline { last: None })?;
        }
        attempts.made += 1;
        self.0.transport.attempt(request, token, attempts.deadline).await
    }

    /// Returns how long to wait before the next attempt; `None` if there is none.
    fn pause_after<E: Endpoint>(&self, error: &Error, attempts: &mut Attempts) -> Option<Duration> {
        match self.0.wait_when_rate_limited {
            Some(pause) if error.is_rate_limited() && E::TOKEN_PARAMETER.is_some() => Some(pause),
            _ if error.is_transient() && (!E::WRITES || error.is_connect()) => {
                attempts.pauses.get_or_insert_with(|| pauses(self.0.max_attempts)).next()
            }
            _ => None,
        }
    }
}

/// The attempts of one request.
struct Attempts {
    deadline: Instant,
    /// Created once the first attempt has failed.
    pauses: Option<ExponentialBackoff>,
    made: u32,
}

impl Attempts {
    fn until(deadline: Instant) -> Self {
        Self { deadline, pauses: None, made: 0 }
    }
}

/// Returns the pauses after each attempt but the last.
fn pauses(max_attempts: u32) -> ExponentialBackoff {
    let pauses =
        ExponentialBuilder::new().with_min_delay(Duration::from_millis(100)).with_max_delay(Duration::from_secs(5));
    pauses.with_max_times(max_attempts.saturating_sub(1) as usize).with_jitter().build()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("corp_id", &self.0.corp_id)
            .finish_non_exhaustive()
    }
}
