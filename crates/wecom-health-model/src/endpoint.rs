//! What a call is: its request, its answer, and where it goes.

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
pub trait Endpoint: Serialize {
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
}

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// The request's fields are in the query.
    Get,
    /// The request is a JSON body.
    Post,
}
