//! The server issues no token for a while after it refused one. An export waits for it, once.

use std::time::Duration;

use wecom_health::Error;
use wecom_health::model::ErrCode;

use super::progress::Progress;

/// The one wait of an export.
#[derive(Default)]
pub(super) struct Wait {
    is_over: bool,
}

impl Wait {
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    pub(super) async fn wait(&mut self, time: Duration, progress: &Progress) {
        self.is_over = true;
        progress.waits(time);
        tokio::time::sleep(time).await;
    }
}

/// How long no token is requested after an error, if waiting helps. It does not where the credentials, this machine's address or the server are wrong.
pub(super) fn hold(error: &Error) -> Option<Duration> {
    const WRONG: [ErrCode; 3] = [ErrCode::INVALID_SECRET, ErrCode::INVALID_CORP_ID, ErrCode::UNTRUSTED_IP];
    let is_wrong = error.is_not_the_api() || error.api().is_some_and(|refusal| WRONG.contains(&refusal.errcode()));
    error.retry_after().filter(|_| !is_wrong)
}
