//! The table of the answers, with controls to search and filter it.

use maud::{Markup, html};
use wecom_health::model::QuestionTemplate;

use super::left_out::LeftOut;
use super::within;
use crate::commands::summary::Summary;
use crate::commands::summary::rows::{Cell, Row, Rows};
use crate::output::Output;
use crate::output::text::{cut, printable};

/// All rows together have at most so many bytes.
const MOST_BYTES: usize = 1_900_000;
/// All filters together have at most so many bytes.
const MOST_BYTES_OF_FILTERS: usize = 200_000;
/// Columns of a heading or an option: longer ones are cut.
const LONGEST_TEXT: usize = 100;

pub(super) fn section(summary: &Summary<'_>, rows: &Rows<'_>, left_out: &mut LeftOut, output: Output) -> Markup {
    let has_others = rows.rows.iter().any(|row| !row.others.is_empty());
    let (lines, count) = within(MOST_BYTES, rows.rows.iter().map(|row| line(row, has_others)));
    left_out.answers = summary.counts.answers - count;
    left_out.ends_of_texts = rows.has_cut;
    let has_people = rows.rows.iter().any(|row| row.person.is_some());
    html! {
        @if count > 0 {
            details.answers open {
                summary { h2 { (output.pick("Answers", "填报内容")) } }
                @if left_out.answers > 0 {
                    p.doubt { (output.pick(
                        format!("The first {count} of {} answers. The charts count all of them.", summary.counts.answers),
                        format!("共 {} 份填报，此处只显示前 {count} 份，图表已全部计入。", summary.counts.answers),
                    )) }
                }
                @if rows.has_cut {
                    p.quiet { (output.pick("Long texts are cut; \"…\" stands for the rest.", "过长的文字已截断，以“…”表示。")) }
                }
                (controls(summary, if has_people { 4 } else { 2 }, output))
                div.scroll { table {
                    thead { tr { (headings(summary, has_people, has_others, output)) } }
                    tbody { (lines) }
                } }
            }
        }
    }
}

fn headings(summary: &Summary<'_>, has_people: bool, has_others: bool, output: Output) -> Markup {
    let who = output.pick(["Reporter", "Time"], ["填写人", "填写时间"]);
    let person = output.pick(["Name", "Department"], ["姓名", "部门"]);
    html! {
        @if has_people { th scope="col" { (person[0]) } }
        th scope="col" { (who[0]) }
        @if has_people { th scope="col" { (person[1]) } }
        th scope="col" { (who[1]) }
        @for question in &summary.job.question_templates { th scope="col" { (shortened(&question.title)) } }
        @if has_others { th scope="col" { (output.pick("Other questions", "其他问题")) } }
    }
}

fn line(row: &Row, has_others: bool) -> Markup {
    html! {
        tr {
            @match &row.person {
                Some([name, departments]) => { th scope="row" { (name) } td { (row.reporter) } td { (departments) } },
                None => { th scope="row" { (row.reporter) } },
            }
            td.time { (row.time) }
            @for Cell { text, options } in &row.cells {
                @if options.is_empty() { td { (text) } }
                @else { td data-options=(options.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")) { (text) } }
            }
            @if has_others { td { (row.others) } }
        }
    }
}

/// Controls that the script shows: without it they would do nothing.
fn controls(summary: &Summary<'_>, first_column: usize, output: Output) -> Markup {
    let questions = summary.job.question_templates.iter().enumerate();
    let with_options = questions.filter(|(_, question)| !question.option_list.is_empty());
    let filters = with_options.map(|(place, question)| filter(question, first_column + place, output));
    let (filters, _) = within(MOST_BYTES_OF_FILTERS, filters);
    html! {
        div.controls hidden {
            label.search { (output.pick("Search", "搜索")) input type="search" autocomplete="off"; }
            (filters)
            output.quiet data-text=(output.pick("{shown} of {all} shown", "显示 {shown} / {all} 份")) {}
        }
    }
}

fn filter(question: &QuestionTemplate, column: usize, output: Output) -> Markup {
    html! {
        label {
            (shortened(&question.title))
            select data-column=(column) {
                option value="" { (output.pick("All", "全部")) }
                @for option in &question.option_list {
                    option value=(option.option_id) { (shortened(&option.option_text)) }
                }
                option value="none" { (output.pick("(not filled in)", "（未填）")) }
            }
        }
    }
}

fn shortened(text: &str) -> String {
    cut(&printable(text), LONGEST_TEXT)
}
