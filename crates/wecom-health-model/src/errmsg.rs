//! The parts of a refusal's text: `<message>, hint: [<hint>], from ip: <address>, more info at <link>`. Any of them may be missing.

use std::net::IpAddr;

use crate::{ApiError, Words};

impl ApiError {
    /// Returns the text without its tail.
    ///
    /// ```
    /// use wecom_health_model::{GetHealthReportStatResponse, Response, ResponseError};
    ///
    /// let body = br#"{"errcode": 60020, "errmsg": "not allow to access from your ip, hint: [1700000000_1_0f], from ip: 203.0.113.7"}"#;
    /// let Err(ResponseError::Api(error)) = GetHealthReportStatResponse::from_slice(body) else { panic!() };
    /// assert_eq!(error.message(), "not allow to access from your ip");
    /// assert_eq!(error.hint(), Some("1700000000_1_0f"));
    /// assert_eq!(error.caller_ip(), Some("203.0.113.7".parse()?));
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    pub fn message(&self) -> &str {
        let text = self.errmsg();
        let tail = [", hint: [", ", from ip: ", ", more info at "].iter().filter_map(|mark| text.find(mark)).min();
        text[..tail.unwrap_or(text.len())].trim()
    }

    /// Returns the hint that the vendor's support asks for.
    pub fn hint(&self) -> Option<&str> {
        let (hint, _) = self.after("hint: [")?.split_once(']')?;
        Some(hint)
            .filter(|hint| !hint.is_empty() && hint.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
    }

    /// Returns the IP address from which the server saw the request come.
    pub fn caller_ip(&self) -> Option<IpAddr> {
        self.after("from ip: ")?.split([',', ' ']).next()?.parse().ok()
    }

    /// Returns the link to the vendor's page about the code.
    pub fn help_link(&self) -> Option<&str> {
        let link = self.after("more info at ")?.split_whitespace().next()?;
        Some(link).filter(|link| link.starts_with("https://open.work.weixin.qq.com/"))
    }

    /// Returns what the caller can do, in the schema's words; `None` for a code that it does not name.
    pub fn advice(&self) -> Option<Words> {
        self.errcode().known()?.advice
    }

    fn after(&self, mark: &str) -> Option<&str> {
        self.errmsg().split_once(mark).map(|(_, rest)| rest)
    }
}
