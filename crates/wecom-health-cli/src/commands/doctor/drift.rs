//! What responses hold that the schema does not describe.

use std::sync::{Arc, Mutex, PoisonError};

use wecom_health::Drift;

use super::finding::{Blocker, Check, Finding};
use crate::output::text::cut;

/// How many are named at most.
const NAMED: usize = 5;
/// The most columns of a path.
const LONGEST_PATH: usize = 100;

/// The paths of what the schema does not describe. Values are left out: they may be answers.
#[derive(Clone, Default)]
pub(super) struct Drifts(Arc<Mutex<Vec<String>>>);

impl Drifts {
    /// Returns a callback that collects drift.
    pub(super) fn collector(&self) -> impl Fn(&Drift) + Send + Sync + 'static {
        let paths = Arc::clone(&self.0);
        move |drift| {
            let path = match drift {
                Drift::UnknownField { path } | Drift::UnknownText { path } | Drift::UnknownValue { path, .. } => path,
                _ => return,
            };
            let mut paths = paths.lock().unwrap_or_else(PoisonError::into_inner);
            let path = cut(path, LONGEST_PATH);
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }

    /// Returns what was collected.
    pub(super) fn finding(&self, is_any_response: bool, blocker: Option<Blocker>) -> Finding {
        let check = Check::Schema;
        let paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paths.is_empty() {
            return match (is_any_response, blocker) {
                (true, _) => Finding::ok(check, "it describes all that was received", "收到的内容均有定义"),
                (false, Some(blocker)) => Finding::blocked(check, blocker),
                (false, None) => Finding::skipped(check, "nothing was received to compare", "没有收到可比对的内容"),
            };
        }
        let named: Vec<_> = paths.iter().take(NAMED).cloned().collect();
        let (more, dots) = if paths.len() > NAMED { (", …", "、…") } else { ("", "") };
        Finding::warning(
            check,
            format!("fields or values that it does not describe: {}", paths.len()),
            format!("有未定义的字段或取值：{} 处", paths.len()),
        )
        .advise(
            format!(
                "this program leaves unknown fields out, and a newer version may know them: {}{more}",
                named.join(", ")
            ),
            format!("本程序会忽略未知字段，新版程序可能已支持：{}{dots}", named.join("、")),
        )
    }
}
