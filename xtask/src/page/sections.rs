//! Gives each table and each sample of a page to a side of an endpoint.
//!
//! What stands between an address and the next belongs to it. The side is what the last label says (`请求包体`, `返回结果`), else
//! what the content says (only responses have an `errcode`), else what comes first is the request.

use super::addresses::{Address, addresses, method};
use super::blocks::{Block, blocks};
use super::json::Printed;
use super::labels::{Side, is_appendix, is_header, is_label, is_query, side, subject};
use super::rows::{Row, Table, rows};
use super::tolerant_json;
use super::{Endpoint, Message, Page, Part};

/// Reads the endpoints of a page.
pub(super) fn page(text: &str) -> Page {
    let blocks = blocks(text);
    let addresses = addresses(&blocks);
    let starts: Vec<usize> = (0..addresses.len()).map(|at| start(&blocks, &addresses, at)).collect();
    let mut page = Page::default();
    let mut parts = Vec::new();
    for (at, address) in addresses.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(blocks.len());
        let Some(path) = &address.path else { continue };
        let section = Section::read(&blocks[starts[at]..end.max(starts[at])], address.block - starts[at]);
        parts.extend(section.parts.iter().map(|part| Part { endpoint: path.clone(), ..part.clone() }));
        let known = page.endpoints.iter_mut().find(|endpoint| endpoint.path == *path);
        match known {
            Some(endpoint) => section.add_to(endpoint, address),
            None => {
                let mut endpoint = Endpoint { line: address.line, path: path.clone(), ..Endpoint::default() };
                section.add_to(&mut endpoint, address);
                page.endpoints.push(endpoint);
            }
        }
    }
    for endpoint in &mut page.endpoints {
        endpoint.parts.clone_from(&parts);
    }
    page
}

/// The block that a section starts with: the last heading before its address, else the line of its method.
fn start(blocks: &[Block], addresses: &[Address], at: usize) -> usize {
    let after = at.checked_sub(1).map_or(0, |before| addresses[before].block + 1);
    let until = addresses[at].block;
    let heading = (after..until).rev().find(|block| matches!(&blocks[*block], Block::Heading { .. }));
    let is_method = |block: &usize| matches!(&blocks[*block], Block::Text { text, .. } if method(text).is_some());
    if at == 0 {
        heading.unwrap_or(0)
    } else {
        heading.or_else(|| (after..until).rev().find(is_method)).unwrap_or(until)
    }
}

/// What stands between an address and the next.
#[derive(Default)]
struct Section {
    title: String,
    method: Option<&'static str>,
    upload: bool,
    /// The names that tables of the query have.
    query: Vec<String>,
    request: Message,
    response: Message,
    parts: Vec<Part>,
    /// The side of what comes next.
    side: Option<Side>,
    /// Whether a label has said so since the last sample.
    labelled: bool,
    /// The label above what comes next.
    label: String,
    appendix: bool,
    /// Whether the table of the request's fields has been read, after its sample.
    request_is_over: bool,
}

impl Section {
    fn read(blocks: &[Block], address: usize) -> Self {
        let mut section = Self::default();
        for (at, block) in blocks.iter().enumerate() {
            match block {
                Block::Heading { text, .. } => section.heading(text, at < address),
                Block::Text { .. } if at == address => section.address(block),
                Block::Text { text, marked, .. } => section.text(text, *marked),
                Block::Code { line, language, text } => section.code(*line, language, text),
                Block::Table { line, header, rows: cells } => {
                    if let Some(rows) = rows(header, cells) {
                        section.table(*line, header, rows);
                    }
                    section.label.clear();
                }
            }
        }
        section
    }

    fn heading(&mut self, text: &str, before_address: bool) {
        self.appendix |= is_appendix(text);
        if before_address {
            text.clone_into(&mut self.title);
        } else {
            self.turn(text);
        }
        text.clone_into(&mut self.label);
    }

    /// The line of the address: what follows is sent, until something else is said.
    fn address(&mut self, block: &Block) {
        if let Block::Text { text, .. } = block
            && let Some(method) = method(text)
        {
            self.method.get_or_insert(method);
        }
        self.label.clear();
        self.side = Some(Side::Request);
        self.labelled = false;
    }

