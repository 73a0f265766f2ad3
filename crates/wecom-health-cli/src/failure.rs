//! Why the program ends without success: a message, an exit code, and an object for scripts.

use std::fmt;
use std::io;

use serde_json::{Value, json};
use wecom_health::model::{ErrCode, Language, Localized};

/// A failure, which has a message and an exit code.
pub(crate) enum Failure {
    /// The program says what failed.
    Own {
        kind: Kind,
        /// The code with which the server refused something, if that is why.
        errcode: Option<ErrCode>,
        message: Message,
        /// Whether it helps to run the same again.
        is_retryable: bool,
    },
    /// A request failed, or no client could be built.
    Client(wecom_health::Error),
    /// A signal ended the program. The exit code is that of the signal.
    Interrupted(u8),
}

/// A message in both languages, and what to do about it.
#[derive(Clone)]
pub(crate) struct Message {
    english: String,
    chinese: String,
    advice: Option<Box<Message>>,
}

/// What a script needs to know of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Usage,
    Credentials,
    Permission,
    Network,
    /// What responds is not the API, but a gateway or a login page.
    NotTheApi,
    RateLimit,
    /// The server refuses the request's parameters.
    InvalidRequest,
    /// The server is busy.
    Busy,
    /// Another refusal of the server.
    Refused,
    /// The response is not what the schema describes.
    Response,
    Output,
    Partial,
    Interrupted,
    Failed,
}

impl Kind {
    pub(crate) fn of(error: &wecom_health::Error) -> Self {
        match error {
            // Without an endpoint, the client could not be built from the user's input.
            error if error.endpoint().is_none() => Self::Usage,
            error if error.is_auth() => Self::Credentials,
            error if error.is_permission() => Self::Permission,
            error if error.is_rate_limited() => Self::RateLimit,
            error if error.is_invalid_request() => Self::InvalidRequest,
            error if error.api().is_some() && error.is_transient() => Self::Busy,
            error if error.api().is_some() => Self::Refused,
            error if error.is_not_the_api() => Self::NotTheApi,
            error if error.is_transient() => Self::Network,
            error if error.is_decode() || error.is_partly_read() => Self::Response,
            _ => Self::Failed,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Credentials => "credentials",
            Self::Permission => "permission",
            Self::Network => "network",
            Self::NotTheApi => "not_the_api",
            Self::RateLimit => "rate_limit",
            Self::InvalidRequest => "invalid_request",
            Self::Busy => "busy",
            Self::Refused => "refused",
            Self::Response => "response",
            Self::Output => "output",
            Self::Partial => "partial",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }

    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Credentials | Self::Permission => 3,
            Self::Network | Self::NotTheApi => 4,
            Self::Partial => 5,
            _ => 1,
        }
    }
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: Message) -> Self {
        Self::Own { kind, errcode: None, message, is_retryable: false }
    }

    /// Wrong arguments or environment.
    pub(crate) fn usage(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::new(Kind::Usage, Message::new(english, chinese))
    }

    /// There are no credentials, or they cannot be read.
    pub(crate) fn credentials(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::new(Kind::Credentials, Message::new(english, chinese))
    }

    /// The command `emulator` cannot run. It speaks English alone, as the program `wecom-health-emulator` does.
    pub(crate) fn emulator(english: &str) -> Self {
        Self::usage(english, english)
    }

    /// A part of what was asked for is missing.
    pub(crate) fn partial(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::new(Kind::Partial, Message::new(english, chinese))
    }

    /// All of what was asked for is missing, because the app may not see it.
    pub(crate) fn permission(errcode: Option<ErrCode>, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        let message = Message::new(english, chinese);
        Self::Own { kind: Kind::Permission, errcode, message, is_retryable: false }
    }

    /// A file cannot be read or written.
    pub(crate) fn disk(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::new(Kind::Output, Message::new(english, chinese))
    }

    /// Any other failure of the program itself.
    pub(crate) fn failed(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::new(Kind::Failed, Message::new(english, chinese))
    }

    /// Adds what to do about it, to a failure of the program's own.
    pub(crate) fn advise(mut self, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        if let Self::Own { message, .. } = &mut self {
            message.advice = Some(Box::new(Message::new(english, chinese)));
        }
        self
    }

    /// Says of a failure of the program's own that it helps to run the same again.
    pub(crate) fn retryable(mut self) -> Self {
        if let Self::Own { is_retryable, .. } = &mut self {
            *is_retryable = true;
        }
        self
    }

    /// Returns the program's own message, if it is one.
    pub(crate) fn message(&self) -> Option<&Message> {
        if let Self::Own { message, .. } = self { Some(message) } else { None }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        if let Self::Interrupted(code) = self { *code } else { self.kind().exit_code() }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Own { kind, .. } => *kind,
            Self::Client(error) => Kind::of(error),
            Self::Interrupted(_) => Kind::Interrupted,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Own { is_retryable, .. } => *is_retryable,
            Self::Client(error) => error.is_transient() || error.is_rate_limited(),
            Self::Interrupted(_) => false,
        }
    }

    /// What to do about it, if that is known.
    fn advice(&self, language: Language) -> Option<String> {
        match self {
            Self::Own { message, .. } => message.advice().map(|advice| advice.in_language(language).to_string()),
            Self::Client(error) => match error.api() {
                Some(refusal) => refusal.advice().map(|advice| advice.get(language).to_owned()),
                // Without an endpoint, the message says what to write instead.
                None if error.endpoint().is_none() => None,
                None => Some(crate::advice::without_code(error).in_language(language).to_string()),
            },
            Self::Interrupted(_) => None,
        }
    }

    /// Returns the failure as an object for scripts, in which each name is always there.
    pub(crate) fn to_json(&self, language: Language) -> Value {
        let error = if let Self::Client(error) = self { Some(error) } else { None };
        let refusal = error.and_then(|error| error.api());
        let own_code = if let Self::Own { errcode, .. } = self { *errcode } else { None };
        json!({
            "kind": self.kind().name(),
            "errcode": refusal.map(|refusal| refusal.errcode()).or(own_code),
            "message": self.in_language(language).to_string(),
            "advice": self.advice(language),
            "caller_ip": refusal.and_then(|refusal| refusal.caller_ip()),
            "retryable": self.is_retryable(),
            "endpoint": error.and_then(|error| error.endpoint()),
        })
    }
}

