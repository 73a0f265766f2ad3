//! What the emulator does where the vendor does not say what the server does.

/// Answers to what nobody knows of the server. Each can be chosen with [`EmulatorBuilder::choose`](crate::EmulatorBuilder::choose).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choices {
    /// The errcode for a job that does not exist. 40088, the vendor's generic code for a wrong jobid.
    pub unknown_job: i64,
    /// What days get that the vendor does not keep: beyond the latest 14 for jobs and answers, more than 30 back for usage, and
    /// those to come. The vendor does not say that, nor how it counts: here today in China is the first of the 14.
    pub old_days: OldDays,
    /// What a `limit` over 100 gets: refused, as chosen here, or lowered to 100.
    pub limit_over_100: LimitOver100,
    /// The `limit`, from 1 to 100, of a request without one. 100, as the vendor says of job ids.
    pub default_limit: u32,
    /// The errcode for a parameter of a wrong type or value. 40058.
    pub invalid_parameter: i64,
    /// The errcode for a body that is no JSON object. 40063, with `Warning: wrong json format.` in front.
    pub not_json: i64,
    /// The errcode for another method than POST, once the token is valid. 40058.
    pub wrong_method: i64,
    /// How a list of job ids says that it ends.
    pub ending: Ending,
    /// What an unlisted app gets for the running jobs; the other calls refuse it with 48002.
    pub jobs_of_unlisted_apps: JobsOfUnlistedApps,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            unknown_job: 40088,
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

/// How a list of job ids says that it ends.
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

/// What days get that the vendor does not keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OldDays {
    /// An answer like any other day.
    #[default]
    Accepted,
    /// Refused as an invalid parameter.
    Refused,
}

/// What a `limit` over 100 gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitOver100 {
    /// Refused as an invalid parameter.
    #[default]
    Refused,
    /// Read as 100.
    Lowered,
}

/// What an app that is not listed for the calls gets for the running jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobsOfUnlistedApps {
    /// An empty list, which has been seen of the vendor's server.
    #[default]
    EmptyList,
    /// Refused with 48002, like the other calls.
    Refused,
}

#[cfg(feature = "program")]
impl Choices {
    /// Sets the choice with this name to a value that is written as text; if it cannot, it says what to write.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let code = || value.parse().ok().filter(|code| *code != 0).ok_or(format!("{name} is an errcode, e.g. 40058"));
        match name {
            "unknown_job" => self.unknown_job = code()?,
            "invalid_parameter" => self.invalid_parameter = code()?,
            "not_json" => self.not_json = code()?,
            "wrong_method" => self.wrong_method = code()?,
            "old_days" => {
                self.old_days = match value {
                    "accepted" => OldDays::Accepted,
                    "refused" => OldDays::Refused,
                    _ => return Err(format!("{name} is accepted or refused")),
                }
            }
            "default_limit" => {
                let told = || format!("{name} is a number from 1 to 100");
                self.default_limit = value.parse().ok().filter(|limit| (1..=100).contains(limit)).ok_or_else(told)?;
            }
            "limit_over_100" => {
                self.limit_over_100 = match value {
                    "refused" => LimitOver100::Refused,
                    "lowered" => LimitOver100::Lowered,
                    _ => return Err(format!("{name} is refused or lowered")),
                }
            }
            "ending" => {
                self.ending = match value {
                    "last-page" => Ending::LastPage,
                    "empty-page" => Ending::EmptyPage,
                    "absent" => Ending::Absent,
                    _ => return Err(format!("{name} is last-page, empty-page or absent")),
                }
            }
            "jobs_of_unlisted_apps" => {
                self.jobs_of_unlisted_apps = match value {
                    "empty-list" => JobsOfUnlistedApps::EmptyList,
                    "refused" => JobsOfUnlistedApps::Refused,
                    _ => return Err(format!("{name} is empty-list or refused")),
                }
            }
            _ => {
                return Err(format!(
                    "there is no choice {name}; write one of unknown_job, invalid_parameter, not_json, wrong_method, old_days, \
                     default_limit, limit_over_100, ending, jobs_of_unlisted_apps"
                ));
            }
        }
        Ok(())
    }
}
