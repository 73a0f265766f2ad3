//! The numbers in the terminal: a block for each question, with a bar for each option.

use unicode_width::UnicodeWidthStr;
use wecom_health_report::Distribution;

use super::Summary;
use super::head::{answers, notes};
use super::options::{Line, answered, lines, title};
use crate::commands::absent::view::{headline, what_and_when};
use crate::output::Output;
use crate::output::chart::{bar, percent};
use crate::output::table::{Column, Columns};

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
    let answers = answers(summary, output);
    let headline = summary.seen().map_or_else(|| answers.clone(), |absentees| headline(absentees, output));
    let mut shown: String = output.paragraph(&headline, "").lines().map(|line| output.heading(line) + "\n").collect();
    shown += &output.paragraph(&what_and_when(&summary.jobid, summary.job, summary.date, output), "");
    if headline != answers {
        shown += &output.paragraph(&answers, "");
    }
    shown += &notes(summary, output).iter().map(|note| output.paragraph(note, "")).collect::<String>();
    let questions = &summary.counts.questions;
    let charts: Vec<_> = questions.iter().map(|question| (question, lines(question, output))).collect();
    let columns = columns(&charts, output);
    for (question, lines) in &charts {
        shown += &block(question, lines, &columns, output);
    }
    shown
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
    let heading = output.paragraph(&title(question, output), "");
    let mut block: String = heading.lines().map(|line| output.heading(line) + "\n").collect();
    block += &output.paragraph(&answered(question, output), INDENT);
    for Line { label, count, .. } in lines {
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
