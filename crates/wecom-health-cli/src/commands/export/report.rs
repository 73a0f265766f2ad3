//! What the folder has of what was asked for, and what is missing and why.

use serde::Serialize;
use serde_json::json;
use wecom_health::model::{JobId, Localized, NaiveDate};

use super::folder::Folder;
use super::manifest::{Entry, Manifest};
use super::plan::Plan;
use super::render::Note;
use super::spool::{Missing, Reason};
use crate::arguments::Export;
use crate::failure::Failure;
use crate::output::text::printable;
use crate::output::{self, Output, table};

/// What the folder has of a job, of what was asked for.
#[derive(Serialize)]
struct Row {
    jobid: JobId,
    days: usize,
    answers: u64,
    missing_days: usize,
}

/// Days of a job that are missing for one reason.
struct Gap {
    job: JobId,
    first: NaiveDate,
    last: NaiveDate,
    days: usize,
    reason: String,
}

/// Prints a table of the jobs, or a JSON document, and what is missing.
pub(super) fn print(
    plan: &Plan,
    (folder, manifest): (&Folder, &Manifest),
    missing: &[Missing],
    notes: &[Note],
    export: &Export,
    output: Output,
) -> Result<(), Failure> {
    for Note { english, chinese } in notes {
        output.note(english, chinese);
    }
    let rows: Vec<Row> = plan.jobs().into_iter().map(|job| row(job, plan, manifest, missing)).collect();
    if export.json {
        let missing = missing.iter().map(|missing| {
            let Missing { day: (job, date), reason } = missing;
            let refusal = if let Reason::Request(error) = reason { error.api() } else { None };
            json!({
                "jobid": job,
                "date": date,
                "error": reason.in_language(output.language).to_string(),
                "errcode": refusal.map(|refusal| refusal.errcode()),
                "retryable": missing.is_retryable(),
            })
        });
        let missing: Vec<_> = missing.collect();
        let lost = manifest.lost().map(|entry| {
            json!({ "jobid": entry.jobid, "date": entry.date, "file": folder.spooled(entry).display().to_string() })
        });
        let lost: Vec<_> = lost.collect();
        return output::print(&output::json::document(&json!({ "jobs": rows, "missing": missing, "lost": lost }))?);
    }
    for Gap { job, first, last, days, reason } in gaps(missing, output) {
        let job = printable(job.as_ref());
        let english = if days == 1 { format!("{first}") } else { format!("{days} days from {first} to {last}") };
        let chinese = if days == 1 { format!("{first}") } else { format!("{first} 至 {last} 共 {days} 天") };
        output.notice(&format!("missing: {job}, {english}: {reason}"), &format!("缺失：{job}，{chinese}：{reason}"));
    }
    if export.quiet || rows.is_empty() {
        return Ok(());
    }
    let headings = output.pick(["Job", "Days", "Answers", "Missing days"], ["任务ID", "天数", "填报数", "缺失天数"]);
    let cells = rows.iter().map(|Row { jobid, days, answers, missing_days }| {
        [printable(jobid.as_ref()), days.to_string(), answers.to_string(), missing_days.to_string()]
    });
    let (name, answers) = (folder.path().display(), rows.iter().map(|row| row.answers).sum::<u64>());
    let end = output.pick(
        format!("Total answers: {answers}; the files are in {name}"),
        format!("共 {answers} 份填报，文件位于 {name}"),
    );
    output::print(&(table::complete(&headings, &cells.collect::<Vec<_>>(), output, output.width) + &end + "\n"))
}

fn row(job: &JobId, plan: &Plan, manifest: &Manifest, missing: &[Missing]) -> Row {
    let entries: Vec<_> = entries(job, plan, manifest).collect();
    Row {
        jobid: job.clone(),
        days: entries.len(),
        answers: entries.iter().map(|entry| entry.rows).sum(),
        missing_days: missing.iter().filter(|missing| missing.day.0 == *job).count(),
    }
}

/// What the spool has of what was asked for of a job.
fn entries<'a>(job: &'a JobId, plan: &'a Plan, manifest: &'a Manifest) -> impl Iterator<Item = &'a Entry> {
    let asked = plan.asked.iter().filter(move |(other, _)| other == job);
    asked.filter_map(|(job, date)| manifest.entry(job, *date))
}

/// Joins missing days that follow each other and have the same reason.
fn gaps(missing: &[Missing], output: Output) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for Missing { day: (job, date), reason } in missing {
        let reason = reason.in_language(output.language).to_string();
        let follows = |gap: &&mut Gap| gap.job == *job && gap.last.succ_opt() == Some(*date) && gap.reason == reason;
        match gaps.last_mut().filter(follows) {
            Some(gap) => {
                gap.last = *date;
                gap.days += 1;
            }
            None => gaps.push(Gap { job: job.clone(), first: *date, last: *date, days: 1, reason }),
        }
    }
    gaps
}

