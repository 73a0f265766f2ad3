//! Questions and options in words.

use wecom_health::model::{Language, QuestionType};
use wecom_health_report::{Choice, Distribution, OptionCount};

use crate::output::Output;
use crate::output::text::{cut, printable};

/// Columns of a title or an option: longer ones are cut.
const LONGEST: usize = 200;
/// At most so many options of a question are shown.
const MOST_OPTIONS: usize = 200;

/// What a question is called.
pub(super) fn title(question: &Distribution, output: Output) -> String {
    match &question.title {
        Some(title) => cut(&printable(title), LONGEST),
        None => {
            let id = question.question_id;
            output.pick(format!("Question {id} (no longer in the job)"), format!("问题 {id}（任务中已无此问题）"))
        }
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
    pub(super) label: String,
    pub(super) count: usize,
}

/// The lines of a question's chart: its options, and last those of its answers that chose none.
pub(super) fn lines(question: &Distribution, output: Output) -> Vec<Line> {
    let shown = question.options.iter().take(MOST_OPTIONS);
    let mut lines: Vec<_> =
        shown.map(|option| Line { label: label(option, output.language), count: option.count }).collect();
    let further = question.options.iter().skip(MOST_OPTIONS);
    let (more, count) = further.fold((0, 0), |(more, count), option| (more + 1, count + option.count));
    if more > 0 {
        let label = output.pick(format!("{more} further options"), format!("其余 {more} 个选项"));
        lines.push(Line { label, count });
    }
    if question.other > 0 {
        let label = output.pick("(another kind of value)", "（其他类型的内容）").to_owned();
        lines.push(Line { label, count: question.other });
    }
    lines
}

/// What an option is called; one that the job or the schema does not know says so.
fn label(option: &OptionCount, language: Language) -> String {
    let label = cut(&printable(&option.choice.label(language)), LONGEST);
    let is_unknown = match &option.choice {
        Choice::Option { option_text, .. } => option_text.is_none(),
        Choice::ItineraryCard { itinerary_card_type } => itinerary_card_type.known().is_none(),
        _ => false,
    };
    match language {
        _ if !is_unknown => label,
        Language::English => format!("{label} (unknown)"),
        Language::Chinese => format!("{label}（未知）"),
    }
}
