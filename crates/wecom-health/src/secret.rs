//! The app's secret, from the environment to `gettoken`.

use std::fmt;

use crate::Error;
use crate::model::CorpSecret;

/// Secret of a self-built app (应用的凭证密钥). No output shows it.
///
/// ```
/// # use wecom_health::Secret;
/// let secret = Secret::new("keep-me");
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// ```
#[derive(Clone)]
pub struct Secret(CorpSecret);

impl Secret {
    /// Wraps a secret that the program already has.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into().into())
    }

    /// Reads the secret from an environment variable.
    ///
    /// # Errors
    ///
    /// The variable is not set, empty, or not Unicode.
    pub fn from_env(variable: &str) -> Result<Self, Error> {
        match std::env::var(variable) {
            Ok(secret) if !secret.is_empty() => Ok(Self::new(secret)),
            _ => Err(Error::configuration(
                format!("set the environment variable {variable} to the app's secret"),
                format!("环境变量 {variable} 未设置或无效，请设为应用的 Secret"),
            )),
        }
    }

    pub(crate) fn get(&self) -> &CorpSecret {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
