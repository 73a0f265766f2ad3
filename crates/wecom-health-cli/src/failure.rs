//! Why the program ends without success.

/// What to tell the user, and which exit code goes with it.
pub(crate) enum Failure {
    /// Nothing was asked for: the help.
    Help(String),
    /// Wrong arguments, credentials or environment; exit code 2.
    Usage(String),
    /// A call failed; exit code 1.
    Call(String),
}

impl From<wecom_health::Error> for Failure {
    fn from(error: wecom_health::Error) -> Self {
        // The root of the causes says what the error itself does not, e.g. that the connection was refused.
        let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        let message = match causes.last() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
        match error.endpoint() {
            Some(_) => Self::Call(message),
            None => Self::Usage(message),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Call(format!("cannot write the output: {error}"))
    }
}
