//! The client: `send`, on which every call rests, with its token, its tries and its deadline.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::{Instant, sleep, timeout_at};

use crate::deadline::after;
use crate::error::Kind;
use crate::limits::Limits;
use crate::model::{AccessToken, CorpId, Endpoint, GetTokenRequest, Paged, Response, Token};
use crate::token::Tokens;
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
    /// pause in between, and as long as [`ClientBuilder::timeout`] allows. A rejected token is not one of the three.
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
        let span = trace::Call::new(E::PATH);
        let start = Instant::now();
        let mut tries = Tries::until(after(start, self.0.timeout));
        // Pinned here, as below: what is large is slow to hand over, which showed in the benchmark.
        let result = span.run(pin!(self.send_with_token(request, &mut tries))).await;
        span.ended(result.as_ref().err(), tries.made, start.elapsed());
        result
    }

    /// Any call whose answer comes in pages, also one of your own [`Paged`].
    pub fn pages<R: Paged>(&self, request: R) -> Pages<R> {
        Pages::new(self.clone(), request)
    }

    async fn send_with_token<E: Endpoint>(
        &self,
        request: &E,
        tries: &mut Tries,
    ) -> Result<<E::Response as Response>::Output, Error> {
        request.check().map_err(|error| Kind::Range(error).at(E::PATH, 0))?;
        if E::TOKEN_PARAMETER.is_none() {
            return self.try_until(request, None, tries).await;
        }
        let token = self.token(tries.deadline).await?;
        let error = match self.try_until(request, Some(&token), tries).await {
            Err(error) if error.rejects_token() => error,
            result => return result,
        };
        self.forget(&token, &error, tries.deadline).await;
        let token = self.token(tries.deadline).await?;
        match self.try_until(request, Some(&token), tries).await {
            Err(error) if error.rejects_token() => Err(match self.forget(&token, &error, tries.deadline).await {
                Some(time) => error.holding(time),
                None => error,
            }),
            result => result,
        }
    }

    async fn token(&self, deadline: Instant) -> Result<AccessToken, Error> {
        let client = self.clone();
        let waiting = self.0.tokens.get(move |deadline| client.fetch_token(deadline));
        let late = |_| Err(Kind::Deadline { last: None }.at(GetTokenRequest::PATH, 0));
        timeout_at(deadline, pin!(waiting)).await.unwrap_or_else(late)
    }

    /// Forgets a rejected token. Returns how long no other is asked for.
    async fn forget(&self, token: &AccessToken, error: &Error, deadline: Instant) -> Option<Duration> {
        // That the token was rejected is known from the start: a store that hangs is not waited for.
        timeout_at(deadline, self.0.tokens.forget(token, error.api()?)).await.ok()?
    }

    /// A new token.
    async fn fetch_token(self, deadline: Instant) -> Result<Token, Error> {
        let request = GetTokenRequest::new(self.0.corp_id.clone(), self.0.secret.get().clone());
        let mut tries = Tries::until(deadline);
        let token = self.try_until(&request, None, &mut tries).await?;
        if token.access_token.expose().is_empty() {
            return Err(Kind::EmptyToken.at(GetTokenRequest::PATH, tries.made));
        }
        Ok(token)
    }

    /// Sends a request until it succeeds, fails for good, or may not be tried again.
    async fn try_until<E: Endpoint>(
        &self,
        request: &E,
        token: Option<&AccessToken>,
        tries: &mut Tries,
    ) -> Result<<E::Response as Response>::Output, Error> {
        let mut last = None;
        loop {
            let attempt = async {
                if E::TOKEN_PARAMETER.is_some() {
                    let waiting = self.0.limits.wait(E::PATH);
                    timeout_at(tries.deadline, pin!(waiting)).await.map_err(|_| Kind::Deadline { last: None })?;
                }
                tries.made += 1;
                self.0.transport.call(request, token, tries.deadline).await
            };
            let error = match attempt.await {
                Ok(output) => {
                    if token.is_some() {
                        self.0.tokens.accepted();
                    }
                    return Ok(output);
                }
                Err(Kind::Deadline { .. }) => Kind::Deadline { last: last.take() }.at(E::PATH, tries.made),
                Err(kind) => kind.at(E::PATH, tries.made),
            };
            if token.is_some() && error.api().is_some() && !error.rejects_token() {
                self.0.tokens.accepted();
            }
            let pause = match self.0.wait_when_rate_limited {
                Some(pause) if error.is_rate_limited() && E::TOKEN_PARAMETER.is_some() => Some(pause),
                _ if error.is_transient() => tries.pauses.get_or_insert_with(pauses).next(),
                _ => None,
            };
            match pause {
                Some(pause) if after(Instant::now(), pause) < tries.deadline => {
                    trace::retry(&error, pause);
                    sleep(pause).await;
                    last = Some(error);
                }
                _ => return Err(error),
            }
        }
    }
}

/// How often a call may still be tried, and until when.
struct Tries {
    deadline: Instant,
    /// Made when the first try has failed.
    pauses: Option<ExponentialBackoff>,
    made: u32,
}

impl Tries {
    fn until(deadline: Instant) -> Self {
        Self { deadline, pauses: None, made: 0 }
    }
}

/// How long to wait after each try but the last.
fn pauses() -> ExponentialBackoff {
    let pauses =
        ExponentialBuilder::new().with_min_delay(Duration::from_millis(100)).with_max_delay(Duration::from_secs(5));
    pauses.with_max_times(TRIES - 1).with_jitter().build()
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
