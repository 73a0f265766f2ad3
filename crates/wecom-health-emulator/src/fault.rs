//! What can go wrong on demand.

/// A way for a request to fail.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The server refuses with this `errcode`, HTTP 200 and the usual text.
    ErrCode(i64),
    /// An answer that does not come from the API.
    Http {
        /// The status, e.g. 502; one that is no HTTP status is answered as 500.
        status: u16,
        /// Name and value of a header, e.g. `content-type` or `location`.
        header: (&'static str, String),
        /// The body.
        body: String,
    },
    /// The connection breaks off after half of the answer's body.
    Truncated,
    /// A page of at most this many items, whatever is asked for.
    ShortPage(usize),
    /// HTTP 200 with this body instead of the answer.
    Body(String),
}
