//! The one place where requests are sent. Errors of the HTTP library do not leave it: they may repeat the URL, which holds the
//! token, and what the server sent.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderValue};
use reqwest::{StatusCode, Url};
use tokio::time::{Instant, timeout_at};

use crate::drift::DriftReporter;
use crate::error::Kind;
use crate::model::{AccessToken, Endpoint, Method, Response};
use crate::server_time::ServerTime;

/// What a successful response of an endpoint holds.
pub(crate) type Output<E> = <<E as Endpoint>::Response as Response>::Output;

/// An HTTP client and the server it talks to.
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    /// The environment variable that sets the proxy.
    pub(crate) proxy: Option<&'static str>,
    /// The time limit for one attempt. Not left to the HTTP library, whose timer is slower and whose client may be the user's.
    pub(crate) attempt_timeout: Duration,
    /// The most bytes of a response that are read.
    pub(crate) response_limit: usize,
    pub(crate) drift: Option<DriftReporter>,
    pub(crate) server_time: ServerTime,
    /// The URL of each path. There are few, looked up for every request: a list is faster than a map.
    pub(crate) urls: Mutex<Vec<(&'static str, Url)>>,
}

impl Transport {
    /// Returns the URL of an endpoint. Each is built once: building it for every request showed in the benchmark.
    fn url(&self, path: &'static str) -> Url {
        let mut urls = self.urls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, url)) = urls.iter().find(|(known, _)| *known == path) {
            return url.clone();
        }
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        urls.push((path, url.clone()));
        url
    }

    /// Sends a request once and decodes the response, within the time limit for an attempt and the deadline.
    pub(crate) async fn attempt<E: Endpoint>(
        &self,
        request: &E,
        token: Option<&AccessToken>,
        deadline: Instant,
    ) -> Result<Output<E>, Kind> {
        let request = self.http_request(request, token)?;
        // One timer for both limits, because each timer costs time.
        let end = Instant::now().checked_add(self.attempt_timeout).filter(|end| *end < deadline);
        let late = |_| if end.is_some() { Kind::Timeout } else { Kind::Deadline { last: None } };
        let body = timeout_at(end.unwrap_or(deadline), pin!(self.exchange(request))).await.map_err(late)??;
        let response = E::Response::from_slice(&body).map_err(Kind::Response)?;
        if let Some(drift) = &self.drift {
            drift.inspect::<E::Response>(&body);
        }
        response.into_result().map_err(Kind::Response)
    }

    fn http_request<E: Endpoint>(
        &self,
        request: &E,
        token: Option<&AccessToken>,
    ) -> Result<reqwest::RequestBuilder, Kind> {
        let url = self.url(E::PATH);
        let http = match E::METHOD {
            Method::Get => self.http.get(url).query(request),
            Method::Post => {
                let body = serde_json::to_vec(request).map_err(|_| Kind::Unwritable)?;
                let http = self.http.post(url).query(&request.query());
                http.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body)
            }
        };
        Ok(http.query(&E::TOKEN_PARAMETER.zip(token.map(AccessToken::expose)).as_slice()))
    }

    /// Sends a request and reads the body of the response piece by piece, up to the limit.
    #[expect(
        clippy::disallowed_methods,
        reason = "the errors of the HTTP library are put into words of this crate here"
    )]
    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<Vec<u8>, Kind> {
        let in_words = |error: reqwest::Error| Kind::of(&error, &self.base, self.proxy);
        let mut response = request.send().await.map_err(in_words)?;
        self.server_time.note(response.headers().get(DATE));
        match response.status() {
            StatusCode::OK => {}
            status if status.is_redirection() => return Err(Kind::Redirect(status)),
            status => return Err(Kind::Status(status)),
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(in_words)? {
            if body.len() + piece.len() > self.response_limit {
                return Err(Kind::TooLarge { limit: self.response_limit });
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}
