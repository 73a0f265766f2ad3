//! The languages of labels and messages.

use std::fmt;

/// A language of labels and messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, in the vendor's own terms.
    Chinese,
}

/// The same words in each language.
///
/// ```
/// use wecom_health_model::{Language, QuestionType};
///
/// let label = QuestionType::Text.known().expect("the schema names it").label;
/// assert_eq!((label.get(Language::English), label.get(Language::Chinese)), ("Text", "填空题"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// In English.
    pub english: &'static str,
    /// In Chinese.
    pub chinese: &'static str,
}

impl Words {
    /// Returns the words in a language.
    pub const fn get(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Chinese => self.chinese,
        }
    }
}

/// An error whose message comes in each language. `Display` is the English one.
pub trait Localized {
    /// Writes the message in a language.
    ///
    /// # Errors
    ///
    /// The formatter fails.
    fn fmt_in(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Returns the message in a language, as a value that implements `Display`.
    ///
    /// ```
    /// use wecom_health_model::{GetReportJobIdsResponse, Language, Localized, Response};
    ///
    /// let error = GetReportJobIdsResponse::from_slice(b"{").unwrap_err();
    /// assert_eq!(error.in_language(Language::Chinese).to_string(), "JSON 不完整，在第 1 行第 1 列中断");
    /// ```
    fn in_language(&self, language: Language) -> InLanguage<'_, Self> {
        InLanguage(self, language)
    }
}

/// A message in a language: what [`Localized::in_language`] returns.
#[derive(Debug)]
pub struct InLanguage<'a, T: ?Sized>(&'a T, Language);

impl<T: Localized + ?Sized> fmt::Display for InLanguage<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_in(self.1, f)
    }
}
