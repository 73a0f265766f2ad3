//! `wecom-health export`: everybody's answers as files, complete and resumable.
//!
//! First the spool: each day of each job is fetched whole, and recorded in the manifest when it is on the disk. Then the output files are
//! made from the spool alone. So a kill loses at most the days in flight, and a format can be added without fetching.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::Path;

use wecom_health::Client;
use wecom_health::model::NaiveDate;
use wecom_health_report::Roster;

use self::folder::Folder;
use self::manifest::Manifest;
use self::plan::Plan;
use self::progress::Progress;
use self::render::Rendering;
use self::spool::{Missing, Reason, Spool};
use self::spooled::Spooled;
use self::wait::Wait;
use crate::arguments::{Export, ExportFormat};
use crate::commands::address_book;
use crate::failure::{Failure, Kind};
use crate::output::Output;

mod folder;
mod manifest;
mod plan;
mod progress;
mod render;
mod report;
mod spool;
mod spooled;
mod wait;

/// Fetches what is not final yet, and writes the files.
pub(crate) async fn run(client: &Client, export: Export, output: Output) -> Result<(), Failure> {
    let days = plan::days(&export.days, export.quiet, output)?;
    if export.absent {
        can_list_absent(&export)?;
    }
    let roster = export.roster.as_deref().map(crate::commands::roster::read).transpose()?;
    let (folder, mut manifest) = open(&export.out).await?;
    let mut progress = Progress::new(export.quiet, output);
    let (plan, missing) = fetch(client, &export, &days, (&folder, &mut manifest), &mut progress, output).await?;
    let mut notes = Vec::new();
    // If nothing could be fetched, the files must not stay behind what was fetched earlier.
    if missing.is_empty() || manifest.days().next().is_some() {
        let roster = if export.names {
            let named = names(client, (&folder, &manifest), export.quiet, output).await;
            Some(named.inspect_err(|_| notice_only_spooled(&folder, output))?)
        } else {
            roster
        };
        progress.writes();
        let rendering = Rendering {
            folder: &folder,
            manifest: &manifest,
            roster: roster.as_ref(),
            absent: export.absent,
            raw: export.raw,
            language: output.language,
            rows: Cell::new(0),
            nameless: RefCell::default(),
        };
        let formats: BTreeSet<ExportFormat> = export.formats.iter().copied().collect();
        notes = render::render(&rendering, &formats).await?;
        notes.extend(rendering.without_name().filter(|_| !export.quiet));
    }
    drop(progress);
    let missing =
        unless_unreachable(missing, plan.to_fetch.len()).inspect_err(|_| report::lost(&folder, &manifest, output))?;
    if !export.quiet {
        notes.extend(report::never_finished(&manifest, output));
        notes.extend(report::differing_counts(&plan, &manifest));
    }
    if !export.json {
        report::lost(&folder, &manifest, output);
    }
    let unrecorded = manifest.unrecorded(&folder);
    report::older_manifest(unrecorded, output);
    report::print(&plan, (&folder, &manifest), &missing, &notes, &export, output)?;
    report::outcome(&missing, &manifest, unrecorded, &export)
}

/// Opens a folder and checks what earlier runs left in it.
async fn open(path: &Path) -> Result<(Folder, Manifest), Failure> {
    let folder = Folder::open(path)?;
    let mut manifest = Manifest::read(&folder)?;
    manifest.check_files(&folder).await;
    manifest.remove_leftovers(&folder)?;
    Ok((folder, manifest))
}

fn can_list_absent(export: &Export) -> Result<(), Failure> {
    if !export.formats.contains(&ExportFormat::Xlsx) {
        return Err(Failure::usage(
            "--absent is a sheet of the workbook: add --format xlsx",
            "--absent 是工作簿中的一张工作表，请加上 --format xlsx",
        ));
    }
    if !export.names && export.roster.is_none() {
        return Err(Failure::usage(
            "--absent needs to know who is expected: add --names or --roster FILE",
            "--absent 需要知道应填报人员，请加上 --names 或 --roster FILE",
        ));
    }
    Ok(())
}

/// Fails if all that was to be fetched failed for reasons that have nothing to do with jobs and days: with that of the first.
fn unless_unreachable(missing: Vec<Missing>, fetched: usize) -> Result<Vec<Missing>, Failure> {
    let is_general = |missing: &Missing| match &missing.reason {
        Reason::Request(error) => matches!(Kind::of(error).exit_code(), 3 | 4),
        Reason::Fewer | Reason::FewerThanLost | Reason::Gone => false,
    };
    if missing.len() < fetched || !missing.iter().all(is_general) {
        return Ok(missing);
    }
    match missing.into_iter().next().map(|missing| missing.reason) {
        Some(Reason::Request(error)) => Err(error.into()),
        _ => Ok(Vec::new()),
    }
}

/// Fetches what is not final into the spool. Returns what was to be fetched and what is missing.
async fn fetch(
    client: &Client,
    export: &Export,
    days: &[NaiveDate],
    (folder, manifest): (&Folder, &mut Manifest),
    progress: &mut Progress,
    output: Output,
) -> Result<(Plan, Vec<Missing>), Failure> {
    let mut wait = Wait::default();
    let plan = plan::plan(client, export, days, manifest, (&mut wait, progress), output).await?;
    progress.fetches(plan.to_fetch.len());
    let mut spool = Spool { client, folder, manifest, progress };
    let missing = spool.fill(plan.to_fetch.clone(), &mut wait).await?;
    Ok((plan, missing))
}

/// Reads the address book for all jobs of the folder.
async fn names(
    client: &Client,
    (folder, manifest): (&Folder, &Manifest),
    quiet: bool,
    output: Output,
) -> Result<Roster, Failure> {
    let jobs = manifest.jobs().into_values().filter_map(|days| days.last().copied());
    let jobs: Result<Vec<_>, Failure> = jobs.map(|entry| Ok(Spooled::open(folder, entry)?.job)).collect();
    let jobs = jobs?;
    let book = address_book::read(client, &jobs.iter().collect::<Vec<_>>()).await?;
    if !quiet {
        crate::commands::names::warn_of_missing(&book, output);
    }
    Ok(book.roster)
}

/// Says that nothing is lost, where the address book cannot be read.
fn notice_only_spooled(folder: &Folder, output: Output) {
    let name = folder.path().display();
    output.notice(
        &format!("what was fetched is in {name}/.spool, but no file was written"),
        &format!("已获取的数据保存在 {name}/.spool，但未写入任何文件"),
    );
}
