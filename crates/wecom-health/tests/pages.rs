//! Streams over pages: everything once and in order, however the server cuts its pages, and never for ever.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::time::Duration;

use serde_json::{Value, json};
use wecom_health::model::{Answer, GetReportAnswerRequest, NaiveDate, Reporter};
use wecom_health::{Client, Secret};
use wecom_health_emulator::{Emulator, EmulatorBuilder, Ending, Fault};

const ANSWERS: &str = "get_report_answer";
const IDS: &str = "get_report_jobids";

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 3, 27).unwrap()
}

async fn start(builder: EmulatorBuilder) -> (Emulator, Client) {
    let emulator = builder.start().await.unwrap();
    let client = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = client.build().unwrap();
    (emulator, client)
}

/// Offset and limit of each request to an endpoint.
fn asked(emulator: &Emulator, endpoint: &str) -> Vec<(i64, i64)> {
    let requests = emulator.requests().into_iter().filter(|request| request.endpoint() == endpoint);
    requests
        .map(|request| {
            let body: Value = serde_json::from_str(request.body()).unwrap();
            (body["offset"].as_i64().unwrap(), body["limit"].as_i64().unwrap())
        })
        .collect()
}

/// The number of a synthetic answer.
fn number(answer: &Answer) -> usize {
    let id = match answer.reporter() {
        Reporter::Member(id) | Reporter::Parent { student: id, .. } => id,
        other => panic!("{other:?}"),
    };
    id.as_ref().trim_start_matches(char::is_alphabetic).parse().unwrap()
}

#[tokio::test]
async fn a_stream_yields_every_item_once_and_in_order() {
    for (total, cap) in [(1_234, 37), (1_234, 1_000), (1_200, 100), (100, 100), (99, 100), (37, 37), (1, 100), (0, 100)]
    {
        for concurrency in [1, 4, 16] {
            let builder = Emulator::builder().synthetic_answers("jobid1", date(), total).page_cap(cap);
            let (emulator, client) = start(builder).await;
            let mut answers = client.report_answers("jobid1", date()).concurrency(concurrency).stream();
            let mut numbers = Vec::new();
            while let Some(answer) = answers.try_next().await.unwrap() {
                numbers.push(number(&answer));
            }
            assert_eq!(
                numbers,
                (0..total).collect::<Vec<_>>(),
                "{total} answers, pages of {cap}, {concurrency} at once"
            );
            assert!(answers.try_next().await.unwrap().is_none(), "the end is final");
            // What was on its way when the stream ended still arrives.
            tokio::task::yield_now().await;
            let past = asked(&emulator, ANSWERS).iter().filter(|(offset, _)| *offset >= total as i64).count();
            assert!(
                asked(&emulator, ANSWERS).iter().all(|(_, limit)| *limit == 100),
                "the limit is what was asked for"
            );
            assert!((1..=concurrency).contains(&past), "{past} requests past the end, {concurrency} at once");
        }
    }
}

#[tokio::test]
async fn pages_of_changing_length_lose_nothing() {
    // What was fetched ahead of a short page does not follow on from it.
    let all: Vec<_> = (0..50).map(|number| json!({"id_type": 1, "userid": format!("user{number:07}")})).collect();
    for concurrency in [1, 4] {
        let (emulator, client) = start(Emulator::builder().answers("jobid1", date(), all.clone())).await;
        for short in [10, 3, 3, 10, 7, 1] {
            emulator.fail_next(ANSWERS, Fault::ShortPage(short));
        }
        let mut answers = client.report_answers("jobid1", date()).limit(10).concurrency(concurrency).stream();
        let mut numbers = Vec::new();
        while let Some(answer) = answers.try_next().await.unwrap() {
            numbers.push(number(&answer));
        }
        assert_eq!(numbers, (0..50).collect::<Vec<_>>(), "{concurrency} at once");
    }
}

