//! The one place where requests are sent. Errors of the HTTP library do not leave it: they may repeat the URL, which holds the
//! token, and what the server sent.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{StatusCode, Url};
use tokio::time::{Instant, timeout_at};

use crate::drift::Watch;
use crate::error::Kind;
use crate::model::{AccessToken, Endpoint, Method, Response};

/// An HTTP client and the server it talks to.
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    /// How long one try may take. Not left to the HTTP library, which is slower at it and may be the user's.
    pub(crate) attempt_timeout: Duration,
    /// How many bytes of a response are read at most.
    pub(crate) response_limit: usize,
    pub(crate) watch: Option<Watch>,
    /// Few, and looked up in every call: a list is faster than a map.
    urls: Mutex<Vec<(&'static str, Url)>>,
}

impl Transport {
    pub(crate) fn new(
        http: reqwest::Client,
        base: Url,
        attempt_timeout: Duration,
        response_limit: usize,
        watch: Option<Watch>,
    ) -> Self {
        Self { http, base, attempt_timeout, response_limit, watch, urls: Mutex::default() }
    }

    /// Where a call goes. Put together once for each path: doing so in every call showed in the benchmark.
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

    /// Sends a request and decodes the answer, in the time of one try and until the deadline at most; a refusal by the server is
    /// an error.
    #[expect(clippy::disallowed_methods, reason = "its errors are put into words of this crate here")]
    pub(crate) async fn call<E: Endpoint>(
        &self,
        request: &E,
        token: Option<&AccessToken>,
        deadline: Instant,
    ) -> Result<<E::Response as Response>::Output, Kind> {
        let url = self.url(E::PATH);
        let sending = match E::METHOD {
            Method::Get => self.http.get(url).query(request),
            Method::Post => {
                let body = serde_json::to_vec(request).map_err(|_| Kind::Unwritable)?;
                self.http.post(url).header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body)
            }
        };
        let token = E::TOKEN_PARAMETER.zip(token.map(AccessToken::expose));
        let exchange = async {
            let response = sending.query(&token.as_slice()).send().await.map_err(|error| Kind::of(&error))?;
            match response.status() {
                StatusCode::OK => body_of(response, self.response_limit).await,
                status if status.is_redirection() => Err(Kind::Redirect(status)),
                status => Err(Kind::Status(status)),
            }
        };
        // One timer for both, because each costs in every call.
        let end = Instant::now().checked_add(self.attempt_timeout).filter(|end| *end < deadline);
        let late = |_| if end.is_some() { Kind::Timeout } else { Kind::Deadline { last: None } };
        let body = timeout_at(end.unwrap_or(deadline), pin!(exchange)).await.map_err(late)??;
        let answer = E::Response::from_slice(&body).map_err(Kind::Response)?;
        if let Some(watch) = &self.watch {
            watch.look::<E::Response>(&body);
        }
        answer.into_result().map_err(Kind::Response)
    }
}

/// The body, piece by piece, so that nobody fills the memory.
#[expect(clippy::disallowed_methods, reason = "its errors are put into words of this crate here")]
async fn body_of(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, Kind> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| Kind::of(&error))? {
        if body.len() + piece.len() > limit {
            return Err(Kind::TooLarge { limit });
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
