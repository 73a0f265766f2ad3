//! How long the import and code generation take for 65 and for 650 pages of our own, compiling left out:
//! `cargo bench -p xtask --bench import`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark may panic and prints what it measured")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use xtask::codegen::Source;
use xtask::schema::Stage;

const ROOMS: &str = include_str!("../tests/pages/rooms.md");

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    // The first run warms up.
    seconds(root, 65, false);
    for (samples, with) in [(false, "without samples"), (true, "with samples, a file for each")] {
        let (few, many) = (median(root, 65, samples), median(root, 650, samples));
        println!("import and codegen {with}: 65 pages {few:.2} s, 650 pages {many:.2} s, {:.1} times that", many / few);
    }
}

/// The median of three runs.
fn median(root: &Path, pages: usize, samples: bool) -> f64 {
    let mut runs = [(); 3].map(|()| seconds(root, pages, samples));
    runs.sort_by(f64::total_cmp);
    runs[1]
}

/// How long it takes to import so many pages and to write the crate of the draft.
fn seconds(root: &Path, count: usize, samples: bool) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let pages: Vec<PathBuf> = (0..count).map(|number| page(folder.path(), number)).collect();
    let schema = folder.path().join("draft.json");
    let samples = samples.then(|| folder.path().join("samples"));
    let start = Instant::now();
    xtask::import::write(&pages, &schema, samples.as_deref()).unwrap();
    let source = Source { schema, stage: Stage::Draft, out: Some(folder.path().join("crate")) };
    xtask::codegen::write(root, &source).unwrap();
    start.elapsed().as_secs_f64()
}

/// Writes a page whose addresses and fields no other one has.
fn page(folder: &Path, number: usize) -> PathBuf {
    let names =
        [("/room/", "/room_N/"), ("/desk/", "/desk_N/"), ("\"rooms\"", "\"rooms_N\""), ("| rooms |", "| rooms_N |")];
    let renamed = names
        .iter()
        .fold(ROOMS.to_owned(), |text, (from, to)| text.replace(from, &to.replace('N', &number.to_string())));
    let path = folder.join(format!("{number}.md"));
    std::fs::write(&path, renamed).unwrap();
    path
}
