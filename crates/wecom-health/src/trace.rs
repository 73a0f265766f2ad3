//! What goes to `tracing`, with the feature of that name; nothing without it. Never a URL, a body or a header.

#[cfg(feature = "tracing")]
mod enabled {
    use std::future::Future;

    use tracing::{Instrument, Span, field};

    use crate::token_store::StoreError;

    /// Runs a call in its span.
    pub(crate) fn call<F: Future>(endpoint: &'static str, call: F) -> impl Future<Output = F::Output> {
        let span = tracing::info_span!(
            "wecom_health.call",
            endpoint,
            attempt = field::Empty,
            errcode = field::Empty,
            elapsed_ms = field::Empty,
            hint = field::Empty,
        );
        call.instrument(span)
    }

    /// How a call ended, on the span that it runs in.
    pub(crate) fn ended(error: Option<&crate::Error>, attempts: u32, elapsed: std::time::Duration) {
        let span = Span::current();
        span.record("attempt", attempts);
        span.record("elapsed_ms", u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
        match error {
            None => span.record("errcode", 0),
            Some(error) => match error.api() {
                Some(api) => {
                    span.record("errcode", i64::from(api.errcode()));
                    span.record("hint", api.hint())
                }
                None => &span,
            },
        };
    }

    /// The token store fails: the client goes on with a token of its own.
    pub(crate) fn store_failed(error: &StoreError) {
        tracing::warn!(%error, "going on with a token of this process");
    }

    /// A try failed, and there will be another.
    pub(crate) fn retry(error: &crate::Error, delay: std::time::Duration) {
        tracing::debug!(%error, ?delay, "trying again");
    }
}

#[cfg(feature = "tracing")]
pub(crate) use enabled::*;

#[cfg(not(feature = "tracing"))]
mod disabled {
    use std::future::Future;
    use std::time::Duration;

    pub(crate) fn call<F: Future>(_: &'static str, call: F) -> impl Future<Output = F::Output> {
        call
    }

    pub(crate) fn ended(_: Option<&crate::Error>, _: u32, _: Duration) {}

    pub(crate) fn store_failed(_: &crate::token_store::StoreError) {}

    pub(crate) fn retry(_: &crate::Error, _: Duration) {}
}

#[cfg(not(feature = "tracing"))]
pub(crate) use disabled::*;
