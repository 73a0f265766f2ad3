//! Responses that come in pages: one page, or a stream over all of them.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
use serde::Serialize;
use sync_wrapper::SyncWrapper;

use crate::error::Kind;
use crate::model::{Endpoint, Paged, Response};
use crate::task::Task;
use crate::transport::Output;
use crate::{Client, Error};

/// A request whose response comes in pages: [`stream`](Self::stream) fetches all items, [`send`](Self::send) one page.
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

    /// Sets how many items to skip. Defaults to none.
    pub fn offset(mut self, offset: i64) -> Self {
        self.offset = offset;
        self
    }

    /// Sets how many items a page holds at most. Defaults to the vendor's maximum, 100. A size that the vendor does not allow is
    /// refused before anything is sent.
    pub fn page_size(mut self, items: i64) -> Self {
        self.page_size = items;
        self
    }

    /// Sets how many pages a stream fetches at once, from 1 to 100. Defaults to 1.
    ///
    /// Order is kept. At most this many pages are in memory, and at most this many requests go beyond the end. Tasks fetch pages
    /// while your program works on an item. They end with the stream.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages;
        self
    }

    /// Fetches one page.
    ///
    /// # Errors
    /// As [`Client::send`]; also if the page holds more items than requested.
    pub async fn send(self) -> Result<<R::Response as Response>::Output, Error> {
        let page = self.client.send(&self.request.page(self.offset, self.page_size)).await?;
        length_of::<R>(&page, self.page_size)?;
        Ok(page)
    }

    /// Fetches all items, page by page. The stream ends at an empty page, or when the server marks a page as the last. After a
    /// short page, it continues at the first item not yet received. It ends after an error. Dropping it aborts its requests.
    ///
    /// # Errors
    /// As [`send`](Self::send); also if the server repeats a page.
    pub fn stream(self) -> Items<R::Item> {
        let position = Position { next: self.offset, ..Position::default() };
        let walk = Walk { source: self, position, ahead: VecDeque::new(), seen: SeenPages::default() };
        let pages =
            stream::try_unfold(walk, |mut walk| async { Ok(walk.next_page().await?.map(|items| (items, walk))) });
        Items { pages: SyncWrapper::new(pages.boxed()), page: Vec::new().into_iter() }
    }
}

impl<R: Endpoint> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("endpoint", &R::NAME)
            .field("offset", &self.offset)
            .field("page_size", &self.page_size)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// More concurrent pages are a mistake: the server refuses them.
const MAX_CONCURRENCY: usize = 100;

/// The state of a stream.
struct Walk<R: Paged> {
    source: Pages<R>,
    position: Position,
    /// The pages that are being fetched, in order, from `position.next` on.
    ahead: VecDeque<Task<Result<Output<R>, Error>>>,
    seen: SeenPages,
}

/// Which items have been delivered, and what that says about the next ones.
#[derive(Default)]
struct Position {
    /// How many items to skip for the next page.
    next: i64,
    /// How many items the last page held.
    last: i64,
    /// How many items each page holds, once known: only then can pages be fetched ahead.
    stride: Option<i64>,
    ended: bool,
}

impl<R: Paged> Walk<R> {
    async fn next_page(&mut self) -> Result<Option<Vec<R::Item>>, Error> {
        if self.position.ended {
            return Ok(None);
        }
        if !(1..=MAX_CONCURRENCY).contains(&self.source.concurrency) {
            let kind = Kind::Concurrency { pages: self.source.concurrency, most: MAX_CONCURRENCY };
            return Err(kind.into_error(R::PATH, 0));
        }
        self.fetch_ahead();
        let page = match self.ahead.pop_front() {
            Some(page) => page.result().await.unwrap_or_else(|| Err(Kind::Stopped.into_error(R::PATH, 0)))?,
            None => {
                self.source.client.send(&self.source.request.page(self.position.next, self.source.page_size)).await?
            }
        };
        let length = length_of::<R>(&page, self.source.page_size)?;
        let (items, last) = R::items(page);
        if items.is_empty() {
            return Ok(None);
        }
        if self.seen.is_repeated(&items) {
            return Err(Kind::RepeatedPage { offset: self.position.next }.into_error(R::PATH, 1));
        }
        self.position.ended = last;
        self.advance(length);
        Ok(Some(items))
    }

