//! A section for each endpoint: facts, fields of the request and the response, samples, known deviations.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::{Language, Table, deviations, types};
use crate::schema::{Document, Link, Method, Paged, Sample, Side};

pub(super) fn section(
    document: &Document,
    index: usize,
    link: &Link,
    samples: &[Sample],
    language: Language,
) -> String {
    let mut text = format!("\n## {}\n\n{}\n", link.rel, language.label(&link.title, &link.term));
    if language == Language::English {
        let _ = write!(text, "\n{}\n", link.description);
    }
    let _ = write!(text, "\n{}", facts(link, language));
    for (name, english, chinese) in [
        (link.query(), "Query", "查询参数"),
        (link.body(), "Request body", "请求体"),
        (Some(link.response()), "Response", "响应"),
    ] {
        if let Some(name) = name {
            let _ =
                write!(text, "\n### {}\n\n{}", language.of(english, chinese), types::fields(document, name, language));
        }
    }
    text.push_str(&shown_samples(link, samples, language));
    text.push_str(&deviations::of_endpoint(document, index, link, language));
    text
}

fn method(link: &Link) -> &'static str {
    match link.method() {
        Method::Get => "GET",
        Method::Post => "POST",
    }
}

fn facts(link: &Link, language: Language) -> Table {
    // The first row is the head: Markdown has no table without one.
    let head = [language.of("request", "请求").to_owned(), format!("`{} {}`", method(link), link.path())];
    let mut table = Table::new(&[&head[0], &head[1]]);
    let mut row = |name: &str, value: String| table.row([name.to_owned(), value]);
    let token = link.token_parameter().map(|name| format!("`{name}`"));
    let none = || language.of("none", "无").to_owned();
    row(
        language.of("token", "令牌"),
        token.map_or_else(none, |name| name + language.of(" in the query", "（查询参数）")),
    );
    if let Some((english, chinese)) = link.permission.as_deref().zip(link.permission_zh.as_deref()) {
        row(language.of("permission", "权限"), language.of(english, chinese).to_owned());
    }
    let writes =
        if link.writes() { language.of("yes", "是") } else { language.of("no, it only reads", "否（只读）") };
    row(language.of("changes something", "是否写入"), writes.to_owned());
    if let Some(paged) = &link.paged {
        row(language.of("pages", "分页"), pages(paged, language));
    }
    row(language.of("codes", "返回码"), "[ErrCode](#errcode)".to_owned());
    row(language.of("vendor's page", "官方文档"), format!("<{}>", link.page));
    table
}

fn pages(paged: &Paged, language: Language) -> String {
    let Paged { offset, cursor, next, limit, items, end, more } = paged;
    let sent: Vec<_> = [offset, cursor, limit].into_iter().flatten().map(|name| format!("`{name}`")).collect();
    let received = [Some(items), next.as_ref(), end.as_ref(), more.as_ref()];
    let received: Vec<_> = received.into_iter().flatten().map(|name| format!("`{name}`")).collect();
    let end = match (end, more) {
        (None, None) => language.of("; an empty page is the last", "；空页为末页"),
        _ => "",
    };
    format!("{} → {}{end}", sent.join(", "), received.join(", "))
}

/// The samples of an endpoint, in the order of its messages.
fn shown_samples(link: &Link, samples: &[Sample], language: Language) -> String {
    let mut text = String::new();
    for sample in samples.iter().filter(|sample| sample.endpoint == link.rel) {
        let side = match sample.side {
            Side::Request => language.of("Sample request", "请求示例"),
            Side::Response => language.of("Sample response", "响应示例"),
        };
        let variant =
            sample.variant.as_ref().map(|variant| format!("{}{variant}", language.colon())).unwrap_or_default();
        let _ = write!(text, "\n### {side}{variant}\n\n");
        let _ = match sample.side {
            Side::Request => write!(text, "```http\n{}\n```\n", request(link, &sample.json)),
            Side::Response => write!(text, "```json\n{:#}\n```\n", sample.json),
        };
    }
    text
}

fn request(link: &Link, sample: &Json) -> String {
    let token = link.token_parameter().map(|name| format!("{name}={}", name.to_uppercase()));
    let is_query = link.body().is_none();
    let fields = sample.as_object().filter(|_| is_query).into_iter().flatten();
    let fields = fields.map(|(name, value)| match value {
        Json::String(text) => format!("{name}={}", escaped(text)),
        other => format!("{name}={other}"),
    });
    let query: Vec<_> = token.into_iter().chain(fields).collect();
    let question_mark = if query.is_empty() { "" } else { "?" };
    let line = format!("{} {}{question_mark}{}", method(link), link.path(), query.join("&"));
    if is_query { line } else { format!("{line}\n\n{sample:#}") }
}

/// A text as it stands in a query.
fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
