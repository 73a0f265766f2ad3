//! HTTP without a client, so that requests are sent exactly as they are written here.

#![allow(dead_code, reason = "each test uses a part")]

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wecom_health_emulator::{App, Emulator};

/// The path of an endpoint for health reports.
pub(crate) fn path(endpoint: &str) -> String {
    format!("/cgi-bin/health/{endpoint}")
}

pub(crate) async fn connect(emulator: &Emulator) -> TcpStream {
    TcpStream::connect(emulator.base_url().trim_start_matches("http://")).await.unwrap()
}

/// Sends bytes and returns everything that arrives until the server closes the connection.
pub(crate) async fn raw(emulator: &Emulator, request: &[u8]) -> Vec<u8> {
    let mut connection = connect(emulator).await;
    let mut response = Vec::new();
    // What arrived before a connection was closed is a response too.
    let _ = connection.write_all(request).await;
    let _ = connection.read_to_end(&mut response).await;
    response
}

/// Sends a request and returns the response: the head in lower case, and the body.
pub(crate) async fn send(
    emulator: &Emulator,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> (String, String) {
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nhost: emulator\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    let response = String::from_utf8_lossy(&raw(emulator, request.as_bytes()).await).into_owned();
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or((&response, ""));
    (head.to_ascii_lowercase(), body.to_owned())
}

/// Sends a request and returns the JSON of the response, which must have the vendor's headers.
pub(crate) async fn json(emulator: &Emulator, method: &str, target: &str, body: &str) -> Value {
    let (head, body) = send(emulator, method, target, "", body).await;
    assert!(head.starts_with("http/1.1 200 ok"), "{head}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert!(head.contains("content-type: application/json; charset=utf-8"), "{head}");
    assert!(head.contains(&format!("error-code: {}", body["errcode"])), "{head}");
    body
}

/// Fetches a new token of an app.
pub(crate) async fn token_of(emulator: &Emulator, corp_id: &str, secret: &str) -> String {
    let target = format!("/cgi-bin/gettoken?corpid={corp_id}&corpsecret={secret}");
    let response = json(emulator, "GET", &target, "").await;
    response["access_token"].as_str().unwrap_or_else(|| panic!("{response}")).to_owned()
}

/// Fetches a new token of the first app.
pub(crate) async fn token(emulator: &Emulator) -> String {
    token_of(emulator, emulator.corp_id(), emulator.secret()).await
}

/// Sends a request to an endpoint for health reports, with a token.
pub(crate) async fn post(emulator: &Emulator, token: &str, endpoint: &str, body: &Value) -> Value {
    json(emulator, "POST", &format!("{}?access_token={token}", path(endpoint)), &body.to_string()).await
}

/// An app of a test.
pub(crate) fn app(name: &str) -> App {
    App::new("ww-test", format!("secret-of-{name}"))
}
