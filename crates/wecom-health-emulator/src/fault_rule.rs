//! When a fault happens.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::fault::Fault;
use crate::http::request::RecordedRequest;
use crate::random::rng;
use crate::text::one_line;

/// The calls that faults can be meant for, by the vendor's names.
pub(crate) const CALLS: [&str; 5] =
    ["gettoken", "get_report_jobids", "get_report_job_info", "get_report_answer", "get_health_report_stat"];

/// The faults as they are written, each with an example of its value.
const WRITTEN: [&str; 20] = [
    "errcode=-1",
    "http=502",
    "body=TEXT",
    "short-page=1",
    "repeated-page",
    "delay=2s",
    "slow-body=500ms",
    "reset",
    "truncated",
    "invalid-json",
    "html",
    "wrong-charset",
    "unknown-field",
    "unknown-value",
    "null-lists",
    "no-payload",
    "no-errcode",
    "partly-read",
    "expired-token",
    "revoked-token",
];

pub(crate) type Condition = Arc<dyn Fn(&RecordedRequest) -> bool + Send + Sync>;

/// A fault, and the requests that it is for: the next one, unless said otherwise.
///
/// As text, for the command line: `[CALL:]FAULT[=VALUE][@HOW-OFTEN]`, where how often is a number of times, a share of the
/// requests like `5%`, or `always`. A body that ends in `@3` or the like cannot be written.
///
/// ```
/// use wecom_health_emulator::{Fault, FaultRule};
///
/// let rule = FaultRule::new(Fault::ErrCode(-1)).call("get_report_answer").share(0.05);
/// let same: FaultRule = "get_report_answer:errcode=-1@5%".parse()?;
/// assert_eq!(format!("{rule:?}"), format!("{same:?}"));
/// # Ok::<(), wecom_health_emulator::FaultRuleError>(())
/// ```
#[derive(Clone)]
#[must_use = "a rule does nothing until an emulator has it"]
pub struct FaultRule {
    fault: Fault,
    call: Option<String>,
    condition: Option<Condition>,
    often: Often,
}

#[derive(Clone, Copy, Debug)]
enum Often {
    Times(u32),
    Share(f64),
    Always,
}

impl FaultRule {
    /// The fault for the next request.
    ///
    /// # Panics
    ///
    /// The fault is an HTTP answer that cannot be sent: its status is not from 200 to 599, or a header is none. Or it is a
    /// refusal with code 0.
    pub fn new(fault: Fault) -> Self {
        if let Some(wrong) = fault.cannot_be_sent() {
            panic!("{wrong}");
        }
        Self { fault, call: None, condition: None, often: Often::Times(1) }
    }

    /// Only for requests to this call, e.g. `get_report_answer`. For other paths there is [`when`](Self::when).
    ///
    /// # Panics
    ///
    /// There is no such call: a fault that never happens would test nothing.
    pub fn call(mut self, call: &str) -> Self {
        assert!(CALLS.contains(&call), "there is no call {call}; write one of {}", CALLS.join(", "));
        self.call = Some(call.to_owned());
        self
    }

    /// Only for requests of which this holds. If the condition panics, dropping the emulator panics with that.
    pub fn when(mut self, condition: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static) -> Self {
        self.condition = Some(Arc::new(condition));
        self
    }

    /// For so many requests.
    ///
    /// # Panics
    ///
    /// For none, which would test nothing.
    pub fn times(mut self, times: u32) -> Self {
        assert!(times > 0, "a fault for no request would test nothing");
        self.often = Often::Times(times);
        self
    }

    /// For every request.
    pub fn always(mut self) -> Self {
        self.often = Often::Always;
        self
    }

    /// For a share of the requests, more than 0 and at most 1. Which ones depends on the emulator's seed, on fault and call of the rule, and on
    /// how many requests to the same call came before, on nothing else.
    ///
    /// # Panics
    ///
    /// The share is not more than 0 and at most 1.
    pub fn share(mut self, share: f64) -> Self {
        assert!(share > 0.0 && share <= 1.0, "{share} is no share of more than 0 and at most 1");
        self.often = Often::Share(share);
        self
    }
}

impl fmt::Debug for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("FaultRule");
        fields.field("fault", &self.fault).field("call", &self.call).field("often", &self.often);
        if self.condition.is_some() { fields.finish_non_exhaustive() } else { fields.finish() }
    }
}

/// A rule that an emulator has.
pub(crate) struct Rule {
    /// Counted from the first that was added.
    number: u64,
    /// What random hits depend on.
    label: String,
    rule: FaultRule,
}

