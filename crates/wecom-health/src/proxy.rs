//! The proxy in the environment. The HTTP library ignores one that it cannot read, and connects without a proxy.

use reqwest::Url;

use crate::Error;

/// Returns the environment variable that sets a proxy for URLs of this scheme. Refuses a malformed proxy.
pub(crate) fn variable(scheme: &str) -> Result<Option<&'static str>, Error> {
    let of_scheme = if scheme == "https" { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let mut first = None;
    for variable in of_scheme.into_iter().chain(["ALL_PROXY", "all_proxy"]) {
        let Some(value) = std::env::var_os(variable).filter(|value| !value.is_empty()) else { continue };
        if !value.to_str().is_some_and(is_proxy) {
            // The value may hold a password.
            return Err(Error::configuration(
                format!("the environment variable {variable} is not an HTTP proxy: write it like http://host:port"),
                format!("环境变量 {variable} 不是有效的 HTTP 代理地址，请写成 http://host:port 这样的形式"),
            ));
        }
        first = first.or(Some(variable));
    }
    Ok(first)
}

/// Returns whether the HTTP library reads this as an HTTP proxy; `host:port` is one, too.
fn is_proxy(value: &str) -> bool {
    let with_scheme = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    // The library reads it as a `Uri`, which accepts any text as a port.
    value.parse::<hyper::Uri>().is_ok_and(|uri| uri.authority().is_some())
        && Url::parse(&with_scheme).is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
}
