//! Where and how the program prints: language, width and bold headings, and a file for each output format.

use std::io::{self, ErrorKind, IsTerminal, Write};

use serde_json::{Value, json};
use wecom_health::model::{Language, Localized};

use crate::failure::Failure;
use crate::locale;
use crate::output::text::printable;

pub(crate) mod chart;
pub(crate) mod json;
pub(crate) mod list;
pub(crate) mod object;
pub(crate) mod table;
pub(crate) mod text;

/// Columns where there is no terminal.
const DEFAULT_TERMINAL_WIDTH: usize = 80;
/// No table gets narrower than this.
const MIN_TERMINAL_WIDTH: usize = 40;

/// How to print for this user.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    pub(crate) language: Language,
    /// Columns of a line.
    pub(crate) width: usize,
    /// Whether headings are bold.
    bold: bool,
    /// Whether stderr gets a JSON object for each line.
    is_json: bool,
}

impl Output {
    /// Detects the language, unless one was chosen, and the width.
    pub(crate) fn detect(chosen: Option<Language>, is_json: bool) -> Self {
        let language = chosen.unwrap_or_else(locale::language);
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { language, width: width(), bold: io::stdout().is_terminal() && !no_color, is_json }
    }

    /// Returns the text in the user's language.
    pub(crate) fn pick<T>(self, english: T, chinese: T) -> T {
        match self.language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }

    /// Whether a script reads the output.
    pub(crate) fn is_json(self) -> bool {
        self.is_json
    }

    /// Returns what separates the items of a list.
    pub(crate) fn comma(self) -> &'static str {
        self.pick(", ", "、")
    }

    /// Returns what separates a name from its value.
    pub(crate) fn colon(self) -> &'static str {
        self.pick(": ", "：")
    }

    /// Returns a heading or a label, bold on a terminal.
    pub(crate) fn heading(self, text: &str) -> String {
        if self.bold { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Returns a text in lines that fit; those after the first are indented.
    pub(crate) fn paragraph(self, text: &str, indent: &str) -> String {
        let options = textwrap::Options::new(self.width).initial_indent(indent).subsequent_indent("  ");
        text::wrapped(text, options).into_iter().map(|line| line + "\n").collect()
    }

    /// Writes a line for people to stderr, as an object where a script reads it. A failure to write it is ignored.
    pub(crate) fn notice(self, english: &str, chinese: &str) {
        let message = self.pick(english, chinese);
        if self.is_json {
            to_stderr(&json!({ "kind": "notice", "message": message }));
        } else {
            let _ = writeln!(io::stderr(), "{}", printable(message));
        }
    }

    /// Writes a line that explains something, as `notice` does.
    pub(crate) fn note(self, english: &str, chinese: &str) {
        self.marked(["note: ", "提示："], english, chinese);
    }

    /// Writes a line that warns of something, as `notice` does.
    pub(crate) fn warning(self, english: &str, chinese: &str) {
        self.marked(["warning: ", "警告："], english, chinese);
    }

    /// In JSON, all these lines have the kind `notice`.
    fn marked(self, [english_mark, chinese_mark]: [&str; 2], english: &str, chinese: &str) {
        if self.is_json {
            self.notice(english, chinese);
        } else {
            self.notice(&format!("{english_mark}{english}"), &format!("{chinese_mark}{chinese}"));
        }
    }

    /// Writes to stderr why the program failed.
    pub(crate) fn error(self, failure: &Failure) {
        if self.is_json {
            return to_stderr(&failure.to_json(self.language));
        }
        let message = printable(&failure.in_language(self.language).to_string());
        let _ = writeln!(io::stderr(), "{}{message}", self.pick("error: ", "错误："));
    }
}

fn to_stderr(object: &Value) {
    let line = json::line(object).unwrap_or_default();
    let _ = io::stderr().write_all(line.as_bytes());
}

#[cfg(test)]
impl Output {
    pub(crate) fn for_tests(language: Language) -> Self {
        Self { language, width: DEFAULT_TERMINAL_WIDTH, bold: false, is_json: false }
    }

    pub(crate) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// Returns the columns of the terminal, unless stdout goes elsewhere and the variable COLUMNS says how many there are.
fn width() -> usize {
    let asked_for = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0);
    let asked_for = if io::stdout().is_terminal() { None } else { asked_for() };
    let terminal = || Some(usize::from(terminal_size::terminal_size()?.0.0));
    asked_for.or_else(terminal).unwrap_or(DEFAULT_TERMINAL_WIDTH).max(MIN_TERMINAL_WIDTH)
}

/// Writes to stdout.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    unless_gone(io::stdout().write_all(text.as_bytes()))
}

/// Ignores a closed stdout: its reader, such as `head`, has read enough.
pub(crate) fn unless_gone(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
