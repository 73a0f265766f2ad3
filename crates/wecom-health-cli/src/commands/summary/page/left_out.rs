//! What a page leaves out, as the page and the command say it.

use crate::commands::summary::Summary;
use crate::commands::summary::file::NewFile;
use crate::output::Output;

/// How much is not in a page.
#[derive(Default)]
pub(in crate::commands::summary) struct LeftOut {
    /// How many answers the table lacks.
    pub(super) answers: usize,
    /// How many questions the table lacks.
    pub(super) columns: usize,
    /// How many questions have no filter, though they have options.
    pub(super) filters: usize,
    /// How many questions have no chart.
    pub(super) charts: usize,
    /// How many of the absent are not named.
    pub(super) absent: usize,
    /// How many departments are not shown.
    pub(super) departments: usize,
    /// How many of those who reported and are not expected are not named.
    pub(super) not_expected: usize,
    /// Whether texts of the table were cut.
    pub(super) ends_of_texts: bool,
}

impl LeftOut {
    /// Says what was written, and what is not in it.
    pub(in crate::commands::summary) fn tell(&self, file: &NewFile, summary: &Summary<'_>, output: Output) {
        let (name, answers) = (file.path().display(), summary.counts.answers);
        output.notice(&format!("{name}: answers: {answers}"), &format!("{name}：{answers} 份填报"));
        for line in self.in_words(summary, output) {
            output.notice(&format!("not in the page: {line}"), &format!("页面未包含：{line}"));
        }
    }

    /// A line for each sort of thing.
    pub(super) fn in_words(&self, summary: &Summary<'_>, output: Output) -> Vec<String> {
        let mut lines = Vec::new();
        let (answers, all) = (self.answers, summary.counts.answers);
        if answers > 0 {
            lines.push(output.pick(
                format!("{answers} of {all} answers, though the charts count them; `export` writes all"),
                format!("{all} 份填报中的 {answers} 份（图表已计入），完整数据请用 `export` 导出"),
            ));
        }
        for (count, english, chinese) in [
            (
                self.columns,
                "of the questions, in the table; `export` writes all",
                "个问题的填报列，完整数据请用 `export` 导出",
            ),
            (self.filters, "of the filters", "个筛选项"),
            (self.charts, "of the charts", "个问题的图表"),
            (
                self.absent,
                "of those who have not reported; `absent` lists all",
                "名未填报人员，完整名单请用 `absent` 查看",
            ),
            (
                self.departments,
                "of the departments; `absent --by-department` lists all",
                "个部门，完整数据请用 `absent --by-department` 查看",
            ),
            (
                self.not_expected,
                "of those who are not expected; `absent` lists all",
                "名不在应填报之列的人，完整名单请用 `absent` 查看",
            ),
        ] {
            if count > 0 {
                lines.push(output.pick(format!("{count} {english}"), format!("{count} {chinese}")));
            }
        }
        if self.ends_of_texts {
            lines.push(
                output
                    .pick(
                        "the ends of long texts; `export` writes them whole",
                        "过长文字的后半部分，完整内容请用 `export` 导出",
                    )
                    .to_owned(),
            );
        }
        lines
    }
}