#[tokio::test]
async fn job_ids_end_where_the_server_says_so_or_on_an_empty_page() {
    for ending in [Ending::LastPage, Ending::EmptyPage, Ending::Absent] {
        for concurrency in [1, 4, 16] {
            let (emulator, client) =
                start(Emulator::builder().synthetic_jobs(1_234).page_cap(37).choose(|choices| choices.ending = ending))
                    .await;
            let mut ids = client.report_job_ids().concurrency(concurrency).stream();
            let mut listed = Vec::new();
            while let Some(id) = ids.try_next().await.unwrap() {
                listed.push(String::from(id));
            }
            let expected: Vec<_> = (0..1_234).map(|number| format!("job{number:04}")).collect();
            assert_eq!(listed, expected, "{ending:?}, {concurrency} at once");
            let past = asked(&emulator, IDS).iter().filter(|(offset, _)| *offset >= 1_234).count();
            // The page that is said to be the last needs no other after it; only those fetched ahead of that go past the end.
            let allowed = if ending == Ending::LastPage { 0..=concurrency - 1 } else { 1..=concurrency };
            assert!(allowed.contains(&past), "{ending:?}, {concurrency} at once: {past} requests past the end");
        }
    }
}

#[tokio::test]
async fn as_many_pages_as_asked_for_are_fetched_at_once() {
    for (cap, concurrency) in [(100, 4), (100, 16), (37, 4), (37, 16), (100, 1)] {
        let builder = Emulator::builder().synthetic_answers("jobid1", date(), 3_000).page_cap(cap);
        let (emulator, client) = start(builder.delay(Duration::from_millis(20))).await;
        let mut answers = client.report_answers("jobid1", date()).concurrency(concurrency).stream();
        while answers.try_next().await.unwrap().is_some() {}
        assert_eq!(emulator.max_in_flight(), concurrency, "pages of {cap}");
    }
}

#[tokio::test]
async fn pages_are_fetched_ahead_once_their_length_is_clear() {
    for (cap, after_pages) in [(100, 1), (37, 2)] {
        let builder = Emulator::builder().synthetic_answers("jobid1", date(), 3_000).page_cap(cap);
        let (emulator, client) = start(builder.delay(Duration::from_millis(300))).await;
        let mut answers = client.report_answers("jobid1", date()).concurrency(16).stream();
        for _ in 0..cap * after_pages {
            answers.try_next().await.unwrap().unwrap();
        }
        assert_eq!(emulator.count(ANSWERS), after_pages, "pages of {cap}");
        tokio::time::timeout(Duration::from_millis(150), answers.try_next()).await.unwrap_err();
        assert_eq!(emulator.count(ANSWERS), after_pages + 16, "pages of {cap}");
    }
}

#[tokio::test]
async fn a_slow_program_does_not_hold_other_requests_up() {
    let builder = Emulator::builder().synthetic_answers("jobid1", date(), 1_000).usage(date(), 1, 1);
    let emulator = builder.start().await.unwrap();
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(emulator.base_url());
    let client = builder.timeout(Duration::from_secs(1)).build().unwrap();
    let mut answers = client.report_answers("jobid1", date()).concurrency(4).stream();
    let mut count = 0;
    while let Some(answer) = answers.try_next().await.unwrap() {
        assert_eq!(number(&answer), count);
        count += 1;
        if count == 150 {
            // The pages ahead meet a rejected token while nobody waits for them, and so does another request.
            emulator.revoke_tokens();
        }
        if count % 150 == 0 {
            client.report_stat(date()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1_100)).await;
        }
    }
    assert_eq!(count, 1_000);
}

#[tokio::test]
async fn short_pages_change_no_later_limit() {
    for concurrency in [1, 4] {
        let (emulator, client) = start(Emulator::builder().synthetic_answers("jobid1", date(), 1_000)).await;
        for _ in 0..2 {
            emulator.fail_next(ANSWERS, Fault::ShortPage(1));
        }
        let mut answers = client.report_answers("jobid1", date()).concurrency(concurrency).stream();
        let mut count = 0;
        while let Some(answer) = answers.try_next().await.unwrap() {
            assert_eq!(number(&answer), count);
            count += 1;
        }
        assert_eq!(count, 1_000);
        let requests = emulator.count(ANSWERS);
        assert!(requests < 30, "{requests} requests, {concurrency} at once");
    }
}