    /// Starts tasks that fetch the next pages, if several may be fetched at once and their offsets are known.
    fn fetch_ahead(&mut self) {
        let Position { next, stride: Some(stride), .. } = self.position else { return };
        if self.source.concurrency == 1 {
            return;
        }
        while self.ahead.len() < self.source.concurrency {
            let under_way = i64::try_from(self.ahead.len()).unwrap_or(i64::MAX);
            let offset = next.saturating_add(stride.saturating_mul(under_way));
            let request = self.source.request.page(offset, self.source.page_size);
            let client = self.source.client.clone();
            self.ahead.push_back(Task::start(async move { client.send(&request).await }));
        }
    }

    /// Moves on by the length of a page. If it is not the expected one, the pages fetched ahead have wrong offsets and are discarded.
    fn advance(&mut self, length: i64) {
        let position = &mut self.position;
        position.next = position.next.saturating_add(length);
        match position.stride {
            Some(stride) if stride != length => {
                position.stride = None;
                self.ahead.clear();
            }
            Some(_) => {}
            // A full page, or one as long as the page before: the next ones will be as long.
            None if length == self.source.page_size || length == position.last => position.stride = Some(length),
            None => {}
        }
        position.last = length;
    }
}

/// Returns how many items a page holds, if there are no more than requested.
fn length_of<R: Paged>(page: &Output<R>, asked_for: i64) -> Result<i64, Error> {
    let length = i64::try_from(R::count(page)).unwrap_or(i64::MAX);
    if length > asked_for { Err(Kind::TooManyItems { asked_for }.into_error(R::PATH, 1)) } else { Ok(length) }
}

/// How often pages of one item may repeat: two people may have given the same answer.
const MAX_EQUAL_SINGLES: u32 = 10;

/// Recognises repeated pages, from a server that ignores the offset. All pages are remembered: the server may send A, B, A, B.
#[derive(Default)]
struct SeenPages {
    hasher: RandomState,
    outlines: HashSet<u64>,
    equal_singles: u32,
}

impl SeenPages {
    fn is_repeated<T: Serialize>(&mut self, items: &[T]) -> bool {
        let is_new = self.outlines.insert(self.outline(items));
        self.equal_singles += u32::from(!is_new && items.len() == 1);
        (!is_new && items.len() > 1) || self.equal_singles > MAX_EQUAL_SINGLES
    }

    /// Hashes the length, the first and the last item: enough to recognise a page, even with its keys in another order, and much
    /// cheaper than hashing all of it.
    fn outline<T: Serialize>(&self, items: &[T]) -> u64 {
        let mut hasher = HashWriter(self.hasher.build_hasher());
        hasher.0.write_usize(items.len());
        for item in [items.first(), items.last()] {
            // Items were decoded from JSON, so they can be written as JSON.
            let _ = serde_json::to_writer(&mut hasher, &item);
        }
        hasher.0.finish()
    }
}

/// Hashes what is written, so that a large item is never in memory twice.
struct HashWriter<H>(H);

impl<H: Hasher> io::Write for HashWriter<H> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A stream over the items of all pages. `Unpin`, so it needs no pinning.
pub struct Items<T> {
    pages: SyncWrapper<BoxStream<'static, Result<Vec<T>, Error>>>,
    /// The items left of the latest page.
    page: std::vec::IntoIter<T>,
}

/// Items are moved out of the page, never pinned in it.
impl<T> Unpin for Items<T> {}

impl<T> Items<T> {
    /// Returns the next item; `None` at the end, and after an error.
    ///
    /// # Errors
    ///
    /// As [`Pages::stream`].
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        TryStreamExt::try_next(self).await
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.get_mut().poll_next_unpin(context)) {
                Some(Ok(page)) => self.page = page.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}
