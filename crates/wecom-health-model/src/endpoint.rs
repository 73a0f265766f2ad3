//! What a call is: its request, its answer, and where it goes.

use std::fmt;
use std::ops::RangeInclusive;

use serde::Serialize;

use crate::Response;

/// A call of the API, implemented by its request type.
///
/// Every call of the schema has an implementation. Implement it for a type of your own to make a call that the schema
/// does not describe.
///
/// ```
/// use wecom_health_model::{Endpoint, GetReportJobInfoRequest, Method};
///
/// assert_eq!(GetReportJobInfoRequest::METHOD, Method::Post);
/// assert_eq!(GetReportJobInfoRequest::PATH, "/cgi-bin/health/get_report_job_info");
/// ```
pub trait Endpoint: Serialize + Sync {
    /// What the server answers.
    type Response: Response;
    /// The vendor's name of the call.
    const NAME: &'static str;
    /// How the request is sent.
    const METHOD: Method;
    /// The path, from the server's root.
    const PATH: &'static str;
    /// Name of the access token in the query; nothing for a call that needs no token.
    const TOKEN_PARAMETER: Option<&'static str>;

    /// Whether the request may be sent as it is.
    ///
    /// # Errors
    ///
    /// A number is outside the range that the vendor allows.
    fn check(&self) -> Result<(), RangeError> {
        Ok(())
    }
}

/// A call whose answer comes in pages.
pub trait Paged: Endpoint + Clone + Send + 'static {
    /// What the pages hold.
    type Item: Serialize + Send + 'static;
    /// How many items a page may hold at most.
    const MAX_LIMIT: i64;

    /// How many items this request skips, and how many it asks for at most, if it says.
    fn window(&self) -> (Option<i64>, Option<i64>);

    /// The request for the page that skips `offset` items and holds at most `limit`.
    fn page(&self, offset: i64, limit: i64) -> Self;

    /// How many items a page holds.
    fn count(page: &<Self::Response as Response>::Output) -> usize;

    /// The items of a page, and whether the server says that it is the last.
    fn items(page: <Self::Response as Response>::Output) -> (Vec<Self::Item>, bool);
}

/// A number that the vendor does not allow in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeError {
    field: &'static str,
    value: i64,
    range: RangeInclusive<i64>,
}

impl RangeError {
    /// Fails where a number is there and outside its range.
    ///
    /// # Errors
    ///
    /// The number is outside.
    pub fn check(field: &'static str, value: impl Into<Option<i64>>, range: RangeInclusive<i64>) -> Result<(), Self> {
        match value.into() {
            Some(value) if !range.contains(&value) => Err(Self { field, value, range }),
            _ => Ok(()),
        }
    }

    /// Name of the field.
    pub fn field(&self) -> &'static str {
        self.field
    }
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, value, range } = self;
        match (*range.start(), *range.end()) {
            (start, i64::MAX) => write!(f, "`{field}` is {value}: write {start} or more"),
            (i64::MIN, end) => write!(f, "`{field}` is {value}: write {end} or less"),
            (start, end) => write!(f, "`{field}` is {value}: write {start} to {end}"),
        }
    }
}

impl std::error::Error for RangeError {}

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// The request's fields are in the query.
    Get,
    /// The request is a JSON body.
    Post,
}
