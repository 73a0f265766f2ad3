//! `cargo xtask weight`: how much longer a cold build takes with our crates than with only serde, serde_json and chrono.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

const MODEL: &str = "wecom-health-model";
/// The dependencies of the empty crate, which the model crate has too.
const COMMON: [&str; 3] = ["serde", "serde_json", "chrono"];

/// Something to build.
struct Subject {
    name: &'static str,
    manifest: PathBuf,
    arguments: &'static [&'static str],
}

/// Builds each subject this many times, taking turns; returns a table of medians and of ratios to the empty crate.
///
/// # Errors
///
/// A build fails, for example because a dependency has not been downloaded yet.
pub fn weight(root: &Path, rounds: u32) -> Result<String> {
    let empty = tempfile::tempdir()?;
    write_empty_crate(root, empty.path())?;
    let ours = |name, arguments| Subject { name, manifest: root.join("Cargo.toml"), arguments };
    let subjects = [
        Subject { name: "empty crate", manifest: empty.path().join("Cargo.toml"), arguments: &[] },
        ours("model", &["--package", MODEL]),
        ours("client without features", &["--package", "wecom-health", "--no-default-features"]),
        ours("client", &["--package", "wecom-health"]),
    ];
    let mut seconds = vec![Vec::new(); subjects.len()];
    for _ in 0..rounds {
        for (seconds, subject) in seconds.iter_mut().zip(&subjects) {
            seconds.push(subject.build()?);
        }
    }
    let mut table = String::from("| what | packages | cold build | ratio |\n|---|---|---|---|");
    for (subject, own) in subjects.iter().zip(&seconds) {
        let ratios = own.iter().zip(&seconds[0]).map(|(own, empty)| own / empty);
        let (time, ratio) = (median(own.iter().copied()), median(ratios));
        write!(table, "\n| {} | {} | {time:.1} s | {ratio:.2} |", subject.name, subject.packages()?)?;
    }
    Ok(table)
}

/// Writes a crate without code, with the common dependencies in the versions that the model crate has.
fn write_empty_crate(root: &Path, folder: &Path) -> Result<()> {
    let metadata = output(cargo(&root.join("Cargo.toml"), "metadata").args(["--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let model = packages.iter().find(|package| package["name"] == MODEL).context("there is no model crate")?;
    let dependencies = model["dependencies"].as_array().context("the model crate has no dependencies")?;
    let mut manifest = "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n".to_owned();
    for name in COMMON {
        let normal = |dependency: &&Value| dependency["name"] == name && dependency["kind"].is_null();
        let found = dependencies.iter().find(normal).with_context(|| format!("the model crate has no {name}"))?;
        let (version, features, default) = (&found["req"], &found["features"], &found["uses_default_features"]);
        writeln!(manifest, "{name} = {{ version = {version}, default-features = {default}, features = {features} }}")?;
    }
    std::fs::create_dir(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}

impl Subject {
    /// Returns the seconds that a cold build takes.
    fn build(&self) -> Result<f64> {
        let target = tempfile::tempdir()?;
        let mut build = cargo(&self.manifest, "build");
        build.arg("--quiet").args(self.arguments).arg("--target-dir").arg(target.path());
        let start = Instant::now();
        output(&mut build)?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// Returns how many packages there are, itself included: with procedural macros, without build dependencies.
    fn packages(&self) -> Result<usize> {
        let mut tree = cargo(&self.manifest, "tree");
        let lines = output(tree.args(self.arguments).args(["--edges", "normal", "--prefix", "none", "--no-dedupe"]))?;
        Ok(lines.lines().collect::<BTreeSet<_>>().len())
    }
}

fn cargo(manifest: &Path, task: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The settings of this workspace's builds do not apply here.
    command.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
    command.args([task, "--offline", "--manifest-path"]).arg(manifest);
    command
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {}", stderr.trim());
    Ok(String::from_utf8(output.stdout)?)
}

/// Returns the median.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
