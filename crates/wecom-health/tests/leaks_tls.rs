//! A gateway that repeats what it was sent, over TLS: neither the errors nor the events of this crate hold the secret or the
//! token, and a client that this crate sets up speaks no HTTP/2, whose library logs what the server sends.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "support/log.rs"]
mod log;
#[path = "support/raw_server.rs"]
mod raw_server;

use std::error::Error as _;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use log::Log;
use raw_server::{Stream, Tls, listen, ok, read_request, tls, token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wecom_health::model::NaiveDate;
use wecom_health::{Client, Error, Secret};

const SECRET: &str = "marked-secret";
const TOKEN: &str = "marked-token";

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

/// All that can be shown of an error.
fn shown(error: &Error) -> Vec<String> {
    let mut shown = vec![error.to_string(), format!("{error:?}"), format!("{error:#?}")];
    let mut cause = error.source();
    while let Some(inner) = cause {
        shown.extend([inner.to_string(), format!("{inner:?}")]);
        cause = inner.source();
    }
    shown
}

/// An HTTP/2 frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END: u8 = 1;
const END_HEADERS: u8 = 4;
const PROTOCOL_ERROR: [u8; 4] = [0, 0, 0, 1];

/// What the gateway does with a request.
#[derive(Clone, Copy)]
enum Reaction {
    /// Gives out a token, as the vendor would.
    Token,
    /// Ends the connection, repeating the URL.
    Goaway,
    /// Ends the request, then the connection, repeating the URL.
    Reset,
}

/// Speaks HTTP/2 as far as needed: reacts to one request after the other.
async fn http2(stream: &mut impl Stream, reactions: &[Reaction]) -> Option<()> {
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.ok()?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.ok()?;
    let mut reactions = reactions.iter();
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        stream.read_exact(&mut vec![0; usize::try_from(length).unwrap()]).await.ok()?;
        if head[3] != HEADERS {
            continue;
        }
        let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        // Where a gateway repeats what it was sent.
        let repeated = format!("GET /cgi-bin/gettoken?corpid=ww1&corpsecret={SECRET} access_token={TOKEN}");
        let goaway = frame(GOAWAY, 0, 0, &[&id.to_be_bytes()[..], &PROTOCOL_ERROR, repeated.as_bytes()].concat());
        let sent = match reactions.next().unwrap_or(&Reaction::Goaway) {
            Reaction::Token => {
                let json = format!(r#"{{"errcode": 0, "access_token": "{TOKEN}", "expires_in": 7200}}"#);
                // 0x88 is `:status 200` (RFC 7541, appendix A).
                [frame(HEADERS, END_HEADERS, id, &[0x88]), frame(DATA, END, id, json.as_bytes())].concat()
            }
            Reaction::Goaway => goaway,
            Reaction::Reset => [frame(RST_STREAM, 0, id, &PROTOCOL_ERROR), goaway].concat(),
        };
        stream.write_all(&sent).await.ok()?;
    }
}

/// A client with an HTTP client of the user's own, which speaks HTTP/2.
fn with_http2(tls: &Tls, port: u16) -> Client {
    let certificate = reqwest::Certificate::from_pem(tls.pem.as_bytes()).unwrap();
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).referer(false);
    let http = http.tls_certs_only([certificate]).build().unwrap();
    let builder = Client::builder("ww1", Secret::new(SECRET)).base_url(format!("https://localhost:{port}"));
    builder.http_client(http).attempt_timeout(Duration::from_secs(1)).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_repeats_is_in_no_error_or_event() {
    let log = Log::start();
    let certificate = tls("localhost", &["h2"]);
    let mut errors = Vec::new();
    for reactions in [
        &[Reaction::Goaway; 3][..],
        &[Reaction::Reset; 3],
        &[Reaction::Token, Reaction::Goaway, Reaction::Goaway],
        &[Reaction::Token, Reaction::Reset, Reaction::Reset],
    ] {
        let acceptor = certificate.acceptor.clone();
        let address = listen(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                http2(&mut stream, reactions).await;
            }
        })
        .await;
        errors.push(with_http2(&certificate, address.port()).report_stat(date()).await.unwrap_err());
    }
    let log = log.text();
    for needle in [SECRET, TOKEN] {
        let on_the_wire = log.lines().any(|line| line.contains("h2::") && line.contains(needle));
        assert!(on_the_wire, "{needle} did not arrive: this test would find nothing");
        let others = log.lines().find(|line| line.contains(needle) && !line.contains(" h2::"));
        assert!(others.is_none(), "{others:?}");
        for text in errors.iter().flat_map(shown) {
            assert!(!text.contains(needle), "{text}");
        }
    }
}

/// What the process of its own does: a request with a client that this crate sets up.
#[tokio::test(flavor = "multi_thread")]
async fn worker() {
    let Ok(base_url) = std::env::var("WECOM_HEALTH_TEST_WORKER") else { return };
    let log = Log::start();
    let client = Client::builder("ww1", Secret::new(SECRET)).base_url(base_url).build().unwrap();
    let error = client.report_stat(date()).await.unwrap_err();
    assert_eq!(error.status(), Some(502), "{error:?}");
    let log = log.text();
    for target in ["reqwest::", "hyper_util::", "wecom_health"] {
        assert!(log.contains(target), "{target} is in no log: this test would find nothing");
    }
    assert!(!log.contains("h2::"), "HTTP/2 was spoken");
    for needle in [SECRET, TOKEN] {
        assert!(!log.contains(needle), "{:?}", log.lines().find(|line| line.contains(needle)));
        assert!(shown(&error).iter().all(|text| !text.contains(needle)), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_ours_speaks_http_1_and_tls_logs_nothing_secret() {
    let certificate = tls("localhost", &["h2", "http/1.1"]);
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("certificate.pem");
    std::fs::write(&trusted, &certificate.pem).unwrap();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let (acceptor, received) = (certificate.acceptor.clone(), Arc::clone(&requests));
    let address = listen(move |stream| {
        let (acceptor, received) = (acceptor.clone(), Arc::clone(&received));
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            while let Some(request) = read_request(&mut stream).await {
                let repeated = ok(&format!(r#"{{"repeated": {request:?}}}"#));
                let gateway = String::from_utf8(repeated).unwrap().replace("200 OK", "502 Bad Gateway");
                let is_gettoken = request.contains("/gettoken?");
                received.lock().unwrap().push(request);
                let response = if is_gettoken { token(TOKEN, "7200") } else { gateway.into_bytes() };
                stream.write_all(&response).await.unwrap();
            }
        }
    })
    .await;
    let mut worker = Command::new(std::env::current_exe().unwrap());
    worker.args(["--exact", "worker", "--nocapture"]).env("SSL_CERT_FILE", trusted).env_remove("SSL_CERT_DIR");
    worker.env("WECOM_HEALTH_TEST_WORKER", format!("https://localhost:{}", address.port()));
    let output = tokio::task::spawn_blocking(move || worker.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let requests = requests.lock().unwrap().join("\n");
    assert!(requests.contains(SECRET) && requests.contains(TOKEN), "both were on the wire");
}
