//! The latest requests, bounded in number and memory.

use std::collections::VecDeque;

use crate::http::request::RecordedRequest;

/// The most bytes of requests that are kept.
const MAX_BYTES: usize = 64 << 20;

/// What a string roughly takes in addition to its bytes: without it, small headers would cost nothing.
const STRING_OVERHEAD: usize = 64;

/// The latest requests, oldest first.
#[derive(Debug)]
pub(crate) struct RequestHistory {
    requests: VecDeque<RecordedRequest>,
    bytes: usize,
    capacity: usize,
    /// How many requests were recorded in all.
    pub(crate) total: u64,
}

impl RequestHistory {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { requests: VecDeque::new(), bytes: 0, capacity, total: 0 }
    }

    pub(crate) fn push(&mut self, request: RecordedRequest) {
        self.total += 1;
        self.bytes += size(&request);
        self.requests.push_back(request);
        while self.requests.len() > self.capacity || self.bytes > MAX_BYTES {
            let Some(oldest) = self.requests.pop_front() else { break };
            self.bytes -= size(&oldest);
        }
    }

    /// Returns the latest requests, this many at most, oldest first.
    pub(crate) fn latest(&self, count: usize) -> impl Iterator<Item = &RecordedRequest> {
        self.requests.iter().skip(self.requests.len().saturating_sub(count))
    }
}

fn size(request: &RecordedRequest) -> usize {
    let RecordedRequest { method, path, query, headers, body, .. } = request;
    let headers = headers.iter().flat_map(|(name, value)| [name, value]);
    headers.chain([method, path, query, body]).map(|text| text.len() + STRING_OVERHEAD).sum()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{MAX_BYTES, RecordedRequest, RequestHistory};

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
    fn recorded_requests_stay_within_64_mib() {
        for (headers, body, least) in [(0, 1 << 20, 50), (100, 0, 3_000)] {
            let mut history = RequestHistory::new(usize::MAX);
            for _ in 0..10_000 {
                history.push(request(headers, body));
            }
            let kept = history.latest(usize::MAX).count();
            assert!(kept >= least && kept * (body + headers * 100) <= MAX_BYTES, "{kept}");
            assert_eq!(history.total, 10_000);
        }
    }
}
