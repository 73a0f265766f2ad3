//! Which requests a fault affects.

use std::fmt;
use std::sync::Arc;

use crate::endpoints;
use crate::fault::Fault;
use crate::http::request::RecordedRequest;

type Condition = Arc<dyn Fn(&RecordedRequest) -> bool + Send + Sync>;

/// A fault and the requests that it affects: by default, the next one.
///
/// The text form, used on the command line, is `[ENDPOINT:]FAULT[=VALUE][@HOW-OFTEN]`, where HOW-OFTEN is a number of times, a
/// share of the requests like `5%`, or `always`. A body that ends in something like `@3` has no text form.
///
/// ```
/// use wecom_health_emulator::{Fault, FaultRule};
///
/// let rule = FaultRule::new(Fault::ErrCode(-1)).endpoint("get_report_answer").share(0.05);
/// let same: FaultRule = "get_report_answer:errcode=-1@5%".parse()?;
/// assert_eq!(format!("{rule:?}"), format!("{same:?}"));
/// # Ok::<(), wecom_health_emulator::FaultRuleError>(())
/// ```
#[derive(Clone)]
#[must_use = "a rule does nothing until an emulator has it"]
pub struct FaultRule {
    pub(crate) fault: Fault,
    pub(crate) endpoint: Option<String>,
    pub(crate) condition: Option<Condition>,
    pub(crate) frequency: Frequency,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Frequency {
    Times(u32),
    Share(f64),
    Always,
}

impl FaultRule {
    /// Creates a rule for the next request.
    ///
    /// # Panics
    /// If the fault is impossible: an errcode of 0, a status that is not from 200 to 599, or a header that cannot be sent.
    pub fn new(fault: Fault) -> Self {
        if let Err(problem) = fault.check() {
            panic!("{problem}");
        }
        Self { fault, endpoint: None, condition: None, frequency: Frequency::Times(1) }
    }

    /// Limits the rule to requests to this endpoint, e.g. `get_report_answer` or `user_simplelist`.
    ///
    /// For other paths, use [`when`](Self::when).
    ///
    /// # Panics
    /// If the endpoint does not exist: a fault that never happens would test nothing.
    pub fn endpoint(mut self, endpoint: &str) -> Self {
        if let Err(problem) = endpoints::check(endpoint) {
            panic!("{problem}");
        }
        self.endpoint = Some(endpoint.to_owned());
        self
    }

    /// Limits the rule to requests that meet this condition.
    ///
    /// If the condition panics, dropping the emulator panics too.
    pub fn when(mut self, condition: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static) -> Self {
        self.condition = Some(Arc::new(condition));
        self
    }

    /// Makes the fault happen this many times.
    ///
    /// # Panics
    ///
    /// If `times` is 0, which would test nothing.
    pub fn times(mut self, times: u32) -> Self {
        assert!(times > 0, "a rule for 0 requests would test nothing");
        self.frequency = Frequency::Times(times);
        self
    }

    /// Makes the fault happen on every request.
    pub fn always(mut self) -> Self {
        self.frequency = Frequency::Always;
        self
    }

    /// Makes the fault happen on a random share of the requests. The choice depends only on the emulator's seed, on the fault and
    /// endpoint of the rule, and on the number of earlier requests to the same endpoint.
    ///
    /// # Panics
    ///
    /// If the share is not more than 0 and at most 1.
    pub fn share(mut self, share: f64) -> Self {
        assert!(share > 0.0 && share <= 1.0, "the share {share} must be more than 0 and at most 1");
        self.frequency = Frequency::Share(share);
        self
    }
}

impl fmt::Debug for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("FaultRule");
        fields.field("fault", &self.fault).field("endpoint", &self.endpoint).field("frequency", &self.frequency);
        if self.condition.is_some() { fields.finish_non_exhaustive() } else { fields.finish() }
    }
}
