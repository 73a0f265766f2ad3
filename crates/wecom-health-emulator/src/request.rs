//! What the emulator remembers of requests.

use std::collections::VecDeque;
use std::fmt;
use std::net::IpAddr;

/// How many bytes of requests are remembered at most.
const BYTES: usize = 64 << 20;

/// A request that arrived. `Debug` shows neither query, headers nor body, which may hold the secret and the token.
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

    /// The address that the request came from.
    pub fn peer(&self) -> IpAddr {
        self.peer
    }

    /// Last part of the path: the vendor's name of the call.
    pub fn call(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn bytes(&self) -> usize {
        // Each text has a few words beside its bytes.
        const OVERHEAD: usize = 64;
        let length = |text: &String| text.len() + OVERHEAD;
        let headers: usize = self.headers.iter().map(|(name, value)| length(name) + length(value)).sum();
        [&self.method, &self.path, &self.query, &self.body].map(length).iter().sum::<usize>() + headers
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// The latest requests, as many as there is room for.
#[derive(Debug)]
pub(crate) struct Requests {
    latest: VecDeque<RecordedRequest>,
    bytes: usize,
    /// How many are remembered at most.
    most: usize,
    /// How many there were in all.
    pub(crate) count: u64,
}

impl Requests {
    pub(crate) fn new(most: usize) -> Self {
        Self { latest: VecDeque::new(), bytes: 0, most, count: 0 }
    }

    pub(crate) fn push(&mut self, request: RecordedRequest) {
        self.count += 1;
        self.bytes += request.bytes();
        self.latest.push_back(request);
        while self.latest.len() > self.most || self.bytes > BYTES {
            let Some(oldest) = self.latest.pop_front() else { break };
            self.bytes -= oldest.bytes();
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &RecordedRequest> {
        self.latest.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{BYTES, RecordedRequest, Requests};

    fn request(headers: usize, body: usize) -> RecordedRequest {
        RecordedRequest {
            method: "POST".into(),
            path: "/".into(),
            query: String::new(),
            headers: vec![("x".into(), "y".into()); headers],
            body: "x".repeat(body),
            peer: Ipv4Addr::LOCALHOST.into(),
        }
    }

    #[test]
    fn no_more_bytes_are_remembered_than_there_is_room_for_small_headers_included() {
        for (headers, body, least) in [(0, 1 << 20, 50), (100, 0, 3_000)] {
            let mut requests = Requests::new(usize::MAX);
            for _ in 0..10_000 {
                requests.push(request(headers, body));
            }
            let kept = requests.iter().count();
            assert!(kept >= least && kept * (body + headers * 100) <= BYTES, "{kept}");
            assert_eq!(requests.count, 10_000);
        }
    }
}
