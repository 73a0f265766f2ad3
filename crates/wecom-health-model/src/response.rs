//! From a response to its payload. The server reports failures in the body, with HTTP 200.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{DecodeError, DecodeFault, ErrCode, Language, Localized, Shape, from_slice, null};

/// A response of the server: a result code, its text, and on success a payload.
pub trait Response: DeserializeOwned + Send {
    /// The payload of a success.
    type Output: Send + 'static;

    /// Returns the result code, or [`ErrCode::OK`] if the server left it out.
    fn errcode(&self) -> ErrCode;

    /// Returns the text of the result code. The vendor may change it at any time: show it, never branch on it.
    fn errmsg(&self) -> &str;

    /// Returns the response's shape in the schema, so that drift can be reported. Defaults to `None`.
    fn shape() -> Option<Shape> {
        None
    }

    /// Returns the payload of a success.
    ///
    /// # Errors
    ///
    /// The server refused the request, or reported success without a payload.
    fn into_result(self) -> Result<Self::Output, ResponseError>;

    /// Decodes a response. A refusal is an error even where its other fields cannot be read.
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
    /// The server refused the request, or the body is not such a response.
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

/// The part that all responses have.
#[derive(Deserialize)]
struct Status<'a> {
    #[serde(default, deserialize_with = "null::as_default")]
    errcode: ErrCode,
    /// Not decoded yet, because it may be of any type.
    #[serde(borrow)]
    errmsg: Option<&'a RawValue>,
}

impl Status<'_> {
    /// Returns the text of the result code, if it is a string.
    fn text(&self) -> String {
        self.errmsg.and_then(|errmsg| serde_json::from_str(errmsg.get()).ok()).unwrap_or_default()
    }
}

/// The vendor's page about a code; append the code.
const LOOKUP: &str = "https://open.work.weixin.qq.com/devtool/query?e=";

/// The code of a refusal whose text names the caller's address: the server does not trust it.
const UNTRUSTED_IP: i64 = 60_020;

/// How many characters of a refusal's text are kept. Real ones have a few hundred.
const LONGEST_ERRMSG: usize = 1_000;

/// Why a response has no payload. Neither `Display` nor `Debug` repeats any part of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseError {
    /// The server refused the request.
    Api(ApiError),
    /// The body is not such a response.
    Decode(DecodeError),
    /// The server reports success, but could read only part of the request (`Warning: wrong json format.`): the payload may
    /// belong to another request.
    PartlyRead,
    /// The server reports success, but the payload is absent or null.
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

impl Localized for ResponseError {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Language::{Chinese, English};
        match (self, language) {
            (Self::Api(error), _) => error.fmt_in(language, f),
            (Self::Decode(error), _) => {
                error.fmt_in(language, f)?;
                match (error.fault(), language) {
                    (DecodeFault::Syntax, English) => {
                        f.write_str("; check the base URL: it may be a log-in page or a proxy")
                    }
                    (DecodeFault::Syntax, Chinese) => f.write_str("，请检查服务器地址，响应可能来自登录页或代理"),
                    _ => Ok(()),
                }
            }
            (Self::PartlyRead, English) => f.write_str(
                "the server could read only part of the request (wrong json format): check what changes it on the way",
            ),
            (Self::PartlyRead, Chinese) => {
                f.write_str("服务器只解析了请求的一部分（wrong json format），请检查请求在传输途中是否被改动")
            }
            (Self::MissingPayload { field }, English) => {
                write!(f, "the server reports success, but `{field}` is absent or null")
            }
            (Self::MissingPayload { field }, Chinese) => write!(f, "服务器返回成功，但 `{field}` 缺失或为 null"),
        }
    }
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_in(Language::English, f)
    }
}

impl std::error::Error for ResponseError {}

/// The server's refusal of a request.
///
/// `Display` says what the code means and what to do, in the schema's words. The server's own text is only in [`errmsg`](Self::errmsg).
#[derive(Clone, PartialEq, Eq)]
pub struct ApiError {
    errcode: ErrCode,
    errmsg: String,
}

impl ApiError {
    /// Returns the result code, which is never [`ErrCode::OK`].
    pub fn errcode(&self) -> ErrCode {
        self.errcode
    }

    /// Returns the server's text, cut to 1,000 characters. The vendor may change it at any time: show it, never branch on it.
    pub fn errmsg(&self) -> &str {
        &self.errmsg
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError").field("errcode", &self.errcode).finish_non_exhaustive()
    }
}

impl Localized for ApiError {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.errcode;
        let known = code.known();
        let address = self.caller_ip().filter(|_| code == UNTRUSTED_IP.into());
        match language {
            Language::English => {
                write!(f, "errcode {code}: ")?;
                match known {
                    Some(known) => f.write_str(known.label.english)?,
                    None => write!(f, "look it up at {LOOKUP}{code}")?,
                }
                if let Some(advice) = self.advice() {
                    write!(f, "; {}", advice.english)?;
                }
                address.map_or(Ok(()), |address| write!(f, " (the caller's IP is {address})"))
            }
            Language::Chinese => {
                write!(f, "错误码 {code}：")?;
                match known {
                    Some(known) => f.write_str(known.label.chinese)?,
                    None => write!(f, "含义见 {LOOKUP}{code}")?,
                }
                if let Some(advice) = self.advice() {
                    write!(f, "；{}", advice.chinese)?;
                }
                address.map_or(Ok(()), |address| write!(f, "（调用方 IP 为 {address}）"))
            }
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_in(Language::English, f)
    }
}

impl std::error::Error for ApiError {}
