//! The way to the server, or to the proxy before it: whether its name has an address, and whether it accepts connections.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::connection::{HostAndPort, Route};
use super::finding::{Blocker, Check, Finding};
use crate::failure::{Kind, Message};

/// As long as the client takes to connect at most.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Checks DNS and TCP. Fails if the server cannot be reached.
pub(super) async fn examine(route: &Route, findings: &mut Vec<Finding>) -> Result<(), Blocker> {
    let target = route.proxy.as_ref().unwrap_or(&route.server);
    let resolved = resolve(target).await;
    let addresses = match resolved {
        Ok((addresses, finding)) => {
            findings.push(finding);
            addresses
        }
        Err(finding) => {
            findings.push(*finding);
            findings.push(Finding::blocked(Check::Tcp, Blocker::Check(Check::Dns)));
            return Err(Blocker::Check(Check::Dns));
        }
    };
    let connected = timeout(TIME_LIMIT, TcpStream::connect(&addresses[..])).await;
    match connected.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into())) {
        Ok(_) => {
            let (english, chinese) = if route.proxy.is_some() { ("proxy", "代理") } else { ("server", "服务器") };
            let message = (format!("the {english} accepts connections"), format!("可以连接{chinese}"));
            findings.push(Finding::ok(Check::Tcp, message.0, message.1));
            Ok(())
        }
        Err(error) => {
            findings.push(unreachable(target, route.proxy.is_some(), &error));
            Err(Blocker::Check(Check::Tcp))
        }
    }
}

/// Asks the system's resolver, as the client does.
async fn resolve(target: &HostAndPort) -> Result<(Vec<SocketAddr>, Finding), Box<Finding>> {
    let HostAndPort { host, port } = target;
    if let Ok(address) = host.parse::<IpAddr>() {
        let finding = Finding::skipped(Check::Dns, format!("{host} needs no DNS"), format!("{host} 无须解析"));
        return Ok((vec![(address, *port).into()], finding));
    }
    let found = timeout(TIME_LIMIT, lookup_host((host.as_str(), *port))).await;
    let addresses: Vec<_> = found.ok().and_then(io::Result::ok).into_iter().flatten().collect();
    let Some(first) = addresses.first().map(SocketAddr::ip) else {
        let message = Message::new(format!("{host} has no address"), format!("{host} 解析失败"));
        let finding = Finding::failed(Check::Dns, Kind::Network, message);
        return Err(Box::new(finding.advise(
            "check the host's name, and this machine's DNS and network",
            "请检查主机名，以及本机的 DNS 和网络",
        )));
    };
    Ok((addresses, Finding::ok(Check::Dns, format!("{host} is {first}"), format!("{host} 的地址是 {first}"))))
}

fn unreachable(target: &HostAndPort, is_proxy: bool, error: &io::Error) -> Finding {
    let HostAndPort { host, port } = target;
    let system = error.to_string();
    let (english, chinese) = match error.kind() {
        ErrorKind::ConnectionRefused => ("it refuses connections", "对方拒绝连接"),
        ErrorKind::TimedOut => ("it does not respond", "对方没有响应"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => ("there is no way to it", "网络不可达"),
        _ => (system.as_str(), system.as_str()),
    };
    let message =
        Message::new(format!("cannot reach {host}:{port}: {english}"), format!("无法连接 {host}:{port}：{chinese}"));
    let finding = Finding::failed(Check::Tcp, Kind::Network, message);
    if is_proxy {
        return finding
            .advise("check the proxy's address, and whether it runs", "请检查代理地址，以及代理是否正在运行");
    }
    finding.advise(
        "check host and port of the base URL, and firewalls on the way; some networks need a proxy (HTTPS_PROXY)",
        "请检查服务器地址中的主机和端口，以及途中的防火墙；有些网络须设置代理（HTTPS_PROXY）",
    )
}
