//! What a page leaves out, as the page and the command say it.

use crate::commands::summary::Summary;
use crate::commands::summary::file::NewFile;
use crate::output::Output;

/// What is not in a page.
#[derive(Default)]
pub(in crate::commands::summary) struct LeftOut {
    pub(super) answers: usize,
    pub(super) absent: usize,
    pub(super) questions: usize,
    /// Whether texts were cut.
    pub(super) ends_of_texts: bool,
}

impl LeftOut {
    /// Says what was written, and what is not in it.
    pub(in crate::commands::summary) fn tell(&self, file: &NewFile, summary: &Summary<'_>, output: Output) {
        let (name, answers) = (file.path().display(), summary.counts.answers);
        output.notice(&format!("{name}: {answers} answers"), &format!("{name}：{answers} 份填报"));
        for [english, chinese] in self.in_words(summary) {
            output.notice(&format!("not in the page: {english}"), &format!("页面未包含：{chinese}"));
        }
    }

    fn in_words(&self, summary: &Summary<'_>) -> Vec<[String; 2]> {
        let mut lines = Vec::new();
        let (answers, all) = (self.answers, summary.counts.answers);
        if answers > 0 {
            lines.push([
                format!("{answers} of {all} answers, though its charts count them; `export` writes all of them"),
                format!("{all} 份填报中的 {answers} 份（图表已全部计入），完整数据请用 `export` 导出"),
            ]);
        }
        let absent = self.absent;
        if absent > 0 {
            lines.push([
                format!("{absent} of those who have not reported; `absent` lists all of them"),
                format!("未填报人员中的 {absent} 人，完整名单请用 `absent` 查看"),
            ]);
        }
        let questions = self.questions;
        if questions > 0 {
            lines.push([format!("charts of {questions} questions"), format!("{questions} 个问题的图表")]);
        }
        if self.ends_of_texts {
            lines.push([
                "the ends of long texts; `export` writes them whole".to_owned(),
                "过长文字的后半部分，完整内容请用 `export` 导出".to_owned(),
            ]);
        }
        lines
    }
}
