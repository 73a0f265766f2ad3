//! `wecom-health doctor`: what works and what does not, with advice, for a ticket.
//!
//! [`setup`] checks what needs no network, [`network`] the way to the server, [`connection`] how far the first request got, and
//! [`endpoints`] what the app may do. A check that needs another one is skipped if that one failed. Nothing that is secret or
//! personal gets into a [`finding`]: texts of the server are not shown, and the corp id is cut.

use wecom_health::Client;

use self::connection::Route;
use self::drift::Drifts;
use self::endpoints::Round;
use self::finding::{Blocker, Check, Finding, worst};
use crate::arguments::{Format, Server};
use crate::failure::Failure;
use crate::output::{Output, print};

mod connection;
mod drift;
mod endpoints;
mod finding;
mod network;
mod probes;
mod report;
mod setup;
mod words;

/// Makes all checks and prints what they found. Fails as the worst of them.
pub(crate) async fn run(server: &Server, offline: bool, format: &Format, output: Output) -> Result<(), Failure> {
    let drifts = Drifts::default();
    let setup = setup::examine(server, &drifts, output).await?;
    let mut findings = setup.findings;
    let route = setup.route.filter(|_| !offline).ok_or(if offline {
        Blocker::Offline
    } else {
        Blocker::Check(Check::Configuration)
    });
    let reached = match &route {
        Ok(route) => network::examine(route, &mut findings).await,
        Err(blocker) => {
            findings.extend([Check::Dns, Check::Tcp].map(|check| Finding::blocked(check, *blocker)));
            Err(*blocker)
        }
    };
    let client = reached.and_then(|()| setup.client.ok_or(Blocker::Check(Check::Credentials)));
    examine_requests(client, route.ok().as_ref(), &drifts, &mut findings).await;
    print(&if format.json { report::in_json(&findings, output)? } else { report::in_words(&findings, output) })?;
    worst(&findings).map_or(Ok(()), Err)
}

/// Sends the requests and judges how they ended.
async fn examine_requests(
    client: Result<Client, Blocker>,
    route: Option<&Route>,
    drifts: &Drifts,
    findings: &mut Vec<Finding>,
) {
    let (Ok(client), Some(route)) = (&client, route) else {
        let blocker = client.err().unwrap_or(Blocker::Offline);
        findings.extend(connection::CHECKS.map(|check| Finding::blocked(check, blocker)));
        endpoints::blocked(blocker, findings);
        return;
    };
    let mut round = Round::new(client);
    let first = round.first_job().await;
    let blocker = connection::examine(client, route, first.as_ref().err(), findings);
    round.finish(first, blocker, findings).await;
    findings.push(drifts.finding(round.succeeded, blocker));
}
