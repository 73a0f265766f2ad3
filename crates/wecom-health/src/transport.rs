//! The one place where requests are sent. Errors of the HTTP library leave it without their URL, which holds the token.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{StatusCode, Url};

use crate::drift::Watch;
use crate::error::Kind;
use crate::model::{AccessToken, Endpoint, Method, Response};

/// An HTTP client and the server it talks to.
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    pub(crate) base: Url,
    pub(crate) watch: Option<Watch>,
    urls: Mutex<HashMap<&'static str, Url>>,
}

impl Transport {
    pub(crate) fn new(http: reqwest::Client, base: Url, watch: Option<Watch>) -> Self {
        Self { http, base, watch, urls: Mutex::default() }
    }

    /// Where a call goes. Put together once for each path: doing so in every call showed in the benchmark.
    fn url(&self, path: &'static str) -> Url {
        let mut urls = self.urls.lock().unwrap_or_else(PoisonError::into_inner);
        let url = urls.entry(path).or_insert_with(|| {
            let mut url = self.base.clone();
            url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
            url
        });
        url.clone()
    }

    /// Sends a request and decodes the answer; a refusal by the server is an error.
    #[expect(clippy::disallowed_methods, reason = "the URL is taken off every error here")]
    pub(crate) async fn call<E: Endpoint>(
        &self,
        request: &E,
        token: Option<&AccessToken>,
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
        let response = sending.query(&token.as_slice()).send().await.map_err(Kind::of)?;
        match response.status() {
            StatusCode::OK => {}
            status if status.is_redirection() => return Err(Kind::Redirect(status)),
            status => return Err(Kind::Status(status)),
        }
        let body = response.bytes().await.map_err(Kind::of)?;
        let answer = E::Response::from_slice(&body).map_err(Kind::Response)?;
        if let Some(watch) = &self.watch {
            watch.look::<E::Response>(&body);
        }
        answer.into_result().map_err(Kind::Response)
    }
}
