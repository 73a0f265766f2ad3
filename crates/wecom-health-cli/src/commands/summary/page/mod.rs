//! A page for a browser: how many have reported, who has not, a chart of each question, and a table of the answers.
//!
//! It is one file that loads nothing: its Content-Security-Policy allows this style and this script alone, by their fingerprints. maud
//! escapes every text. Each part has a limit, so that the page stays below 3 MB whatever the server sends, and says what it leaves out.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::Utc;
use hmac_sha256::Hash;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::left_out::LeftOut;
use super::Summary;
use super::rows::Rows;
use super::view::days;
use crate::commands::absent::view::doubts;
use crate::day;
use crate::output::Output;
use crate::output::chart::percent;
use crate::output::text::{cut, printable};

mod absent;
mod answers;
mod charts;
mod left_out;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Columns of the title: a longer one is cut.
const LONGEST_TITLE: usize = 200;

/// Returns the page, and what is not in it.
pub(super) fn page(summary: &Summary<'_>, rows: &Rows<'_>, output: Output) -> (String, LeftOut) {
    let mut left_out = LeftOut::default();
    let title = cut(&printable(&summary.job.title), LONGEST_TITLE);
    let absent = summary.absentees.as_ref().map(|absentees| absent::section(absentees, &mut left_out, output));
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
                header {
                    h1 { (title) }
                    p.quiet { (summary.date) " · " (cut(&printable(summary.jobid.as_ref()), LONGEST_TITLE)) }
                    @if let Some(note) = days(summary, output) { p.quiet { (note) } }
                }
                main {
                    (figures(summary, output))
                    @if let Some(absent) = absent { (absent) }
                    (charts)
                    (answers)
                }
                (footer(output))
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

/// What a reader wants to know first: how many have not reported, of how many.
fn figures(summary: &Summary<'_>, output: Output) -> Markup {
    let answers = summary.counts.answers;
    let Some(absentees) = &summary.absentees else {
        let hint = output.pick(
            "Who has not reported is shown with --names or --roster FILE.",
            "加上 --names 或 --roster FILE 可显示未填报人员。",
        );
        return html! {
            section {
                dl.figures { (figure(output.pick("Answers", "填报份数"), &answers.to_string(), "")) }
                p.quiet { (hint) }
            }
        };
    };
    let counts = absentees.counts;
    let rate = percent(counts.reported, counts.expected);
    html! {
        section {
            @if absentees.day_off {
                p { (output.pick("Nobody has to report: it is a weekend.", "周末，无需填报。")) }
            }
            dl.figures {
                (figure(output.pick("Not reported", "未填报"), &counts.absent.to_string(), if counts.absent > 0 { "alarm" } else { "" }))
                (figure(output.pick("Reported", "已填报"), &counts.reported.to_string(), ""))
                (figure(output.pick("Expected", "应填报"), &counts.expected.to_string(), ""))
                @if let Some(rate) = rate { (figure(output.pick("Rate", "填报率"), &rate, "")) }
            }
            (bar(counts.reported, counts.expected))
            @for doubt in doubts(summary.job, absentees, output) { p.doubt { (doubt) } }
        }
    }
}

fn figure(label: &str, number: &str, class: &str) -> Markup {
    html! { div { dt { (label) } dd class=(class) { (number) } } }
}

/// A part of a whole as a picture. The numbers stand beside it as text.
fn bar(part: usize, whole: usize) -> Markup {
    let per_mille = (part * 1_000).checked_div(whole).unwrap_or_default().min(1_000);
    html! {
        svg.bar viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect width="1000" height="10" {}
            rect.part width=(per_mille) height="10" {}
        }
    }
}

fn footer(output: Output) -> Markup {
    let (made, version) =
        (Utc::now().with_timezone(&day::time_zone()).format("%Y-%m-%d %H:%M"), env!("CARGO_PKG_VERSION"));
    html! {
        footer {
            p { (output.pick("This file holds health data: share it only with those who need it.", "本文件包含健康信息，请仅分享给需要的人员。")) }
            p { (output.pick(
                format!("Made by wecom-health {version} at {made} (UTC+8)."),
                format!("由 wecom-health {version} 于 {made}（UTC+8）生成。"),
            )) }
        }
    }
}

/// Joins pieces as long as they fit into so many bytes, and returns how many did.
fn within(bytes: usize, pieces: impl Iterator<Item = Markup>) -> (PreEscaped<String>, usize) {
    let (mut joined, mut count) = (String::new(), 0);
    for PreEscaped(piece) in pieces {
        if joined.len() + piece.len() > bytes {
            break;
        }
        joined += &piece;
        count += 1;
    }
    (PreEscaped(joined), count)
}
