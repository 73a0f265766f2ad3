//! Questions and options in words.

use wecom_health::model::{ItineraryCardType, Language, QuestionType, ReportValue, TypedValue};
use wecom_health_report::{Choice, Distribution, OptionCount};

use crate::output::Output;
use crate::output::text::{cut, printable};

/// Columns of a title or an option: longer ones are cut.
const LONGEST: usize = 200;
/// At most so many options of a question are shown.
const MOST_OPTIONS: usize = 200;

/// What a question is called.
pub(super) fn title(question: &Distribution, output: Output) -> String {
    let id = question.question_id;
    match question.title.as_deref() {
        Some(title) if title.trim().is_empty() => output.pick(format!("Question {id}"), format!("问题 {id}")),
        Some(title) => cut(&printable(title), LONGEST),
        None => output.pick(format!("Question {id} (no longer in the job)"), format!("问题 {id}（任务中已无此问题）")),
    }
}

/// The kind of a question, and how many answered it.
pub(super) fn answered(question: &Distribution, output: Output) -> String {
    let count = question.answered;
    match question.question_type.and_then(QuestionType::known) {
        Some(kind) => {
            let kind = kind.label.get(output.language);
            output.pick(format!("{kind}, answered: {count}"), format!("{kind}，已填 {count} 份"))
        }
        None => output.pick(format!("Answered: {count}"), format!("已填 {count} 份")),
    }
}

/// A line of a question's chart.
pub(super) struct Line {
    /// The key of the option, if it is one.
    pub(super) key: Option<String>,
    pub(super) label: String,
    pub(super) count: usize,
}

/// The lines of a question's chart: its options, and last those of its answers that chose none.
pub(super) fn lines(question: &Distribution, output: Output) -> Vec<Line> {
    let shown = question.options.iter().take(MOST_OPTIONS);
    let mut lines: Vec<_> = shown
        .map(|option| Line {
            key: Some(key(&option.choice)),
            label: label(option, output.language),
            count: option.count,
        })
        .collect();
    let further = question.options.iter().skip(MOST_OPTIONS);
    let (more, count) = further.fold((0, 0), |(more, count), option| (more + 1, count + option.count));
    if more > 0 {
        let label = output.pick(format!("{more} further options"), format!("其余 {more} 个选项"));
        lines.push(Line { key: None, label, count });
    }
    let others = question.without_option;
    if question.has_options() && others > 0 {
        let label = output.pick("(another kind of value)", "（其他类型的内容）").to_owned();
        lines.push(Line { key: None, label, count: others });
    }
    lines
}

/// What an option is called; one that the job or the schema does not know says so.
pub(super) fn label(option: &OptionCount, language: Language) -> String {
    let label = cut(&printable(&option.choice.label(language)), LONGEST);
    let (id, is_known) = match &option.choice {
        Choice::Option { option_id, option_text } => (i64::from(*option_id), option_text.is_some()),
        Choice::ItineraryCard { itinerary_card_type: code } => (code.value(), code.known().is_some()),
        _ => return label,
    };
    match language {
        _ if label.trim().is_empty() => id.to_string(),
        _ if is_known => label,
        Language::English => format!("{label} (unknown)"),
        Language::Chinese => format!("{label}（未知）"),
    }
}

/// What identifies an option among those of its question, in the page.
pub(super) fn key(choice: &Choice) -> String {
    match choice {
        Choice::Option { option_id, .. } => option_id.to_string(),
        Choice::ItineraryCard { itinerary_card_type } => card_key(*itinerary_card_type),
        _ => String::new(),
    }
}

/// The keys of the options that a value has.
pub(super) fn keys(value: &ReportValue) -> Vec<String> {
    match value.typed() {
        TypedValue::SingleChoice(choice) => vec![choice.to_string()],
        TypedValue::MultiChoice(choices) => choices.iter().map(ToString::to_string).collect(),
        TypedValue::ItineraryCard { card: Some(card), .. } => vec![card_key(card)],
        _ => Vec::new(),
    }
}

fn card_key(card: ItineraryCardType) -> String {
    format!("card{}", card.value())
}
