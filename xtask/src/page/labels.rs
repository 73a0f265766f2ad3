//! What the labels and headings of a page say.

/// A side of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is sent.
    Request,
    /// What comes back.
    Response,
}

const RESPONSE: [&str; 10] =
    ["返回", "响应", "回包", "出参", "应答", "输出", "回复示例", "response", "结果示例", "响应体"];
const REQUEST: [&str; 12] = [
    "请求",
    "入参",
    "包体",
    "输入",
    "调用示例",
    "request",
    "post数据",
    "传入参数",
    "body",
    "提交",
    "参数示例",
    "上传示例",
];

/// The side that a label begins, if it names one.
pub(super) fn side(label: &str) -> Option<Side> {
    let label = tail(before_colon(label)).to_lowercase();
    let first = |words: &[&str]| words.iter().filter_map(|word| label.find(word)).min();
    match (first(&REQUEST), first(&RESPONSE)) {
        (Some(_), Some(_)) if label.contains("请求返回") || label.contains("请求的返回") => {
            Some(Side::Response)
        }
        (Some(request), Some(response)) => Some(if request < response { Side::Request } else { Side::Response }),
        (Some(_), None) => Some(Side::Request),
        (None, Some(_)) => Some(Side::Response),
        (None, None) => None,
    }
}

/// What a line with a colon inside is labelled with: `**注意：**…` is about 注意.
fn before_colon(label: &str) -> &str {
    let trimmed = label.trim_end_matches([':', '：', ' ']);
    trimmed.split([':', '：']).next().filter(|label| !label.trim().is_empty()).unwrap_or(trimmed)
}

/// The end of a long line, where its label is.
fn tail(label: &str) -> &str {
    let last = label.trim_end_matches([':', '：', '。', ' ']);
    let last = last.rsplit(['。', '，', '；', ',']).next().unwrap_or(last);
    let skip = last.chars().count().saturating_sub(24);
    last.char_indices().nth(skip).map_or(last, |(at, _)| &last[at..])
}

/// Whether a line can be a label.
pub(super) fn is_label(text: &str, marked: bool) -> bool {
    let length = text.chars().count();
    let ends = text.ends_with([':', '：']);
    (marked && length <= 30) || (ends && length <= 80)
}

/// Whether a label is about the headers of a request, which are no fields.
pub(super) fn is_header(label: &str) -> bool {
    has_word(label, "header") || has_word(label, "headers") || label.contains("请求头")
}

/// Whether a label is about the query of a request.
pub(super) fn is_query(label: &str) -> bool {
    has_word(label, "query") && !has_word(label, "body")
}

fn has_word(label: &str, word: &str) -> bool {
    label.to_lowercase().split(|char: char| !(char.is_ascii_alphanumeric() || char == '_')).any(|found| found == word)
}

/// Whether a heading begins an appendix.
pub(super) fn is_appendix(text: &str) -> bool {
    let text = text.trim_start_matches(|char: char| char.is_ascii_digit() || matches!(char, '.' | ' ' | '、'));
    text.starts_with("附录")
        || text.strip_prefix('附').is_some_and(|rest| {
            rest.starts_with(|char: char| char.is_ascii_digit() || "：:一二三四五六七八九".contains(char))
        })
}

/// The words of a label that name a part: identifiers, and what is left of the Chinese.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) identifiers: Vec<String>,
    pub(super) stem: String,
}

const GENERAL: [&str; 46] = [
    "请求",
    "返回",
    "参数",
    "字段",
    "说明",
    "结果",
    "包体",
    "示例",
    "结构体",
    "结构",
    "数据",
    "响应",
    "内容",
    "信息",
    "接口",
    "如下",
    "列表",
    "描述",
    "业务",
    "公共",
    "各",
    "的",
    "及",
    "和",
    "中",
    "下",
    "体",
    "其中",
    "具体",
    "详细",
    "含义",
    "包含",
    "以下",
    "定义",
    "类型",
    "对应",
    "对象",
    "字典",
    "出参",
    "入参",
    "为",
    "所示",
    "回包",
    "应答",
    "值",
    "表",
];
const NO_NAMES: &[&str] = &[
    "json",
    "http",
    "https",
    "get",
    "post",
    "object",
    "body",
    "query",
    "url",
    "api",
    "xml",
    "request",
    "response",
    "params",
    "param",
    "parameter",
    "parameters",
    "field",
    "fields",
    "data",
    "description",
    "example",
    "sample",
    "result",
    "return",
    "returns",
    "header",
    "headers",
    "of",
    "the",
];

/// Reads what a label is about. Both are empty for a general one, such as `参数说明`.
pub(super) fn subject(label: &str) -> Subject {
    let mut identifiers = Vec::new();
    for word in label.split(|char: char| !(char.is_ascii_alphanumeric() || char == '_' || char == '.')) {
        let word = word.trim_matches('.');
        let name = word.len() > 1
            && word.starts_with(|char: char| char.is_ascii_alphabetic())
            && !NO_NAMES.contains(&word.to_lowercase().as_str());
        if name {
            identifiers.push(word.to_owned());
        }
    }
    let mut stem: String =
        label.chars().filter(|char| !char.is_ascii() && !"：，。（）()、“”‘’「」\u{3000}".contains(*char)).collect();
    for word in GENERAL.iter().filter(|word| word.chars().count() > 1) {
        stem = stem.replace(word, "");
    }
    if stem.chars().all(|char| GENERAL.iter().any(|word| word.starts_with(char) && word.chars().count() == 1)) {
        stem.clear();
    }
    Subject { identifiers, stem }
}
