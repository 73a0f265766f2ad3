//! What needs no network: the credentials, the mode of their file, the base URL and the proxy variables.

use std::path::Path;

use wecom_health::model::{Language, Localized};
use wecom_health::{Client, Secret};
use wecom_health_emulator::Emulator;

use super::connection::Route;
use super::drift::Drifts;
use super::finding::{Blocker, Check, Finding};
use crate::arguments::Server;
use crate::connect;
use crate::credentials::{self, Credentials};
use crate::failure::{Failure, Message};
use crate::output::Output;

/// How the ids of enterprises begin, in the vendor's pages and in ours. What begins otherwise may be a secret in the wrong place.
const CORP_ID_BEGINS: [&str; 2] = ["ww", "wx"];

/// What can be set up without a network.
pub(super) struct Setup {
    pub(super) findings: Vec<Finding>,
    /// The way to the server, if the configuration is right.
    pub(super) route: Option<Route>,
    /// The client, if configuration and credentials are right.
    pub(super) client: Option<Client>,
    _emulator: Option<Emulator>,
}

/// Checks the arguments and the environment.
pub(super) async fn examine(server: &Server, drifts: &Drifts, output: Output) -> Result<Setup, Failure> {
    if server.emulator {
        return with_emulator(drifts, output).await;
    }
    let (route, configuration) = configuration(server);
    let file = server.credentials.as_deref();
    let (client, credentials) = client(server, drifts, output);
    // The builder looks at the credentials first, so this says nothing new about the configuration.
    let client = client.filter(|_| route.is_some());
    Ok(Setup { findings: vec![credentials, file_mode(file), configuration], route, client, _emulator: None })
}

async fn with_emulator(drifts: &Drifts, output: Output) -> Result<Setup, Failure> {
    let (emulator, builder) = connect::emulator(output).await?;
    let client = builder.on_drift(drifts.collector()).max_attempts(1).build()?;
    let findings = vec![
        Finding::ok(Check::Credentials, "those of the emulator", "使用模拟服务器的凭据"),
        file_mode(None),
        Finding::ok(Check::Configuration, "an emulator in this process", "使用本进程内的模拟服务器"),
    ];
    Ok(Setup { findings, route: Route::of(&client), client: Some(client), _emulator: Some(emulator) })
}

/// Builds a client with credentials of no app, so that only the configuration can be wrong.
fn configuration(server: &Server) -> (Option<Route>, Finding) {
    let nobody = Credentials { corp_id: "ww0".to_owned(), secret: Secret::new("none") };
    let client = match connect::builder(server, nobody).build() {
        Ok(client) => client,
        Err(error) => {
            let failure = Failure::from(error);
            return (None, failed(Check::Configuration, &failure, None));
        }
    };
    let base_url = client.base_url().trim_end_matches('/');
    let Some(route) = Route::of(&client) else {
        let finding = Finding::cannot_tell(
            Check::Configuration,
            "the base URL has a host that this check cannot read",
            "无法识别服务器地址中的主机",
        );
        return (None, finding);
    };
    let (english, chinese) = proxy_in_words(&client, &route);
    let finding = Finding::ok(Check::Configuration, format!("{base_url}; {english}"), format!("{base_url}，{chinese}"));
    (Some(route), finding)
}

fn proxy_in_words(client: &Client, route: &Route) -> (String, String) {
    match (client.proxy_variable(), &route.proxy) {
        (Some(variable), Some(proxy)) => {
            let (host, port) = (&proxy.host, proxy.port);
            (
                format!("the proxy {host}:{port} of {variable} applies"),
                format!("使用 {variable} 设置的代理 {host}:{port}"),
            )
        }
        (Some(variable), None) => (
            format!("NO_PROXY exempts it from the proxy of {variable}"),
            format!("NO_PROXY 已将其排除在 {variable} 设置的代理之外"),
        ),
        (None, _) => ("no proxy applies".to_owned(), "不使用代理".to_owned()),
    }
}

