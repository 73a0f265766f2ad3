//! Failures that the emulator produces on request.
//!
//! A [`Fault`] is a kind of failure, [`rule`] chooses the requests that it affects, [`rules`] holds an emulator's rules, and
//! [`spoil`] changes responses. [`notation`] reads rules from text.

use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};

pub(crate) mod notation;
pub(crate) mod rule;
pub(crate) mod rules;
pub(crate) mod spoil;

/// A way for a request to fail, or to get another response than usual.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// Refuses the request with this `errcode`, HTTP 200 and the usual text.
    ErrCode(i64),
    /// Responds with any status, headers and body.
    Http {
        /// A status from 200 to 599, e.g. 502.
        status: u16,
        /// Names and values, e.g. of `content-type` or `location`. The server itself sets `content-length`.
        headers: Vec<(&'static str, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Responds with HTTP 200 and this body.
    Body(String),
    /// Returns a page of at most this many items.
    ShortPage(usize),
    /// Returns the page before the requested one. The first page stays the first.
    RepeatedPage,
    /// Sends the response this much later.
    Delay(Duration),
    /// Sends the second half of the response's body this much later.
    SlowBody(Duration),
    /// Closes the connection without a response.
    Reset,
    /// Closes the connection after half of the response's body.
    Truncated,
    /// Responds with HTTP 200 and half of the body, as if it were all.
    InvalidJson,
    /// Responds with HTTP 200 and an HTML page, as proxies with a log-in page do.
    Html,
    /// Encodes the response in GBK, and declares that in its content type.
    WrongCharset,
    /// Adds an unknown field to each object of the response.
    UnknownField,
    /// Sets each coded integer of the response to 99, an unknown value.
    UnknownValue,
    /// Replaces each list of the response by null.
    NullLists,
    /// Responds with `errcode` 0 and nothing else.
    NoPayload,
    /// Removes `errcode` and `errmsg` from a success, as the vendor's server has done.
    NoErrCode,
    /// Adds to a success the vendor's warning that only part of the request was read.
    PartlyRead,
    /// Lets the token of the request, or the one in the response, expire at once.
    ExpiredToken,
    /// Revokes the token of the request, or the one in the response, at once.
    RevokedToken,
}

impl Fault {
    /// Returns the name of the fault in the text form of a [`FaultRule`](crate::FaultRule), e.g. `short-page`.
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

    /// Checks that the fault is possible. The error is one line.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Self::ErrCode(0) => Err("errcode 0 is not a refusal".to_owned()),
            Self::Http { status, .. } if !(200..600).contains(status) => {
                Err(format!("{status} is not a status from 200 to 599"))
            }
            Self::Http { headers, .. } => match headers.iter().find(|(name, value)| !can_be_sent(name, value)) {
                Some((name, _)) => Err(format!("the header {name} cannot be sent")),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

fn can_be_sent(name: &str, value: &str) -> bool {
    // hyper sets these two itself.
    let set_by_hyper = ["content-length", "transfer-encoding"].iter().any(|own| name.eq_ignore_ascii_case(own));
    !set_by_hyper && HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok()
}
