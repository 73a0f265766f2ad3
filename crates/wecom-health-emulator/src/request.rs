//! What the emulator remembers of a request.

use std::fmt;

/// A request that arrived. `Debug` shows neither query nor body, which may hold the secret and the token.
#[derive(Clone)]
pub struct RecordedRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl RecordedRequest {
    /// The HTTP method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path without the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query as it came, with the secret or the token.
    pub fn expose_query(&self) -> &str {
        &self.query
    }

    /// Names, in lower case, and values of the headers.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body as it came; bytes that are no UTF-8 are replaced.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Last part of the path: the name of the call.
    pub(crate) fn call(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
