//! The situations that the doctor must tell apart.

use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use wecom_health_emulator::{App, Emulator, Fault, FaultRule};

use crate::servers::{proxy, untrusted_tls};

/// The variables that change what the command does.
const VARIABLES: [&str; 15] = [
    "WECOM_CORP_ID",
    "WECOM_CORP_SECRET",
    "LANGUAGE",
    "LC_MESSAGES",
    "LANG",
    "COLUMNS",
    "REQUEST_METHOD",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// A situation, and what the doctor must say of it.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) code: i32,
    /// Check, verdict and errcode of the finding that says what is wrong.
    pub(crate) finding: Value,
    pub(crate) arguments: Vec<String>,
    variables: Vec<(&'static str, String)>,
    /// What must live as long.
    _emulator: Option<Emulator>,
    _file: Option<tempfile::TempDir>,
}

impl Case {
    pub(crate) fn new(name: &'static str, code: i32, finding: Value) -> Self {
        Self { name, code, finding, ..Self::default() }
    }

    pub(crate) fn base_url(mut self, url: impl Into<String>) -> Self {
        self.arguments.extend(["--base-url".to_owned(), url.into()]);
        self
    }

    pub(crate) fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    pub(crate) fn credentials(self, corp_id: &str, secret: &str) -> Self {
        self.variable("WECOM_CORP_ID", corp_id).variable("WECOM_CORP_SECRET", secret)
    }

    /// Asks an emulator, with its credentials.
    pub(crate) fn emulator(self, emulator: Emulator) -> Self {
        let case = self.base_url(emulator.base_url()).credentials(emulator.corp_id(), emulator.secret());
        Self { _emulator: Some(emulator), ..case }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wecom-health"));
        for name in VARIABLES {
            command.env_remove(name);
        }
        // Tickets are narrower than some terminals.
        command.env("COLUMNS", "200").env("LC_ALL", "C").envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.args(&self.arguments).arg("doctor").args(arguments).output().unwrap()
    }

    /// Runs it with `--json`. Returns the only document on stdout, and checks that stderr has lines of JSON.
    pub(crate) fn report(&self) -> Value {
        let output = self.run(&["--json"]);
        assert_eq!(output.status.code(), Some(self.code), "{}: {output:?}", self.name);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{}: {stderr}", self.name);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["exit_code"], self.code, "{}", self.name);
        report
    }
}

/// An emulator in which requests to these endpoints always end in a fault.
async fn failing(endpoints: &[&str], fault: Fault) -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    for endpoint in endpoints {
        emulator.add_fault(FaultRule::new(fault.clone()).endpoint(endpoint).always());
    }
    emulator
}

pub(crate) const READING: [&str; 8] = [
    "get_report_jobids",
    "get_report_job_info",
    "get_report_answer",
    "get_health_report_stat",
    "department_simplelist",
    "user_simplelist",
    "school_department_list",
    "school_user_list",
];

/// What goes wrong before a server responds.
async fn before_a_response() -> Vec<Case> {
    let server = Emulator::start().await.unwrap();
    let address = server.base_url();
    let elsewhere = |name, code, finding| Case::new(name, code, finding).credentials("ww1234567890", "s3cret");
    let refusing = |proxy: String| format!("http://user:pass-marked@{proxy}");
    let asks = refusing(proxy("407 Proxy Authentication Required").await);
    vec![
        Case {
            _emulator: Some(server),
            ..Case::new("no credentials", 3, json!(["credentials", "failed", null])).base_url(&address)
        },
        elsewhere("a base URL without https", 2, json!(["configuration", "failed", null]))
            .base_url("http://user:pass-marked@wecom.example"),
        elsewhere("a secret with white space", 2, json!(["credentials", "failed", null]))
            .base_url(&address)
            .variable("WECOM_CORP_SECRET", "s3 cret"),
        elsewhere("host name unknown", 4, json!(["dns", "failed", null])).base_url("https://no-such-host.invalid"),
        elsewhere("host unreachable", 4, json!(["tcp", "failed", null])).base_url("http://127.0.0.1:1"),
        elsewhere("TLS with a wrong certificate", 4, json!(["tls", "failed", null])).base_url(untrusted_tls().await),
        elsewhere("a proxy that refuses", 4, json!(["proxy", "failed", null]))
            .base_url("https://wecom.example")
            .variable("HTTPS_PROXY", &refusing(proxy("403 Forbidden").await)),
        elsewhere("a proxy that asks for a password", 4, json!(["proxy", "failed", null]))
            .base_url("https://wecom.example")
            .variable("ALL_PROXY", &asks),
        elsewhere("a proxy that does not run", 4, json!(["tcp", "failed", null]))
            .base_url("https://wecom.example")
            .variable("HTTPS_PROXY", "http://127.0.0.1:1"),
        elsewhere("a proxy that exempts the server", 4, json!(["dns", "failed", null]))
            .base_url("https://no-such-host.invalid")
            .variable("HTTPS_PROXY", "http://127.0.0.1:1")
            .variable("NO_PROXY", "no-such-host.invalid"),
    ]
}

