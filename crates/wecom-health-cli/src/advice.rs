//! What to do about an error for which the schema has no advice, because it has no code.

use wecom_health::Error;

use crate::failure::Message;

/// Returns what an administrator can do.
pub(crate) fn without_code(error: &Error) -> Message {
    let (english, chinese) = match error {
        error if error.is_tls() => (
            "check the base URL and this machine's clock; where a gateway decrypts the traffic, this machine must trust its issuer",
            "请检查服务器地址和本机时钟；如果有网关解密流量，本机须信任其证书颁发机构",
        ),
        error if error.is_proxy() => (
            "let the proxy connect to the server, write user and password into the proxy's variable if it asks for them, or exempt the server with NO_PROXY",
            "请让代理放行服务器；如果代理要求身份验证，请在代理的环境变量中写上用户名和密码；也可以用 NO_PROXY 排除该服务器",
        ),
        error if error.status().is_some() => (
            "check the base URL, the proxy, and gateways before the server",
            "请检查服务器地址、代理以及服务器之前的网关",
        ),
        error if error.is_not_the_api() => (
            "log in to this network with a browser; check the base URL and the proxy",
            "请用浏览器登录当前网络，并检查服务器地址和代理",
        ),
        error if error.is_transient() => ("try again later; check the network", "请稍后重试，并检查网络"),
        _ => ("use a newer version of this program, or report this", "请升级本程序；如仍出现，请反馈此问题"),
    };
    Message::new(english, chinese)
}
