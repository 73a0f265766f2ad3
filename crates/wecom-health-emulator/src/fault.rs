//! What can go wrong on demand.

use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};

/// A way for a request to fail, or to be answered otherwise than usual.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The server refuses with this `errcode`, HTTP 200 and the usual text.
    ErrCode(i64),
    /// An answer of the test's choice.
    Http {
        /// The status, from 200 to 599, e.g. 502.
        status: u16,
        /// Names and values of headers, e.g. `content-type` or `location`. The length of the body is the server's to tell.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// HTTP 200 with this body instead of the answer.
    Body(String),
    /// A page of at most this many items, whatever is asked for.
    ShortPage(usize),
    /// The page before the one that is asked for; the first again if it is the first.
    RepeatedPage,
    /// The answer starts this much later.
    Delay(Duration),
    /// The second half of the answer's body comes this much later.
    SlowBody(Duration),
    /// The connection is closed before the answer.
    Reset,
    /// The connection is closed after half of the answer's body.
    Truncated,
    /// HTTP 200 with the first half of the answer's body as if it were all.
    InvalidJson,
    /// HTTP 200 with a page for people, as hotels and proxies answer.
    Html,
    /// The answer in GBK, and a content type that says so.
    WrongCharset,
    /// Each object of the answer has a field that nobody knows.
    UnknownField,
    /// Each coded integer of the answer has a value that nobody knows: 99.
    UnknownValue,
    /// Each list of the answer is null.
    NullLists,
    /// Success without anything else.
    NoPayload,
    /// Success without `errcode` and `errmsg`, as has been seen of the vendor's server.
    NoErrCode,
    /// Success, with the vendor's warning that the request was read only in part.
    PartlyRead,
    /// The token of the request, or the one given out, expires at once.
    ExpiredToken,
    /// The token of the request, or the one given out, is taken back at once.
    RevokedToken,
}

impl Fault {
    /// The name by which a [`FaultRule`](crate::FaultRule) is written as text, e.g. `short-page`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ErrCode(_) => "errcode",
            Self::Http { .. } => "http",
            Self::Body(_) => "body",
            Self::ShortPage(_) => "short-page",
            Self::RepeatedPage => "repeated-page",
            Self::Delay(_) => "delay",
            Self::SlowBody(_) => "slow-body",
            Self::Reset => "reset",
            Self::Truncated => "truncated",
            Self::InvalidJson => "invalid-json",
            Self::Html => "html",
            Self::WrongCharset => "wrong-charset",
            Self::UnknownField => "unknown-field",
            Self::UnknownValue => "unknown-value",
            Self::NullLists => "null-lists",
            Self::NoPayload => "no-payload",
            Self::NoErrCode => "no-errcode",
            Self::PartlyRead => "partly-read",
            Self::ExpiredToken => "expired-token",
            Self::RevokedToken => "revoked-token",
        }
    }

    /// What cannot be sent, in one line.
    pub(crate) fn cannot_be_sent(&self) -> Option<String> {
        let (status, headers) = match self {
            Self::Http { status, headers, .. } => (status, headers),
            Self::ErrCode(0) => return Some("errcode 0 is no refusal".to_owned()),
            _ => return None,
        };
        if !(200..600).contains(status) {
            return Some(format!("{status} is no status from 200 to 599"));
        }
        let wrong = headers.iter().find(|(name, value)| {
            let framing =
                ["content-length", "transfer-encoding"].iter().any(|framing| name.eq_ignore_ascii_case(framing));
            framing || HeaderName::try_from(*name).is_err() || HeaderValue::try_from(value).is_err()
        });
        wrong.map(|(name, _)| format!("the header {name} cannot be sent"))
    }
}