/// The rules of an emulator, in their order.
#[derive(Default)]
pub(crate) struct FaultRules {
    rules: Vec<Rule>,
    added: u64,
}

impl FaultRules {
    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.added += 1;
        let label = format!("fault {:?}/{:?}", rule.fault, rule.call);
        self.rules.push(Rule { number: self.added, label, rule });
    }

    /// Takes all rules out. They are dropped where no lock is held: their conditions are other people's.
    pub(crate) fn clear(&mut self) -> Vec<Rule> {
        std::mem::take(&mut self.rules)
    }

    /// How many faults were announced for one or more requests and have not all happened.
    pub(crate) fn pending(&self) -> usize {
        self.rules.iter().filter(|rule| matches!(rule.rule.often, Often::Times(_))).count()
    }

    pub(crate) fn len(&self) -> usize {
        self.rules.len()
    }

    /// The rules for a call, in their order: their numbers and conditions.
    pub(crate) fn for_call(&self, call: &str) -> Vec<(u64, Option<Condition>)> {
        let rules = self.rules.iter().filter(|rule| rule.rule.call.as_deref().is_none_or(|name| name == call));
        rules.map(|rule| (rule.number, rule.rule.condition.clone())).collect()
    }

    /// The fault of a rule, if it is still there and its turn has come with the `nth` request to a call; and the rule itself, if it has
    /// done its work.
    pub(crate) fn take(&mut self, number: u64, seed: u64, call: &str, nth: u64) -> Option<(Fault, Option<Rule>)> {
        let index = self.rules.iter().position(|rule| rule.number == number)?;
        let Rule { label, rule, .. } = &mut self.rules[index];
        let fault = rule.fault.clone();
        match &mut rule.often {
            Often::Always => Some((fault, None)),
            Often::Share(share) => {
                let hit = rng(seed, &format!("{label}/{call}/{nth}")).f64() < *share;
                hit.then_some((fault, None))
            }
            Often::Times(times) => {
                *times -= 1;
                let done = *times == 0;
                Some((fault, done.then(|| self.rules.remove(index))))
            }
        }
    }
}

/// Why a text is no [`FaultRule`], and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRuleError(String);

impl fmt::Display for FaultRuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.0))
    }
}

impl std::error::Error for FaultRuleError {}

impl FromStr for FaultRule {
    type Err = FaultRuleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (rest, often) = match text.rsplit_once('@').map(|(rest, often)| (rest, parse_often(often))) {
            Some((rest, Ok(often))) => (rest, often),
            // An @ of the body itself.
            Some((rest, Err(_))) if rest.split(':').any(|part| part.starts_with("body=")) => (text, Often::Times(1)),
            Some((_, Err(error))) => return Err(error),
            None => (text, Often::Times(1)),
        };
        let (named, value) = rest.split_once('=').map_or((rest, None), |(named, value)| (named, Some(value)));
        let (call, name) = named.split_once(':').map_or((None, named), |(call, name)| (Some(call), name));
        if let Some(call) = call.filter(|call| !CALLS.contains(call)) {
            return Err(FaultRuleError(format!("there is no call {call}; write one of {}", CALLS.join(", "))));
        }
        Ok(Self { fault: parse_fault(name, value)?, call: call.map(str::to_owned), condition: None, often })
    }
}

fn parse_often(text: &str) -> Result<Often, FaultRuleError> {
    let wrong = || {
        FaultRuleError(format!("how often is @{text}? write a number of times like @3, a share like @5%, or @always"))
    };
    if text == "always" {
        return Ok(Often::Always);
    }
    match text.strip_suffix('%') {
        Some(percent) => {
            let percent = percent.parse().ok().filter(|percent| *percent > 0.0 && *percent <= 100.0);
            percent.map(|percent: f64| Often::Share(percent / 100.0)).ok_or_else(wrong)
        }
        None => text.parse().ok().filter(|times| *times > 0).map(Often::Times).ok_or_else(wrong),
    }
}

