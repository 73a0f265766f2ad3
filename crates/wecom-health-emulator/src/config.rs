//! How an emulator behaves, apart from its data: apps, rate limits, choices where the vendor documents nothing, and other settings.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::clock::Clock;
use crate::fault::rule::FaultRule;
use crate::log::Log;

/// An app of the vendor's admin console.
///
/// Its secret guards nothing, because an emulator serves only what tests put into it.
#[derive(Clone, PartialEq, Eq)]
pub struct App {
    pub(crate) corp_id: String,
    pub(crate) secret: String,
    pub(crate) is_listed: bool,
    /// The departments of the company that the app sees, or `None` for all.
    pub(crate) scope: Option<Vec<i64>>,
    /// The same for the school.
    pub(crate) school_scope: Option<Vec<i64>>,
}

impl App {
    /// Creates an app that may use all endpoints.
    pub fn new(corp_id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { corp_id: corp_id.into(), secret: secret.into(), is_listed: true, scope: None, school_scope: None }
    }

    /// Removes the app from the list 健康上报 › 可调用接口的应用.
    ///
    /// It still gets tokens and the address book. The endpoints for health reports refuse it or show it no jobs, see
    /// [`Choices::jobs_of_unlisted_apps`].
    pub fn unlisted(mut self) -> Self {
        self.is_listed = false;
        self
    }

    /// Limits what the app sees of the company to these departments and all below them. Defaults to all.
    ///
    /// Requests for other departments get errcode 60011.
    pub fn scope(mut self, departments: impl IntoIterator<Item = i64>) -> Self {
        self.scope = Some(departments.into_iter().collect());
        self
    }

    /// Limits what the app sees of the school to these departments and all below them. Defaults to all.
    ///
    /// Requests for other departments get errcode 60011. With no departments at all, the app is not on the list of
    /// 家校沟通, and the school's endpoints refuse it with 48002.
    pub fn school_scope(mut self, departments: impl IntoIterator<Item = i64>) -> Self {
        self.school_scope = Some(departments.into_iter().collect());
        self
    }
}

/// The app of an emulator without apps.
impl Default for App {
    fn default() -> Self {
        Self::new("ww0emulator00000000", "emulator-secret-that-guards-nothing")
    }
}

/// Shows no secret.
impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("App");
        fields.field("corp_id", &self.corp_id).field("is_listed", &self.is_listed).finish_non_exhaustive()
    }
}

/// What a client needs to reach an emulator.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientConfig {
    /// The base URL to use instead of the vendor's, e.g. `http://127.0.0.1:40123`.
    pub base_url: String,
    /// The corp id of the first app.
    pub corp_id: String,
    /// The secret of the first app.
    pub secret: String,
}

/// Shows no secret.
impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("ClientConfig");
        fields.field("base_url", &self.base_url).field("corp_id", &self.corp_id).finish_non_exhaustive()
    }
}

/// What the emulator does where the vendor does not document the server's behaviour.
///
/// Set with [`EmulatorBuilder::choose`](crate::EmulatorBuilder::choose).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choices {
    /// The errcode for a job that does not exist. Defaults to 40088, the vendor's generic code for a wrong jobid.
    pub unknown_job: i64,
    /// The errcode for a department that does not exist, if the app sees all. Defaults to 60003, the vendor's generic code for it.
    pub unknown_department: i64,
    /// What happens on days that the vendor does not keep. Defaults to [`OldDays::Accepted`].
    ///
    /// The vendor keeps jobs and answers for the latest 14 days, and usage for 30 days back. How it counts is not known: here,
    /// the current day in China is the first of the 14. Future days are not kept either.
    pub old_days: OldDays,
    /// What happens to a `limit` over 100. Defaults to [`LimitOver100::Refused`].
    pub limit_over_100: LimitOver100,
    /// The `limit`, from 1 to 100, of a request without one. Defaults to 100, as the vendor says of job ids.
    pub default_limit: u32,
    /// The errcode for a parameter of the wrong type or value. Defaults to 40058.
    pub invalid_parameter: i64,
    /// The errcode for a body that is not a JSON object. Defaults to 40063, with `Warning: wrong json format.` before the text.
    pub not_json: i64,
    /// The errcode for another method than the endpoint's, if the token is valid. Defaults to 40058.
    pub wrong_method: i64,
    /// How the end of the job ids is marked. Defaults to [`Ending::LastPage`].
    pub ending: Ending,
    /// What an unlisted app gets when it requests job ids. Defaults to [`JobsOfUnlistedApps::EmptyList`].
    ///
    /// The other endpoints refuse it with 48002.
    pub jobs_of_unlisted_apps: JobsOfUnlistedApps,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            unknown_job: 40088,
            unknown_department: 60003,
            old_days: OldDays::default(),
            limit_over_100: LimitOver100::default(),
            default_limit: 100,
            invalid_parameter: 40058,
            not_json: 40063,
            wrong_method: 40058,
            ending: Ending::default(),
            jobs_of_unlisted_apps: JobsOfUnlistedApps::default(),
        }
    }
}