/// What the server, or something in its place, responds.
async fn responses() -> Vec<Case> {
    let unlisted = Emulator::builder().samples().app(App::new("ww0unlisted", "s3cret").unlisted());
    let unlisted = unlisted.start().await.unwrap();
    let slow_clock = Emulator::start().await.unwrap();
    slow_clock.advance(Duration::from_secs(600));
    let wrong = Emulator::start().await.unwrap();
    let case = Case::new;
    vec![
        case("wrong secret", 3, json!(["token", "failed", 40001]))
            .emulator(wrong)
            .variable("WECOM_CORP_SECRET", "wrong-secret"),
        case("app not permitted", 3, json!(["get_report_jobids", "failed", 48002]))
            .emulator(failing(&READING, Fault::ErrCode(48002)).await),
        case("no job in the list", 3, json!(["get_report_jobids", "cannot_tell", null])).emulator(unlisted),
        case("no job at all", 5, json!(["get_report_jobids", "cannot_tell", null]))
            .emulator(Emulator::builder().start().await.unwrap()),
        case("IP not trusted", 3, json!(["trusted_ip", "failed", 60020]))
            .emulator(failing(&["get_report_jobids"], Fault::ErrCode(60020)).await),
        case("IP not trusted for tokens", 3, json!(["trusted_ip", "failed", 60020]))
            .emulator(failing(&["gettoken"], Fault::ErrCode(60020)).await),
        case("a login page", 4, json!(["api", "failed", null])).emulator(failing(&["gettoken"], Fault::Html).await),
        case("a gateway that fails later", 4, json!(["get_report_answer", "failed", null])).emulator(
            failing(&["get_report_answer"], Fault::Http { status: 502, headers: Vec::new(), body: b"<html>".to_vec() })
                .await,
        ),
        case("requests come too often", 5, json!(["get_health_report_stat", "cannot_tell", 45009]))
            .emulator(failing(&["get_health_report_stat"], Fault::ErrCode(45009)).await),
        case("a code that nobody knows", 1, json!(["get_health_report_stat", "failed", 999_999]))
            .emulator(failing(&["get_health_report_stat"], Fault::ErrCode(999_999)).await),
        case("a response without its payload", 1, json!(["get_report_job_info", "failed", null]))
            .emulator(failing(&["get_report_job_info"], Fault::NoPayload).await),
        case("clock ten minutes off", 0, json!(["clock", "warning", null])).emulator(slow_clock),
        case("an unknown field", 0, json!(["schema", "warning", null]))
            .emulator(failing(&["get_report_job_info"], Fault::UnknownField).await),
    ]
}

/// A credentials file with this mode, and an emulator that accepts what is in it.
#[cfg(unix)]
async fn credentials_file(name: &'static str, mode: u32, verdict: &str) -> Case {
    use std::os::unix::fs::PermissionsExt;
    let emulator = Emulator::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wecom.env");
    let text = format!("WECOM_CORP_ID={}\nWECOM_CORP_SECRET={}\n", emulator.corp_id(), emulator.secret());
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    let mut case = Case::new(name, 0, json!(["file_mode", verdict, null])).base_url(emulator.base_url());
    case.arguments.extend(["--credentials".to_owned(), file.display().to_string()]);
    Case { _emulator: Some(emulator), _file: Some(folder), ..case }
}

#[cfg(not(unix))]
async fn credentials_file(name: &'static str, _: u32, _: &str) -> Case {
    Case { arguments: vec!["--emulator".to_owned()], ..Case::new(name, 0, json!(["file_mode", "skipped", null])) }
}

pub(crate) async fn cases() -> Vec<Case> {
    let mut fine = Case::new("everything fine", 0, json!(["schema", "ok", null]));
    fine.arguments.push("--emulator".to_owned());
    let mut cases = vec![fine];
    cases.extend(before_a_response().await);
    cases.push(credentials_file("a credentials file that others can read", 0o644, "warning").await);
    cases.push(credentials_file("a credentials file of one's own", 0o600, "ok").await);
    cases.extend(responses().await);
    cases
}