#[tokio::test]
async fn a_page_longer_than_asked_for_is_refused() {
    let (emulator, client) = start(Emulator::builder()).await;
    let page = |items: usize| Fault::Body(json!({"answers": vec![json!({"id_type": 1}); items]}).to_string());
    for (items, asked_for) in [(101, 100), (11, 10)] {
        emulator.fail_next(ANSWERS, page(items));
        let mut answers = client.report_answers("jobid1", date()).limit(asked_for).stream();
        let error = answers.try_next().await.unwrap_err();
        let line = format!("the server sent more than the {asked_for} items that a page may have");
        assert_eq!((error.to_string(), error.is_decode()), (format!("/cgi-bin/health/{ANSWERS}: {line}"), true));
        assert!(answers.try_next().await.unwrap().is_none());
        emulator.fail_next(ANSWERS, page(items));
        client.report_answers("jobid1", date()).limit(asked_for).send().await.unwrap_err();
    }
    emulator.fail_next(ANSWERS, page(10));
    assert!(client.report_answers("jobid1", date()).limit(10).stream().try_next().await.unwrap().is_some());
}

#[tokio::test]
async fn equal_items_on_pages_of_one_are_not_a_repeated_page() {
    let twice: Vec<_> = ["a", "a", "b"].iter().map(|userid| json!({"id_type": 1, "userid": userid})).collect();
    let (_emulator, client) = start(Emulator::builder().answers("jobid1", date(), twice).page_cap(1)).await;
    let mut answers = client.report_answers("jobid1", date()).stream();
    for _ in 0..3 {
        answers.try_next().await.unwrap().unwrap();
    }
    assert!(answers.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn eleven_equal_pages_of_one_are_a_repeated_page() {
    let equal = vec![json!({"id_type": 1, "userid": "a"}); 20];
    let (_emulator, client) = start(Emulator::builder().answers("jobid1", date(), equal).page_cap(1)).await;
    let mut answers = client.report_answers("jobid1", date()).stream();
    for _ in 0..11 {
        answers.try_next().await.unwrap().unwrap();
    }
    assert!(answers.try_next().await.unwrap_err().to_string().contains("the server repeats a page at offset 11"));
}

#[tokio::test]
async fn two_pages_that_take_turns_are_repeated_pages() {
    let (emulator, client) = start(Emulator::builder()).await;
    let page = |ids: [&str; 2]| Fault::Body(json!({"ending": 0, "jobids": ids}).to_string());
    for _ in 0..50 {
        emulator.fail_next(IDS, page(["a", "b"]));
        emulator.fail_next(IDS, page(["c", "d"]));
    }
    let mut ids = client.report_job_ids().stream();
    for _ in 0..4 {
        ids.try_next().await.unwrap().unwrap();
    }
    assert!(ids.try_next().await.unwrap_err().to_string().contains("repeats a page at offset 4"));
}

#[tokio::test]
async fn pages_of_a_request_start_where_the_request_says() {
    let (emulator, client) = start(Emulator::builder().synthetic_answers("jobid1", date(), 10)).await;
    let request = GetReportAnswerRequest::new("jobid1", date()).offset(5).limit(3);
    let mut answers = client.pages(request).stream();
    assert_eq!(number(&answers.try_next().await.unwrap().unwrap()), 5);
    assert_eq!(asked(&emulator, ANSWERS)[0], (5, 3));
}

#[tokio::test]
async fn an_error_comes_once_after_the_items_before_it() {
    for concurrency in [1, 4] {
        let (emulator, client) = start(Emulator::builder().synthetic_answers("jobid1", date(), 1_000)).await;
        let mut answers = client.report_answers("jobid1", date()).concurrency(concurrency).stream();
        let mut seen = 0;
        while seen < 100 {
            answers.try_next().await.unwrap().unwrap();
            seen += 1;
        }
        emulator.fail_next(ANSWERS, Fault::ErrCode(45033));
        let error = loop {
            match answers.try_next().await {
                Ok(answer) => {
                    assert_eq!(number(&answer.unwrap()), seen);
                    seen += 1;
                }
                Err(error) => break error,
            }
        };
        assert_eq!(i64::from(error.api().unwrap().errcode()), 45033);
        assert_eq!(seen % 100, 0, "whole pages came before the error");
        assert!(answers.try_next().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn dropping_a_stream_aborts_its_requests() {
    let builder = Emulator::builder().synthetic_answers("jobid1", date(), 10_000).delay(Duration::from_millis(20));
    let (emulator, client) = start(builder).await;
    let mut answers = client.report_answers("jobid1", date()).concurrency(4).stream();
    for _ in 0..250 {
        answers.try_next().await.unwrap().unwrap();
    }
    drop(answers);
    // What was on its way when the stream was dropped still arrives.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let requests = emulator.count(ANSWERS);
    assert!(requests <= 7, "{requests} requests for three pages, four at once");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(emulator.count(ANSWERS), requests);
}

#[tokio::test]
async fn a_dropped_stream_does_not_retry() {
    let (emulator, client) = start(Emulator::builder().synthetic_answers("jobid1", date(), 10_000)).await;
    let mut answers = client.report_answers("jobid1", date()).concurrency(4).stream();
    for _ in 0..100 {
        answers.try_next().await.unwrap().unwrap();
    }
    for _ in 0..20 {
        emulator.fail_next(ANSWERS, Fault::ErrCode(-1));
    }
    // The next page, and those ahead of it, fail and would have another attempt after a pause.
    while emulator.count(ANSWERS) < 1 + 4 {
        tokio::time::timeout(Duration::from_millis(5), answers.try_next()).await.unwrap_err();
    }
    drop(answers);
    // What was on its way still arrives.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let requests = emulator.count(ANSWERS);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(emulator.count(ANSWERS), requests);
}

#[tokio::test]
async fn no_more_pages_than_asked_for_are_fetched_ahead() {
    let (emulator, client) = start(Emulator::builder().synthetic_answers("jobid1", date(), 10_000)).await;
    let mut answers = client.report_answers("jobid1", date()).concurrency(4).stream();
    for page in 1..=20 {
        for _ in 0..100 {
            answers.try_next().await.unwrap().unwrap();
        }
        let ahead = emulator.count(ANSWERS) - page;
        assert!(ahead <= 3, "{ahead} pages ahead of the one in hand");
    }
}

#[tokio::test]
async fn a_server_that_repeats_a_page_is_stopped() {
    for (repeated_at, concurrency) in [(100, 1), (100, 4), (300, 1), (300, 4)] {
        let (emulator, client) = start(Emulator::builder().synthetic_answers("jobid1", date(), 500)).await;
        let offset = format!("\"offset\":{repeated_at},");
        emulator.fail_when(move |request| request.body().contains(&offset), Fault::RepeatedPage);
        let mut answers = client.report_answers("jobid1", date()).concurrency(concurrency).stream();
        for _ in 0..repeated_at {
            answers.try_next().await.unwrap().unwrap();
        }
        let error = answers.try_next().await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "/cgi-bin/health/get_report_answer: the server repeats a page at offset {repeated_at}: stopped, because paging would never end"
            )
        );
        assert!(answers.try_next().await.unwrap().is_none());
        assert!(emulator.count(ANSWERS) <= repeated_at / 100 + concurrency);
    }
}

#[tokio::test]
async fn a_page_repeated_in_other_bytes_is_a_repeated_page() {
    let (emulator, client) = start(Emulator::builder()).await;
    let first =
        r#"{"errcode": 0, "errmsg": "ok", "answers": [{"id_type": 1, "userid": "a"}, {"id_type": 1, "userid": "b"}]}"#;
    let again = r#"{"answers": [{"userid": "a", "id_type": 1}, {"userid": "b", "id_type": 1}], "errmsg": "ok again", "errcode": 0}"#;
    emulator.fail_next(ANSWERS, Fault::Body(first.into()));
    emulator.fail_next(ANSWERS, Fault::Body(again.into()));
    let mut answers = client.report_answers("jobid1", date()).stream();
    for _ in 0..2 {
        answers.try_next().await.unwrap().unwrap();
    }
    assert!(answers.try_next().await.unwrap_err().to_string().contains("repeats a page at offset 2"));
}

#[tokio::test]
async fn pages_and_items_debug_without_the_jobid() {
    let (_emulator, client) = start(Emulator::builder()).await;
    let pages = client.report_answers("jobid1", date()).offset(7).concurrency(3);
    assert_eq!(format!("{pages:?}"), r#"Pages { endpoint: "get_report_answer", concurrency: 3, .. }"#);
    assert_eq!(format!("{:?}", pages.stream()), "Items { .. }");
}

#[tokio::test]
async fn items_are_a_stream() {
    use futures_util::TryStreamExt;
    for concurrency in [1, 4] {
        let (_emulator, client) = start(Emulator::builder().synthetic_answers("jobid1", date(), 250)).await;
        let answers: Vec<Answer> =
            client.report_answers("jobid1", date()).concurrency(concurrency).stream().try_collect().await.unwrap();
        assert_eq!(answers.iter().map(number).collect::<Vec<_>>(), (0..250).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_bad_page_size_is_refused_before_sending() {
    let (emulator, client) = start(Emulator::builder().synthetic_jobs(5)).await;
    for size in [0, 101, -1, i64::MAX] {
        let message = format!("/cgi-bin/health/{IDS}: not sent: `limit` is {size}: write 1 to 100");
        let error = client.report_job_ids().limit(size).send().await.unwrap_err();
        assert_eq!((error.to_string(), error.attempts(), error.is_not_sent()), (message.clone(), 0, true));
        let error = client.report_job_ids().limit(size).stream().try_next().await.unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let error = client.report_job_ids().concurrency(0).stream().try_next().await.unwrap_err();
    assert!(error.to_string().ends_with("not sent: the concurrency is 0: write 1 to 100"));
    assert!(client.report_job_ids().concurrency(usize::MAX).stream().try_next().await.unwrap_err().is_not_sent());
    assert!(client.report_job_ids().offset(-1).send().await.unwrap_err().is_not_sent());
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn one_page_is_sent_as_asked() {
    let (emulator, client) = start(Emulator::builder().synthetic_jobs(5)).await;
    let page = client.report_job_ids().offset(2).limit(2).send().await.unwrap();
    assert_eq!(serde_json::to_value(&page).unwrap(), json!({"ending": 0, "jobids": ["job0002", "job0003"]}));
    assert_eq!(asked(&emulator, IDS), [(2, 2)]);
    let mut rest = client.report_job_ids().offset(3).stream();
    assert_eq!(rest.try_next().await.unwrap().unwrap().as_ref(), "job0003");
}

#[tokio::test]
async fn usage_figures_are_fetched() {
    let (_emulator, client) = start(Emulator::builder().usage(date(), 5_000_000_000, 50)).await;
    let usage = client.report_stat(date()).await.unwrap();
    assert_eq!(serde_json::to_value(&usage).unwrap(), json!({"pv": 5_000_000_000_u64, "uv": 50}));
}

#[test]
fn streams_can_be_moved_and_sent_to_other_threads() {
    fn fits<T: Send + Unpin + 'static>(_: T) {}
    let client = Client::builder("ww1", Secret::new("s")).build().unwrap();
    fits(client.report_answers("jobid1", date()).stream());
    fits(client.report_job_ids());
}

#[tokio::test]
async fn items_after_an_end_are_an_error_and_not_lost() {
    let (emulator, client) = start(Emulator::builder().synthetic_answers("jobid1", date(), 1_000)).await;
    emulator.fail_when(|request| request.body().contains("\"offset\":300"), Fault::NoPayload);
    let mut answers = client.report_answers("jobid1", date()).concurrency(4).stream();
    let error = loop {
        match answers.try_next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("700 answers are missing"),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("items after a page that was to be the last"), "{error}");
}
