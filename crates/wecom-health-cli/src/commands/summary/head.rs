//! What stands above the charts, in the terminal and on the page.

use wecom_health::model::ReportType;

use super::Summary;
use crate::commands::absent::view::doubts;
use crate::commands::kept::Kept;
use crate::output::Output;

/// How many answers there are.
pub(super) fn answers(summary: &Summary<'_>, output: Output) -> String {
    let answers = summary.counts.answers;
    output.pick(format!("Answers: {answers}"), format!("填报 {answers} 份"))
}

/// What a reader has to know about the numbers, a sentence each.
pub(super) fn notes(summary: &Summary<'_>, output: Output) -> Vec<String> {
    let mut notes = Vec::new();
    if summary.job.report_type == ReportType::Once {
        let days = Kept::DAYS_OF_JOBS;
        notes.push(output.pick(
            format!("All answers of the latest {days} days up to this day count, also several of one person."),
            format!("统计截至当日、最近 {days} 天内的所有填报，同一人的多份填报均计入。"),
        ));
    }
    if let Some(absentees) = &summary.absentees {
        notes.extend(doubts(summary.job, absentees, output));
        let strangers = absentees.not_expected.len();
        if strangers > 0 {
            let colon = output.colon();
            let what = output.pick(
                "People who reported and are not expected, whose answers count in the charts",
                "不在应填报之列、但图表已计入其填报的人数",
            );
            notes.push(format!("{what}{colon}{strangers}"));
        }
    }
    notes
}
