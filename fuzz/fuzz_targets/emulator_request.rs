//! Any bytes, sent to the emulator as a request.
#![no_main]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use libfuzzer_sys::{Corpus, fuzz_target};
use tokio::runtime::Runtime;
use wecom_health_emulator::Emulator;

/// The emulator keeps requests: it is replaced before that grows large.
const INPUTS_OF_AN_EMULATOR: usize = 2_000;
const LARGEST_INPUT: usize = 4_096;

struct Server {
    inputs: usize,
    address: String,
    token: Vec<u8>,
    emulator: Emulator,
    runtime: Runtime,
}

static SERVER: Mutex<Option<Server>> = Mutex::new(None);

fuzz_target!(|input: &[u8]| -> Corpus {
    if input.len() > LARGEST_INPUT {
        return Corpus::Reject;
    }
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    if server.as_ref().is_some_and(|server| server.inputs >= INPUTS_OF_AN_EMULATOR) {
        // The emulator stops in its runtime.
        if let Some(Server { emulator, runtime, .. }) = server.take() {
            runtime.block_on(async { drop(emulator) });
        }
    }
    let server = server.get_or_insert_with(start);
    server.inputs += 1;
    let request = with_token(input, &server.token);
    // A closed connection is fine; a panic of the emulator stops the run.
    let _ = send(&server.address, &request);
    if server.inputs.is_multiple_of(100) {
        let response =
            exchange(&server.address, b"GET /cgi-bin/gettoken HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert!(response.unwrap().starts_with(b"HTTP/1.1 200"), "the emulator keeps responding");
    }
    Corpus::Keep
});

fn start() -> Server {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let emulator = runtime.block_on(Emulator::start()).unwrap();
    let address = emulator.base_url().trim_start_matches("http://").to_owned();
    let (corp_id, secret) = (emulator.corp_id(), emulator.secret());
    let request = format!(
        "GET /cgi-bin/gettoken?corpid={corp_id}&corpsecret={secret} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    );
    let response = String::from_utf8(exchange(&address, request.as_bytes()).unwrap()).unwrap();
    let token = response.split("\"access_token\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    Server { inputs: 0, token: token.as_bytes().to_vec(), address, emulator, runtime }
}

/// The input with the token in place of `TOKEN`.
fn with_token(input: &[u8], token: &[u8]) -> Vec<u8> {
    const MARK: &[u8] = b"TOKEN";
    let mut request = Vec::new();
    let mut rest = input;
    while let Some(position) = rest.windows(MARK.len()).position(|window| window == MARK) {
        request.extend_from_slice(&rest[..position]);
        request.extend_from_slice(token);
        rest = &rest[position + MARK.len()..];
    }
    request.extend_from_slice(rest);
    request
}

/// The whole response to a request that ends the connection.
fn exchange(address: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    connection.write_all(request)?;
    let mut response = Vec::new();
    connection.take(1 << 20).read_to_end(&mut response)?;
    Ok(response)
}

/// Sends something and waits a little for an response. Closing at once would cancel the request.
fn send(address: &str, request: &[u8]) -> std::io::Result<()> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(Duration::from_millis(5)))?;
    connection.write_all(request)?;
    let _ = connection.read(&mut [0; 4_096])?;
    Ok(())
}
