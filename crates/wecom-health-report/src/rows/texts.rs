//! The texts of a value: one for each option or file.

use std::borrow::Cow;

use wecom_health_model::{Language, OptionId, QuestionTemplate, ReportValue, TypedValue};

/// A part of a value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text<'a> {
    /// The vendor's name of the field that holds it; nothing for a value without one.
    pub(crate) kind: &'static str,
    /// The option, if it is one.
    pub(crate) option: Option<OptionId>,
    pub(crate) text: Cow<'a, str>,
}

/// Returns the texts of a value. A value that does not fit the schema is shown as JSON, so that nothing is lost.
pub(crate) fn texts<'a>(
    question: Option<&'a QuestionTemplate>,
    value: &'a ReportValue,
    language: Language,
) -> Vec<Text<'a>> {
    let text = |kind, text: Cow<'a, str>| Text { kind, option: None, text };
    let option = |kind, id: OptionId| {
        let known = question.and_then(|question| question.option(id));
        let text = known.map_or_else(|| id.to_string().into(), |option| option.option_text.as_str().into());
        Text { kind, option: Some(id), text }
    };
    match value.typed() {
        TypedValue::Nothing => vec![text("", "".into())],
        TypedValue::Text(words) => vec![text("text", words.into())],
        TypedValue::SingleChoice(choice) => vec![option("single_choice", choice)],
        TypedValue::MultiChoice(choices) => choices.iter().map(|choice| option("multi_choice", *choice)).collect(),
        TypedValue::Files(files) => files.iter().map(|file| text("fileid", file.as_ref().into())).collect(),
        TypedValue::Signature(link) => vec![text("url", link.into())],
        TypedValue::ItineraryCard { card, high_risk_area } => {
            let card = card.map(|card| match card.known() {
                Some(known) => known.label.get(language).into(),
                None => card.value().to_string().into(),
            });
            let card = card.map(|label| text("itinerary_card_type", label));
            let area = high_risk_area.map(|area| text("high_risk_area", area.get().into()));
            card.into_iter().chain(area).collect()
        }
        _ => vec![text("json", serde_json::to_string(value).unwrap_or_default().into())],
    }
}
