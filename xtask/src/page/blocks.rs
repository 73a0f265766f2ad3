//! The blocks of a page, in order: headings, lines of text, code and tables.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::vendor_markdown::{Standard, standard};

/// A piece of a page. Line numbers count from 1.
#[derive(Debug)]
pub(super) enum Block {
    Heading {
        line: usize,
        text: String,
    },
    /// One line of text. It is marked if it is bold or ends with a colon, as labels do.
    Text {
        line: usize,
        text: String,
        marked: bool,
    },
    /// Code, and the line of its first line.
    Code {
        line: usize,
        language: String,
        text: String,
    },
    Table {
        line: usize,
        header: Vec<String>,
        rows: Vec<(usize, Vec<String>)>,
    },
}

/// Reads the blocks of a page.
pub(super) fn blocks(page: &str) -> Vec<Block> {
    let standard = standard(page);
    let starts: Vec<usize> =
        std::iter::once(0).chain(standard.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let mut reader =
        Reader { standard: &standard, starts, blocks: Vec::new(), open: Open::Nothing, text: String::new(), place: 0 };
    let events = Parser::new_ext(&standard.text, Options::ENABLE_TABLES).into_offset_iter();
    for (event, range) in events {
        reader.event(event, range.start);
    }
    reader.blocks
}

/// What is being read.
#[derive(PartialEq)]
enum Open {
    Nothing,
    Heading,
    Text,
    Code,
    Cell,
}

struct Reader<'a> {
    standard: &'a Standard,
    /// Where each line starts.
    starts: Vec<usize>,
    blocks: Vec<Block>,
    open: Open,
    text: String,
    /// Where the text begins.
    place: usize,
}

impl Reader<'_> {
    /// The line, counted from 0 in the standard text, that a place is in.
    fn index(&self, place: usize) -> usize {
        self.starts.partition_point(|start| *start <= place).saturating_sub(1)
    }

    fn line(&self, place: usize) -> usize {
        self.standard.lines.get(self.index(place)).copied().unwrap_or(1)
    }

    fn event(&mut self, event: Event<'_>, place: usize) {
        if self.text.is_empty() {
            self.place = place;
        }
        match event {
            Event::Start(tag) => self.start(tag, place),
            Event::End(tag) => self.end(tag, place),
            Event::SoftBreak | Event::HardBreak if self.open == Open::Text => self.finish_text(),
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::InlineHtml(html) if html.starts_with("<br") => self.text.push('\n'),
            Event::InlineHtml(html) | Event::Html(html) => self.text.push_str(&html),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, place: usize) {
        match tag {
            Tag::Heading { .. } => self.open(Open::Heading),
            Tag::Paragraph | Tag::Item | Tag::HtmlBlock => self.open(Open::Text),
            Tag::CodeBlock(kind) => {
                self.open(Open::Code);
                let (language, after_fence) = match kind {
                    CodeBlockKind::Fenced(language) => (language.to_string(), 1),
                    CodeBlockKind::Indented => (String::new(), 0),
                };
                let line = self.standard.lines.get(self.index(place) + after_fence).copied();
                self.blocks.push(Block::Code { line: line.unwrap_or(1), language, text: String::new() });
            }
            Tag::Table(_) => self.blocks.push(Block::Table { line: self.line(place), header: vec![], rows: vec![] }),
            Tag::TableRow => {
                let line = self.line(place);
                if let Some(Block::Table { rows, .. }) = self.blocks.last_mut() {
                    rows.push((line, Vec::new()));
                }
            }
            Tag::TableCell => self.open(Open::Cell),
            _ => {}
        }
    }

    fn open(&mut self, open: Open) {
        self.open = open;
        self.text.clear();
    }

    fn end(&mut self, tag: TagEnd, place: usize) {
        match tag {
            TagEnd::Heading(_) => {
                let text = plain(&std::mem::take(&mut self.text));
                self.blocks.push(Block::Heading { line: self.line(place), text });
                self.open = Open::Nothing;
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock if self.open == Open::Text => {
                self.finish_text();
                self.open = Open::Nothing;
            }
            TagEnd::CodeBlock => {
                let code = std::mem::take(&mut self.text);
                if let Some(Block::Code { text, .. }) = self.blocks.last_mut() {
                    *text = code;
                }
                self.open = Open::Nothing;
            }
            TagEnd::TableCell => {
                let cell = indented(&std::mem::take(&mut self.text));
                if let Some(Block::Table { header, rows, .. }) = self.blocks.last_mut() {
                    rows.last_mut().map_or(header, |(_, cells)| cells).push(cell);
                }
                self.open = Open::Nothing;
            }
            _ => {}
        }
    }

    /// Ends a line of text.
    fn finish_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        let index = self.index(self.place);
        let source =
            self.starts.get(index).map_or("", |start| self.standard.text[*start..].lines().next().unwrap_or(""));
        let marked = source.contains("**") || source.contains("__") || text.trim_end().ends_with([':', '：']);
        let line = self.line(self.place);
        for text in text.split('\n').map(plain).filter(|text| !text.is_empty()) {
            self.blocks.push(Block::Text { line, text, marked });
        }
    }
}

/// The text of a cell, with the wide blanks before it: they show what is in what.
fn indented(text: &str) -> String {
    let width = |char| match char {
        '\u{a0}' => Some(1),
        '\u{2002}' | '\u{2003}' | '\u{3000}' => Some(2),
        _ => None,
    };
    let blanks = text.chars().map_while(width).sum();
    let text = plain(text);
    if text.is_empty() { text } else { format!("{}{text}", "\u{a0}".repeat(blanks)) }
}

/// Text without what is left of the vendor's markup: colours (`!!#ff0000 …!!`), emphasis that is no Markdown, odd spaces.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("!!") {
        out.push_str(&rest[..at]);
        rest = &rest[at + 2..];
        if let Some(colour) = rest.strip_prefix('#') {
            let digits = colour.find(|char: char| !char.is_ascii_hexdigit()).unwrap_or(colour.len());
            rest = colour[digits..].trim_start();
        }
    }
    out.push_str(rest);
    let out = out.replace("**", "").replace('\u{a0}', " ").replace(['\u{200b}', '\u{feff}'], "");
    out.trim().trim_matches('\u{3000}').to_owned()
}
