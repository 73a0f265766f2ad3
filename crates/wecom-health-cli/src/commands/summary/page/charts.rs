//! A chart for each question.

use maud::{Markup, html};
use wecom_health_report::Distribution;

use super::left_out::LeftOut;
use super::{bar, within};
use crate::commands::summary::options::{Line, answered, lines, title};
use crate::output::Output;
use crate::output::chart::percent;

/// All charts together have at most so many bytes.
const MOST_BYTES: usize = 400_000;

pub(super) fn section(questions: &[Distribution], left_out: &mut LeftOut, output: Output) -> Markup {
    let (with_options, others): (Vec<_>, Vec<_>) = questions.iter().partition(|question| question.has_options());
    let (charts, count) = within(MOST_BYTES, with_options.iter().map(|question| chart(question, output)));
    let (counts, further) = within(MOST_BYTES / 4, others.iter().map(|question| only_count(question, output)));
    left_out.questions = questions.len() - count - further;
    html! {
        section {
            h2 { (output.pick("Questions", "问题")) }
            div.charts { (charts) }
            @if further > 0 { ul.plain { (counts) } }
            @if left_out.questions > 0 {
                p.quiet { (output.pick(
                    format!("{} further questions are left out.", left_out.questions),
                    format!("另有 {} 个问题未显示。", left_out.questions),
                )) }
            }
        }
    }
}

fn chart(question: &Distribution, output: Output) -> Markup {
    html! {
        article {
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

fn option(Line { label, count }: &Line, answered: usize) -> Markup {
    html! {
        li {
            span { (label) }
            span.number { (count) @if let Some(percent) = percent(*count, answered) { " · " (percent) } }
            (bar(*count, answered))
        }
    }
}