/// Reads the credentials, and builds the client with them.
fn client(server: &Server, drifts: &Drifts, output: Output) -> (Option<Client>, Finding) {
    let file = server.credentials.as_deref();
    let credentials = match credentials::read(file, output) {
        Ok(credentials) => credentials,
        Err(failure) => {
            return (None, failed(Check::Credentials, &failure, file));
        }
    };
    let corp_id = &credentials.corp_id;
    let start = CORP_ID_BEGINS.into_iter().find(|start| corp_id.starts_with(start));
    // With a base URL of its own, so that only the credentials can be wrong.
    let alone = Server {
        emulator: false,
        base_url: Some("http://127.0.0.1".to_owned()),
        credentials: None,
        requests_per_minute: None,
    };
    let checked = connect::builder(&alone, credentials.clone()).build();
    if let Err(error) = checked {
        let failure = Failure::from(error);
        return (None, failed(Check::Credentials, &failure, file));
    }
    let client = connect::builder(server, credentials).on_drift(drifts.collector()).max_attempts(1).build().ok();
    let (english, chinese) = match file {
        Some(_) => ("from the file", "来自凭据文件"),
        None => ("from the environment", "来自环境变量"),
    };
    let finding = match start {
        Some(start) => Finding::ok(
            Check::Credentials,
            format!("{english}; the corp id begins with {start}"),
            format!("{chinese}，企业 ID 以 {start} 开头"),
        ),
        None => Finding::warning(
            Check::Credentials,
            format!("{english}; the corp id does not begin with ww, as those of enterprises do"),
            format!("{chinese}，但企业 ID 不是以 ww 开头"),
        )
        .advise("check that corp id and secret are not exchanged", "请检查企业 ID 和 Secret 是否填反"),
    };
    (client, finding)
}

fn file_mode(file: Option<&Path>) -> Finding {
    let check = Check::FileMode;
    let Some(file) = file else {
        return Finding::skipped(check, "there is no credentials file", "未使用凭据文件");
    };
    // A pipe is left alone: opening it would take what is in it.
    if file.is_file() && std::fs::File::open(file).is_err() {
        return Finding::blocked(check, Blocker::Check(Check::Credentials));
    }
    match credentials::others_can_read(file) {
        Some(true) => Finding::warning(
            check,
            "other users of this machine can read the secret",
            "本机其他用户可以读取文件中的 Secret",
        )
        .advise("run chmod 600 on the credentials file", "请对凭据文件执行 chmod 600"),
        Some(false) => Finding::ok(check, "only you can read the credentials", "只有当前用户可以读取凭据"),
        None => Finding::skipped(check, "there is no file whose mode could be checked", "没有可检查权限的文件"),
    }
}

/// Returns the finding of a failure.
fn failed(check: Check, failure: &Failure, file: Option<&Path>) -> Finding {
    let finding = |message| Finding::failed(check, failure.kind(), message);
    match failure.message() {
        Some(message) => Finding {
            advice: message.advice().map(|advice| without_folder(advice, file)),
            ..finding(without_folder(&message.without_advice(), file))
        },
        // The message of the client's builder says what to write instead.
        None => finding(without_folder(failure, file)).advise(
            "correct it in the environment, the credentials file or the arguments",
            "请修改环境变量、凭据文件或命令参数",
        ),
    }
}

/// Returns a text with the name of the credentials file but not its folder, which may name a person.
fn without_folder(text: &impl Localized, file: Option<&Path>) -> Message {
    let [english, chinese] = [Language::English, Language::Chinese].map(|language| {
        let text = text.in_language(language).to_string();
        match file.map(|file| (file.display().to_string(), file.file_name())) {
            Some((path, Some(name))) => text.replace(&path, &name.display().to_string()),
            _ => text,
        }
    });
    Message::new(english, chinese)
}
