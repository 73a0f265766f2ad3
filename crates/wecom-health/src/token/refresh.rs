//! Fetching a new token: one task for all callers. It continues if the caller that started it is dropped or not polled, and has
//! its own deadline, so that no caller can spoil it for the others.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::cache::{Cache, Refresh, stored};
use super::turn::Turn;
use super::{Inner, SharedResult};
use crate::Error;
use crate::deadline::after;
use crate::error::Kind;
use crate::model::{AccessToken, Endpoint, GetTokenRequest, Token};

/// A refresh has this much less time than a request, so that a request that started it can still report why it failed.
const TIME_TO_REPORT: Duration = Duration::from_millis(100);

/// Starts a refresh with a caller's `fetch`, and takes it.
pub(super) fn start<F>(
    tokens: &Arc<Inner>,
    cache: &mut Cache,
    fetch: &mut Option<impl FnOnce(Instant) -> F + Send + 'static>,
) -> Result<SharedResult, Error>
where
    F: Future<Output = Result<Token, Error>> + Send + 'static,
{
    let fetch = fetch.take().ok_or_else(stopped)?;
    let (send, receive) = oneshot::channel();
    let task = tokio::spawn(refresh(Arc::clone(tokens), fetch, send)).abort_handle();
    let result = receive.map(|result| result.unwrap_or_else(|_| Err(stopped()))).boxed().shared();
    cache.started(Refresh { result: result.clone(), task });
    Ok(result)
}

fn stopped() -> Error {
    Kind::Stopped.into_error(GetTokenRequest::PATH, 0)
}

async fn refresh<F>(
    tokens: Arc<Inner>,
    fetch: impl FnOnce(Instant) -> F,
    callers: oneshot::Sender<Result<AccessToken, Error>>,
) where
    F: Future<Output = Result<Token, Error>>,
{
    let time = tokens.timeout.saturating_sub(TIME_TO_REPORT.min(tokens.timeout / 10));
    let deadline = after(Instant::now(), time);
    // Half of the time is left for fetching a token without the other clients.
    let turn = tokens.store.wait_for_turn(tokens.timeout / 2, |token| tokens.cache().accepts(token)).await;
    let (result, owner) = match turn {
        Turn::Stored(token) => (Ok(token), None),
        Turn::Mine { owner } => (fetch(deadline).await.map(stored), Some(owner)),
    };
    let new = result.as_ref().ok().cloned();
    let result = tokens.cache().ended(result);
    // Callers continue before the token is saved. There may be none left, which is fine.
    let _ = callers.send(result);
    if let Some(owner) = owner {
        if let Some(token) = new {
            tokens.store.save(&owner, &token).await;
        }
        tokens.store.unlock(&owner).await;
    }
}
