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
use crate::model::{Endpoint, Next, Paged, Position, Response, ResponseError};
use crate::task::Task;
use crate::transport::Output;
use crate::{Client, Error};

/// A request whose response comes in pages: [`stream`](Self::stream) fetches all items, [`send`](Self::send) one page.
///
/// The fields of the request that need not be there have setters.
#[must_use = "nothing is sent until `stream` or `send`"]
pub struct Pages<R> {
    client: Client,
    pub(crate) request: R,
    concurrency: usize,
}

impl<R: Paged> Pages<R> {
    pub(crate) fn new(client: Client, request: R) -> Self {
        Self { client, request, concurrency: 1 }
    }

    /// Sets how many pages a stream fetches at once, from 1 to 100. Defaults to 1.
    ///
    /// Order is kept. At most this many pages are in memory, and at most this many requests go past the end. Pages are fetched by
    /// tasks of the runtime while your program works on an item. The tasks end with the stream. Where each page says where the next
    /// one begins (a cursor), more than 1 is refused before anything is sent.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages;
        self
    }

    /// Fetches one page.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; also if the page holds more items than were asked for.
    pub async fn send(self) -> Result<<R::Response as Response>::Output, Error> {
        let (position, limit) = self.window();
        let page = self.client.send(&self.request.page(&position, limit)).await?;
        length_of::<R>(&page, limit)?;
        Ok(page)
    }

    /// Fetches all items, page by page.
    ///
    /// The stream ends on an empty page, or if the server says that a page is the last. It continues after a short page, with as many
    /// items further on as came. It ends after an error. Dropping it aborts its requests.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); also if the server sends a page again, or items after the end.
    pub fn stream(self) -> Items<R::Item> {
        let (position, limit) = self.window();
        let walk = Walk {
            source: self,
            next: Some(position),
            limit,
            stride: Stride::default(),
            ahead: VecDeque::new(),
            seen: SeenPages::default(),
        };
        let pages =
            stream::try_unfold(walk, |mut walk| async { Ok(walk.next_page().await?.map(|items| (items, walk))) });
        Items { pages: SyncWrapper::new(pages.boxed()), page: Vec::new().into_iter() }
    }

    /// Returns where to begin, and how many items a page may hold.
    fn window(&self) -> (Position, Option<i64>) {
        let (position, limit) = self.request.window();
        (position, limit.or(R::MAX_LIMIT))
    }
}

impl<R: Endpoint> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("endpoint", &R::NAME)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// More pages at once are a mistake: the server refuses them.
const MAX_CONCURRENCY: usize = 100;

/// The state of a stream.
struct Walk<R: Paged> {
    source: Pages<R>,
    /// Where the next page begins; nothing after the last one.
    next: Option<Position>,
    limit: Option<i64>,
    stride: Stride,
    /// The pages that are being fetched, in order, from `next` on.
    ahead: VecDeque<Task<Result<Output<R>, Error>>>,
    seen: SeenPages,
}

impl<R: Paged> Walk<R> {
    /// Returns the items of the next page that has any.
    async fn next_page(&mut self) -> Result<Option<Vec<R::Item>>, Error> {
        self.check_concurrency()?;
        while let Some(position) = self.next.take() {
            self.fetch_ahead(&position);
            let page = match self.ahead.pop_front() {
                Some(page) => page.result().await.unwrap_or_else(|| Err(Kind::Stopped.into_error(R::PATH, 0)))?,
                None => self.source.client.send(&self.source.request.page(&position, self.limit)).await?,
            };
            let length = length_of::<R>(&page, self.limit)?;
            let (items, next) =
                R::items(page).map_err(|error| Kind::Response(ResponseError::Decode(error)).into_error(R::PATH, 1))?;
            if self.seen.is_repeated(&items) || self.seen.is_repeated_cursor(&next) {
                return Err(Kind::RepeatedPage { offset: offset_of(&position) }.into_error(R::PATH, 1));
            }
            self.next = self.after(&position, length, next);
            if self.next.is_none() {
                self.check_end().await?;
            }
            if !items.is_empty() {
                return Ok(Some(items));
            }
        }
        Ok(None)
    }

