//! The language that the user's environment asks for.

use std::env;

use wecom_health::model::Language;

/// Returns the language of the locale, which is English unless it is Chinese.
///
/// The variable LANGUAGE does not count: a program reads it only for a translation in one of many languages, and it would outrank
/// LC_ALL=C, with which scripts ask for English.
pub(crate) fn language() -> Language {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    match locale.map(|locale| locale.to_string_lossy().into_owned()).or_else(of_the_system) {
        Some(locale) if locale.to_ascii_lowercase().starts_with("zh") => Language::Chinese,
        _ => Language::English,
    }
}

/// Windows and macOS keep the locale in settings of their own. Elsewhere the crate would read LANGUAGE.
fn of_the_system() -> Option<String> {
    if cfg!(any(windows, target_os = "macos")) { sys_locale::get_locale() } else { None }
}
