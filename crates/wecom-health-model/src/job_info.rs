//! Looking up questions and options of a job, so that an answer can be shown in words.

use crate::{JobInfo, OptionId, QuestionId, QuestionOption, QuestionTemplate};

impl JobInfo {
    /// Returns the question with this id.
    pub fn question(&self, id: QuestionId) -> Option<&QuestionTemplate> {
        self.question_templates.iter().find(|question| question.question_id == id)
    }
}

impl QuestionTemplate {
    /// Returns the option with this id; `None` for questions without options.
    pub fn option(&self, id: OptionId) -> Option<&QuestionOption> {
        self.option_list.iter().find(|option| option.option_id == id)
    }
}
