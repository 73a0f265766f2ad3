#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod decode;
mod endpoint;
mod errmsg;
mod generated;
mod generated_shapes;
mod job_info;
mod language;
mod list;
mod newtype;
mod null;
mod raw_json;
mod response;
mod shape;

pub use answer::{Reporter, TypedValue};
pub use chrono::NaiveDate;
pub use decode::{DecodeError, DecodeFault, from_slice};
pub use endpoint::{Endpoint, Method, Paged, RangeError};
pub use generated::*;
pub use language::{InLanguage, Language, Localized, Words};
pub use raw_json::RawJson;
pub use response::{ApiError, Response, ResponseError};
pub use shape::{Described, Field, KnownValue, Shape};
