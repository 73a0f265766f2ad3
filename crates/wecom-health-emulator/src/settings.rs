//! How the server behaves where the vendor says nothing, or where a test wants it otherwise.

use std::time::Duration;

/// How a list of job ids says that it ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// `ending` is 1 on the last page.
    #[default]
    LastPage,
    /// `ending` is 1 only on an empty page after the last.
    EmptyPage,
    /// There is no `ending`.
    Absent,
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// No page holds more than this, whatever is asked for.
    pub(crate) page_cap: usize,
    pub(crate) ending: Ending,
    /// Every page is the first one.
    pub(crate) repeat_pages: bool,
    /// How long every call but `gettoken` takes.
    pub(crate) delay: Duration,
    /// Seconds that a token is valid.
    pub(crate) expires_in: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_cap: usize::MAX,
            ending: Ending::default(),
            repeat_pages: false,
            delay: Duration::ZERO,
            expires_in: 7_200,
        }
    }
}
