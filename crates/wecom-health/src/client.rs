//! The client: `send`, on which every call rests, with its token, its tries and its deadline.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::time::{Instant, sleep, timeout_at};

use crate::error::Kind;
use crate::limits::Limits;
use crate::model::{AccessToken, CorpId, Endpoint, GetTokenRequest, Paged, Response, Token};
use crate::token::{LEASE, Tokens};
use crate::transport::Transport;
use crate::{ClientBuilder, Error, Pages, Secret, trace};

/// How often a call is tried at most.
const TRIES: usize = 3;

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
pub struct Client(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) transport: Transport,
    pub(crate) corp_id: CorpId,
    pub(crate) secret: Secret,
    pub(crate) tokens: Tokens,
    pub(crate) limits: Limits,
    pub(crate) timeout: Duration,
    pub(crate) wait_when_rate_limited: Option<Duration>,
}

impl Client {
    /// A client for the app with this secret.
    pub fn builder(corp_id: impl Into<CorpId>, secret: Secret) -> ClientBuilder {
        ClientBuilder::new(corp_id.into(), secret)
    }

    /// Makes any call, also one of your own [`Endpoint`].
    ///
    /// The token is fetched when first needed. If the server rejects it, a new one is fetched and the call made once more. All
    /// calls only read, so a call that fails for a passing reason ([`Error::is_transient`]) is tried three times at most, with a
    /// pause in between, and as long as [`ClientBuilder::timeout`] allows.
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
        trace::call(E::PATH, async {
            let start = Instant::now();
            let mut attempts = 0;
            let result = self.send_with_token(request, start + self.0.timeout, &mut attempts).await;
            trace::ended(result.as_ref().err(), attempts, start.elapsed());
            result
        })
        .await
    }

    /// Any call whose answer comes in pages, also one of your own [`Paged`].
    pub fn pages<R: Paged>(&self, request: R) -> Pages<R> {
        Pages::new(self.clone(), request)
    }

    async fn send_with_token<E: Endpoint>(
        &self,
        request: &E,
        deadline: Instant,
        attempts: &mut u32,
    ) -> Result<<E::Response as Response>::Output, Error> {
        request.check().map_err(|error| Kind::Range(error).at(E::PATH, 0))?;
        if E::TOKEN_PARAMETER.is_none() {
            return self.try_until(deadline, request, None, attempts).await;
        }
        let token = self.token(E::PATH, deadline).await?;
        match self.try_until(deadline, request, Some(&token), attempts).await {
            Err(error) if error.rejects_token() => {
                self.0.tokens.forget(&token).await;
                let token = self.token(E::PATH, deadline).await?;
                self.try_until(deadline, request, Some(&token), attempts).await
            }
            result => result,
        }
    }

    /// The token for a call to `endpoint`.
    async fn token(&self, endpoint: &'static str, deadline: Instant) -> Result<AccessToken, Error> {
        let client = self.clone();
        let waiting = self.0.tokens.get(|| client.fetch_token());
        timeout_at(deadline, waiting).await.unwrap_or_else(|_| Err(Kind::Deadline.at(endpoint, 0)))
    }

    /// A new token, in the time that the lock on fetching one lasts.
    async fn fetch_token(self) -> Result<Token, Error> {
        let request = GetTokenRequest::new(self.0.corp_id.clone(), self.0.secret.get().clone());
        let deadline = Instant::now() + LEASE.min(self.0.timeout);
        let mut attempts = 0;
        let token = self.try_until(deadline, &request, None, &mut attempts).await?;
        if token.access_token.expose().is_empty() {
            return Err(Kind::EmptyToken.at(GetTokenRequest::PATH, attempts));
        }
        Ok(token)
    }

    /// Sends a request until it succeeds, fails for good, or may not be tried again.
    async fn try_until<E: Endpoint>(
        &self,
        deadline: Instant,
        request: &E,
        token: Option<&AccessToken>,
        attempts: &mut u32,
    ) -> Result<<E::Response as Response>::Output, Error> {
        let mut pauses = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(100))
            .with_max_delay(Duration::from_secs(5))
            .with_max_times(TRIES - 1)
            .with_jitter()
            .build();
        loop {
            let attempt = async {
                self.0.limits.wait(E::PATH).await;
                *attempts += 1;
                self.0.transport.call(request, token).await
            };
            let result = timeout_at(deadline, attempt).await.unwrap_or(Err(Kind::Deadline));
            let error = match result {
                Ok(output) => return Ok(output),
                Err(kind) => kind.at(E::PATH, *attempts),
            };
            let pause = match self.0.wait_when_rate_limited {
                Some(pause) if error.is_rate_limited() => Some(pause),
                _ if error.is_transient() => pauses.next(),
                _ => None,
            };
            match pause {
                Some(pause) if Instant::now() + pause < deadline => {
                    trace::retry(&error, pause);
                    sleep(pause).await;
                }
                _ => return Err(error),
            }
        }
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
