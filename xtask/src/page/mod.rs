//! A page of the vendor as data: its endpoints with the tables and samples of both sides.
//!
//! This knows nothing of the schema. A page is Markdown of the vendor's own sort: it is rewritten into that of the standard
//! (`vendor_markdown`), cut into blocks (`blocks`), and each table and sample is given to a side of an endpoint (`sections`). Samples
//! are read tolerantly (`tolerant_json`). [`Fields::of`] puts the rows of the tables at their places in the samples.

mod addresses;
mod blocks;
mod characters;
mod fields;
mod html;
mod html_table;
mod json;
mod labels;
mod objects;
mod parts;
mod places;
mod rows;
mod sections;
mod spelling;
mod tokens;
pub mod tolerant_json;
mod vendor_markdown;

pub use self::fields::{ANY, Field, Fields, Shape};
pub use self::json::{Json, Printed, Repair};
pub use self::labels::Side;
pub use self::rows::{Row, Table};

/// What a page says.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The title in the front matter.
    pub title: String,
    /// The page's address in the front matter.
    pub source: String,
    /// The endpoints, in the order of their addresses.
    pub endpoints: Vec<Endpoint>,
}

/// An endpoint of a page.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// The line of its address.
    pub line: usize,
    /// The heading above it, or nothing on a page without headings.
    pub title: String,
    /// `GET` or `POST`, if the page says so.
    pub method: Option<String>,
    /// The path of its address.
    pub path: String,
    /// The names of the query of its address.
    pub query: Vec<String>,
    /// Whether a file is uploaded.
    pub upload: bool,
    /// What is sent.
    pub request: Message,
    /// What comes back.
    pub response: Message,
    /// Tables about a part of either side, also those of other endpoints of the page.
    pub parts: Vec<Part>,
}

/// A table about a part.
#[derive(Clone, Debug)]
pub struct Part {
    /// The path of the endpoint that it stands below.
    pub endpoint: String,
    /// The side that it stands on.
    pub side: Side,
    /// Whether it stands in an appendix.
    pub appendix: bool,
    /// The table.
    pub table: Table,
}

/// A side of an endpoint.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// What is printed as an example.
    pub samples: Vec<Printed>,
    /// The tables of its fields.
    pub tables: Vec<Table>,
}

/// Longer pages are refused.
const LONGEST: usize = 8 << 20;

/// Reads a page.
///
/// # Errors
///
/// It is not text in UTF-8, is empty, is too long, or names no address.
pub fn read(bytes: &[u8]) -> anyhow::Result<Page> {
    anyhow::ensure!(bytes.len() <= LONGEST, "the page is longer than 8 MB: give a page of the vendor as Markdown");
    let text = std::str::from_utf8(bytes)
        .map_err(|_| anyhow::anyhow!("the page is not in UTF-8: save it as Markdown in UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    anyhow::ensure!(!text.trim().is_empty(), "the page is empty: save it again");
    let mut page = sections::page(text);
    page.title = front_matter(text, "title").unwrap_or_default();
    page.source = front_matter(text, "source_url").unwrap_or_default();
    anyhow::ensure!(
        !page.endpoints.is_empty(),
        "the page names no address of an endpoint: give a page that describes one"
    );
    Ok(page)
}

/// A value of the front matter.
fn front_matter(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines();
    (lines.next()?.trim_end() == "---").then_some(())?;
    let mut lines = lines.take(50).take_while(|line| line.trim_end() != "---");
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(value.trim().trim_matches('"').to_owned())
}
