//! Answers that come in pages: one page, or a stream over all of them.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
use serde::Serialize;
use sync_wrapper::SyncWrapper;

use crate::error::Kind;
use crate::model::{Endpoint, Paged, Response};
use crate::task::Task;
use crate::{Client, Error};

/// A call whose answer comes in pages: [`stream`](Self::stream) all items, or [`send`](Self::send) for one page.
#[must_use = "nothing is sent until `stream` or `send`"]
pub struct Pages<R> {
    client: Client,
    request: R,
    offset: i64,
    page_size: i64,
    concurrency: usize,
}

impl<R: Paged> Pages<R> {
    pub(crate) fn new(client: Client, request: R) -> Self {
        let (offset, limit) = request.window();
        Self { client, request, offset: offset.unwrap_or(0), page_size: limit.unwrap_or(R::MAX_LIMIT), concurrency: 1 }
    }

    /// How many items to skip; none if not set.
    pub fn offset(mut self, offset: i64) -> Self {
        self.offset = offset;
        self
    }

    /// How many items to ask for at once; the vendor's maximum, 100, if not set. A value that the vendor does not allow is
    /// refused before anything is sent.
    pub fn page_size(mut self, items: i64) -> Self {
        self.page_size = items;
        self
    }

    /// How many pages a stream fetches at once; one if not set. Order is kept; at most this many pages are in memory, and at
    /// most this many calls go past the end. 0, and more than 100, are refused before anything is sent.
    ///
    /// Pages are fetched by tasks of the runtime, so that they are complete by the time they are needed, however long the
    /// program works on an item. The tasks end with the stream.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages;
        self
    }

    /// Fetches one page.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub async fn send(self) -> Result<<R::Response as Response>::Output, Error> {
        let page = self.client.send(&self.request.page(self.offset, self.page_size)).await?;
        check_length::<R>(&page, self.page_size)?;
        Ok(page)
    }

    /// Fetches all items, page by page.
    ///
    /// The stream ends on an empty page, or where the server says that a page is the last. It goes on after a short page: by
    /// what came, not by what was asked. After an error it ends. Dropping it stops its calls.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; also a server that repeats a page is stopped with an error.
    pub fn stream(self) -> Items<R::Item> {
        let position = Position { next: self.offset, ..Position::default() };
        let walk = Walk { source: self, position, ahead: VecDeque::new(), seen: HashSet::new(), equal_singles: 0 };
        let pages = stream::try_unfold(walk, |mut walk| async {
            let page = walk.next_page().await?;
            Ok(page.map(|items| (stream::iter(items.into_iter().map(Ok)), walk)))
        });
        Items(SyncWrapper::new(pages.try_flatten().boxed()))
    }
}

impl<R: Endpoint> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("call", &R::NAME)
            .field("offset", &self.offset)
            .field("page_size", &self.page_size)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// More pages at once than this are a mistake: the server refuses them.
const MAX_CONCURRENCY: usize = 100;
/// A page of one item may be equal to another this often: two people may have given the same answer.
const EQUAL_SINGLES: u32 = 10;

/// Where a stream has got to.
struct Walk<R: Paged> {
    source: Pages<R>,
    position: Position,
    /// What is being fetched, in order. All of it follows on from `position.next`.
    ahead: VecDeque<Task<Result<Page<R>, Error>>>,
    /// Fingerprints of the pages so far.
    seen: HashSet<u64>,
    equal_singles: u32,
}

type Page<R> = <<R as Endpoint>::Response as Response>::Output;

/// Which items have been delivered, and what that says about the next ones.
#[derive(Default)]
struct Position {
    /// How many items to skip for the next page.
    next: i64,
    /// How many items the last page held.
    last: i64,
    /// How many items each page holds, once that is clear: only then can pages be fetched ahead.
    stride: Option<i64>,
    ended: bool,
}

impl<R: Paged> Walk<R> {
    async fn next_page(&mut self) -> Result<Option<Vec<R::Item>>, Error> {
        if self.position.ended {
            return Ok(None);
        }
        if !(1..=MAX_CONCURRENCY).contains(&self.source.concurrency) {
            return Err(Kind::Concurrency { pages: self.source.concurrency, most: MAX_CONCURRENCY }.at(R::PATH, 0));
        }
        self.fetch_ahead();
        let Some(page) = self.ahead.pop_front() else { return Ok(None) };
        let page = page.result().await.unwrap_or_else(|| Err(Kind::Stopped.at(R::PATH, 0)));
        let page = page?;
        let came = check_length::<R>(&page, self.source.page_size)?;
        let (items, last) = R::items(page);
        if items.is_empty() {
            return Ok(None);
        }
        if !self.seen.insert(fingerprint(&items)) {
            self.equal_singles += 1;
            if items.len() > 1 || self.equal_singles > EQUAL_SINGLES {
                return Err(Kind::RepeatedPage { offset: self.position.next }.at(R::PATH, 1));
            }
        }
        self.position.ended = last;
        self.advance(came);
        Ok(Some(items))
    }

    /// Starts calls until as many are under way as may be.
    fn fetch_ahead(&mut self) {
        let Position { next, stride, .. } = self.position;
        let at_once = if stride.is_some() { self.source.concurrency } else { 1 };
        while self.ahead.len() < at_once {
            let under_way = i64::try_from(self.ahead.len()).unwrap_or(i64::MAX);
            let offset = next.saturating_add(stride.unwrap_or(0).saturating_mul(under_way));
            let request = self.source.request.page(offset, self.source.page_size);
            let client = self.source.client.clone();
            self.ahead.push_back(Task::start(async move { client.send(&request).await }));
        }
    }

    /// Moves on by what came. Pages that were fetched ahead of a page of another length do not follow on from it.
    fn advance(&mut self, came: i64) {
        let position = &mut self.position;
        position.next = position.next.saturating_add(came);
        match position.stride {
            Some(stride) if stride != came => {
                position.stride = None;
                self.ahead.clear();
            }
            Some(_) => {}
            // A full page, or one as long as the page before: the next ones will be as long.
            None if came == self.source.page_size || came == position.last => position.stride = Some(came),
            None => {}
        }
        position.last = came;
    }
}

/// Returns how many items a page holds, if there are no more than were asked for.
fn check_length<R: Paged>(page: &Page<R>, asked_for: i64) -> Result<i64, Error> {
    let came = i64::try_from(R::count(page)).unwrap_or(i64::MAX);
    if came > asked_for { Err(Kind::TooManyItems { asked_for }.at(R::PATH, 1)) } else { Ok(came) }
}

/// Tells pages apart without keeping them.
fn fingerprint<T: Serialize>(items: &[T]) -> u64 {
    struct Hashing(DefaultHasher);
    impl io::Write for Hashing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut hashing = Hashing(DefaultHasher::new());
    // Items were decoded from JSON, so they can be written as JSON.
    let _ = serde_json::to_writer(&mut hashing, items);
    hashing.0.finish()
}

/// A stream over the items of all pages. `Unpin`, so it needs no pinning.
pub struct Items<T>(SyncWrapper<BoxStream<'static, Result<T, Error>>>);

impl<T> Items<T> {
    /// The next item; nothing at the end, and after an error.
    ///
    /// # Errors
    ///
    /// As [`Pages::stream`].
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        self.0.get_mut().try_next().await
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.get_mut().poll_next_unpin(context)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}
