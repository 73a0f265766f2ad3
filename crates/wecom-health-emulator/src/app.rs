//! Who may call.

use std::fmt;

/// An app of the admin console. Its secret guards nothing: the emulator has no data but what tests give it.
#[derive(Clone, PartialEq, Eq)]
pub struct App {
    pub(crate) corp_id: String,
    pub(crate) secret: String,
    pub(crate) is_listed: bool,
}

impl App {
    /// An app that may make all calls.
    pub fn new(corp_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { corp_id: corp_id.into(), secret: secret.into(), is_listed: true }
    }

    /// Not listed under 健康上报 › 可调用接口的应用: it gets tokens, sees no job and is refused the other calls, see
    /// [`Choices::jobs_of_unlisted_apps`](crate::Choices::jobs_of_unlisted_apps).
    pub fn unlisted(mut self) -> Self {
        self.is_listed = false;
        self
    }
}

/// The app of an emulator that was given none.
impl Default for App {
    fn default() -> Self {
        Self::new("ww0emulator00000000", "emulator-secret-that-guards-nothing")
    }
}

/// Without the secret, as a habit.
impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("corp_id", &self.corp_id)
            .field("is_listed", &self.is_listed)
            .finish_non_exhaustive()
    }
}

/// What a client needs to know to ask an emulator.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientConfig {
    /// Address to use instead of the vendor's, e.g. `http://127.0.0.1:40123`.
    pub base_url: String,
    /// Corp id of the first app.
    pub corp_id: String,
    /// Secret of the first app.
    pub secret: String,
}

/// Without the secret, as a habit.
impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("ClientConfig");
        fields.field("base_url", &self.base_url).field("corp_id", &self.corp_id).finish_non_exhaustive()
    }
}
