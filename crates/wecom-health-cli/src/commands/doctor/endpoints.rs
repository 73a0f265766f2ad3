//! What the app may do: one request to each endpoint that reads.

use std::net::IpAddr;

use wecom_health::model::{Endpoint, ErrCode, GetReportJobIdsRequest, JobId, for_each_endpoint};
use wecom_health::{Client, Error};

use super::finding::Verdict;
use super::finding::{Blocker, Check, Finding};
use super::probes::{Known, Probe};
use super::words;
use crate::day;
use crate::failure::Kind;

/// Returns whether the doctor asks an endpoint whether the app may use it.
fn is_asked<E: Endpoint>() -> bool {
    E::TOKEN_PARAMETER.is_some() && !E::WRITES
}

/// One request to each endpoint.
pub(super) struct Round<'a> {
    client: &'a Client,
    known: Known,
    /// Why no further request is sent.
    blocker: Option<Blocker>,
    /// The endpoints that did not respond as they should, by name.
    failed: Vec<&'static str>,
    /// Whether the server has accepted a request.
    pub(super) succeeded: bool,
    untrusted: Option<Error>,
    findings: Vec<Finding>,
}

impl<'a> Round<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self {
            client,
            known: Known::on(day::today()),
            blocker: None,
            failed: Vec::new(),
            succeeded: false,
            untrusted: None,
            findings: Vec::new(),
        }
    }

    /// Sends the first request, whose response the others need.
    pub(super) async fn first_job(&self) -> Result<Option<JobId>, Error> {
        self.client.pages(GetReportJobIdsRequest::new()).stream().try_next().await
    }

    /// Judges the first request, sends the others, and judges the address by all of them.
    pub(super) async fn finish(
        &mut self,
        first: Result<Option<JobId>, Error>,
        blocker: Option<Blocker>,
        findings: &mut Vec<Finding>,
    ) {
        self.blocker = blocker;
        let check = Check::Endpoint(GetReportJobIdsRequest::NAME);
        let is_empty = first.as_ref().is_ok_and(Option::is_none);
        self.known.job = first.as_ref().ok().cloned().flatten();
        match (blocker, is_empty) {
            (Some(blocker), _) => {
                self.untrusted = first.err().filter(|error| words::has_code(error, ErrCode::UNTRUSTED_IP));
                self.findings.push(Finding::blocked(check, blocker));
            }
            (None, true) => {
                self.succeeded = true;
                self.findings.push(empty(check));
            }
            (None, false) => self.note(check, first.map(drop)),
        }
        self.ask_all().await;
        let address = self.address();
        findings.append(&mut self.findings);
        findings.push(address);
    }

    /// Asks an endpoint, unless that was done or is impossible.
    async fn ask<E: Probe>(&mut self) {
        let check = Check::Endpoint(E::NAME);
        if !is_asked::<E>() || E::PATH == GetReportJobIdsRequest::PATH {
            return;
        }
        if let Some(blocker) = self.blocker {
            return self.findings.push(Finding::blocked(check, blocker));
        }
        let Some(request) = E::create(&self.known) else { return self.miss::<E>(check) };
        match self.client.send(&request).await {
            Ok(output) => {
                E::learn(output, &mut self.known);
                self.note(check, Ok(()));
            }
            Err(error) => {
                let is_refused = error.is_permission();
                self.note(check, Err(error));
                if let Some(finding) = self.findings.last_mut().filter(|_| E::IS_FOR_NAMES && is_refused) {
                    for_names(finding);
                }
            }
        }
    }

    /// Notes that a request cannot be sent, because what it needs is not known.
    fn miss<E: Probe>(&mut self, check: Check) {
        let Some(need) = E::NEEDS else { return };
        self.findings.push(if self.failed.contains(&need.from) {
            Finding::blocked(check, Blocker::Check(Check::Endpoint(need.from)))
        } else {
            Finding::skipped(check, need.english, need.chinese)
        });
    }

    fn note(&mut self, check: Check, result: Result<(), Error>) {
        let finding = match result {
            Ok(()) => {
                self.succeeded = true;
                Finding::ok(check, "the app may use it", "此应用可以调用")
            }
            Err(error) if words::has_code(&error, ErrCode::UNTRUSTED_IP) => {
                self.untrusted = Some(error);
                let blocker = Blocker::Check(Check::TrustedIp);
                self.blocker = Some(blocker);
                Finding::blocked(check, blocker)
            }
            Err(error) => {
                self.failed.extend(check.endpoint());
                words::failed(check, &error)
            }
        };
        self.findings.push(finding);
    }

    fn address(&self) -> Finding {
        let check = Check::TrustedIp;
        match (&self.untrusted, self.blocker) {
            (Some(error), _) => untrusted(error),
            (None, _) if self.succeeded => Finding::ok(check, "the server trusts this address", "服务器信任本机 IP"),
            (None, Some(blocker)) => Finding::blocked(check, blocker),
            (None, None) => Finding::skipped(check, "no request got far enough to tell", "没有请求成功，无从判断"),
        }
    }
}

/// Makes a refusal a warning where most commands do without.
fn for_names(finding: &mut Finding) {
    if finding.verdict == Verdict::Failed {
        finding.verdict = Verdict::Warning;
        finding.kind = None;
        finding.message.append("; only names and lists of the absent need it", "；仅显示姓名和未填报名单时需要");
    }
}

macro_rules! ask_all {
    ($($request:ty),*) => {
        impl Round<'_> {
            /// Asks every endpoint of the schema.
            async fn ask_all(&mut self) {
                $(self.ask::<$request>().await;)*
            }
        }

        /// Adds the findings of this module where no request can be sent.
        pub(super) fn blocked(blocker: Blocker, findings: &mut Vec<Finding>) {
            // In the same order as where requests are sent.
            findings.push(Finding::blocked(Check::Endpoint(GetReportJobIdsRequest::NAME), blocker));
            $(if is_asked::<$request>() && <$request>::PATH != GetReportJobIdsRequest::PATH {
                findings.push(Finding::blocked(Check::Endpoint(<$request>::NAME), blocker));
            })*
            findings.extend([Check::TrustedIp, Check::Schema].map(|check| Finding::blocked(check, blocker)));
        }
    };
}
for_each_endpoint!(ask_all);

/// Returns what an empty list of jobs means. A token without permission gets one too, and no error.
fn empty(check: Check) -> Finding {
    let finding = Finding::cannot_tell(check, "no running job, or no permission", "没有进行中的任务，或没有权限");
    let advice = ErrCode::NO_API_PERMISSION.known().and_then(|known| known.advice);
    match advice {
        Some(advice) => finding.advise(
            format!("if there should be a job: {}", advice.english),
            format!("如果实际有任务，{}", advice.chinese),
        ),
        None => finding,
    }
}

fn untrusted(error: &Error) -> Finding {
    let address = error.api().and_then(|refusal| refusal.caller_ip());
    let finding = words::failed(Check::TrustedIp, error);
    let (english, chinese) = address.as_ref().map_or_else(
        || ("this machine's public address".to_owned(), "本机的公网 IP ".to_owned()),
        |address: &IpAddr| (address.to_string(), format!(" {address} ")),
    );
    let finding = Finding { caller_ip: address, kind: Some(Kind::Permission), ..finding };
    finding.advise(
        format!("enter {english} in the admin console under 应用管理 › the app › 企业可信IP, then wait a minute"),
        format!("请把{chinese}加入管理后台的「应用管理 › 此应用 › 企业可信IP」，约一分钟后生效"),
    )
}
