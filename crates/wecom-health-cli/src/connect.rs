//! From the arguments to a client, with an emulator behind it on request.

use wecom_health::{Client, Secret};
use wecom_health_emulator::Emulator;

use crate::arguments::Server;
use crate::credentials;
use crate::failure::Failure;
use crate::output::Output;

/// A client, and the emulator that must live as long.
pub(crate) struct Session {
    pub(crate) client: Client,
    _emulator: Option<Emulator>,
}

/// Builds the client that the arguments describe.
pub(crate) async fn connect(server: &Server, output: Output) -> Result<Session, Failure> {
    if server.emulator {
        let emulator = Emulator::start().await;
        let emulator = emulator.map_err(|error| {
            Failure::failed(format!("cannot start the emulator: {error}"), format!("无法启动模拟服务器：{error}"))
        })?;
        let base_url = emulator.base_url();
        output.notice(
            &format!("using the emulator at {base_url}: this is not real data"),
            &format!("正在访问模拟服务器 {base_url}，以下不是真实数据"),
        );
        let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret()));
        let client = builder.base_url(emulator.base_url()).build()?;
        return Ok(Session { client, _emulator: Some(emulator) });
    }
    let credentials = credentials::read(server.credentials.as_deref(), output)?;
    let mut builder = Client::builder(credentials.corp_id, credentials.secret);
    if let Some(url) = &server.base_url {
        builder = builder.base_url(url);
    }
    Ok(Session { client: builder.build()?, _emulator: None })
}
