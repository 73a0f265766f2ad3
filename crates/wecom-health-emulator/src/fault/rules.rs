//! The fault rules of an emulator.

use std::sync::Arc;

use crate::fault::rule::{FaultRule, Frequency};
use crate::random::rng;

/// The rules of an emulator, in the order in which they were added. Conditions are the test's code, which may call the emulator
/// when it runs and when it is dropped. Rules are shared, so that neither happens while the emulator's lock is held.
#[derive(Default)]
pub(crate) struct FaultRules(Vec<ActiveRule>);

pub(crate) struct ActiveRule {
    rule: Arc<FaultRule>,
    happened: u32,
}

impl FaultRules {
    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.0.push(ActiveRule { rule: Arc::new(rule), happened: 0 });
    }

    /// Returns the rules for an endpoint.
    pub(crate) fn for_endpoint(&self, endpoint: &str) -> Vec<Arc<FaultRule>> {
        let rules = self.0.iter().map(|active| &active.rule);
        rules.filter(|rule| rule.endpoint.as_deref().is_none_or(|name| name == endpoint)).cloned().collect()
    }

    /// Returns whether a rule applies to the `nth` request to an endpoint, and removes it if that was its last time.
    ///
    /// A rule that another request or [`clear`](Self::clear) removed in the meantime does not apply.
    pub(crate) fn apply(&mut self, rule: &Arc<FaultRule>, seed: u64, endpoint: &str, nth: u64) -> bool {
        let Some(index) = self.0.iter().position(|active| Arc::ptr_eq(&active.rule, rule)) else { return false };
        match rule.frequency {
            Frequency::Always => true,
            Frequency::Share(share) => {
                let label = format!("fault {:?}/{:?}/{endpoint}/{nth}", rule.fault, rule.endpoint);
                rng(seed, &label).f64() < share
            }
            Frequency::Times(times) => {
                self.0[index].happened += 1;
                if self.0[index].happened == times {
                    self.0.remove(index);
                }
                true
            }
        }
    }

    /// Removes all rules and returns them, to be dropped without the lock.
    pub(crate) fn clear(&mut self) -> Vec<ActiveRule> {
        std::mem::take(&mut self.0)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns how many rules for a number of requests have not been used up.
    pub(crate) fn pending(&self) -> usize {
        self.0.iter().filter(|active| matches!(active.rule.frequency, Frequency::Times(_))).count()
    }
}
