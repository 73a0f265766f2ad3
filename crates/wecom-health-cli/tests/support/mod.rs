//! The program, as the tests run it.

#![allow(dead_code, reason = "each test uses a part")]

use std::process::Command;

use wecom_health_emulator::Emulator;

/// Returns the program with these arguments, in English and without what the environment of the tests says.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wecom-health"));
    command.args(arguments).env("LC_ALL", "C");
    for name in ["WECOM_CORP_ID", "WECOM_CORP_SECRET", "LANGUAGE", "LC_MESSAGES", "LANG", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// Returns the program with an emulator as its server.
pub(crate) fn command_at(emulator: &Emulator, arguments: &[&str]) -> Command {
    let config = emulator.client_config();
    let mut command = command(&[&["--base-url", &config.base_url], arguments].concat());
    command.env("WECOM_CORP_ID", &config.corp_id).env("WECOM_CORP_SECRET", &config.secret);
    command
}