/// How the end of the job ids is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// `ending` is 1 on the last page.
    #[default]
    LastPage,
    /// `ending` is 1 only on an empty page after the last.
    EmptyPage,
    /// There is no `ending`.
    Absent,
}

/// What happens on days that the vendor does not keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OldDays {
    /// They are served like any other day.
    #[default]
    Accepted,
    /// They are refused as an invalid parameter.
    Refused,
}

/// What happens to a `limit` over 100.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitOver100 {
    /// It is refused as an invalid parameter.
    #[default]
    Refused,
    /// It is read as 100.
    Lowered,
}

/// What an unlisted app gets when it requests job ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobsOfUnlistedApps {
    /// An empty list, as observed from the vendor's server.
    #[default]
    EmptyList,
    /// Errcode 48002, as from the other endpoints.
    Refused,
}

#[cfg(feature = "program")]
impl Choices {
    /// Sets the choice with this name from text. The error says what to write instead.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "unknown_job" => self.unknown_job = errcode(name, value)?,
            "unknown_department" => self.unknown_department = errcode(name, value)?,
            "invalid_parameter" => self.invalid_parameter = errcode(name, value)?,
            "not_json" => self.not_json = errcode(name, value)?,
            "wrong_method" => self.wrong_method = errcode(name, value)?,
            "default_limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=100).contains(limit));
                self.default_limit = limit.ok_or_else(|| format!("{name} must be a number from 1 to 100"))?;
            }
            "old_days" => {
                let days = [("accepted", OldDays::Accepted), ("refused", OldDays::Refused)];
                self.old_days = one_of(name, value, &days)?;
            }
            "limit_over_100" => {
                let limits = [("refused", LimitOver100::Refused), ("lowered", LimitOver100::Lowered)];
                self.limit_over_100 = one_of(name, value, &limits)?;
            }
            "ending" => {
                let endings =
                    [("last-page", Ending::LastPage), ("empty-page", Ending::EmptyPage), ("absent", Ending::Absent)];
                self.ending = one_of(name, value, &endings)?;
            }
            "jobs_of_unlisted_apps" => {
                let jobs = [("empty-list", JobsOfUnlistedApps::EmptyList), ("refused", JobsOfUnlistedApps::Refused)];
                self.jobs_of_unlisted_apps = one_of(name, value, &jobs)?;
            }
            _ => {
                return Err(format!(
                    "there is no choice {name}; write one of unknown_job, unknown_department, invalid_parameter, not_json, \
                     wrong_method, default_limit, old_days, limit_over_100, ending, jobs_of_unlisted_apps"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(feature = "program")]
fn errcode(name: &str, value: &str) -> Result<i64, String> {
    value.parse().ok().filter(|code| *code != 0).ok_or_else(|| format!("{name} must be an errcode, e.g. 40058"))
}

#[cfg(feature = "program")]
fn one_of<T: Copy>(name: &str, value: &str, known: &[(&str, T)]) -> Result<T, String> {
    let found = known.iter().find(|(text, _)| *text == value).map(|(_, choice)| *choice);
    let texts = || known.iter().map(|(text, _)| *text).collect::<Vec<_>>().join(" or ");
    found.ok_or_else(|| format!("{name} must be {}", texts()))
}

/// The most requests of a corp to one endpoint. The defaults are the vendor's.
#[derive(Clone, Copy)]
pub(crate) struct RateLimits {
    pub(crate) per_minute: u32,
    pub(crate) per_hour: u32,
}

impl RateLimits {
    pub(crate) const NONE: Self = Self { per_minute: u32::MAX, per_hour: u32::MAX };
}

impl Default for RateLimits {
    fn default() -> Self {
        Self { per_minute: 10_000, per_hour: 150_000 }
    }
}

/// Everything that an emulator is started with, except its data.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) address: SocketAddr,
    /// The default app is added if there is none.
    pub(crate) apps: Vec<App>,
    pub(crate) seed: u64,
    pub(crate) clock: Clock,
    pub(crate) choices: Choices,
    pub(crate) rate_limits: RateLimits,
    pub(crate) faults: Vec<FaultRule>,
    pub(crate) page_cap: usize,
    /// The delay of all responses but those of `gettoken`.
    pub(crate) delay: Duration,
    /// How long a token is valid, in seconds.
    pub(crate) expires_in: u32,
    pub(crate) history_capacity: usize,
    pub(crate) has_control_paths: bool,
    pub(crate) log: Option<Log>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            apps: Vec::new(),
            seed: 0,
            clock: Clock::default(),
            choices: Choices::default(),
            rate_limits: RateLimits::default(),
            faults: Vec::new(),
            page_cap: usize::MAX,
            delay: Duration::ZERO,
            expires_in: 7_200,
            history_capacity: 100_000,
            has_control_paths: false,
            log: None,
        }
    }
}
