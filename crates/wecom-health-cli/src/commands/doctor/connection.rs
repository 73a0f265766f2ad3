//! How far the first request got: through the proxy, through TLS, to the API, and to a token. Its response also tells the time.

use std::time::SystemTime;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use wecom_health::model::{Endpoint, ErrCode, GetTokenRequest};
use wecom_health::{Client, Error};

use super::finding::{Blocker, Check, Finding};
use super::words;

/// The checks of this module in the order in which a request passes them, but for the clock, which stops no request.
pub(super) const CHECKS: [Check; 5] = [Check::Proxy, Check::Tls, Check::Api, Check::Clock, Check::Token];

pub(super) struct HostAndPort {
    pub(super) host: String,
    pub(super) port: u16,
}

impl HostAndPort {
    fn of(url: &Uri) -> Option<Self> {
        let host = url.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let usual = if url.scheme_str() == Some("https") { 443 } else { 80 };
        Some(Self { host, port: url.port_u16().unwrap_or(usual) })
    }
}

/// Where requests go.
pub(super) struct Route {
    pub(super) server: HostAndPort,
    /// The proxy that the HTTP library uses. Its user and password are left out.
    pub(super) proxy: Option<HostAndPort>,
    has_tls: bool,
}

impl Route {
    /// Returns where a client sends its requests.
    pub(super) fn of(client: &Client) -> Option<Self> {
        // Without the path, which may hold characters that a `Uri` does not allow.
        let origin: Vec<_> = client.base_url().splitn(4, '/').take(3).collect();
        let url: Uri = origin.join("/").parse().ok()?;
        // The HTTP library asks the same matcher.
        let proxy = client.proxy_variable().and_then(|_| Matcher::from_env().intercept(&url));
        let proxy = proxy.and_then(|proxy| HostAndPort::of(proxy.uri()));
        Some(Self { server: HostAndPort::of(&url)?, proxy, has_tls: url.scheme_str() == Some("https") })
    }
}

/// Judges the checks of this module by how the first request ended. Returns what prevents other requests.
pub(super) fn examine(
    client: &Client,
    route: &Route,
    error: Option<&Error>,
    findings: &mut Vec<Finding>,
) -> Option<Blocker> {
    let stop = error.and_then(|error| Some((stopped_at(error, route)?, error)));
    let mut blocker = None;
    for check in CHECKS {
        findings.push(match (stop, blocker) {
            (_, Some(blocker)) => Finding::blocked(check, blocker),
            (Some((stop, error)), _) if stop == check => {
                blocker = Some(Blocker::Check(check));
                words::failed(check, error)
            }
            // The token is refused to an address that is not trusted, whatever the credentials.
            (Some((Check::TrustedIp, _)), _) if check == Check::Token => {
                blocker = Some(Blocker::Check(Check::TrustedIp));
                Finding::blocked(check, Blocker::Check(Check::TrustedIp))
            }
            _ => passed(check, client, route),
        });
    }
    blocker
}

/// Returns the check at which the request ended; `None` if it got a token.
fn stopped_at(error: &Error, route: &Route) -> Option<Check> {
    if error.endpoint() != Some(GetTokenRequest::PATH) {
        return None;
    }
    Some(match error {
        error if error.is_tls() => Check::Tls,
        error if error.is_proxy() => Check::Proxy,
        error if error.is_connect() && route.proxy.is_some() => Check::Proxy,
        error if error.is_connect() && route.has_tls => Check::Tls,
        error if words::has_code(error, ErrCode::UNTRUSTED_IP) => Check::TrustedIp,
        error if error.api().is_some() => Check::Token,
        _ => Check::Api,
    })
}

fn passed(check: Check, client: &Client, route: &Route) -> Finding {
    match check {
        Check::Proxy if route.proxy.is_none() => Finding::skipped(check, "no proxy applies", "不使用代理"),
        Check::Proxy => Finding::ok(check, "it connects to the server", "可以连接服务器"),
        Check::Tls if !route.has_tls => Finding::skipped(check, "the base URL is http", "服务器地址使用 http"),
        Check::Tls => Finding::ok(check, "this machine trusts the server's certificate", "本机信任服务器证书"),
        Check::Api => Finding::ok(check, "what responds is the API", "响应来自企业微信接口"),
        Check::Clock => clock(client.server_time(), SystemTime::now()),
        _ => Finding::ok(check, "the server accepts corp id and secret", "服务器接受企业 ID 和 Secret"),
    }
}

fn clock(server: Option<SystemTime>, own: SystemTime) -> Finding {
    let check = Check::Clock;
    let Some(server) = server else {
        return Finding::cannot_tell(check, "the server's responses have no date", "服务器的响应不含日期");
    };
    let (off, english, chinese) = match own.duration_since(server) {
        Ok(ahead) => (ahead, "ahead of", "快"),
        Err(behind) => (behind.duration(), "behind", "慢"),
    };
    if off <= crate::day::CLOCK_TOLERANCE {
        return Finding::ok(check, "within 5 minutes of the server's", "与服务器相差不超过 5 分钟");
    }
    let minutes = (off.as_secs() + 30) / 60;
    Finding::warning(
        check,
        format!("{minutes} minutes {english} the server's"),
        format!("比服务器{chinese} {minutes} 分钟"),
    )
    .advise(
        "let the network set this machine's clock (NTP): certificates, tokens and the day depend on it",
        "请启用网络时间同步（NTP）：证书、access_token 和日期都依赖时钟",
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn a_clock_may_be_five_minutes_off() {
        let now = SystemTime::now();
        for (seconds, verdict) in [(0, Verdict::Ok), (300, Verdict::Ok), (301, Verdict::Warning)] {
            let off = std::time::Duration::from_secs(seconds);
            assert_eq!(clock(Some(now + off), now).verdict, verdict, "{seconds} s behind");
            assert_eq!(clock(Some(now - off), now).verdict, verdict, "{seconds} s ahead");
        }
        assert_eq!(clock(None, now).verdict, Verdict::CannotTell);
    }
}
