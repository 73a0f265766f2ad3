//! A page for a browser: how many have reported, who has not, a chart of each question, and a table of the answers.
//!
//! It is one file that loads nothing: its Content-Security-Policy allows this style and this script alone, by their fingerprints. maud
//! escapes every text. Each part has room for so many bytes, so that the page stays below 3 MB whatever the server sends, and what does
//! not fit is said.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::Utc;
use hmac_sha256::Hash;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use wecom_health_report::{Absentees, Tally};

use self::left_out::LeftOut;
use super::Summary;
use super::head::notes;
use super::rows::Rows;
use crate::commands::kept::Kept;
use crate::commands::unseen;
use crate::day;
use crate::output::Output;
use crate::output::chart::{percent, share};
use crate::output::text::{cut, printable};

mod absent;
mod answers;
mod charts;
mod left_out;
mod pieces;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Columns of the title: a longer one is cut.
const LONGEST_TITLE: usize = 200;

/// Returns the page, and what is not in it.
pub(super) fn page(summary: &Summary<'_>, rows: &Rows<'_>, output: Output) -> (String, LeftOut) {
    let mut left_out = LeftOut::default();
    let title = cut(&printable(&summary.job.title), LONGEST_TITLE);
    let absent = summary.seen().map(|absentees| absent::section(absentees, &mut left_out, output));
    let charts = charts::section(&summary.counts.questions, &mut left_out, output);
    let answers = answers::section(summary, rows, &mut left_out, output);
    let page = html! {
        (DOCTYPE)
        html lang=(output.pick("en", "zh-CN")) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (title) " · " (summary.date) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (title) } p.quiet { (when(summary, output)) } }
                main {
                    (numbers(summary, output))
                    @if let Some(absent) = absent { (absent) }
                    (charts)
                    (answers)
                }
                footer { (last_lines(&left_out, summary, output)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    (page.into_string(), left_out)
}

/// Allows nothing but the page's own style and script.
fn policy() -> String {
    let [style, script] = [STYLE, SCRIPT].map(|text| BASE64_STANDARD.encode(Hash::hash(text.as_bytes())));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
    )
}

/// The day, the job, and at what time the numbers were so.
fn when(summary: &Summary<'_>, output: Output) -> String {
    let (date, id) = (summary.date, cut(&printable(summary.jobid.as_ref()), LONGEST_TITLE));
    let now = Utc::now().with_timezone(&day::time_zone()).format("%Y-%m-%d %H:%M");
    output.pick(format!("{date} · {id} · as of {now} (UTC+8)"), format!("{date} · {id} · 数据截至 {now}（UTC+8）"))
}

/// What a reader wants to know first: how many have not reported, of how many. And what may be wrong with that.
fn numbers(summary: &Summary<'_>, output: Output) -> Markup {
    let answers = summary.counts.answers;
    let outside = Kept::JOBS.outside(summary.date).map(|[english, chinese]| output.pick(english, chinese));
    html! {
        section {
            dl.figures {
                @if let Some(absentees) = summary.seen().filter(|absentees| !absentees.day_off) { (of_people(absentees, output)) }
                (figure(output.pick("Answers", "填报份数"), &answers.to_string(), ""))
            }
            @if let Some(absentees) = summary.seen() {
                @if absentees.day_off { p { (output.pick("Nobody has to report: it is a weekend.", "周末，无需填报。")) } }
                @else { (bar(absentees.counts.reported, absentees.counts.expected)) }
            } @else if summary.absentees.is_some() {
                p.doubt { (output.pick("Who has not reported cannot be told: nobody could be seen.", "无法得知谁未填报：看不到任何应填报的人。")) }
            }
            @for note in outside.into_iter().chain(notes(summary, output)) { p.doubt { (note) } }
        }
    }
}

fn of_people(absentees: &Absentees, output: Output) -> Markup {
    let Tally { expected, reported, absent, .. } = absentees.counts;
    let incomplete = if unseen::is_partial(absentees) { output.pick(" (incomplete)", "（不完整）") } else { "" };
    let not_reported = format!("{}{incomplete}", output.pick("Not reported", "未填报"));
    html! {
        (figure(&not_reported, &absent.to_string(), if absent > 0 { "alarm" } else { "" }))
        (figure(output.pick("Reported", "已填报"), &reported.to_string(), ""))
        (figure(&format!("{}{incomplete}", output.pick("Expected", "应填报")), &expected.to_string(), ""))
        @if let Some(rate) = percent(reported, expected) { (figure(output.pick("Rate", "填报率"), &rate, "")) }
    }
}

fn figure(label: &str, number: &str, class: &str) -> Markup {
    html! { div { dt { (label) } dd class=(class) { (number) } } }
}

/// A part of a whole as a picture. The numbers stand beside it as text.
fn bar(part: usize, whole: usize) -> Markup {
    html! {
        svg.bar viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect width="200" height="10" {}
            rect.part width=(share(part, whole, 200).unwrap_or_default()) height="10" {}
        }
    }
}

/// What is not in the page, and what it is.
fn last_lines(left_out: &LeftOut, summary: &Summary<'_>, output: Output) -> Markup {
    html! {
        @for line in left_out.in_words(summary, output) {
            p { (output.pick("Not in this page: ", "本页未包含：")) (line) }
        }
        p { (output.pick("This file holds health data: share it only with those who need it.", "本文件包含健康信息，请仅分享给需要的人员。")) }
        @let program = concat!("wecom-health ", env!("CARGO_PKG_VERSION"));
        p { (output.pick(format!("Made by {program}."), format!("由 {program} 生成。"))) }
    }
}
