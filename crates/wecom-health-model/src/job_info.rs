//! Looking things up in a job, so that an answer can be shown in words.

use crate::{JobInfo, OptionId, QuestionId, QuestionOption, QuestionTemplate};

impl JobInfo {
    /// The question with this id.
    pub fn question(&self, id: QuestionId) -> Option<&QuestionTemplate> {
        self.question_templates.iter().find(|question| question.question_id == id)
    }
}

impl QuestionTemplate {
    /// The option with this id; nothing for questions without options.
    pub fn option(&self, id: OptionId) -> Option<&QuestionOption> {
        self.option_list.iter().find(|option| option.option_id == id)
    }
}
