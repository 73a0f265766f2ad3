#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod decode;
mod endpoint;
mod errmsg;
mod generated;
mod generated_shapes;
mod job_info;
#[allow(dead_code, reason = "this API has no maps; the models of other schemas are made of the same files")]
mod keyed;
mod language;
mod list;
#[allow(dead_code, reason = "this API has no nested lists; the models of other schemas are made of the same files")]
mod nested;
mod newtype;
mod null;
mod raw;
mod raw_json;
mod response;
mod shape;

pub use answer::{Reporter, TypedValue};
pub use chrono::NaiveDate;
pub use decode::{DecodeError, DecodeFault, from_slice};
pub use endpoint::{Endpoint, Method, Next, Paged, Position, RangeError};
pub use generated::*;
pub use language::{InLanguage, Language, Localized, Words};
pub use raw::{Raw, RawPayload, RawResponse, Verbatim};
pub use raw_json::RawJson;
pub use response::{ApiError, Response, ResponseError};
pub use shape::{Described, Field, KnownValue, Shape};
