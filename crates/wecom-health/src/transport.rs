//! The one place where requests are sent. Errors of the HTTP library leave it without their URL, which holds the token.

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
}

impl Transport {
    /// Sends a request and decodes the answer; a refusal by the server is an error.
    #[expect(clippy::disallowed_methods, reason = "the URL is taken off every error here")]
    pub(crate) async fn call<E: Endpoint>(
        &self,
        request: &E,
        token: Option<&AccessToken>,
    ) -> Result<<E::Response as Response>::Output, Kind> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path().trim_end_matches('/'), E::PATH));
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