impl Message {
    pub(crate) fn new(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self { english: english.into(), chinese: chinese.into(), advice: None }
    }

    /// Appends to the message in each language.
    pub(crate) fn append(&mut self, english: &str, chinese: &str) {
        self.english += english;
        self.chinese += chinese;
    }

    /// Returns the message without the advice.
    pub(crate) fn without_advice(&self) -> Self {
        Self { advice: None, ..self.clone() }
    }

    pub(crate) fn advice(&self) -> Option<&Self> {
        self.advice.as_deref()
    }
}

impl Localized for Message {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, separator) = match language {
            Language::English => (&self.english, "; "),
            Language::Chinese => (&self.chinese, "，"),
        };
        f.write_str(text)?;
        match &self.advice {
            Some(advice) => {
                f.write_str(separator)?;
                advice.fmt_in(language, f)
            }
            None => Ok(()),
        }
    }
}

impl Localized for Failure {
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, language) {
            (Self::Own { message, .. }, _) => message.fmt_in(language, f),
            (Self::Interrupted(_), Language::English) => f.write_str("interrupted"),
            (Self::Interrupted(_), Language::Chinese) => f.write_str("已中断"),
            (Self::Client(error), _) => {
                error.fmt_in(language, f)?;
                let separator = if language == Language::English { ": " } else { "：" };
                error.details(language).map_or(Ok(()), |details| write!(f, "{separator}{details}"))
            }
        }
    }
}

impl From<wecom_health::Error> for Failure {
    fn from(error: wecom_health::Error) -> Self {
        Self::Client(error)
    }
}

/// The output cannot be written.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let [english, chinese] = crate::disk::reason(&error);
        Self::disk(format!("cannot write the output: {english}"), format!("无法写入输出：{chinese}"))
    }
}
