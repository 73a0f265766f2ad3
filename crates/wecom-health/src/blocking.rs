//! The client for programs without an asynchronous runtime.
//!
//! ```no_run
//! use wecom_health::{Secret, blocking::Client, model::NaiveDate};
//!
//! let client = Client::new(wecom_health::Client::builder("ww1234", Secret::from_env("WECOM_CORP_SECRET")?))?;
//! let date = NaiveDate::from_ymd_opt(2020, 3, 27).expect("a day of the calendar");
//! for answer in client.report_answers("jobid1", date).items() {
//!     println!("{:?}", answer?.reporter());
//! }
//! # Ok::<(), wecom_health::Error>(())
//! ```

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::Kind;
use crate::model::{Endpoint, Paged, Response};
use crate::{ClientBuilder, Error};

/// A client whose methods block the thread. Inside an asynchronous runtime they return an error.
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    runtime: Arc<Blocking>,
}

impl Client {
    /// Builds the client that a builder describes.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`]; also if the system has no resources for a runtime.
    pub fn new(builder: ClientBuilder) -> Result<Self, Error> {
        let client = builder.build()?;
        // A separate thread, so that background work continues between requests and does not run into its timeout.
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| {
            Error::configuration(
                format!("cannot start a runtime for the blocking client: {error}"),
                format!("无法为阻塞式客户端创建运行时：{error}"),
            )
        })?;
        Ok(Self { client, runtime: Arc::new(Blocking(Some(runtime))) })
    }

    /// Sends a request to any endpoint, as [`Client::send`](crate::Client::send) does.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send); also inside an asynchronous runtime.
    pub fn send<E: Endpoint>(&self, request: &E) -> Result<<E::Response as Response>::Output, Error> {
        self.runtime.wait(E::PATH, self.client.send(request))?
    }

    /// Starts a request whose response comes in pages.
    pub fn pages<R: Paged>(&self, request: R) -> Pages<R> {
        Pages { inner: self.client.pages(request), runtime: Arc::clone(&self.runtime) }
    }
}

impl Client {
    /// Prepares a request, as [`Client::prepare`](crate::Client::prepare) does.
    pub fn prepare<E: Endpoint>(&self, request: E) -> Prepared<E> {
        Prepared { inner: self.client.prepare(request), runtime: Arc::clone(&self.runtime) }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

/// A request whose response comes in pages: [`items`](Self::items) fetches all of them, [`send`](Self::send) one page.
#[must_use = "nothing is sent until `items` or `send`"]
pub struct Pages<R> {
    pub(crate) inner: crate::Pages<R>,
    runtime: Arc<Blocking>,
}

impl<R: Paged> Pages<R> {
    /// Sets how many pages are fetched at once, as [`Pages::concurrency`](crate::Pages::concurrency) does.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.inner = self.inner.concurrency(pages);
        self
    }

    /// Fetches one page.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn send(self) -> Result<<R::Response as Response>::Output, Error> {
        self.runtime.wait(R::PATH, self.inner.send())?
    }

    /// Fetches all items, page by page, as [`Pages::stream`](crate::Pages::stream) does.
    pub fn items(self) -> Items<R::Item> {
        Items { items: Some(self.inner.stream()), endpoint: R::PATH, runtime: self.runtime }
    }
}

impl<R: Endpoint> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// A request that is not complete: set what it needs beyond the arguments of the method, then [`send`](Self::send) it.
#[must_use = "nothing is sent until `send`"]
pub struct Prepared<R> {
    pub(crate) inner: crate::Prepared<R>,
    runtime: Arc<Blocking>,
}

impl<R: Endpoint> Prepared<R> {
    /// Sends the request.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn send(self) -> Result<<R::Response as Response>::Output, Error> {
        self.runtime.wait(R::PATH, self.inner.send())?
    }
}

impl<R: Endpoint> fmt::Debug for Prepared<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// An iterator over the items of all pages. It ends after an error.
pub struct Items<T> {
    items: Option<crate::Items<T>>,
    endpoint: &'static str,
    runtime: Arc<Blocking>,
}

impl<T> Iterator for Items<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.runtime.wait(self.endpoint, self.items.as_mut()?.try_next());
        let next = next.and_then(|next| next).transpose();
        if !matches!(next, Some(Ok(_))) {
            self.items = None;
        }
        next
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

/// The runtime behind a blocking client.
struct Blocking(Option<Runtime>);

impl Blocking {
    fn wait<F: Future>(&self, endpoint: &'static str, work: F) -> Result<F::Output, Error> {
        match &self.0 {
            Some(runtime) if Handle::try_current().is_err() => Ok(runtime.block_on(work)),
            _ => Err(Kind::InsideRuntime.into_error(endpoint, 0)),
        }
    }
}

impl Drop for Blocking {
    fn drop(&mut self) {
        // Waiting for it to end would panic inside another runtime.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
