//! What an answer says: who gave it, when, and what was answered to each question.

use chrono::{DateTime, Utc};

use crate::{Answer, FileId, IdType, ItineraryCardType, OptionId, RawJson, ReportValue, UserId};

/// Who gave an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reporter<'a> {
    /// A member of the enterprise.
    Member(&'a UserId),
    /// A parent for a student.
    Parent {
        /// The student.
        student: &'a UserId,
        /// The parent, if the server tells.
        parent: Option<&'a UserId>,
    },
    /// Neither: the type of id is not known, or the id that belongs to it is missing.
    Unknown(IdType),
}

impl Answer {
    /// Who gave the answer.
    pub fn reporter(&self) -> Reporter<'_> {
        match (self.id_type, &self.userid, &self.student_userid) {
            (IdType::Member, Some(member), _) => Reporter::Member(member),
            (IdType::Parent, _, Some(student)) => Reporter::Parent { student, parent: self.parent_userid.as_ref() },
            (id_type, ..) => Reporter::Unknown(id_type),
        }
    }

    /// When the answer was given. Nothing for answers from before 2022-03, and for seconds beyond the calendar.
    pub fn reported_at(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.report_time?, 0)
    }
}

/// What was answered to a question.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Given<'a> {
    /// Nothing, or something that the schema does not describe.
    Nothing,
    /// What was filled in, which may be empty.
    Text(&'a str),
    /// The chosen option.
    SingleChoice(OptionId),
    /// The chosen options, at least one.
    MultiChoice(&'a [OptionId]),
    /// The uploaded files, at least one.
    Files(&'a [FileId]),
    /// Link to a signature.
    Signature(&'a str),
    /// A screenshot of an itinerary card.
    ItineraryCard {
        /// What was recognised on it, if the server tells.
        card: Option<ItineraryCardType>,
        /// Areas of high risk, in a structure that the vendor does not describe.
        high_risk_area: Option<&'a RawJson>,
    },
    /// More than one of these, which the vendor rules out: read the fields.
    Several,
}

impl ReportValue {
    /// What was answered. A choice that is absent is [`Given::Nothing`], never option 0.
    ///
    /// ```
    /// use wecom_health_model::{Given, OptionId, ReportValue};
    ///
    /// let value: ReportValue = serde_json::from_str(r#"{"question_id": 1, "single_choice": 2}"#)?;
    /// assert_eq!(value.answer(), Given::SingleChoice(OptionId::from(2)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn answer(&self) -> Given<'_> {
        let choices = Some(&self.multi_choice[..]).filter(|choices| !choices.is_empty());
        let files = Some(&self.fileid[..]).filter(|files| !files.is_empty());
        let (card, high_risk_area) = (self.itinerary_card_type, self.high_risk_area.as_ref());
        let card =
            (card.is_some() || high_risk_area.is_some()).then_some(Given::ItineraryCard { card, high_risk_area });
        let given = [
            self.text.as_deref().map(Given::Text),
            self.single_choice.map(Given::SingleChoice),
            choices.map(Given::MultiChoice),
            files.map(Given::Files),
            self.url.as_deref().map(Given::Signature),
            card,
        ];
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (None, _) => Given::Nothing,
            (Some(only), None) => only,
            (Some(_), Some(_)) => Given::Several,
        }
    }
}
