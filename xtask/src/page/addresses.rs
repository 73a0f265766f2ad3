//! The addresses of a page: path, names of the query, and the method named beside them.

use super::blocks::Block;

const HOST: &str = "qyapi.weixin.qq.com";

/// An address that a page names.
#[derive(Debug)]
pub(super) struct Address {
    /// The block it stands in.
    pub(super) block: usize,
    pub(super) line: usize,
    /// Nothing for an address of somebody else's server, which only ends what belongs to the address before it.
    pub(super) path: Option<String>,
    pub(super) query: Vec<String>,
}

/// Finds the addresses of a page. Those in code count only where the text names none.
pub(super) fn addresses(blocks: &[Block]) -> Vec<Address> {
    let found: Vec<Address> = blocks.iter().enumerate().filter_map(|(at, block)| in_text(at, block)).collect();
    if found.iter().any(|address| address.path.is_some()) {
        return found;
    }
    blocks.iter().enumerate().filter_map(|(at, block)| in_code(at, block)).collect()
}

fn in_text(at: usize, block: &Block) -> Option<Address> {
    let (Block::Text { line, text, .. } | Block::Heading { line, text }) = block else { return None };
    let labelled = ["请求地址", "请求URL", "请求url", "请求Url", "接口地址", "请求链接", "地址", "URL", "url"]
        .iter()
        .any(|label| text.contains(label));
    let start = text.find("http").or_else(|| text.find(HOST))?;
    let before = text[..start].trim_end_matches([':', '：', ' ', '`', '*']);
    let alone = before.is_empty() || ["GET", "POST", "get", "post"].iter().any(|method| before.ends_with(method));
    if !labelled && !alone && !before.contains("请求") || before.chars().count() > 40 {
        return None;
    }
    match parse(&text[start..]) {
        Some((path, query)) => Some(Address { block: at, line: *line, path: Some(path), query }),
        None if text.contains("请求地址") => {
            Some(Address { block: at, line: *line, path: None, query: Vec::new() })
        }
        None => None,
    }
}

fn in_code(at: usize, block: &Block) -> Option<Address> {
    let Block::Code { line, text, .. } = block else { return None };
    let start = text.find(HOST)?;
    let (path, query) = parse(&text[start..])?;
    let line = line + text[..start].matches('\n').count();
    Some(Address { block: at, line, path: Some(path), query })
}

/// The path and the names of the query of an address that begins here.
fn parse(text: &str) -> Option<(String, Vec<String>)> {
    let rest = text.split_once(HOST)?.1;
    if text.find(HOST)? > 12 {
        return None;
    }
    let is_path = |char: char| char.is_ascii_alphanumeric() || matches!(char, '/' | '_' | '-' | '.');
    let rest = rest.strip_prefix(":443").unwrap_or(rest);
    let end = rest.find(|char| !is_path(char)).unwrap_or(rest.len());
    let path = rest[..end].trim_end_matches(['/', '.']).replace("//", "/");
    if path.len() < 2 || !path.starts_with('/') {
        return None;
    }
    let query = rest[end..].trim_start_matches([' ', '\\']).strip_prefix(['?', '？']).unwrap_or("");
    Some((path, names(query)))
}

fn names(query: &str) -> Vec<String> {
    let end = query
        .find(|char: char| char.is_whitespace() || !char.is_ascii() || matches!(char, '"' | '`' | '<' | '>' | '*'))
        .unwrap_or(query.len());
    let mut names = Vec::new();
    for pair in query[..end].replace("&amp;", "&").replace('\\', "").split('&') {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        let is_name =
            !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_' || char == '-');
        if is_name && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The method that a line names, if it is a line about the method.
pub(super) fn method(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let about = ["请求方式", "请求方法", "http方法", "调用方式", "method", "请求类型", "http请求方式"]
        .iter()
        .any(|word| lower.contains(word));
    let address = lower.find("http").unwrap_or(lower.len());
    let at = |name: &str| lower.find(name).filter(|at| about || *at < address);
    let about = about || lower.contains(HOST);
    let found = [("GET", at("get")), ("POST", at("post")), ("PUT", at("put")), ("DELETE", at("delete"))];
    let first = found.into_iter().filter_map(|(name, at)| at.map(|at| (at, name))).min()?;
    about.then_some(first.1)
}
