//! HTTP without a client that knows better: what is sent is what is written here.

#![allow(dead_code, reason = "each test uses a part")]

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wecom_health_emulator::{App, Emulator};

/// The path of one of the four calls.
pub(crate) fn path(call: &str) -> String {
    format!("/cgi-bin/health/{call}")
}

pub(crate) async fn connect(emulator: &Emulator) -> TcpStream {
    TcpStream::connect(emulator.base_url().trim_start_matches("http://")).await.unwrap()
}

/// Sends bytes and returns all that comes until the server closes the connection.
pub(crate) async fn raw(emulator: &Emulator, request: &[u8]) -> Vec<u8> {
    let mut connection = connect(emulator).await;
    let mut answer = Vec::new();
    // A connection that is closed early has an answer too: what came before.
    let _ = connection.write_all(request).await;
    let _ = connection.read_to_end(&mut answer).await;
    answer
}

/// Sends a request and returns the whole answer, head in lower case and body.
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
    let answer = String::from_utf8_lossy(&raw(emulator, request.as_bytes()).await).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (head.to_ascii_lowercase(), body.to_owned())
}

/// The JSON that must be the answer, with the vendor's headers.
pub(crate) async fn json(emulator: &Emulator, method: &str, target: &str, body: &str) -> Value {
    let (head, body) = send(emulator, method, target, "", body).await;
    assert!(head.starts_with("http/1.1 200 ok"), "{head}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert!(head.contains("content-type: application/json; charset=utf-8"), "{head}");
    assert!(head.contains(&format!("error-code: {}", body["errcode"])), "{head}");
    body
}

/// A new token of an app.
pub(crate) async fn token_of(emulator: &Emulator, corp_id: &str, secret: &str) -> String {
    let target = format!("/cgi-bin/gettoken?corpid={corp_id}&corpsecret={secret}");
    let answer = json(emulator, "GET", &target, "").await;
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// A new token of the first app.
pub(crate) async fn token(emulator: &Emulator) -> String {
    token_of(emulator, emulator.corp_id(), emulator.secret()).await
}

/// Calls one of the four with a token.
pub(crate) async fn call(emulator: &Emulator, token: &str, name: &str, body: &Value) -> Value {
    json(emulator, "POST", &format!("{}?access_token={token}", path(name)), &body.to_string()).await
}

/// An app of a test.
pub(crate) fn app(name: &str) -> App {
    App::new("ww-test", format!("secret-of-{name}"))
}
