//! What goes to `tracing`, with the feature of that name; nothing without it. Never a URL, a body or a header.

#[cfg(feature = "tracing")]
mod enabled {
    use std::future::Future;
    use std::time::Duration;

    use tracing::{Instrument, Span, field};

    use crate::Error;
    use crate::token_store::StoreError;

    /// The span of a call.
    pub(crate) struct Call(Span);

    impl Call {
        pub(crate) fn new(endpoint: &'static str) -> Self {
            Self(tracing::info_span!(
                "wecom_health.call",
                endpoint,
                attempt = field::Empty,
                errcode = field::Empty,
                elapsed_ms = field::Empty,
                hint = field::Empty,
            ))
        }

        /// Runs the call in its span.
        pub(crate) fn run<F: Future>(&self, call: F) -> impl Future<Output = F::Output> {
            call.instrument(self.0.clone())
        }

        /// How the call ended.
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

    /// Runs work that somebody else drives in the span of whoever asked for it.
    pub(crate) fn here<F: Future>(work: F) -> impl Future<Output = F::Output> {
        work.in_current_span()
    }

    /// The token store fails: the client goes on with a token of its own.
    pub(crate) fn store_failed(error: &StoreError) {
        tracing::warn!(%error, "going on with a token of this process");
    }

    /// A try failed, and there will be another.
    pub(crate) fn retry(error: &Error, pause: Duration) {
        tracing::debug!(%error, ?pause, "trying again");
    }
}

#[cfg(feature = "tracing")]
pub(crate) use enabled::*;

#[cfg(not(feature = "tracing"))]
mod disabled {
    use std::future::Future;
    use std::time::Duration;

    use crate::Error;

    pub(crate) struct Call;

    impl Call {
        pub(crate) fn new(_: &'static str) -> Self {
            Self
        }

        pub(crate) fn run<F: Future>(&self, call: F) -> F {
            call
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
