//! From the arguments to a client, with an emulator behind it on request.

use std::num::NonZeroU32;

use wecom_health::{Client, ClientBuilder, Secret};
use wecom_health_emulator::Emulator;

use crate::arguments::Server;
use crate::credentials::{self, Credentials};
use crate::failure::Failure;
use crate::output::Output;

/// A client, and the emulator that must live as long.
pub(crate) struct Session {
    pub(crate) client: Client,
    _emulator: Option<Emulator>,
}

/// Sets the rate limit that was asked for.
fn limited(builder: ClientBuilder, server: &Server) -> ClientBuilder {
    match server.requests_per_minute {
        Some(requests) => builder.requests_per_minute(NonZeroU32::new(requests)),
        None => builder,
    }
}

/// Builds the client that the arguments describe.
pub(crate) async fn connect(server: &Server, output: Output) -> Result<Session, Failure> {
    if server.emulator {
        let (emulator, builder) = emulator(output).await?;
        return Ok(Session { client: limited(builder, server).build()?, _emulator: Some(emulator) });
    }
    let file = server.credentials.as_deref();
    credentials::warn_if_others_can_read(file, output);
    let builder = builder(server, credentials::read(file, output)?);
    Ok(Session { client: builder.build()?, _emulator: None })
}

/// Starts an emulator, and sets up a client of it.
pub(crate) async fn emulator(output: Output) -> Result<(Emulator, ClientBuilder), Failure> {
    let emulator = Emulator::start().await;
    let emulator = emulator.map_err(|error| {
        Failure::failed(format!("cannot start the emulator: {error}"), format!("无法启动模拟服务器：{error}"))
    })?;
    let base_url = emulator.base_url();
    output.notice(
        &format!("using the emulator at {base_url}: this is not real data"),
        &format!("正在访问模拟服务器 {base_url}，以下不是真实数据"),
    );
    let builder = Client::builder(emulator.corp_id(), Secret::new(emulator.secret())).base_url(base_url);
    Ok((emulator, builder))
}

/// Sets up a client with these credentials.
pub(crate) fn builder(server: &Server, credentials: Credentials) -> ClientBuilder {
    let builder = limited(Client::builder(credentials.corp_id, credentials.secret), server);
    match &server.base_url {
        Some(url) => builder.base_url(url),
        None => builder,
    }
}
