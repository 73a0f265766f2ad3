//! What can go wrong on demand.

use std::time::Duration;

/// A way for a request to fail, or to be answered otherwise than usual.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The server refuses with this `errcode`, HTTP 200 and the usual text.
    ErrCode(i64),
    /// An answer of the test's choice.
    Http {
        /// The status, e.g. 502; one that is no HTTP status is answered as 500.
        status: u16,
        /// Names and values of headers, e.g. `content-type` or `location`.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// HTTP 200 with this body instead of the answer.
    Body(String),
    /// A page of at most this many items, whatever is asked for.
    ShortPage(usize),
    /// The answer starts this much later.
    Delay(Duration),
    /// The second half of the answer's body comes this much later.
    SlowBody(Duration),
    /// The connection breaks off before the answer.
    Reset,
    /// The connection breaks off after half of the answer's body.
    Truncated,
}
