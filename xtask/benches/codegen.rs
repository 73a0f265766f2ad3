//! How long code generation and its check take on this workspace, once built: `cargo bench -p xtask --bench codegen`.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::path::Path;

use wecom_health_benches::{Contestant, compare};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = xtask::codegen::Source::of_workspace(root);
    compare(
        "cargo xtask codegen, once built and with nothing to change",
        5.0,
        vec![
            Contestant::new("codegen", || drop(xtask::codegen::write(root, &source).unwrap())),
            Contestant::new("codegen --check", || drop(xtask::codegen::check(root, &source).unwrap())),
        ],
    );
}
