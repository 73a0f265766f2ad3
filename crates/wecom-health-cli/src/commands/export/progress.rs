//! How far an export is: a bar on a terminal, a line for each day elsewhere, nothing if the user wants none.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressState, ProgressStyle};

use super::manifest::Entry;
use crate::output::Output;
use crate::output::text::printable;

/// How often a terminal is redrawn.
const TICK: Duration = Duration::from_millis(200);

/// Shows how far the export is.
pub(super) struct Progress {
    output: Output,
    shown: Shown,
}

enum Shown {
    Nothing,
    Lines,
    /// The days, and the rows.
    Bar(ProgressBar, ProgressBar),
    /// That something is done.
    Spinner(ProgressBar),
}

impl Progress {
    pub(super) fn new(quiet: bool, output: Output) -> Self {
        Self { output, shown: if quiet { Shown::Nothing } else { Shown::Lines } }
    }

    /// Shows how many days are fetched.
    pub(super) fn fetches(&mut self, days: usize) {
        if matches!(self.shown, Shown::Lines) && io::stderr().is_terminal() && !self.output.is_json() {
            let rows = ProgressBar::hidden();
            let bar = ProgressBar::new(days.try_into().unwrap_or(u64::MAX)).with_finish(ProgressFinish::AndClear);
            bar.set_style(style(&rows, self.output));
            bar.enable_steady_tick(TICK);
            self.shown = Shown::Bar(bar, rows);
        }
    }

    pub(super) fn row(&self) {
        if let Shown::Bar(_, rows) = &self.shown {
            rows.inc(1);
        }
    }

    pub(super) fn day(&self, entry: &Entry) {
        match &self.shown {
            Shown::Nothing | Shown::Spinner(_) => {}
            Shown::Bar(bar, _) => bar.inc(1),
            Shown::Lines => {
                let (job, Entry { date, rows, .. }) = (printable(entry.jobid.as_ref()), entry);
                let s = if *rows == 1 { "" } else { "s" };
                self.output.notice(&format!("{job} {date}: {rows} answer{s}"), &format!("{job} {date}：{rows} 条填报"));
            }
        }
    }

    /// Says that nothing happens for a while.
    pub(super) fn waits(&self, time: Duration) {
        let seconds = time.as_secs() + 1;
        let english = format!("waiting {seconds} s until the server issues a token again");
        let say = || self.output.notice(&english, &format!("等待 {seconds} 秒后重新获取 access_token"));
        match &self.shown {
            Shown::Nothing => {}
            Shown::Lines => say(),
            Shown::Bar(bar, _) | Shown::Spinner(bar) => bar.suspend(say),
        }
    }

    /// Shows that files are written, on a terminal.
    pub(super) fn writes(&mut self) {
        if let Shown::Bar(bar, _) = &self.shown {
            bar.finish_and_clear();
            let spinner = ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear);
            spinner.set_message(self.output.pick("writing the files", "正在写入文件"));
            spinner.enable_steady_tick(TICK);
            self.shown = Shown::Spinner(spinner);
        }
    }
}

fn style(rows: &ProgressBar, output: Output) -> ProgressStyle {
    let template = output.pick(
        "{bar:24} {pos}/{len} days  {rows} answers  {rate}/s  {eta} left",
        "{bar:24} {pos}/{len} 天  {rows} 条填报  {rate} 条/秒  剩余 {eta}",
    );
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let (counted, timed) = (rows.clone(), rows.clone());
    style
        .with_key("rows", move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{}", counted.position());
        })
        .with_key("rate", move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let seconds = state.elapsed().as_secs().max(1);
            let _ = write!(out, "{}", timed.position() / seconds);
        })
}