/// Names the days whose files are gone from the spool or were changed.
pub(super) fn lost(folder: &Folder, manifest: &Manifest, output: Output) {
    for entry in manifest.lost() {
        let (job, date, file) = (printable(entry.jobid.as_ref()), entry.date, folder.spooled(entry));
        let file = file.display();
        output.notice(
            &format!("lost: {job}, {date}: {file} is gone or was changed"),
            &format!("丢失：{job}，{date}：{file} 已不存在或被改动"),
        );
    }
}

/// Fails if anything is missing, with what to do about it.
pub(super) fn outcome(
    missing: &[Missing],
    manifest: &Manifest,
    unrecorded: usize,
    export: &Export,
) -> Result<(), Failure> {
    let has_lost = manifest.lost().next().is_some();
    if missing.is_empty() && !has_lost && unrecorded == 0 {
        return Ok(());
    }
    let is_retryable = missing.iter().any(Missing::is_retryable);
    let has_named = !export.jobids.is_empty();
    let is_unknown = missing.iter().any(Missing::is_unknown_job);
    let advice = [
        (is_retryable, "run it again for what is missing", "请重新运行以补齐缺失的数据"),
        (is_unknown && has_named, "check the ids of jobs that the server does not know", "请检查服务器不认识的任务ID"),
        (
            is_unknown && !has_named,
            "a job that the server no longer has stays as it is",
            "服务器上已不存在的任务保持现状",
        ),
        (
            export.refetch && missing.iter().any(Missing::is_kept),
            "leave out --refetch for days that the server no longer has",
            "服务器已不再保留的日期请勿使用 --refetch",
        ),
        (
            has_lost,
            "put the files that are lost back from a backup, or delete their days from manifest.json",
            "请从备份恢复丢失的文件，或从 manifest.json 中删去这些日期",
        ),
        (unrecorded > 0, "put back the manifest.json that belongs to .spool", "请恢复与 .spool 对应的 manifest.json"),
    ];
    let advice: Vec<_> = advice.into_iter().filter(|(applies, ..)| *applies).collect();
    let joined = |text: fn(&(bool, &'static str, &'static str)) -> &'static str, separator| {
        advice.iter().map(text).collect::<Vec<_>>().join(separator)
    };
    let mut failure = Failure::partial("the export is incomplete", "导出不完整");
    if !advice.is_empty() {
        failure = failure.advise(joined(|(_, english, _)| english, "; "), joined(|(.., chinese)| chinese, "；"));
    }
    Err(if is_retryable { failure.retryable() } else { failure })
}

/// Says that the manifest is older than the spool.
pub(super) fn older_manifest(unrecorded: usize, output: Output) {
    if unrecorded > 0 {
        output.notice(
            &format!("manifest.json lacks days that .spool has: {unrecorded}; it may be an older backup, and no file has these days"),
            &format!("manifest.json 缺少 .spool 中的 {unrecorded} 天，可能是较早的备份，导出的文件中没有这些日期"),
        );
    }
}

/// Notes the days that stay as they are, though they had not ended.
pub(super) fn never_finished(manifest: &Manifest, output: Output) -> Option<Note> {
    let days =
        manifest.never_finished().map(|Entry { jobid, date, .. }| format!("{}, {date}", printable(jobid.as_ref())));
    let days: Vec<_> = days.collect();
    let (count, days) = (days.len(), days.join(output.pick("; ", "；")));
    (count > 0).then(|| Note {
        english: format!("fetched before they ended, and can no longer be completed ({count}): {days}"),
        chinese: format!("有 {count} 天的数据在当天结束前获取，已无法补全：{days}"),
    })
}

/// Notes the jobs whose own count differs from that of the answers.
pub(super) fn differing_counts(plan: &Plan, manifest: &Manifest) -> Vec<Note> {
    let notes = plan.jobs().into_iter().filter_map(|job| {
        let differs = |entry: &&Entry| i64::try_from(entry.rows) != Ok(entry.finish_cnt);
        let (days, last) = entries(job, plan, manifest).filter(differs).fold((0, None), |(days, _), entry| (days + 1, Some(entry)));
        let Entry { date, rows, finish_cnt, .. } = last?;
        let job = printable(job.as_ref());
        Some(Note {
            english: format!(
                "{job}, {date}: the server counts {finish_cnt} who have reported; answers sent: {rows} (days that differ: {days})"
            ),
            chinese: format!("{job}，{date}：服务器统计已填报 {finish_cnt} 人，实际返回 {rows} 份填报（共 {days} 天不一致）"),
        })
    });
    notes.collect()
}