fn parse_fault(name: &str, value: Option<&str>) -> Result<Fault, FaultRuleError> {
    let example = WRITTEN.iter().find(|written| written.split('=').next() == Some(name));
    let Some(example) = example else {
        return Err(FaultRuleError(format!("there is no fault {name}; write one of {}", WRITTEN.join(", "))));
    };
    let wrong = || FaultRuleError(format!("write {name} like this: {example}"));
    let fault = match (name, value) {
        ("errcode", Some(code)) => code.parse().ok().filter(|code| *code != 0).map(Fault::ErrCode),
        ("http", Some(status)) => status.parse().ok().filter(|status| (200..600).contains(status)).map(http),
        ("body", Some(text)) => Some(Fault::Body(text.to_owned())),
        ("short-page", Some(items)) => items.parse().ok().map(Fault::ShortPage),
        ("delay", Some(time)) => humantime::parse_duration(time).ok().map(Fault::Delay),
        ("slow-body", Some(time)) => humantime::parse_duration(time).ok().map(Fault::SlowBody),
        ("repeated-page", None) => Some(Fault::RepeatedPage),
        ("reset", None) => Some(Fault::Reset),
        ("truncated", None) => Some(Fault::Truncated),
        ("invalid-json", None) => Some(Fault::InvalidJson),
        ("html", None) => Some(Fault::Html),
        ("wrong-charset", None) => Some(Fault::WrongCharset),
        ("unknown-field", None) => Some(Fault::UnknownField),
        ("unknown-value", None) => Some(Fault::UnknownValue),
        ("null-lists", None) => Some(Fault::NullLists),
        ("no-payload", None) => Some(Fault::NoPayload),
        ("no-errcode", None) => Some(Fault::NoErrCode),
        ("partly-read", None) => Some(Fault::PartlyRead),
        ("expired-token", None) => Some(Fault::ExpiredToken),
        ("revoked-token", None) => Some(Fault::RevokedToken),
        _ => None,
    };
    fault.ok_or_else(wrong)
}

/// A status with the page that a gateway sends with it.
fn http(status: u16) -> Fault {
    let headers = vec![("content-type", "text/html".to_owned())];
    Fault::Http { status, headers, body: format!("<html><body><h1>{status}</h1></body></html>\n").into_bytes() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::time::Duration;

    use super::{CALLS, Fault, FaultRule, WRITTEN};

    #[test]
    fn every_fault_can_be_written_for_every_call_and_is_shown_by_the_same_name() {
        for written in WRITTEN {
            for call in CALLS {
                let rule: FaultRule = format!("{call}:{written}@3").parse().unwrap();
                assert_eq!(rule.fault.name(), written.split('=').next().unwrap());
                assert_eq!(rule.call.as_deref(), Some(call));
            }
        }
    }

    #[test]
    fn what_is_written_is_what_happens() {
        let rule = || FaultRule::new(Fault::Reset);
        let fault = FaultRule::new;
        for (written, same) in [
            ("reset", rule()),
            ("reset@3", rule().times(3)),
            ("gettoken:reset@12.5%", rule().call("gettoken").share(0.125)),
            ("reset@always", rule().always()),
            ("errcode=-1", fault(Fault::ErrCode(-1))),
            ("short-page=7", fault(Fault::ShortPage(7))),
            ("delay=2s", fault(Fault::Delay(Duration::from_secs(2)))),
            ("slow-body=1m 500ms@2", fault(Fault::SlowBody(Duration::from_millis(60_500))).times(2)),
            (r#"body={"at": "a@b", "x": "c:d=e"}"#, fault(Fault::Body(r#"{"at": "a@b", "x": "c:d=e"}"#.into()))),
            ("body=a@3", fault(Fault::Body("a".into())).times(3)),
        ] {
            assert_eq!(format!("{:?}", written.parse::<FaultRule>().unwrap()), format!("{same:?}"), "{written}");
        }
    }

    #[test]
    fn what_is_written_wrong_is_told_in_one_line_with_what_to_write() {
        for (written, told) in [
            ("", "there is no fault ; write one of errcode=-1, http=502,"),
            ("errcod=-1", "there is no fault errcod; write one of errcode=-1, http=502,"),
            ("errcode", "write errcode like this: errcode=-1"),
            ("errcode=x", "write errcode like this: errcode=-1"),
            ("errcode=0", "write errcode like this: errcode=-1"),
            ("http=99", "write http like this: http=502"),
            ("delay=2", "write delay like this: delay=2s"),
            ("reset=1", "write reset like this: reset"),
            ("short-page=-1", "write short-page like this: short-page=1"),
            ("reset@", "how often is @? write a number of times like @3, a share like @5%, or @always"),
            ("reset@0", "how often is @0? write"),
            ("reset@-5%", "how often is @-5%? write"),
            ("reset@0%", "how often is @0%? write"),
            ("reset@101%", "how often is @101%? write"),
            ("reset@NaN%", "how often is @NaN%? write"),
            ("getoken:reset", "there is no call getoken; write one of gettoken, get_report_jobids,"),
        ] {
            let error = written.parse::<FaultRule>().unwrap_err().to_string();
            assert!(error.starts_with(told) && !error.contains('\n'), "{written}: {error}");
        }
    }
}
