//! A chart for each question.

use maud::{Markup, html};
use wecom_health_report::Distribution;

use super::bar;
use super::left_out::LeftOut;
use super::pieces::Pieces;
use crate::commands::summary::options::{Line, answered, lines, title};
use crate::output::Output;
use crate::output::chart::percent;

/// All charts together have at most so many bytes.
const MOST_BYTES: usize = 400_000;
/// All questions without options together have at most so many bytes.
const MOST_BYTES_OF_COUNTS: usize = 100_000;

pub(super) fn section(questions: &[Distribution], left_out: &mut LeftOut, output: Output) -> Markup {
    let (mut charts, mut counts) = (Pieces::new(MOST_BYTES), Pieces::new(MOST_BYTES_OF_COUNTS));
    for question in questions {
        if question.has_options() {
            charts.push(chart(question, output));
        } else {
            counts.push(only_count(question, output));
        }
    }
    left_out.charts = charts.left_out + counts.left_out;
    html! {
        @if !(charts.is_empty() && counts.is_empty()) {
            section {
                h2 { (output.pick("Questions", "问题")) }
                div.charts { (charts.into_markup()) }
                @if !counts.is_empty() { ul.plain { (counts.into_markup()) } }
            }
        }
    }
}

fn chart(question: &Distribution, output: Output) -> Markup {
    html! {
        article data-question=(question.question_id) {
            h3 { (title(question, output)) }
            p.quiet { (answered(question, output)) }
            ul { @for line in lines(question, output) { (option(&line, question.answered)) } }
        }
    }
}

/// A text, a file or a signature: its contents are not shown.
fn only_count(question: &Distribution, output: Output) -> Markup {
    html! { li { b { (title(question, output)) } (output.colon()) (answered(question, output)) } }
}

/// An option, which the script makes a button that filters the table by it.
fn option(Line { key, label, count }: &Line, answered: usize) -> Markup {
    html! {
        li data-option=[key.as_ref()] {
            span { (label) }
            span.number { (count) @if let Some(percent) = percent(*count, answered) { " · " (percent) } }
            (bar(*count, answered))
        }
    }
}
