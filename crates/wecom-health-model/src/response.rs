//! From an answer to its payload: the server reports failures in a body like any other.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{DecodeError, ErrCode, Shape, from_slice, null};

/// An answer of the server: a result code, a text, and on success a payload.
pub trait Response: DeserializeOwned + Send {
    /// What a success holds.
    type Output: Send + 'static;

    /// The result code; [`ErrCode::OK`] if the server left it out.
    fn errcode(&self) -> ErrCode;

    /// The text of the result code. The vendor changes it at any time: show it, never branch on it.
    fn errmsg(&self) -> &str;

    /// What the schema says about the answer, if it does: for reporting what is not in it.
    fn shape() -> Option<Shape> {
        None
    }

    /// The payload of a success.
    ///
    /// # Errors
    ///
    /// The server refused the call, or answered a success without its payload.
    fn into_result(self) -> Result<Self::Output, ResponseError>;

    /// Decodes an answer. A refusal is an error even where its other fields cannot be read.
    ///
    /// ```
    /// use wecom_health_model::{ErrCode, GetReportJobInfoResponse, Response, ResponseError};
    ///
    /// let body = br#"{"errcode": 40014, "errmsg": "invalid access_token"}"#;
    /// match GetReportJobInfoResponse::from_slice(body) {
    ///     Err(ResponseError::Api(error)) => assert_eq!(error.errcode(), ErrCode::INVALID_ACCESS_TOKEN),
    ///     other => panic!("{other:?}"),
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The server refused the call, or the body is not such an answer.
    fn from_slice(body: &[u8]) -> Result<Self, ResponseError> {
        // serde would read the fields of an object from a list, by position.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(ResponseError::Decode(DecodeError::list_for_object()));
        }
        let decoded = from_slice::<Self>(body);
        let status = match &decoded {
            Ok(response) => ResponseError::check(response.errcode(), response.errmsg()),
            Err(_) => match serde_json::from_slice::<Status>(body) {
                Ok(status) => ResponseError::check(status.errcode, &status.text()),
                Err(_) => Ok(()),
            },
        };
        status.and_then(|()| decoded.map_err(ResponseError::Decode))
    }
}

/// What every answer holds.
#[derive(Deserialize)]
struct Status<'a> {
    #[serde(default, deserialize_with = "null::as_default")]
    errcode: ErrCode,
    /// Not decoded, because it may be anything.
    #[serde(borrow)]
    errmsg: Option<&'a RawValue>,
}

impl Status<'_> {
    /// The text of the result code, if it is a text.
    fn text(&self) -> String {
        self.errmsg.and_then(|errmsg| serde_json::from_str(errmsg.get()).ok()).unwrap_or_default()
    }
}

/// Characters of a refusal's text that are kept. The server's own have some hundred.
const LONGEST_ERRMSG: usize = 1_000;

/// Why an answer has no payload. Neither `Display` nor `Debug` repeats anything of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseError {
    /// The server refused the call.
    Api(ApiError),
    /// The body is not such an answer.
    Decode(DecodeError),
    /// The server reports success, but could read the request only in part (`Warning: wrong json format.`): what it
    /// answers may belong to another request.
    PartlyRead,
    /// The server reports success, but what the call is for is absent or null.
    MissingPayload {
        /// Name of the missing field.
        field: &'static str,
    },
}

impl ResponseError {
    /// Fails unless the result code is a success.
    pub(crate) fn check(errcode: ErrCode, errmsg: &str) -> Result<(), Self> {
        match errcode {
            ErrCode::OK if errmsg.contains("Warning: wrong json format") => Err(Self::PartlyRead),
            ErrCode::OK => Ok(()),
            _ => Err(Self::Api(ApiError { errcode, errmsg: errmsg.chars().take(LONGEST_ERRMSG).collect() })),
        }
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
            Self::PartlyRead => f.write_str(
                "the server could read the request only in part (wrong json format): check what changes it on the way",
            ),
            Self::MissingPayload { field } => {
                write!(f, "the server reports success, but `{field}` is absent or null")
            }
        }
    }
}

impl std::error::Error for ResponseError {}

/// The server's refusal of a call.
///
/// `Display` says what the code means and what to do, in words of the schema. The server's own text is only in
/// [`errmsg`](Self::errmsg).
#[derive(Clone, PartialEq, Eq)]
pub struct ApiError {
    errcode: ErrCode,
    errmsg: String,
}

impl ApiError {
    /// The result code, never [`ErrCode::OK`].
    pub fn errcode(&self) -> ErrCode {
        self.errcode
    }

    /// The server's text, up to 1,000 characters of it. The vendor changes it at any time: show it, never branch on it.
    pub fn errmsg(&self) -> &str {
        &self.errmsg
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError").field("errcode", &self.errcode).finish_non_exhaustive()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.errcode;
        write!(f, "errcode {code}: ")?;
        match code.meaning() {
            Some(meaning) => f.write_str(meaning)?,
            None => write!(f, "look it up at https://open.work.weixin.qq.com/devtool/query?e={code}")?,
        }
        if let Some(advice) = code.advice() {
            write!(f, "; {advice}")?;
        }
        match self.caller_ip() {
            Some(address) if code == ErrCode::UNTRUSTED_IP => write!(f, " (the caller's IP is {address})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}
