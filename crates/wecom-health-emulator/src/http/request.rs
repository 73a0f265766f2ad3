//! Requests as they are recorded.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::HeaderValue;

use crate::endpoints::{self, Endpoint};

/// The time limit for the head of a request, and for its body.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A larger body gets status 413.
const MAX_BODY_BYTES: usize = 128 << 10;

/// This much of a body is read before the 413, which a client that is still sending would not see.
const MAX_DISCARDED_BYTES: usize = 64 << 20;

/// A request that arrived.
///
/// `Debug` shows only method and path, because query, headers and body may hold the secret or the token.
#[derive(Clone)]
pub struct RecordedRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) peer: IpAddr,
}

impl RecordedRequest {
    /// Returns the HTTP method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the path without the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the query as it arrived, with the secret or the token.
    pub fn expose_query(&self) -> &str {
        &self.query
    }

    /// Returns the names, in lower case, and the values of the headers.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Returns the body, with bytes that are not UTF-8 replaced.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Returns the address that the request came from.
    pub fn peer(&self) -> IpAddr {
        self.peer
    }

    /// Returns the name of the endpoint: the last part of the path, e.g. `get_report_answer`, or `user_simplelist` for
    /// `/cgi-bin/user/simplelist` and the like, whose last part alone is ambiguous.
    pub fn endpoint(&self) -> &str {
        let last_part = || self.path.rsplit('/').next().unwrap_or_default();
        self.known_endpoint().map_or_else(last_part, |endpoint| endpoint.name)
    }

    pub(crate) fn known_endpoint(&self) -> Option<&'static Endpoint> {
        endpoints::at(&self.path)
    }

    /// Returns a parameter of the query, or an empty string if there is none.
    pub(crate) fn query_parameter(&self, name: &str) -> String {
        self.query_parameters().filter(|(found, _)| found == name).last().map_or_else(String::new, |(_, value)| value)
    }

    pub(crate) fn query_parameters(&self) -> impl Iterator<Item = (String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned()
    }

    /// Reads a whole request. Returns `None` if its body is too large.
    pub(crate) async fn read(request: Request<Incoming>, peer: IpAddr) -> io::Result<Option<Self>> {
        let (head, body) = request.into_parts();
        let reading = tokio::time::timeout(READ_TIMEOUT, read_body(body));
        let Some(body) = reading.await.map_err(|_| io::ErrorKind::TimedOut)?? else { return Ok(None) };
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Ok(Some(Self {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
            peer,
        }))
    }
}

async fn read_body(mut body: Incoming) -> io::Result<Option<Vec<u8>>> {
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(io::Error::other)?.into_data() else { continue };
        length += data.len();
        if length <= MAX_BODY_BYTES {
            kept.extend_from_slice(&data);
        } else if length > MAX_DISCARDED_BYTES {
            break;
        }
    }
    Ok((length <= MAX_BODY_BYTES).then_some(kept))
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
