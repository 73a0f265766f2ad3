//! Fault rules as text, e.g. `get_report_answer:errcode=-1@5%`.

use std::fmt;
use std::str::FromStr;

use crate::endpoints;
use crate::fault::Fault;
use crate::fault::rule::{FaultRule, Frequency};
use crate::text::one_line;

/// An example of each fault that takes a value.
const WITH_VALUE: [&str; 6] = ["errcode=-1", "http=502", "body=TEXT", "short-page=1", "delay=2s", "slow-body=500ms"];

const WITHOUT_VALUE: [Fault; 14] = [
    Fault::RepeatedPage,
    Fault::Reset,
    Fault::Truncated,
    Fault::InvalidJson,
    Fault::Html,
    Fault::WrongCharset,
    Fault::UnknownField,
    Fault::UnknownValue,
    Fault::NullLists,
    Fault::NoPayload,
    Fault::NoErrCode,
    Fault::PartlyRead,
    Fault::ExpiredToken,
    Fault::RevokedToken,
];

/// An error from a text that is not a [`FaultRule`]. It says what to write instead, in one line.
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
        let (text, frequency) = split_frequency(text)?;
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let (endpoint, name) = name.split_once(':').map_or((None, name), |(endpoint, name)| (Some(endpoint), name));
        endpoint.map_or(Ok(()), endpoints::check).map_err(FaultRuleError)?;
        let fault = parse_fault(name, value)?;
        Ok(Self { fault, endpoint: endpoint.map(str::to_owned), condition: None, frequency })
    }
}

/// Splits off `@HOW-OFTEN`. A body may itself contain an `@`.
fn split_frequency(text: &str) -> Result<(&str, Frequency), FaultRuleError> {
    let Some((rest, often)) = text.rsplit_once('@') else { return Ok((text, Frequency::Times(1))) };
    match parse_frequency(often) {
        Some(frequency) => Ok((rest, frequency)),
        None if rest.split(':').any(|part| part.starts_with("body=")) => Ok((text, Frequency::Times(1))),
        None => Err(FaultRuleError(format!(
            "@{often} is not a frequency; write a number of times like @3, a share like @5%, or @always"
        ))),
    }
}

fn parse_frequency(text: &str) -> Option<Frequency> {
    if text == "always" {
        return Some(Frequency::Always);
    }
    match text.strip_suffix('%') {
        Some(percent) => {
            let percent = percent.parse().ok().filter(|percent: &f64| *percent > 0.0 && *percent <= 100.0);
            percent.map(|percent| Frequency::Share(percent / 100.0))
        }
        None => text.parse().ok().filter(|times| *times > 0).map(Frequency::Times),
    }
}

fn parse_fault(name: &str, value: Option<&str>) -> Result<Fault, FaultRuleError> {
    let write_like = |example: &str| FaultRuleError(format!("write {name} like this: {example}"));
    if let Some(fault) = WITHOUT_VALUE.iter().find(|fault| fault.name() == name) {
        return if value.is_none() { Ok(fault.clone()) } else { Err(write_like(name)) };
    }
    let Some(example) = WITH_VALUE.iter().find(|example| example.split('=').next() == Some(name)) else {
        let all: Vec<_> = WITH_VALUE.into_iter().chain(WITHOUT_VALUE.iter().map(Fault::name)).collect();
        return Err(FaultRuleError(format!("there is no fault {name}; write one of {}", all.join(", "))));
    };
    let fault = value.and_then(|value| match name {
        "errcode" => value.parse().ok().map(Fault::ErrCode),
        "http" => value.parse().ok().map(gateway_page),
        "body" => Some(Fault::Body(value.to_owned())),
        "short-page" => value.parse().ok().map(Fault::ShortPage),
        "delay" => humantime::parse_duration(value).ok().map(Fault::Delay),
        "slow-body" => humantime::parse_duration(value).ok().map(Fault::SlowBody),
        _ => None,
    });
    fault.filter(|fault| fault.check().is_ok()).ok_or_else(|| write_like(example))
}

/// Returns a status with the page that a gateway would send.
fn gateway_page(status: u16) -> Fault {
    let headers = vec![("content-type", "text/html".to_owned())];
    Fault::Http { status, headers, body: format!("<html><body><h1>{status}</h1></body></html>\n").into_bytes() }
}
