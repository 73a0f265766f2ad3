//! The report in words, at most 80 columns wide because it is pasted into tickets, and as JSON.

use std::io;

use serde_json::{Value, json};
use wecom_health::model::Localized;

use super::finding::{Finding, worst};
use crate::output::text::printable;
use crate::output::{Output, json, table};

const WIDTH: usize = 80;

/// Returns the report in words.
pub(super) fn in_words(findings: &[Finding], output: Output) -> String {
    let language = output.language;
    let headings = output.pick(["Verdict", "Check", "Finding"], ["结论", "检查项", "说明"]);
    let rows = findings.iter().flat_map(|finding| {
        let cells = |verdict: &str, check: &str, text: &str| [verdict.to_owned(), check.to_owned(), printable(text)];
        let message = finding.message.in_language(language).to_string();
        let advice = finding.advice.as_ref().map(|advice| format!("→ {}", advice.in_language(language)));
        let first = cells(finding.verdict.label(language), finding.check.label(language), &message);
        [Some(first), advice.map(|advice| cells("", "", &advice))].into_iter().flatten()
    });
    let rows: Vec<_> = rows.collect();
    format!("wecom-health {}\n", env!("CARGO_PKG_VERSION"))
        + &table::complete(&headings, &rows, output, output.width.min(WIDTH))
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
