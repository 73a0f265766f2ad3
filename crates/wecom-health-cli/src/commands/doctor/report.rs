//! The report in words, at most 80 columns wide because it is pasted into tickets, and as JSON.

use std::io;

use serde_json::{Value, json};
use textwrap::Options;
use unicode_width::UnicodeWidthStr;
use wecom_health::model::{Language, Localized};

use super::finding::{Finding, worst};
use crate::output::table::{Column, Columns};
use crate::output::text::{printable, wrapped};
use crate::output::{Output, json};

const WIDTH: usize = 80;

/// Returns the report in words: a line for each check, and advice below it, over the whole width so that links stay whole.
pub(super) fn in_words(findings: &[Finding], output: Output) -> String {
    let language = output.language;
    let width = output.width.min(WIDTH);
    let rows: Vec<_> = findings.iter().map(|finding| cells(finding, language)).collect();
    let headings = output.pick(["Verdict", "Check", "Finding"], ["结论", "检查项", "说明"]);
    let columns = headings.iter().enumerate().map(|(place, heading)| {
        let widest = rows.iter().map(|row| row[place].width()).max().unwrap_or_default().max(heading.width());
        // The first two have short words of our own.
        Column::wrapping(*heading, widest, if place < 2 { widest } else { heading.width() })
    });
    let columns = Columns::fit(columns.collect(), width);
    let options = Options::new(width).initial_indent("    → ").subsequent_indent("      ");
    let mut report = format!("wecom-health {}\n{}", env!("CARGO_PKG_VERSION"), columns.heading(output));
    for (finding, row) in findings.iter().zip(&rows) {
        report += &columns.row(row);
        let advice = finding.advice.iter().map(|advice| printable(&advice.in_language(language).to_string()));
        let lines = advice.flat_map(|advice| wrapped(&advice, options.clone()));
        lines.for_each(|line| report += &(line + "\n"));
    }
    report
}

fn cells(finding: &Finding, language: Language) -> [String; 3] {
    let message = finding.message.in_language(language).to_string();
    [finding.verdict.label(language), finding.check.label(language), &message].map(printable)
}

/// Returns the report as a document, in which each name is always there.
pub(super) fn in_json(findings: &[Finding], output: Output) -> io::Result<String> {
    let language = output.language;
    let checks: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "check": finding.check.name(),
                "endpoint": finding.check.endpoint(),
                "verdict": finding.verdict.name(),
                "kind": finding.kind.map(|kind| kind.name()),
                "errcode": finding.errcode,
                "message": finding.message.in_language(language).to_string(),
                "advice": finding.advice.as_ref().map(|advice| advice.in_language(language).to_string()),
                "caller_ip": finding.caller_ip,
            })
        })
        .collect();
    let exit_code = worst(findings).map_or(0, |failure| failure.exit_code());
    json::document(&json!({ "version": env!("CARGO_PKG_VERSION"), "exit_code": exit_code, "checks": checks }))
}
