//! Why the program ends without success.

use std::fmt;
use std::io;

use wecom_health::model::{Language, Localized};

/// A failure, which has a message and an exit code.
pub(crate) enum Failure {
    /// Wrong arguments, credentials or environment.
    Usage(Message),
    /// The command `emulator` cannot run. It speaks English alone, as the program `wecom-health-emulator` does.
    Emulator(String),
    /// Any other failure of the program itself.
    Failed(Message),
    /// A request failed, or no client could be built.
    Client(wecom_health::Error),
    /// The output cannot be written.
    Output(io::Error),
}

/// A message in both languages.
pub(crate) struct Message {
    english: String,
    chinese: String,
}

impl Failure {
    pub(crate) fn usage(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::Usage(Message { english: english.into(), chinese: chinese.into() })
    }

    pub(crate) fn failed(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::Failed(Message { english: english.into(), chinese: chinese.into() })
    }

    pub(crate) fn exit_code(&self) -> u8 {
        const FAILED: u8 = 1;
        const USAGE: u8 = 2;
        match self {
            Self::Usage(_) | Self::Emulator(_) => USAGE,
            // Without an endpoint, the client could not be built from the user's input.
            Self::Client(error) if error.endpoint().is_none() => USAGE,
            Self::Client(_) | Self::Failed(_) | Self::Output(_) => FAILED,
        }
    }
}

impl Localized for Failure {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, language) {
            (Self::Usage(message) | Self::Failed(message), Language::English) => f.write_str(&message.english),
            (Self::Usage(message) | Self::Failed(message), Language::Chinese) => f.write_str(&message.chinese),
            (Self::Emulator(message), _) => f.write_str(message),
            (Self::Client(error), _) => {
                error.fmt_in(language, f)?;
                let separator = if language == Language::English { ": " } else { "：" };
                error.details(language).map_or(Ok(()), |details| write!(f, "{separator}{details}"))
            }
            (Self::Output(error), Language::English) => write!(f, "cannot write the output: {error}"),
            (Self::Output(error), Language::Chinese) => write!(f, "无法写入输出：{error}"),
        }
    }
}

impl From<wecom_health::Error> for Failure {
    fn from(error: wecom_health::Error) -> Self {
        Self::Client(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
