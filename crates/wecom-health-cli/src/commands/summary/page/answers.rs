//! The table of the answers, with controls to search and filter it.

use maud::{Markup, html};
use wecom_health_report::Distribution;

use super::left_out::LeftOut;
use super::pieces::Pieces;
use crate::commands::summary::Summary;
use crate::commands::summary::options::{key, label, title};
use crate::commands::summary::rows::{Cell, Row, Rows};
use crate::output::Output;
use crate::output::text::cut;

/// All rows together have at most so many bytes.
const MOST_BYTES: usize = 1_700_000;
/// All filters together have at most so many bytes.
const MOST_BYTES_OF_FILTERS: usize = 150_000;
/// Columns of a heading or an option: longer ones are cut.
const LONGEST_TEXT: usize = 60;
/// A table of more rows is folded, and not printed until it is opened: for a meeting, the rest of the page is enough.
const MOST_OPEN: usize = 50;

pub(super) fn section(summary: &Summary<'_>, rows: &Rows<'_>, left_out: &mut LeftOut, output: Output) -> Markup {
    let table = Table::new(summary, rows);
    let mut lines = Pieces::new(MOST_BYTES);
    // A shorter answer behind one that does not fit would hide that some are left out between them.
    let count = rows.rows.iter().take_while(|row| lines.push(table.line(row))).count();
    let all = summary.counts.answers;
    left_out.answers = all - count;
    left_out.columns = rows.further_questions();
    left_out.ends_of_texts = rows.has_cut;
    let name = output.pick("Answers", "填报内容");
    html! {
        @if count > 0 {
            details.answers open[count <= MOST_OPEN] {
                summary { h2 { (name) } " " span.quiet { (output.pick(format!("{count} of {all}"), format!("{count} / {all} 份"))) } }
                (controls(&table.questions, left_out, output))
                div.scroll tabindex="0" role="region" aria-label=(name) { table aria-label=(name) {
                    thead { tr { (table.headings(output)) } }
                    tbody { (lines.into_markup()) }
                } }
            }
        }
    }
}

/// Which columns the table has.
struct Table<'a> {
    /// The questions with a column, as they are counted.
    questions: Vec<&'a Distribution>,
    has_people: bool,
    /// Whether there are values of questions that the job does not have.
    has_others: bool,
}

impl<'a> Table<'a> {
    fn new(summary: &'a Summary<'_>, rows: &Rows<'_>) -> Self {
        Self {
            questions: summary
                .counts
                .questions
                .iter()
                .filter(|question| question.title.is_some())
                .take(rows.questions.len())
                .collect(),
            has_people: rows.rows.iter().any(|row| row.person.is_some()),
            has_others: rows.rows.iter().any(|row| !row.others.is_empty()),
        }
    }

    fn headings(&self, output: Output) -> Markup {
        let [name, reporter, department, time, others] = output.pick(
            ["Name", "Reporter", "Department", "Time", "Other questions"],
            ["姓名", "填写人", "部门", "填写时间", "其他问题"],
        );
        html! {
            @if self.has_people { th scope="col" { (name) } }
            th scope="col" { (reporter) }
            @if self.has_people { th scope="col" { (department) } }
            th scope="col" { (time) }
            @for question in &self.questions {
                th scope="col" data-question=(question.question_id) { (short_title(question, output)) }
            }
            @if self.has_others { th scope="col" { (others) } }
        }
    }

    fn line(&self, row: &Row) -> Markup {
        html! {
            tr {
                @match &row.person {
                    Some([name, departments]) => { th scope="row" { (name) } td { (row.reporter) } td { (departments) } },
                    None => { th scope="row" { (row.reporter) } },
                }
                td.time { (row.time) }
                @for Cell { text, options } in &row.cells {
                    td data-options=[(!options.is_empty()).then(|| options.join(" "))] { (text) }
                }
                @if self.has_others { td { (row.others) } }
            }
        }
    }
}

/// Controls that the script shows: without it they would do nothing.
fn controls(questions: &[&Distribution], left_out: &mut LeftOut, output: Output) -> Markup {
    let mut filters = Pieces::new(MOST_BYTES_OF_FILTERS);
    for question in questions.iter().filter(|question| question.has_options()) {
        filters.push(filter(question, output));
    }
    left_out.filters = filters.left_out;
    html! {
        div.controls hidden {
            label.search { (output.pick("Search", "搜索")) input type="search" autocomplete="off"; }
            (filters.into_markup())
            output.quiet data-text=(output.pick("{shown} of {all} shown", "显示 {shown} / {all} 份")) {}
        }
    }
}

fn filter(question: &Distribution, output: Output) -> Markup {
    html! {
        label {
            (short_title(question, output))
            select data-question=(question.question_id) {
                option value="" { (output.pick("All", "全部")) }
                @for option in &question.options {
                    option value=(key(&option.choice)) { (cut(&label(option, output.language), LONGEST_TEXT)) }
                }
                option value="none" { (output.pick("(not filled in)", "（未填）")) }
            }
        }
    }
}

fn short_title(question: &Distribution, output: Output) -> String {
    cut(&title(question, output), LONGEST_TEXT)
}
