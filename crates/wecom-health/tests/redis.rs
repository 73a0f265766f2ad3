//! Tokens in a real Redis, shared between processes. Needs `redis-server`; skipped where there is none, unless
//! `WECOM_HEALTH_REQUIRE_REDIS` is set.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wecom_health::model::NaiveDate;
use wecom_health::{Client, RedisTokenStore, Secret, TokenStore};
use wecom_health_emulator::{Emulator, Fault};

const PROCESSES: usize = 8;
/// How many requests each process sends.
const REQUESTS: usize = 50;

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

/// A Redis of this test's own, on a loopback port.
struct Redis {
    server: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Redis {
    /// Starts one; nothing where it is not installed.
    fn start() -> Option<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let server = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let server = match server {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                assert!(std::env::var_os("WECOM_HEALTH_REQUIRE_REDIS").is_none(), "redis-server is not installed");
                println!("skipped: no redis-server");
                return None;
            }
            server => server.unwrap(),
        };
        let redis = Self { server, url: format!("redis://127.0.0.1:{port}/"), _folder: folder };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "Redis does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(redis)
    }

    fn store(&self) -> Arc<dyn TokenStore> {
        Arc::new(RedisTokenStore::new(&self.url).unwrap())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn client(base_url: &str, corp_id: &str, secret: &str, store: Arc<dyn TokenStore>) -> Client {
    let builder = Client::builder(corp_id, Secret::new(secret)).base_url(base_url).token_store(store);
    // The connections of many debug builds at once take their time.
    builder.timeout(Duration::from_secs(60)).build().unwrap()
}

/// What the other processes of the tests below run: requests, one after the other.
#[tokio::test]
async fn worker() {
    let Ok(arguments) = std::env::var("WECOM_HEALTH_TEST_WORKER") else { return };
    let [redis, base_url, corp_id, secret, requests]: [&str; 5] =
        arguments.split('|').collect::<Vec<_>>().try_into().unwrap();
    let store = Arc::new(RedisTokenStore::new(redis).unwrap());
    let client = client(base_url, corp_id, secret, store);
    for _ in 0..requests.parse().unwrap() {
        client.report_stat(date()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Runs [`worker`] in a process of its own.
fn spawn_worker(redis: &Redis, emulator: &Emulator, requests: usize) -> Child {
    let (base_url, corp_id, secret) = (emulator.base_url(), emulator.corp_id(), emulator.secret());
    let arguments = format!("{}|{base_url}|{corp_id}|{secret}|{requests}", redis.url);
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "worker", "--nocapture"]).env("WECOM_HEALTH_TEST_WORKER", arguments);
    command.stdout(Stdio::null()).spawn().unwrap()
}

async fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} does not happen");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_processes_share_a_token_and_its_replacement() {
    let Some(redis) = Redis::start() else { return };
    let emulator = Emulator::start().await.unwrap();
    let workers: Vec<_> = (0..PROCESSES).map(|_| spawn_worker(&redis, &emulator, REQUESTS)).collect();
    wait_for("half of the requests", || emulator.count("get_health_report_stat") > PROCESSES * REQUESTS / 2).await;
    emulator.revoke_tokens();
    for mut worker in workers {
        let status = tokio::task::spawn_blocking(move || worker.wait().unwrap()).await.unwrap();
        assert!(status.success());
    }
    assert_eq!(emulator.count("gettoken"), 2);
    let sent = emulator.count("get_health_report_stat");
    // Each process may have met the revoked token once.
    assert!((PROCESSES * REQUESTS..=PROCESSES * (REQUESTS + 1)).contains(&sent), "{sent} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_process_that_fetches_is_killed_the_others_go_on() {
    let Some(redis) = Redis::start() else { return };
    let emulator = Emulator::start().await.unwrap();
    emulator.fail_next("gettoken", Fault::Delay(Duration::from_secs(120)));
    let mut holder = spawn_worker(&redis, &emulator, 1);
    wait_for("the first gettoken", || emulator.count("gettoken") == 1).await;
    holder.kill().unwrap(); // SIGKILL
    holder.wait().unwrap();

    let start = Instant::now();
    let other = client(&emulator.base_url(), emulator.corp_id(), emulator.secret(), redis.store());
    other.report_stat(date()).await.unwrap();
    let waited = start.elapsed();
    assert!((Duration::from_secs(1)..Duration::from_secs(15)).contains(&waited), "{waited:?}");
    assert_eq!(emulator.count("gettoken"), 2);
}

#[tokio::test]
async fn a_token_is_forgotten_only_if_it_is_the_rejected_one() {
    let Some(redis) = Redis::start() else { return };
    let emulator = Emulator::start().await.unwrap();
    let one = client(&emulator.base_url(), emulator.corp_id(), emulator.secret(), redis.store());
    let other = client(&emulator.base_url(), emulator.corp_id(), emulator.secret(), redis.store());
    one.report_stat(date()).await.unwrap();
    other.report_stat(date()).await.unwrap();
    assert_eq!(emulator.count("gettoken"), 1);
    emulator.revoke_tokens();
    one.report_stat(date()).await.unwrap();
    // The other still has the old token; that it is rejected must not cost the new one.
    other.report_stat(date()).await.unwrap();
    one.report_stat(date()).await.unwrap();
    assert_eq!(emulator.count("gettoken"), 2);
}

#[tokio::test]
async fn a_connection_that_redis_has_closed_costs_nothing() {
    let Some(redis) = Redis::start() else { return };
    let emulator = Emulator::start().await.unwrap();
    let clients: Vec<_> =
        (0..4).map(|_| client(&emulator.base_url(), emulator.corp_id(), emulator.secret(), redis.store())).collect();
    for client in &clients {
        client.report_stat(date()).await.unwrap();
    }
    let connection = redis::Client::open(redis.url.as_str()).unwrap();
    let mut connection = connection.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("CLIENT").arg(&["KILL", "TYPE", "normal", "SKIPME", "yes"]).exec_async(&mut connection).await.unwrap();
    emulator.revoke_tokens();
    for client in &clients {
        client.report_stat(date()).await.unwrap();
    }
    assert_eq!(emulator.count("gettoken"), 2);
}

#[tokio::test]
async fn only_the_owner_of_the_lock_saves_and_unlocks() {
    let Some(redis) = Redis::start() else { return };
    let emulator = Emulator::start().await.unwrap();
    let one = client(&emulator.base_url(), emulator.corp_id(), emulator.secret(), redis.store());
    // Another client of the app has the lock: it is left alone, and waited for until its lease ends.
    let connection = redis::Client::open(redis.url.as_str()).unwrap();
    let mut connection = connection.get_multiplexed_async_connection().await.unwrap();
    let key = |end: &str| format!("wecom-health:{}:{end}", fingerprint_of(&emulator));
    let set = ["SET", &key("lock"), "another", "PX", "700"];
    redis::cmd(set[0]).arg(&set[1..]).exec_async(&mut connection).await.unwrap();
    let start = Instant::now();
    one.report_stat(date()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(500), "the lock of the other was respected");
    // Saving goes on after the request.
    while redis::cmd("EXISTS").arg(key("lock")).query_async::<i64>(&mut connection).await.unwrap() == 1 {
        assert!(start.elapsed() < Duration::from_secs(10), "the lock is not given back");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let kept: String = redis::cmd("GET").arg(key("token")).query_async(&mut connection).await.unwrap();
    let token = emulator.requests().last().unwrap().expose_query().trim_start_matches("access_token=").to_owned();
    assert!(kept.ends_with(&format!("|{token}")));
}

#[tokio::test]
async fn what_is_no_lock_and_no_token_is_replaced() {
    let Some(redis) = Redis::start() else { return };
    let connection = redis::Client::open(redis.url.as_str()).unwrap();
    let mut connection = connection.get_multiplexed_async_connection().await.unwrap();
    for (what, command) in [
        ("without expiry", &["SET", "KEY", "somebody"][..]),
        ("a list", &["RPUSH", "KEY", "somebody"]),
        ("a hash", &["HSET", "KEY", "somebody", "x"]),
        ("no text", &["SET", "KEY", "\u{e9}|", "PX", "60000"]),
        ("a token without its text", &["SET", "KEY", "9999999999999|", "PX", "60000"]),
    ] {
        for end in ["lock", "token"] {
            let emulator = Emulator::start().await.unwrap();
            let key = format!("wecom-health:{}:{end}", fingerprint_of(&emulator));
            redis::cmd("FLUSHALL").exec_async(&mut connection).await.unwrap();
            let mut set = redis::cmd(command[0]);
            for argument in &command[1..] {
                // What is written as é is one byte, which is no UTF-8.
                let bytes: Vec<u8> = match *argument {
                    "KEY" => key.clone().into_bytes(),
                    text => text.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect(),
                };
                set.arg(bytes);
            }
            set.exec_async(&mut connection).await.unwrap();

            let builder =
                Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
            let client = builder.token_store(redis.store()).timeout(Duration::from_secs(5)).build().unwrap();
            let start = Instant::now();
            client.report_stat(date()).await.unwrap();
            assert!(start.elapsed() < Duration::from_secs(1), "{what} under {end}: {:?}", start.elapsed());
            // The next client finds the token.
            let token = format!("wecom-health:{}:token", fingerprint_of(&emulator));
            while redis::cmd("PTTL").arg(&token).query_async::<i64>(&mut connection).await.unwrap_or(0) <= 60_000 {
                assert!(start.elapsed() < Duration::from_secs(10), "{what} under {end}: no token was saved");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let other =
                Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
            other.token_store(redis.store()).build().unwrap().report_stat(date()).await.unwrap();
            assert_eq!(emulator.count("gettoken"), 1, "{what} under {end}");
        }
    }
}

#[tokio::test]
async fn the_lock_of_a_dead_owner_fails_no_request() {
    let Some(redis) = Redis::start() else { return };
    let emulator = Emulator::start().await.unwrap();
    let connection = redis::Client::open(redis.url.as_str()).unwrap();
    let mut connection = connection.get_multiplexed_async_connection().await.unwrap();
    let lock = format!("wecom-health:{}:lock", fingerprint_of(&emulator));
    redis::cmd("SET").arg(&[&lock, "dead", "PX", "9900"]).exec_async(&mut connection).await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = builder.token_store(redis.store()).timeout(Duration::from_secs(5)).build().unwrap();
    let start = Instant::now();
    client.report_stat(date()).await.unwrap();
    assert!((Duration::from_secs(2)..Duration::from_secs(4)).contains(&start.elapsed()), "{:?}", start.elapsed());
}

/// `<corp id>:<fingerprint>`, as it is in the keys.
fn fingerprint_of(emulator: &Emulator) -> String {
    let hash = hmac_sha256::HMAC::mac(emulator.corp_id(), emulator.secret());
    let digits: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}:{digits}", emulator.corp_id())
}

#[tokio::test]
async fn where_redis_is_down_each_client_has_a_token_of_its_own() {
    let emulator = Emulator::start().await.unwrap();
    let down = || Arc::new(RedisTokenStore::new("redis://127.0.0.1:1/").unwrap());
    for clients in 1..=2 {
        let client = client(&emulator.base_url(), emulator.corp_id(), emulator.secret(), down());
        for _ in 0..3 {
            client.report_stat(date()).await.unwrap();
        }
        assert_eq!(emulator.count("gettoken"), clients);
    }
}

#[test]
fn an_address_that_is_none_is_refused_without_repeating_it() {
    let error = RedisTokenStore::new("http://user:password@localhost").unwrap_err();
    assert!(error.to_string().contains("write it like redis://"));
    assert!(!format!("{error} {error:?}").contains("password"));
}
