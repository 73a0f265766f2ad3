//! Responses as the server sent them, with the fields that the schema does not know yet. See [`Raw`].

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::nested::{List, Plain, Read};
use crate::{
    DecodeError, Endpoint, ErrCode, Method, Next, Paged, Position, RangeError, Response, ResponseError, Shape, decode,
    from_slice,
};

/// A request that keeps the JSON of its response. It asks as the request inside does.
///
/// The types skip fields that the schema does not know yet. To store what the server sent, whatever it is, wrap the request. The
/// response is still decoded: what fails without `Raw` fails with it, with the same error. Where pages are streamed, each item is
/// [`Verbatim`].
///
/// ```
/// use wecom_health_model::{Endpoint, GetHealthReportStatRequest, Raw, Response, ResponseError};
///
/// // A client sends `Raw::new(request)`, and decodes the body as this type:
/// type RawStat = <Raw<GetHealthReportStatRequest> as Endpoint>::Response;
///
/// let stat = RawStat::from_slice(br#"{"errcode": 0, "pv": 7, "uv": 5, "new": 1e5}"#)?.into_result()?;
/// assert_eq!(stat.payload.uv, 5);
/// assert_eq!(stat.body.get(), r#"{"errcode": 0, "pv": 7, "uv": 5, "new": 1e5}"#);
/// # Ok::<(), ResponseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Raw<E>(E);

impl<E> Raw<E> {
    /// Wraps a request. Set its optional fields before.
    pub fn new(request: E) -> Self {
        Self(request)
    }
}

impl<E: Endpoint> Endpoint for Raw<E> {
    type Response = RawResponse<E::Response>;
    const NAME: &'static str = E::NAME;
    const METHOD: Method = E::METHOD;
    const PATH: &'static str = E::PATH;
    const TOKEN_PARAMETER: Option<&'static str> = E::TOKEN_PARAMETER;
    const WRITES: bool = E::WRITES;

    fn check(&self) -> Result<(), RangeError> {
        self.0.check()
    }

    fn query(&self) -> impl Serialize {
        self.0.query()
    }
}

/// Items are found in the body by [`Paged::ITEMS`]. Each page has as many as the decoded one, else it is an error.
impl<R: Paged> Paged for Raw<R> {
    type Item = Verbatim;
    const MAX_LIMIT: Option<i64> = R::MAX_LIMIT;
    const ITEMS: &'static [&'static str] = R::ITEMS;

    fn window(&self) -> (Position, Option<i64>) {
        self.0.window()
    }

    fn page(&self, position: &Position, limit: Option<i64>) -> Self {
        Self(self.0.page(position, limit))
    }

    fn count(page: &<Self::Response as Response>::Output) -> usize {
        R::count(&page.payload)
    }

    fn items(page: <Self::Response as Response>::Output) -> Result<(Vec<Verbatim>, Next), DecodeError> {
        let RawPayload { payload, body } = page;
        // The decoded items are dropped here: both lists at once would take twice the memory.
        let (count, next) = R::items(payload).map(|(items, next)| (items.len(), next))?;
        let items = decode::from_slice_with(body.get().as_bytes(), Items { path: Self::ITEMS }, Self::ITEMS)?;
        if items.len() == count { Ok((items, next)) } else { Err(DecodeError::other_items(Self::ITEMS)) }
    }
}

/// The response to a [`Raw`] request.
#[derive(Clone)]
pub struct RawResponse<R> {
    response: R,
    body: Verbatim,
}

impl<R: Response> Response for RawResponse<R> {
    type Output = RawPayload<R::Output>;

    fn errcode(&self) -> ErrCode {
        self.response.errcode()
    }

    fn errmsg(&self) -> &str {
        self.response.errmsg()
    }

    fn shape() -> Option<Shape> {
        R::shape()
    }

    fn into_result(self) -> Result<Self::Output, ResponseError> {
        Ok(RawPayload { payload: self.response.into_result()?, body: self.body })
    }

    fn from_slice(body: &[u8]) -> Result<Self, ResponseError> {
        let response = R::from_slice(body)?;
        let body = from_slice(body).map_err(ResponseError::Decode)?;
        Ok(Self { response, body })
    }
}

impl<'de, R: DeserializeOwned> Deserialize<'de> for RawResponse<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Verbatim::deserialize(deserializer)?;
        let response = body.decode().map_err(D::Error::custom)?;
        Ok(Self { response, body })
    }
}

impl<R> fmt::Debug for RawResponse<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse").finish_non_exhaustive()
    }
}

/// The payload of a success, and the whole body that it was decoded from. `Debug` shows neither.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawPayload<P> {
    /// The payload.
    pub payload: P,
    /// The body, also with the result code and its text.
    pub body: Verbatim,
}

impl<P> fmt::Debug for RawPayload<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawPayload").finish_non_exhaustive()
    }
}

/// JSON as the server sent it: fields in their order, numbers with all their digits, and white space between values. `Debug` does not
/// show it.
///
/// It is read and written as it is by `serde_json`; other formats of serde may refuse it.
///
/// ```
/// use wecom_health_model::{Answer, DecodeError, Verbatim, from_slice};
///
/// let answer: Verbatim = from_slice(br#"{"userid": "userid2", "id_type": 1, "mood": 1.0}"#)?;
/// assert_eq!(answer.get(), r#"{"userid": "userid2", "id_type": 1, "mood": 1.0}"#);
/// assert_eq!(answer.decode::<Answer>()?.id_type.value(), 1);
/// # Ok::<(), DecodeError>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Verbatim(Box<RawValue>);

impl Verbatim {
    /// Returns the JSON text. White space may be in it, line breaks too, but not around it.
    pub fn get(&self) -> &str {
        self.0.get()
    }

    /// Decodes the JSON into a type, which may be one of your own.
    ///
    /// # Errors
    ///
    /// The JSON is not of that type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        from_slice(self.get().as_bytes())
    }
}

impl fmt::Debug for Verbatim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verbatim(…)")
    }
}

/// Finds the list at a path, and reads its items as text. It is the empty list if anything on the way is absent or null.
#[derive(Clone, Copy)]
struct Items {
    path: &'static [&'static str],
}

impl<'de> DeserializeSeed<'de> for Items {
    type Value = Vec<Verbatim>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.path {
            [] => List::<Plain<Verbatim>>::read(deserializer),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Items {
    type Value = Vec<Verbatim>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let [first, rest @ ..] = self.path else { return Ok(Vec::new()) };
        let mut found = None;
        while let Some(name) = fields.next_key::<String>()? {
            if name != *first {
                fields.next_value::<IgnoredAny>()?;
            } else if found.replace(fields.next_value_seed(Self { path: rest })?).is_some() {
                return Err(A::Error::duplicate_field(first));
            }
        }
        Ok(found.unwrap_or_default())
    }
}
