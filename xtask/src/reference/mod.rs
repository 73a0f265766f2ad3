//! The schema as a reference for people: what each endpoint does, sends and receives.
//!
//! The Chinese one has headings, the vendor's terms, advice and permissions. Other sentences are in English alone.

use std::fmt::Write as _;

use crate::schema::{Document, Sample};

mod deviations;
mod endpoints;
mod table;
mod types;

use table::Table;

/// The language of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// With sentences.
    English,
    /// Headings, terms, advice and permissions.
    Chinese,
}

impl Language {
    /// Chooses one of two texts.
    fn of<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// A label with the vendor's term, or the term alone.
    fn label(self, title: &str, term: &str) -> String {
        match self {
            Self::English => format!("{title} ({term})"),
            Self::Chinese => term.to_owned(),
        }
    }

    fn colon(self) -> &'static str {
        match self {
            Self::English => ": ",
            Self::Chinese => "：",
        }
    }

    /// A sentence of the schema, which has it in English alone.
    fn sentence(self, text: &str) -> &str {
        self.of(text, "")
    }
}

/// Returns the text of the reference in a language.
pub fn document(document: &Document, samples: &[Sample], language: Language) -> String {
    let mut text = front(document, language);
    for (index, link) in document.links.iter().enumerate() {
        text.push_str(&endpoints::section(document, index, link, samples, language));
    }
    let _ = write!(text, "\n## {}\n", language.of("Types", "类型"));
    text.push_str(&types::sections(document, language));
    text.push_str(&deviations::elsewhere(document, language));
    text
}

/// What holds for all endpoints, and the list of them.
fn front(document: &Document, language: Language) -> String {
    let name = language.of(&document.title, &document.term);
    let heading = language.of("reference", "接口参考");
    let other_name = language.of("简体中文", "English");
    let other = language.of("REFERENCE.zh-CN.md", "REFERENCE.md");
    let colon = language.colon();
    let version = env!("CARGO_PKG_VERSION");
    let generated = "<!-- cargo xtask codegen writes this file from health.schema.json. Do not edit it. -->";
    let mut text = format!(
        "{generated}\n\n# {name}{colon}{heading}\n\n[{other_name}]({other}) · {version} · `{}`\n",
        document.base
    );
    if language == Language::English {
        let _ = write!(text, "\n{ABOUT}\n");
    }
    let mut table =
        Table::new(&[language.of("endpoint", "接口"), language.of("name", "名称"), language.of("what it does", "")]);
    for link in &document.links {
        let label = language.label(&link.title, &link.term);
        table.row([format!("[`{0}`](#{0})", link.rel), label, language.sentence(&link.description).to_owned()]);
    }
    let _ = write!(text, "\n{table}");
    text
}

const ABOUT: &str = "\
Errors, too, have HTTP status 200. A response is an error if [`errcode`](#errcode) is present and not 0; the other fields may then be absent
or empty. Decide by `errcode`, never by `errmsg`. Fields and values that are not listed here may come at any time. Integers have 64 bits. For
lists, maps, and objects of nothing else, absent, null and empty mean the same.";
