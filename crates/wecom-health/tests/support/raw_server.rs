//! A server that sends whatever a test wants, over plain TCP or TLS.

#![allow(dead_code, reason = "each test uses a part")]

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A connection of the server's.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Counts requests to `gettoken`, and to anything else.
#[derive(Default)]
pub(crate) struct Count {
    pub(crate) gettoken: AtomicUsize,
    pub(crate) others: AtomicUsize,
}

/// Reads the head and the body of an HTTP/1 request; nothing if the client has gone.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut request = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        request.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let expected = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        if body.len() >= expected {
            return Some(text.into_owned());
        }
    }
}

/// HTTP 200 with this JSON.
pub(crate) fn ok(json: &str) -> Vec<u8> {
    let length = json.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{json}").into_bytes()
}

/// A token as the vendor gives it out.
pub(crate) fn token(text: &str, expires_in: &str) -> Vec<u8> {
    ok(&format!(r#"{{"errcode": 0, "errmsg": "ok", "access_token": "{text}", "expires_in": {expires_in}}}"#))
}

/// Accepts connections for as long as the test runs.
pub(crate) async fn listen<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Answers each request with what `respond` makes of its head, byte for byte. Returns the base URL.
pub(crate) async fn respond(respond: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> (String, Arc<Count>) {
    let count = Arc::new(Count::default());
    let (respond, counted) = (Arc::new(respond), Arc::clone(&count));
    let address = listen(move |mut stream| {
        let (respond, count) = (Arc::clone(&respond), Arc::clone(&counted));
        async move {
            while let Some(request) = read_request(&mut stream).await {
                let counter = if request.contains("/gettoken?") { &count.gettoken } else { &count.others };
                counter.fetch_add(1, Ordering::Relaxed);
                let response = respond(&request);
                let ends =
                    !response.starts_with(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length");
                if stream.write_all(&response).await.is_err() {
                    return;
                }
                if ends {
                    // What follows is the end of the connection; the client should have all of it before.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    return;
                }
            }
        }
    })
    .await;
    (format!("http://{address}"), count)
}

/// A certificate for this host, and what the server needs for it.
pub(crate) struct Tls {
    pub(crate) pem: String,
    pub(crate) acceptor: TlsAcceptor,
}

/// Makes a certificate that nobody has signed, for a server that offers these protocols.
pub(crate) fn tls(host: &str, protocols: &[&str]) -> Tls {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec![host.to_owned()]).unwrap().self_signed(&key).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Tls { pem: certificate.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) }
}
