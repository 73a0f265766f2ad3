//! Why the program ends without success: a message, an exit code, and an object for scripts.

use std::fmt;
use std::io;

use serde_json::{Value, json};
use wecom_health::model::{ErrCode, Language, Localized};

/// A failure, which has a message and an exit code.
pub(crate) enum Failure {
    /// Wrong arguments or environment.
    Usage(Message),
    /// There are no credentials, or they cannot be read.
    Credentials(Message),
    /// The command `emulator` cannot run. It speaks English alone, as the program `wecom-health-emulator` does.
    Emulator(String),
    /// Any other failure of the program itself.
    Failed(Message),
    /// A part of what was asked for is missing.
    Partial(Message),
    /// All of what was asked for is missing, because the app may not see it.
    Permission(Option<ErrCode>, Message),
    /// A request failed, or no client could be built.
    Client(wecom_health::Error),
    /// A file cannot be read or written.
    Disk(Message),
    /// The output cannot be written.
    Output(io::Error),
    /// The command `doctor` has found something. Its report says what, so that the message is short.
    Found(Kind, Message),
    /// A signal ended the program. The exit code is that of the signal.
    Interrupted(u8),
}

/// A message in both languages, and what to do about it.
#[derive(Clone)]
pub(crate) struct Message {
    english: String,
    chinese: String,
    advice: Option<Box<Message>>,
    /// Whether it helps to run the same again.
    retryable: bool,
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
    pub(crate) fn usage(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::Usage(Message::new(english, chinese))
    }

    pub(crate) fn credentials(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::Credentials(Message::new(english, chinese))
    }

    pub(crate) fn partial(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::Partial(Message::new(english, chinese))
    }

    pub(crate) fn permission(code: Option<ErrCode>, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::Permission(code, Message::new(english, chinese))
    }

    pub(crate) fn disk(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::Disk(Message::new(english, chinese))
    }

    pub(crate) fn failed(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self::Failed(Message::new(english, chinese))
    }

    /// Adds what to do about it.
    pub(crate) fn advise(mut self, english: impl Into<String>, chinese: impl Into<String>) -> Self {
        if let Some(message) = self.message_mut() {
            message.advice = Some(Box::new(Message::new(english, chinese)));
        }
        self
    }

    /// Says that it helps to run the same again.
    pub(crate) fn retryable(mut self) -> Self {
        if let Some(message) = self.message_mut() {
            message.retryable = true;
        }
        self
    }

    /// Returns the program's own message, if it is one.
    pub(crate) fn message(&self) -> Option<&Message> {
        match self {
            Self::Usage(message)
            | Self::Credentials(message)
            | Self::Failed(message)
            | Self::Disk(message)
            | Self::Partial(message)
            | Self::Permission(_, message)
            | Self::Found(_, message) => Some(message),
            Self::Emulator(_) | Self::Client(_) | Self::Output(_) | Self::Interrupted(_) => None,
        }
    }

    fn message_mut(&mut self) -> Option<&mut Message> {
        match self {
            Self::Usage(message)
            | Self::Credentials(message)
            | Self::Failed(message)
            | Self::Disk(message)
            | Self::Partial(message)
            | Self::Permission(_, message)
            | Self::Found(_, message) => Some(message),
            Self::Emulator(_) | Self::Client(_) | Self::Output(_) | Self::Interrupted(_) => None,
        }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        if let Self::Interrupted(code) = self { *code } else { self.kind().exit_code() }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Found(kind, _) => *kind,
            Self::Usage(_) | Self::Emulator(_) => Kind::Usage,
            Self::Credentials(_) => Kind::Credentials,
            Self::Partial(_) => Kind::Partial,
            Self::Permission(..) => Kind::Permission,
            Self::Client(error) => Kind::of(error),
            Self::Failed(_) => Kind::Failed,
            Self::Interrupted(_) => Kind::Interrupted,
            Self::Output(_) | Self::Disk(_) => Kind::Output,
        }
    }

    /// Returns the failure as an object for scripts, in which each name is always there.
    pub(crate) fn to_json(&self, language: Language) -> Value {
        let error = if let Self::Client(error) = self { Some(error) } else { None };
        let refusal = error.and_then(|error| error.api());
        let code = if let Self::Permission(code, _) = self { *code } else { None };
        let message = self.message();
        let advice = refusal.and_then(|refusal| refusal.advice()).map(|advice| advice.get(language).to_owned());
        let own_advice = match error.filter(|error| error.endpoint().is_some() && error.api().is_none()) {
            Some(error) => Some(crate::advice::without_code(error)),
            None => message.and_then(Message::advice).cloned(),
        };
        let own_advice = own_advice.map(|advice| advice.in_language(language).to_string());
        json!({
            "kind": self.kind().name(),
            "errcode": refusal.map(|refusal| refusal.errcode()).or(code),
            "message": self.in_language(language).to_string(),
            "advice": advice.or(own_advice),
            "caller_ip": refusal.and_then(|refusal| refusal.caller_ip()),
            "retryable": error.is_some_and(|error| error.is_transient() || error.is_rate_limited())
                || message.is_some_and(|message| message.retryable),
            "endpoint": error.and_then(|error| error.endpoint()),
        })
    }
}

impl Message {
    pub(crate) fn new(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self { english: english.into(), chinese: chinese.into(), advice: None, retryable: false }
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
            (
                Self::Usage(message)
                | Self::Credentials(message)
                | Self::Partial(message)
                | Self::Disk(message)
                | Self::Permission(_, message)
                | Self::Found(_, message)
                | Self::Failed(message),
                _,
            ) => message.fmt_in(language, f),
            (Self::Emulator(message), _) => f.write_str(message),
            (Self::Interrupted(_), Language::English) => f.write_str("interrupted"),
            (Self::Interrupted(_), Language::Chinese) => f.write_str("已中断"),
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
