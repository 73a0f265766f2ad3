//! What the fields of an answer mean together: who gave it, when, and the kind of each value.

use chrono::{DateTime, Utc};

use crate::{Answer, FileId, IdType, ItineraryCardType, OptionId, RawJson, ReportValue, UserId};

/// Who gave an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reporter<'a> {
    /// A member of the enterprise.
    Member(&'a UserId),
    /// A parent, for a student.
    Parent {
        /// The student.
        student: &'a UserId,
        /// The parent, if the server names one.
        parent: Option<&'a UserId>,
    },
    /// Unknown: the kind of reporter is new, or its userid is missing.
    Unknown(IdType),
}

impl Answer {
    /// Returns who gave the answer.
    pub fn reporter(&self) -> Reporter<'_> {
        match (self.id_type, &self.userid, &self.student_userid) {
            (IdType::Member, Some(member), _) => Reporter::Member(member),
            (IdType::Parent, _, Some(student)) => Reporter::Parent { student, parent: self.parent_userid.as_ref() },
            (id_type, ..) => Reporter::Unknown(id_type),
        }
    }

    /// Returns when the answer was given; `None` for answers from before 2022-03, and for times beyond the calendar.
    pub fn reported_at(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.report_time?, 0)
    }
}

/// A value by the kind of its question.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TypedValue<'a> {
    /// No field is filled in, or one that the schema does not describe.
    Nothing,
    /// The text that was filled in, which may be empty.
    Text(&'a str),
    /// The chosen option.
    SingleChoice(OptionId),
    /// The chosen options, at least one.
    MultiChoice(&'a [OptionId]),
    /// The uploaded files, at least one.
    Files(&'a [FileId]),
    /// A link to a signature.
    Signature(&'a str),
    /// A screenshot of an itinerary card.
    ItineraryCard {
        /// What was recognised on it, if the server reports it.
        card: Option<ItineraryCardType>,
        /// Areas of high risk, in a structure that the vendor does not describe.
        high_risk_area: Option<&'a RawJson>,
    },
    /// More than one field is filled in, which the vendor rules out: read the fields.
    Several,
}

impl ReportValue {
    /// Returns the value by its kind. A choice that is absent is [`TypedValue::Nothing`], never option 0.
    ///
    /// ```
    /// use wecom_health_model::{OptionId, ReportValue, TypedValue};
    ///
    /// let value: ReportValue = serde_json::from_str(r#"{"question_id": 1, "single_choice": 2}"#)?;
    /// assert_eq!(value.typed(), TypedValue::SingleChoice(OptionId::from(2)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn typed(&self) -> TypedValue<'_> {
        let choices = Some(&self.multi_choice[..]).filter(|choices| !choices.is_empty());
        let files = Some(&self.fileid[..]).filter(|files| !files.is_empty());
        let (card, high_risk_area) = (self.itinerary_card_type, self.high_risk_area.as_ref());
        let card =
            (card.is_some() || high_risk_area.is_some()).then_some(TypedValue::ItineraryCard { card, high_risk_area });
        let values = [
            self.text.as_deref().map(TypedValue::Text),
            self.single_choice.map(TypedValue::SingleChoice),
            choices.map(TypedValue::MultiChoice),
            files.map(TypedValue::Files),
            self.url.as_deref().map(TypedValue::Signature),
            card,
        ];
        let mut values = values.into_iter().flatten();
        match (values.next(), values.next()) {
            (None, _) => TypedValue::Nothing,
            (Some(only), None) => only,
            (Some(_), Some(_)) => TypedValue::Several,
        }
    }
}