    fn text(&mut self, text: &str, marked: bool) {
        self.appendix |= marked && is_appendix(text);
        self.upload |= text.contains("multipart/form-data");
        if let Some(method) = method(text) {
            self.method.get_or_insert(method);
            self.side.get_or_insert(Side::Request);
            return;
        }
        if is_label(text, marked) {
            self.turn(text);
            text.clone_into(&mut self.label);
        } else if ["说明", "结构", "包含", "定义"].iter().any(|word| text.contains(word)) && text.chars().count() <= 30
        {
            text.clone_into(&mut self.label);
        }
    }

    fn turn(&mut self, label: &str) {
        if let Some(side) = side(label) {
            self.side = Some(side);
            self.labelled = true;
        }
    }

    fn code(&mut self, line: usize, language: &str, text: &str) {
        self.upload |= text.contains("multipart/form-data");
        let script =
            ["javascript", "js", "java", "python", "php", "c", "cpp", "shell", "bash"].contains(&language.trim());
        self.label.clear();
        if self.appendix || script || text.trim_start().starts_with('<') || text.trim_start().starts_with("wx.") {
            return;
        }
        for printed in tolerant_json::read(text, line) {
            self.sample(printed);
        }
    }

    fn sample(&mut self, printed: Printed) {
        let answers = printed.json.get("errcode").is_some() && printed.json.get("errmsg").is_some();
        let side = match self.side {
            Some(side) if self.labelled => side,
            _ if answers => Side::Response,
            Some(Side::Response) => Side::Response,
            _ if self.method == Some("GET") || self.request_is_over => Side::Response,
            _ => Side::Request,
        };
        let side =
            if answers && side == Side::Request && !self.request.samples.is_empty() { Side::Response } else { side };
        self.side = Some(side);
        self.message(side).samples.push(printed);
        self.labelled = false;
    }

    fn table(&mut self, line: usize, header: &[String], rows: Vec<Row>) {
        let label = std::mem::take(&mut self.label);
        if is_header(&label) {
            return;
        }
        let about = subject(&label);
        let table = Table { line, label, rows };
        if self.appendix || !about.identifiers.is_empty() || !about.stem.is_empty() {
            let side = self.side.unwrap_or(Side::Request);
            self.parts.push(Part { endpoint: String::new(), side, appendix: self.appendix, table });
            return;
        }
        let answers = table.rows.iter().any(|row| row.name() == "errcode");
        let token = table.rows.iter().any(|row| row.name().ends_with("access_token") && row.required.is_some());
        let returned = header.iter().any(|cell| cell.contains("返回"));
        let sent = self.request.samples.iter().any(|sample| sample.json.get("errcode").is_some());
        let side = if answers && !sent || returned {
            Side::Response
        } else if token {
            Side::Request
        } else {
            self.side.unwrap_or(Side::Request)
        };
        if side == Side::Request && is_query(&table.label) {
            self.query.extend(table.rows.iter().filter(|row| row.depth == 0).map(|row| row.path[0].clone()));
        }
        self.request_is_over |= side == Side::Request && !self.request.samples.is_empty();
        self.message(side).tables.push(table);
    }

    fn message(&mut self, side: Side) -> &mut Message {
        match side {
            Side::Request => &mut self.request,
            Side::Response => &mut self.response,
        }
    }

    fn add_to(self, endpoint: &mut Endpoint, address: &Address) {
        if endpoint.title.is_empty() {
            endpoint.title = self.title;
        }
        if endpoint.method.is_none() {
            endpoint.method = self.method.map(str::to_owned);
        }
        for name in address.query.iter().chain(&self.query) {
            if !endpoint.query.contains(name) {
                endpoint.query.push(name.clone());
            }
        }
        endpoint.upload |= self.upload;
        for (known, more) in [(&mut endpoint.request, self.request), (&mut endpoint.response, self.response)] {
            known.samples.extend(more.samples);
            known.tables.extend(more.tables);
        }
    }
}
