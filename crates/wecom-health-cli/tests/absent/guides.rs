//! The guides' commands are run as they are written, but with an emulator as the server.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::json;
use wecom_health_emulator::{Emulator, Fault, FaultRule};

use crate::world::{World, company, job, stderr, stdout};

/// The text of a guide; nothing in a packaged crate, which is without the workspace's documents.
fn guide(name: &str) -> Option<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let is_workspace = root.join("schema/health.schema.json").exists();
    is_workspace.then(|| std::fs::read_to_string(root.join("docs").join(name)).unwrap())
}

/// The blocks of a document in this language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let blocks = text.split(&fence).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// The guides' roster, command, script and line for cron, as they are written, but with an emulator as the server.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_guides_say_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for text in ["absent-list.md", "absent-list.zh-CN.md"].into_iter().filter_map(guide) {
        let refused = FaultRule::new(Fault::ErrCode(60011)).endpoint("school_user_list");
        let job = job(json!({"type": 2, "apply_range": {"partyids": [3, 4_294_967_296_i64]}}));
        let world = World::new(Emulator::builder().samples().job("jobid2", job)).await;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("absent");
        std::fs::create_dir(&folder).unwrap();
        let config = world.0.client_config();
        let command =
            format!("#!/bin/sh\nexec {} --base-url {} \"$@\"\n", env!("CARGO_BIN_EXE_wecom-health"), config.base_url);
        let wrapper = home.path().join(".cargo/bin/wecom-health");
        std::fs::create_dir_all(wrapper.parent().unwrap()).unwrap();
        std::fs::write(&wrapper, command).unwrap();
        std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o700)).unwrap();
        let credentials = format!("WECOM_CORP_ID={}\nWECOM_CORP_SECRET={}\n", config.corp_id, config.secret);
        std::fs::write(folder.join("wecom.env"), &credentials).unwrap();
        let sh = |script: &str| {
            let mut shell = Command::new("sh");
            shell
                .args(["-c", script])
                .env_clear()
                .env("PATH", std::env::var("PATH").unwrap())
                .env("HOME", home.path())
                .env("LC_ALL", "C");
            shell.current_dir(&folder).output().unwrap()
        };
        let (scripts, cron) = (blocks(&text, "sh"), blocks(&text, "text"));
        assert_eq!((scripts.len(), cron.len()), (2, 1));

        std::fs::write(folder.join("class.csv"), &blocks(&text, "csv")[0]).unwrap();
        let with_roster = format!("PATH=$HOME/.cargo/bin:$PATH; set -a; . ./wecom.env; {}", scripts[0]);
        assert!(stdout(&sh(&with_roster)).starts_with("Not reported: 1 of 2 expected; reported: 1 (50%)\n"));

        std::fs::write(folder.join("absent.sh"), &scripts[1]).unwrap();
        let line = cron[0].lines().last().unwrap();
        let line = line.strip_prefix("0 10 * * 1-5 ").unwrap();
        let rows = || std::fs::read_to_string(folder.join("absent.csv")).unwrap().lines().count() - 1;
        let complete = sh(line);
        assert_eq!((complete.status.code(), stderr(&complete), rows()), (Some(0), String::new(), 4));
        let mode = folder.join("absent.csv").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "only the user may read it");
        world.0.add_fault(refused.clone().times(1));
        let partial = sh(line);
        assert_eq!(partial.status.code(), Some(5));
        assert!(stderr(&partial).contains("error: the list is incomplete") && rows() < 4, "{partial:?}");
        world.0.add_fault(refused.always());
        let before = rows();
        assert_eq!((sh(line).status.code(), rows()), (Some(3), before), "the last list is kept");
        assert!(!folder.join("absent.csv.new").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guides_explain_every_reason_and_no_other() {
    let world = World::new(company(job(json!({})))).await;
    let list = world.json(&[], 0);
    let reasons: BTreeSet<_> = list["incomplete"].as_object().unwrap().keys().cloned().collect();
    let reason = |line: &str| line.strip_prefix("| `").and_then(|rest| rest.split('`').next()).map(str::to_owned);
    for text in ["absent-list.md", "absent-list.zh-CN.md"].into_iter().filter_map(guide) {
        assert_eq!(text.lines().filter_map(reason).collect::<BTreeSet<_>>(), reasons);
    }
}