    fn check_concurrency(&self) -> Result<(), Error> {
        let pages = self.source.concurrency;
        let most = if matches!(self.next, Some(Position::Cursor(_))) { 1 } else { MAX_CONCURRENCY };
        if (1..=most).contains(&pages) { Ok(()) } else { Err(Kind::Concurrency { pages, most }.into_error(R::PATH, 0)) }
    }

    /// Starts tasks that fetch the next pages, if several may be fetched at once and it is clear where each one starts.
    fn fetch_ahead(&mut self, position: &Position) {
        let (&Position::Offset(offset), Some(stride)) = (position, self.stride.length) else { return };
        if self.source.concurrency == 1 {
            return;
        }
        while self.ahead.len() < self.source.concurrency {
            let under_way = i64::try_from(self.ahead.len()).unwrap_or(i64::MAX);
            let offset = offset.saturating_add(stride.saturating_mul(under_way));
            let request = self.source.request.page(&Position::Offset(offset), self.limit);
            let client = self.source.client.clone();
            self.ahead.push_back(Task::start(async move { client.send(&request).await }));
        }
    }

    /// Returns where the page after a page of this length begins; nothing after the last one. Pages that were fetched ahead of a page of
    /// another length do not follow on from it.
    fn after(&mut self, position: &Position, length: i64, next: Next) -> Option<Position> {
        match (next, position) {
            (Next::Cursor(cursor), _) => Some(Position::Cursor(Some(cursor))),
            (Next::Follows, Position::Offset(offset)) if length > 0 => {
                if self.stride.changes(length, self.limit) {
                    self.ahead.clear();
                }
                Some(Position::Offset(offset.saturating_add(length)))
            }
            (Next::End | Next::Follows, _) => None,
        }
    }

    /// Fails if a page that was fetched ahead of the end has items: then the page that seemed to be the last was not.
    async fn check_end(&mut self) -> Result<(), Error> {
        while let Some(page) = self.ahead.pop_front() {
            if let Some(Ok(page)) = page.result().await
                && R::count(&page) > 0
            {
                return Err(Kind::ItemsAfterEnd.into_error(R::PATH, 1));
            }
        }
        Ok(())
    }
}

/// How many items each page holds.
#[derive(Default)]
struct Stride {
    /// Known once two pages are alike, or one is full: only then can pages be fetched ahead.
    length: Option<i64>,
    last: i64,
}

impl Stride {
    /// Takes in the length of a page. Returns whether it is another than was expected.
    fn changes(&mut self, length: i64, limit: Option<i64>) -> bool {
        let is_other = self.length.is_some_and(|stride| stride != length);
        if is_other {
            self.length = None;
        } else if Some(length) == limit || length == self.last {
            self.length = Some(length);
        }
        self.last = length;
        is_other
    }
}

fn offset_of(position: &Position) -> Option<i64> {
    match position {
        Position::Offset(offset) => Some(*offset),
        Position::Cursor(_) => None,
    }
}

/// Returns how many items a page holds, if there are no more than requested.
fn length_of<R: Paged>(page: &Output<R>, limit: Option<i64>) -> Result<i64, Error> {
    let length = i64::try_from(R::count(page)).unwrap_or(i64::MAX);
    match limit {
        Some(asked_for) if length > asked_for => Err(Kind::TooManyItems { asked_for }.into_error(R::PATH, 1)),
        _ => Ok(length),
    }
}

/// How often pages of one item may repeat: two people may have given the same answer.
const MAX_EQUAL_SINGLES: u32 = 10;

/// Recognises repeated pages, from a server that ignores the offset. All pages are remembered: the server may send A, B, A, B.
#[derive(Default)]
struct SeenPages {
    hasher: RandomState,
    outlines: HashSet<u64>,
    cursors: HashSet<u64>,
    equal_singles: u32,
}

impl SeenPages {
    fn is_repeated<T: Serialize>(&mut self, items: &[T]) -> bool {
        if items.is_empty() {
            return false;
        }
        let is_new = self.outlines.insert(self.outline(items));
        self.equal_singles += u32::from(!is_new && items.len() == 1);
        (!is_new && items.len() > 1) || self.equal_singles > MAX_EQUAL_SINGLES
    }

    fn is_repeated_cursor(&mut self, next: &Next) -> bool {
        matches!(next, Next::Cursor(cursor) if !self.cursors.insert(self.hasher.hash_one(cursor)))
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
