//! An answer in words: who, when, and the value of each question. Long texts are cut.

use wecom_health::model::{
    Answer, Described, IdType, Language, QuestionTemplate, ReportValue, Reporter, Shape, TypedValue, UserId,
};

use crate::day;
use crate::output::Output;
use crate::output::text::{cut, printable};

/// The longest text of a value: a hostile one could name an option of a megabyte a million times.
pub(super) const LONGEST_TEXT: usize = 2_000;

/// Appends a text, unless the whole has reached the limit.
pub(super) fn append(whole: &mut String, separator: &str, text: &str) {
    if whole.len() < LONGEST_TEXT {
        if !whole.is_empty() {
            whole.push_str(separator);
        }
        whole.push_str(&cut(text, LONGEST_TEXT));
    }
}

fn joined(texts: impl Iterator<Item = String>, output: Output) -> String {
    let mut whole = String::new();
    texts.take(LONGEST_TEXT).for_each(|text| append(&mut whole, output.comma(), &text));
    whole
}

/// Returns who gave an answer: the userid, or both of a student and a parent.
pub(super) fn reporter(answer: &Answer, output: Output) -> String {
    let id = |id: &UserId| cut(id.as_ref(), LONGEST_TEXT);
    printable(&match answer.reporter() {
        Reporter::Member(member) => id(member),
        Reporter::Parent { student, parent: Some(parent) } => {
            let (student, parent) = (id(student), id(parent));
            output.pick(format!("{student} ({parent})"), format!("{student}（{parent}）"))
        }
        Reporter::Parent { student, parent: None } => id(student),
        _ => {
            let (number, kind) = (answer.id_type.value(), kind_of_reporter(output.language));
            output.pick(format!("{number} ({kind})"), format!("{number}（{kind}）"))
        }
    })
}

/// What the schema calls the kind of a reporter.
fn kind_of_reporter(language: Language) -> &'static str {
    let Shape::Object { fields, .. } = Answer::SHAPE else { return "" };
    let field = fields.iter().find(|field| field.shape == IdType::SHAPE);
    field.map_or("", |field| field.label.get(language))
}

/// Returns when an answer was given, in the vendor's time zone.
pub(super) fn time(answer: &Answer) -> String {
    let time = answer.reported_at().map(|time| time.with_timezone(&day::time_zone()));
    time.map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

/// Returns the value of a question.
pub(super) fn value_in_words(question: Option<&QuestionTemplate>, value: &ReportValue, output: Output) -> String {
    let option = |id| match question.and_then(|question| question.option(id)) {
        Some(option) => cut(&option.option_text, LONGEST_TEXT),
        None => id.to_string(),
    };
    printable(&match value.typed() {
        TypedValue::Nothing => String::new(),
        TypedValue::Text(text) => cut(text, LONGEST_TEXT),
        TypedValue::SingleChoice(choice) => option(choice),
        TypedValue::MultiChoice(choices) => joined(choices.iter().map(|choice| option(*choice)), output),
        TypedValue::Files(files) => joined(files.iter().map(ToString::to_string), output),
        TypedValue::Signature(link) => cut(link, LONGEST_TEXT),
        TypedValue::ItineraryCard { card, high_risk_area } => {
            let card = card.map(|card| match card.known() {
                Some(known) => known.label.get(output.language).to_owned(),
                None => card.value().to_string(),
            });
            let area = high_risk_area.map(|area| area.get()).filter(|area| !["[]", "\"\""].contains(area));
            card.into_iter().chain(area.map(|area| cut(area, LONGEST_TEXT))).collect::<Vec<_>>().join(" ")
        }
        // A value that does not fit the schema is shown as JSON.
        _ => cut(&serde_json::to_string(value).unwrap_or_default(), LONGEST_TEXT),
    })
}
