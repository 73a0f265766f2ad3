//! Neither secret, token nor anybody's answer occurs in an error, in `Debug` or in a log, whatever goes wrong. One test, because
//! the log of a process is one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "support/log.rs"]
mod log;
mod support;

use std::sync::Arc;

use futures_util::StreamExt;
use log::Log;
use support::{ENDPOINTS, MARK, cases, date, everything, marked_emulator, send, warm_client};
use wecom_health::model::{AccessToken, GetTokenRequest};
use wecom_health::{Client, MemoryTokenStore, Secret, StoredToken, TokenStore};
use wecom_health_emulator::{Emulator, Fault};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_shown_or_logged() {
    let capture = Log::start();
    let mut shown = Vec::new();
    // The mark, words of the emulator's HTML page, and the beginning of each token, which half of a response still has.
    let mut needles = vec![MARK.to_owned(), "请先登录".to_owned(), "emulated_access-token".to_owned()];

    // A request that fails has the token in its URL, one for a token the secret.
    let probes = ENDPOINTS.into_iter().flat_map(|endpoint| {
        cases().into_iter().flat_map(move |case| {
            [endpoint, "gettoken"].map(|faulty| tokio::spawn(probe(endpoint, faulty, case.faults.clone())))
        })
    });
    // A few at a time: a busy machine must not run into the timeout of an attempt.
    let mut probes = futures_util::stream::iter(probes).buffer_unordered(16);
    while let Some(probe) = probes.next().await {
        let (texts, secrets) = probe.unwrap();
        shown.extend(texts);
        needles.extend(secrets);
    }
    let elsewhere = Emulator::start().await.unwrap();
    let emulator = marked_emulator().await;
    let client = warm_client(&emulator).await;
    let location = format!("{}/cgi-bin/health/{}", elsewhere.base_url(), ENDPOINTS[0]);
    emulator
        .fail_next(ENDPOINTS[0], Fault::Http { status: 307, headers: vec![("location", location)], body: MARK.into() });
    shown.extend(everything(&send(&client, ENDPOINTS[0]).await.unwrap_err()));
    assert!(elsewhere.requests().is_empty(), "the redirect was not followed");
    needles.extend(on_the_wire(&emulator));

    // Debug of everything public that holds a secret.
    let secret = Secret::new(emulator.secret());
    let builder = Client::builder(emulator.corp_id(), secret.clone()).base_url(emulator.base_url());
    let token = AccessToken::from(needles.last().unwrap().as_str());
    let stored =
        StoredToken { token, fresh_until: std::time::SystemTime::now(), expires_at: std::time::SystemTime::now() };
    let store: Arc<dyn TokenStore> = Arc::new(MemoryTokenStore::default());
    shown.extend([
        format!("{secret:?} {builder:?} {:?} {stored:?} {store:?}", builder.clone().token_store(store.clone()).build()),
        format!("{:?}", GetTokenRequest::new(emulator.corp_id(), emulator.secret())),
        format!("{:?} {:?}", client.report_answers("jobid1", date()), client.report_answers("jobid1", date()).stream()),
        format!("{emulator:?} {:?}", emulator.requests()),
    ]);

    // What is marked reaches the program, and nothing else.
    let job = client.report_job_info("jobid1", date()).await.unwrap();
    assert!(serde_json::to_string(&job).unwrap().contains(MARK), "the mark was on the wire");
    needles.sort_unstable();
    needles.dedup();
    assert!(needles.len() > 4, "secret and tokens, too");
    let log = capture.text();
    for target in ["wecom_health.request", "hyper_util", "errcode=60020", "hint=\"", "attempt=3", "reqwest"] {
        assert!(log.contains(target), "{target} is in no log: this test would find nothing");
    }
    for needle in &needles {
        assert!(!log.contains(needle), "{needle} in the log: {:?}", log.lines().find(|line| line.contains(needle)));
        for text in &shown {
            assert!(!text.contains(needle), "{needle} in {text}");
        }
    }

    // A store that fails is reported once, and requests go on.
    #[cfg(feature = "redis")]
    {
        let store = wecom_health::RedisTokenStore::new("redis://:marked-password@127.0.0.1:1/").unwrap();
        shown = vec![format!("{store:?}")];
        let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
        let client = builder.token_store(Arc::new(store)).build().unwrap();
        for _ in 0..3 {
            client.report_stat(date()).await.unwrap();
            emulator.revoke_tokens();
        }
        let log = capture.text();
        assert_eq!(log.matches("continuing with a token of this process").count(), 1);
        assert!(!log.contains("marked-password") && !shown[0].contains("marked-password"));
    }
}

/// What is shown of a request with these faults, and the secrets that were on the wire.
async fn probe(endpoint: &str, faulty: &str, faults: Vec<Fault>) -> (Vec<String>, Vec<String>) {
    let emulator = marked_emulator().await;
    let client = warm_client(&emulator).await;
    if faulty == "gettoken" {
        emulator.revoke_tokens();
    }
    for fault in faults {
        emulator.fail_next(faulty, fault);
    }
    let result = send(&client, endpoint).await;
    let mut shown = result.as_ref().err().map(everything).unwrap_or_default();
    shown.push(format!("{client:?}"));
    (shown, on_the_wire(&emulator))
}

/// The secret and the tokens that a server received.
fn on_the_wire(emulator: &Emulator) -> Vec<String> {
    let requests = emulator.requests();
    let secret = emulator.secret().to_owned();
    assert!(requests.iter().any(|request| request.expose_query().contains(&format!("corpsecret={secret}"))));
    for request in &requests {
        let headers = format!("{:?}", request.headers());
        assert!(!headers.contains(&secret) && !headers.contains("emulated_access-token"), "{headers}");
        assert!(!request.headers().iter().any(|(name, _)| name == "referer"));
    }
    let tokens = requests.iter().filter_map(|request| request.expose_query().strip_prefix("access_token="));
    let tokens: Vec<_> = tokens.map(str::to_owned).collect();
    assert!(!tokens.is_empty());
    [secret].into_iter().chain(tokens).collect()
}
