//! What each library lets its users name, as a snapshot: a change of the public API shows in review.
//!
//! Read from the sources, because rustdoc tells it only with the unstable compiler. Of generated types, only the names: the
//! schema says the rest.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "public_api/crate_items.rs"]
mod crate_items;
#[path = "public_api/outline.rs"]
mod outline;

use std::path::Path;

fn api(name: &str) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src");
    outline::of(&crate_items::read(&source))
}

#[test]
fn the_model_lets_users_name_this() {
    insta::assert_snapshot!("api_model", api("wecom-health-model"));
}

#[test]
fn the_client_lets_users_name_this() {
    insta::assert_snapshot!("api_client", api("wecom-health"));
}

#[test]
fn the_emulator_lets_users_name_this() {
    insta::assert_snapshot!("api_emulator", api("wecom-health-emulator"));
}

#[test]
fn the_report_lets_users_name_this() {
    insta::assert_snapshot!("api_report", api("wecom-health-report"));
}
