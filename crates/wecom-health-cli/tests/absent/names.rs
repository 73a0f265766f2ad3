//! Names appear where they are asked for, and nowhere else.

use serde_json::json;
use wecom_health_emulator::{Fault, FaultRule};

use crate::world::{FRIDAY, NAMES, World, company, job, stderr, stdout};

#[tokio::test(flavor = "multi_thread")]
async fn names_cannot_control_the_terminal() {
    let world = World::new(company(job(json!({}))).member("evil", "\u{1b}[2J\u{202e}", &[3])).await;
    for format in [&[][..], &["--json"]] {
        let shown = stdout(&world.absent(format));
        assert!(shown.contains("evil") && !shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_beside_ids_only_if_asked_for() {
    let job = job(
        json!({"creator": "liu", "report_to": {"userids": ["chen"]}, "apply_range": {"partyids": [2], "userids": ["zhang"]}}),
    );
    let world = World::new(company(job)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("roster.csv");
    std::fs::write(&path, "userid,name,department\nwang,Wang,\nliu,Liu,\nchen,Chen,\nzhang,Zhang,\n").unwrap();
    for names in [&["--names"][..], &["--roster", path.to_str().unwrap()]] {
        let shown =
            |arguments: &[&str]| stdout(&world.command(&[arguments, &["--date", FRIDAY]].concat()).output().unwrap());
        let answers = shown(&[&["answers", "job1"], names].concat());
        assert!(answers.contains("Wang wang"), "{answers}");
        let job = shown(&[&["job", "job1"], names].concat());
        for beside in ["liu (Liu)", "chen (Chen)", "zhang (Zhang)"] {
            assert!(job.contains(beside), "{job}");
        }
        for command in ["answers", "job"] {
            assert!(!NAMES.iter().any(|name| shown(&[command, "job1"]).contains(name)));
            let refused = world.command(&[&[command, "job1", "--json"], names].concat()).output().unwrap();
            assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_refused_are_a_notice() {
    let refused = FaultRule::new(Fault::ErrCode(60011)).endpoint("user_simplelist").always();
    let world = World::new(company(job(json!({}))).fault(refused)).await;
    for command in ["answers", "job"] {
        let output = world.command(&[command, "job1", "--date", FRIDAY, "--names"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(stderr(&output).contains("some names are missing: the server refuses a part of the address book"));
    }
}
