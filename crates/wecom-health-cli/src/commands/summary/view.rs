//! The numbers in the terminal: a block for each question, with a bar for each option.

use unicode_width::UnicodeWidthStr;
use wecom_health::model::ReportType;
use wecom_health_report::Distribution;

use super::Summary;
use super::options::{Line, answered, lines, title};
use crate::commands::absent::view::{doubts, headline, what_and_when};
use crate::output::Output;
use crate::output::chart::{bar, percent};
use crate::output::table::{Column, Columns};
use crate::output::text::wrapped;

/// Columns of a full bar.
const BAR_WIDTH: usize = 24;
/// Columns of a percentage.
const PERCENT_WIDTH: usize = 6;
/// Columns of the longest label that does not wrap, if there is room.
const LABEL_WIDTH: usize = 60;
const LEAST_LABEL_WIDTH: usize = 8;
const INDENT: &str = "  ";

/// Returns what the job is, how many reported, and a block for each question.
pub(super) fn in_words(summary: &Summary<'_>, output: Output) -> String {
    let mut shown: String = lines_of(&how_many(summary, output), "", output);
    shown = shown.lines().map(|line| output.heading(line) + "\n").collect();
    shown += &lines_of(&what_and_when(&summary.jobid, summary.job, summary.date, output), "", output);
    if let Some(note) = days(summary, output) {
        shown += &lines_of(note, "", output);
    }
    if let Some(absentees) = &summary.absentees {
        for doubt in doubts(summary.job, absentees, output) {
            shown += &lines_of(&doubt, "", output);
        }
    }
    let questions = &summary.counts.questions;
    let charts: Vec<_> = questions.iter().map(|question| (question, lines(question, output))).collect();
    let columns = columns(&charts, output);
    for (question, lines) in &charts {
        shown += &block(question, lines, &columns, output);
    }
    shown
}

/// How many answers there are; of how many, if it is known who is expected.
pub(super) fn how_many(summary: &Summary<'_>, output: Output) -> String {
    let answers = summary.counts.answers;
    match &summary.absentees {
        Some(absentees) => headline(absentees, output),
        None => output.pick(format!("Answers: {answers}"), format!("填报 {answers} 份")),
    }
}

/// Which days count, if it is not the one.
pub(super) fn days(summary: &Summary<'_>, output: Output) -> Option<&'static str> {
    (summary.job.report_type == ReportType::Once).then_some(output.pick(
        "Reported once: the answers of the latest 14 days up to this day count.",
        "仅上报一次：统计截至当日、最近 14 天内的填报。",
    ))
}

/// Columns for all charts, so that their bars begin at the same place.
fn columns(charts: &[(&Distribution, Vec<Line>)], output: Output) -> Columns {
    let lines = || charts.iter().flat_map(|(_, lines)| lines);
    let label = lines().map(|line| line.label.width()).max().unwrap_or_default().min(LABEL_WIDTH);
    let count = lines().map(|line| line.count.to_string().len()).max().unwrap_or_default();
    let columns = vec![
        Column::wrapping("", label, LEAST_LABEL_WIDTH),
        Column::new("", BAR_WIDTH, BAR_WIDTH / 2),
        Column::new("", count, count),
        Column::new("", PERCENT_WIDTH, PERCENT_WIDTH),
    ];
    Columns::fit(columns, output.width.saturating_sub(INDENT.len()))
}

fn block(question: &Distribution, lines: &[Line], columns: &Columns, output: Output) -> String {
    let heading = lines_of(&title(question, output), "", output);
    let mut block: String = heading.lines().map(|line| output.heading(line) + "\n").collect();
    block += &lines_of(&answered(question, output), INDENT, output);
    for Line { label, count } in lines {
        let percent = percent(*count, question.answered).unwrap_or_default();
        let cells = [
            label.clone(),
            bar(*count, question.answered, columns.width(1)),
            format!("{count:>width$}", width = columns.width(2)),
            format!("{percent:>PERCENT_WIDTH$}"),
        ];
        block += &columns.row(&cells).lines().map(|line| format!("{INDENT}{line}\n")).collect::<String>();
    }
    format!("\n{block}")
}

/// A text in lines that fit.
fn lines_of(text: &str, indent: &str, output: Output) -> String {
    let options = textwrap::Options::new(output.width).initial_indent(indent).subsequent_indent(INDENT);
    wrapped(text, options).into_iter().map(|line| line + "\n").collect()
}
