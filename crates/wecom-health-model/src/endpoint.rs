//! Endpoints: their requests, responses, methods and paths.

use std::fmt;
use std::ops::RangeInclusive;

use serde::Serialize;

use crate::{DecodeError, Language, Localized, Response};

/// An endpoint of the API, implemented by its request type.
///
/// Every endpoint of the schema has an implementation. Implement it for a type of your own to use an endpoint that the schema does
/// not describe.
///
/// ```
/// use wecom_health_model::{Endpoint, GetReportJobInfoRequest, Method};
///
/// assert_eq!(GetReportJobInfoRequest::METHOD, Method::Post);
/// assert_eq!(GetReportJobInfoRequest::PATH, "/cgi-bin/health/get_report_job_info");
/// ```
///
/// One of your own, with a body, and a token in the query that is not the client's:
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use wecom_health_model::{Endpoint, ErrCode, Method, Response, ResponseError};
///
/// #[derive(Serialize)]
/// struct FindRequest {
///     names: Vec<String>,
///     #[serde(skip)]
///     token: String,
/// }
///
/// impl Endpoint for FindRequest {
///     type Response = FindResponse;
///     const NAME: &'static str = "find";
///     const METHOD: Method = Method::Post;
///     const PATH: &'static str = "/cgi-bin/service/find";
///     const TOKEN_PARAMETER: Option<&'static str> = None;
///     const WRITES: bool = false;
///
///     fn query(&self) -> impl Serialize {
///         [("suite_access_token", &self.token)]
///     }
/// }
///
/// #[derive(Deserialize)]
/// struct FindResponse {
///     #[serde(default)]
///     errcode: ErrCode,
///     #[serde(default)]
///     errmsg: String,
///     found: Option<u8>,
/// }
///
/// impl Response for FindResponse {
///     type Output = u8;
///
///     fn errcode(&self) -> ErrCode {
///         self.errcode
///     }
///
///     fn errmsg(&self) -> &str {
///         &self.errmsg
///     }
///
///     // `from_slice` has seen to refusals.
///     fn into_result(self) -> Result<u8, ResponseError> {
///         self.found.ok_or(ResponseError::MissingPayload { field: "found" })
///     }
/// }
///
/// let response = FindResponse::from_slice(br#"{"errcode": 0, "errmsg": "ok", "found": 7}"#)?;
/// assert_eq!(response.into_result()?, 7);
/// # Ok::<(), ResponseError>(())
/// ```
pub trait Endpoint: Serialize + Sync {
    /// The response of the server.
    type Response: Response;
    /// The vendor's name of the endpoint.
    const NAME: &'static str;
    /// How the request is sent.
    const METHOD: Method;
    /// The path, from the server's root.
    const PATH: &'static str;
    /// Name of the access token in the query; `None` for an endpoint that needs no token.
    const TOKEN_PARAMETER: Option<&'static str>;
    /// Whether the endpoint changes something on the server. Defaults to true: a client sends such a request again only if the server
    /// certainly did nothing.
    const WRITES: bool = true;

    /// Checks that the request may be sent. By default, every request may.
    ///
    /// # Errors
    ///
    /// A number is outside the range that the vendor allows.
    fn check(&self) -> Result<(), RangeError> {
        Ok(())
    }

    /// Returns the fields of the query that go with a body. Defaults to none. The query of [`Method::Get`] is the request itself.
    fn query(&self) -> impl Serialize {}
}

/// An endpoint whose response comes in pages.
pub trait Paged: Endpoint + Clone + Send + 'static {
    /// What the pages hold.
    type Item: Serialize + Send + 'static;
    /// The most items that a page may hold, if the vendor says so.
    const MAX_LIMIT: Option<i64>;
    /// Where the body of a response holds the items: the names of the fields that lead to the list, e.g. `&["answers"]`. Only
    /// [`Raw`](crate::Raw) reads it.
    const ITEMS: &'static [&'static str];

    /// Returns where this request's page begins, and how many items it asks for at most.
    fn window(&self) -> (Position, Option<i64>);

    /// Returns the request for the page that begins at a position and holds at most `limit` items.
    fn page(&self, position: &Position, limit: Option<i64>) -> Self;

    /// Returns how many items a page holds.
    fn count(page: &<Self::Response as Response>::Output) -> usize;

    /// Returns the items of a page, and what it says about the next one.
    ///
    /// # Errors
    ///
    /// The items cannot be told from the page. Those of the generated types always can; see [`Raw`](crate::Raw).
    fn items(page: <Self::Response as Response>::Output) -> Result<(Vec<Self::Item>, Next), DecodeError>;
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// After this many items.
    Offset(i64),
    /// Where the page before says; nothing for the first page.
    Cursor(Option<String>),
}

/// What a page says about the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// There is none.
    End,
    /// It begins after the items of this page, if there are more.
    Follows,
    /// It begins at this cursor.
    Cursor(String),
}

impl Next {
    /// Returns what a page with this cursor says: there is no next page if the server says so, or if the cursor is empty.
    pub fn cursor(cursor: impl Into<Option<String>>, is_last: bool) -> Self {
        match cursor.into() {
            Some(cursor) if !cursor.is_empty() && !is_last => Self::Cursor(cursor),
            _ => Self::End,
        }
    }

    /// Returns what a page without a cursor says.
    pub fn offset(is_last: bool) -> Self {
        if is_last { Self::End } else { Self::Follows }
    }
}

/// A number that the vendor does not allow in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeError {
    field: &'static str,
    value: i64,
    range: RangeInclusive<i64>,
}

impl RangeError {
    /// Checks a number that may be absent.
    ///
    /// # Errors
    /// The number is present and outside its range.
    pub fn check(field: &'static str, value: impl Into<Option<i64>>, range: RangeInclusive<i64>) -> Result<(), Self> {
        match value.into() {
            Some(value) if !range.contains(&value) => Err(Self { field, value, range }),
            _ => Ok(()),
        }
    }

    /// Returns the name of the field.
    pub fn field(&self) -> &'static str {
        self.field
    }
}

impl Localized for RangeError {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Language::{Chinese, English};
        let Self { field, value, range } = self;
        match (*range.start(), *range.end(), language) {
            (start, i64::MAX, English) => write!(f, "`{field}` is {value}: write {start} or more"),
            (start, i64::MAX, Chinese) => write!(f, "`{field}` 为 {value}，不能小于 {start}"),
            (i64::MIN, end, English) => write!(f, "`{field}` is {value}: write {end} or less"),
            (i64::MIN, end, Chinese) => write!(f, "`{field}` 为 {value}，不能大于 {end}"),
            (start, end, English) => write!(f, "`{field}` is {value}: write {start} to {end}"),
            (start, end, Chinese) => write!(f, "`{field}` 为 {value}，应在 {start} 到 {end} 之间"),
        }
    }
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_in(Language::English, f)
    }
}

impl std::error::Error for RangeError {}

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// The request's fields are in the query.
    Get,
    /// The request is a JSON body, with [`Endpoint::query`] beside it.
    Post,
}
