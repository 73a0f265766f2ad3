//! What a field holds, from its samples, its type column and, last of all, its name.

use crate::page::{ANY, Field, Fields, Shape};

use super::known_values;

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    /// The fields in it.
    Object,
    /// Values under names that are data.
    Map,
    List(Box<Kind>),
    /// The page does not say.
    Unknown,
}

impl Kind {
    fn listed(self, levels: usize) -> Self {
        (0..levels).fold(self, |kind, _| Self::List(Box::new(kind)))
    }

    /// What is in the lists.
    pub(super) fn innermost(&self) -> &Self {
        match self {
            Self::List(items) => items.innermost(),
            kind => kind,
        }
    }
}

/// What is said of a field whose column names another kind than the sample shows.
pub(super) const DIFFER: &str = "the sample and the type column differ";

/// A kind, and what is not certain about it.
type Found = (Kind, Option<&'static str>);

/// What a field holds. Samples decide, because the server sends what they show; then its column.
pub(super) fn kind(fields: &Fields, at: usize) -> Found {
    let field = fields.get(at);
    let columns = || field.rows.iter().filter_map(|row| row.kind.as_deref().and_then(from_column));
    let says_it_all = |kind: &Kind| !matches!(kind.innermost(), Kind::Object | Kind::Unknown);
    let column = columns().find(says_it_all).filter(|_| field.children.is_empty()).or_else(|| columns().next());
    let (inner, levels) = field.shape.innermost();
    if contradicts_itself(&field.shape) {
        return (Kind::Unknown, Some("the samples show values of several kinds"));
    }
    if field.shape.says_nothing() {
        return unseen(field, column);
    }
    match from_sample(inner, field) {
        Some(Kind::Unknown) => (Kind::Unknown.listed(levels), Some("the sample shows an object without fields")),
        Some(Kind::Object) if levels == 0 && is_map(field) => {
            (Kind::Object, Some("the type column names a map, the sample shows names: drafted as fields"))
        }
        Some(kind) => {
            let doubt = column.is_some_and(|column| !agrees(&column, &kind.clone().listed(levels)));
            (kind.listed(levels), doubt.then_some(DIFFER))
        }
        None => items_unseen(field, column, levels),
    }
}

/// Whether samples show a list and something else, or values of several kinds.
fn contradicts_itself(shape: &Shape) -> bool {
    let kinds = [shape.boolean, shape.integer || shape.number, shape.text, shape.object, shape.list.is_some()];
    let several = kinds.into_iter().filter(|kind| *kind).count() > 1;
    several || shape.list.as_ref().is_some_and(|items| contradicts_itself(items))
}

fn is_map(field: &Field) -> bool {
    let names_map = |kind: &str| kind.to_lowercase().contains("map") || kind.contains("字典");
    field.rows.iter().filter_map(|row| row.kind.as_deref()).any(names_map)
}

fn from_sample(shape: &Shape, field: &Field) -> Option<Kind> {
    if shape.object {
        let map = field.children.len() == 1 && field.children.contains_key(ANY);
        return Some(match field.children.is_empty() {
            true => Kind::Unknown,
            false if map => Kind::Map,
            false => Kind::Object,
        });
    }
    let scalars = [
        (shape.number, Kind::Number),
        (shape.integer, Kind::Integer),
        (shape.text, Kind::Text),
        (shape.boolean, Kind::Boolean),
    ];
    scalars.into_iter().find(|(shown, _)| *shown).map(|(_, kind)| kind)
}

/// The kind of a list whose items no sample shows.
fn items_unseen(field: &Field, column: Option<Kind>, levels: usize) -> Found {
    if !field.children.is_empty() {
        return (Kind::Object.listed(levels), None);
    }
    match column {
        Some(Kind::List(items)) if *items.innermost() != Kind::Unknown && *items.innermost() != Kind::Object => {
            (Kind::List(items), None)
        }
        Some(kind @ (Kind::Text | Kind::Integer | Kind::Number | Kind::Boolean)) => {
            (kind.listed(levels), Some("the type column names no list, the sample shows one"))
        }
        _ => (Kind::Unknown.listed(levels), Some("the sample shows no item of the list")),
    }
}

/// The kind of a field that no sample shows, or only as `null` or a placeholder.
fn unseen(field: &Field, column: Option<Kind>) -> Found {
    let has_fields = !field.children.is_empty();
    match column {
        Some(Kind::List(items)) if has_fields && *items.innermost() == Kind::Object => (Kind::List(items), None),
        Some(Kind::List(_)) if has_fields => {
            (Kind::List(Box::new(Kind::Object)), Some("the type column names no objects, the page their fields"))
        }
        Some(Kind::List(items)) if *items.innermost() == Kind::Object => {
            (Kind::List(Box::new(Kind::Unknown)), Some("the page does not say what the items hold"))
        }
        Some(Kind::List(items)) if *items.innermost() == Kind::Unknown => guess_items(field),
        Some(Kind::Object) if !has_fields => (Kind::Unknown, Some("the page does not say what the object holds")),
        Some(Kind::Object) => (Kind::Object, None),
        Some(_) if has_fields => (Kind::Object, Some("the type column names no object, the page its fields")),
        Some(kind) => (kind, None),
        None if has_fields => guess_object(field),
        None => guess(field),
    }
}

fn guess_object(field: &Field) -> Found {
    let kind = if looks_like_list(field) { Kind::List(Box::new(Kind::Object)) } else { Kind::Object };
    (kind, Some("the page shows neither a value nor a type: the kind is guessed"))
}

fn guess_items(field: &Field) -> Found {
    let (guess, _) = if field.name.ends_with("id_list") { (Kind::Text, None) } else { guess(field) };
    let items = match guess {
        Kind::List(items) => items,
        kind => Box::new(kind),
    };
    (Kind::List(items), Some("the page does not say what the items are: their kind is guessed"))
}

/// Guesses a kind from name and description.
fn guess(field: &Field) -> Found {
    let description = field.rows.first().map_or("", |row| row.description.as_str());
    let counts = ["时间戳", "数量", "个数", "次数", "人数", "总数", "整型", "数目"]
        .iter()
        .any(|word| description.contains(word));
    let kind = if looks_like_list(field) {
        Kind::List(Box::new(Kind::Text))
    } else if counts || known_values::integers(description).len() >= 2 {
        Kind::Integer
    } else {
        Kind::Text
    };
    (kind, Some("the page shows neither a value nor a type: the kind is guessed"))
}

fn looks_like_list(field: &Field) -> bool {
    let name = field.name.to_ascii_lowercase();
    let named = name.ends_with("list") || name.ends_with("ids");
    named || field.rows.iter().any(|row| row.description.contains("列表") || row.description.contains("数组"))
}

/// The kind that a type column names.
fn from_column(column: &str) -> Option<Kind> {
    let lower = column.to_lowercase();
    let lower = lower.split(['，', '。', ';', '；', '\n']).next().unwrap_or("").trim();
    let brackets = lower.matches("[]").count();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let lists =
        if brackets > 0 { brackets } else { usize::from(has(&["array", "list", "数组", "列表", "repeated"])) };
    let inner = if lower.starts_with("map") || has(&["struct"]) {
        Kind::Object
    } else if has(&["bool", "布尔"]) {
        Kind::Boolean
    } else if has(&["float", "double", "decimal", "浮点", "小数"]) {
        Kind::Number
    } else if has(&["string", "str", "字符", "char", "text", "文本", "date", "日期"]) {
        Kind::Text
    } else if has(&["int", "long", "number", "整", "数字", "timestamp", "时间戳", "short"]) {
        Kind::Integer
    } else if has(&["obj", "json", "map", "对象", "结构", "dict"]) {
        Kind::Object
    } else if lists > 0 {
        // A type of its own in a list is an object; `array` alone says nothing of its items.
        let named = brackets > 0 && lower.chars().any(char::is_alphabetic) && !has(&["array", "list"]);
        if named { Kind::Object } else { Kind::Unknown }
    } else if column.chars().next().is_some_and(|char| char.is_ascii_uppercase())
        && column.chars().all(|char| char.is_ascii_alphanumeric())
    {
        Kind::Object
    } else {
        return None;
    };
    Some(inner.listed(lists))
}

/// Whether a column says the same as a sample, as far as it says anything.
fn agrees(column: &Kind, sample: &Kind) -> bool {
    match (column, sample) {
        (Kind::List(column), Kind::List(sample)) => agrees(column, sample),
        (Kind::Unknown, _) | (_, Kind::Unknown) | (Kind::Object, Kind::Map) | (Kind::Number, Kind::Integer) => true,
        (column, sample) => column == sample,
    }
}
