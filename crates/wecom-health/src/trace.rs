//! Spans and events for `tracing`, with the feature of that name. They never hold a URL, a body or a header.

#[cfg(feature = "tracing")]
mod enabled {
    use std::future::Future;
    use std::time::Duration;

    use tracing::{Instrument, Span, field};

    use crate::Error;
    use crate::token_store::StoreError;

    /// The span of a request.
    pub(crate) struct Request(Span);

    impl Request {
        pub(crate) fn new(endpoint: &'static str) -> Self {
            Self(tracing::info_span!(
                "wecom_health.request",
                endpoint,
                attempt = field::Empty,
                errcode = field::Empty,
                elapsed_ms = field::Empty,
                hint = field::Empty,
            ))
        }

        /// Runs the request in its span.
        pub(crate) fn run<F: Future>(&self, request: F) -> impl Future<Output = F::Output> {
            request.instrument(self.0.clone())
        }

        /// Records how the request ended.
        pub(crate) fn ended(&self, error: Option<&Error>, attempts: u32, elapsed: Duration) {
            self.0.record("attempt", attempts);
            self.0.record("elapsed_ms", u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
            let api = error.map(Error::api);
            match api {
                None => drop(self.0.record("errcode", 0)),
                Some(Some(api)) => {
                    self.0.record("errcode", i64::from(api.errcode()));
                    self.0.record("hint", api.hint());
                }
                Some(None) => {}
            }
        }
    }

    /// Runs the work of a task in the span of the request that started it.
    pub(crate) fn here<F: Future>(work: F) -> impl Future<Output = F::Output> {
        work.in_current_span()
    }

    /// Reports that the token store failed, and that the client continues with its own token.
    pub(crate) fn store_failed(error: &StoreError) {
        tracing::warn!(%error, "continuing with a token of this process");
    }

    /// Reports that an attempt failed and there will be a retry.
    pub(crate) fn retry(error: &Error, pause: Duration) {
        tracing::debug!(%error, ?pause, "retrying");
    }
}

#[cfg(feature = "tracing")]
pub(crate) use enabled::*;

#[cfg(not(feature = "tracing"))]
mod disabled {
    use std::future::Future;
    use std::time::Duration;

    use crate::Error;

    pub(crate) struct Request;

    impl Request {
        pub(crate) fn new(_: &'static str) -> Self {
            Self
        }

        pub(crate) fn run<F: Future>(&self, request: F) -> F {
            request
        }

        pub(crate) fn ended(&self, _: Option<&Error>, _: u32, _: Duration) {}
    }

    pub(crate) fn here<F: Future>(work: F) -> F {
        work
    }

    pub(crate) fn store_failed(_: &crate::token_store::StoreError) {}

    pub(crate) fn retry(_: &Error, _: Duration) {}
}

#[cfg(not(feature = "tracing"))]
pub(crate) use disabled::*;
