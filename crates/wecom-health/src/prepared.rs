//! Requests with fields that need not be there: they are set before the request is sent.

use std::fmt;

use crate::model::{Endpoint, Response};
use crate::{Client, Error};

/// A request that is not complete: set what it needs beyond the arguments of the method, then [`send`](Self::send) it.
#[must_use = "nothing is sent until `send`"]
pub struct Prepared<R> {
    client: Client,
    pub(crate) request: R,
}

impl<R: Endpoint> Prepared<R> {
    pub(crate) fn new(client: Client, request: R) -> Self {
        Self { client, request }
    }

    /// Sends the request.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub async fn send(self) -> Result<<R::Response as Response>::Output, Error> {
        self.client.send(&self.request).await
    }
}

impl<R: Endpoint> fmt::Debug for Prepared<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("endpoint", &R::NAME).finish_non_exhaustive()
    }
}
