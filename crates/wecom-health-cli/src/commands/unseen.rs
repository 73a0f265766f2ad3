//! What could not be seen, in words, and what the program makes of it.
//!
//! The older answers to a job that is reported once are no failure: nobody can mend that, so such a job would fail every day. And the
//! list is then too long, never too short.

use std::collections::BTreeSet;

use wecom_health::model::{ErrCode, Language};
use wecom_health_report::{Absentees, DepartmentLabel, Incomplete};

use crate::failure::Failure;

/// At most so many departments are named in a line.
const MOST_NAMED: usize = 20;

/// Returns whether a list lacks people or answers.
pub(super) fn is_partial(absentees: &Absentees) -> bool {
    let mut incomplete = absentees.incomplete.clone();
    incomplete.older_answers = false;
    incomplete != Incomplete::default()
}

/// Returns whether nobody is known to be expected because the app may not see who is.
pub(super) fn is_all(absentees: &Absentees) -> bool {
    let Incomplete { departments_not_seen, departments_unknown, .. } = &absentees.incomplete;
    absentees.counts.expected == 0 && !(departments_not_seen.is_empty() && departments_unknown.is_empty())
}

/// Returns why nothing is shown, where nobody could be seen.
pub(super) fn nobody(lists: &[&Absentees], refused: Option<ErrCode>) -> Failure {
    let code = refused.map(i64::from);
    let [english, chinese] = [Language::English, Language::Chinese].map(|language| of_all(lists, language));
    Failure::permission(
        refused,
        format!("nobody could be seen: {english}{}", code.map(|code| format!(" (errcode {code})")).unwrap_or_default()),
        format!("看不到任何应填报的人：{chinese}{}", code.map(|code| format!("（错误码 {code}）")).unwrap_or_default()),
    )
    .advise(
        "let the app see these departments, or use --roster FILE",
        "请授权此应用查看这些部门，或改用 --roster 指定名单",
    )
}

/// Returns what is missing in these lists, if anything is.
pub(super) fn failure(lists: &[&Absentees]) -> Option<Failure> {
    if !lists.iter().any(|list| is_partial(list)) {
        return None;
    }
    let [english, chinese] = [Language::English, Language::Chinese].map(|language| of_all(lists, language));
    let failure = Failure::partial(format!("the list is incomplete: {english}"), format!("名单不完整：{chinese}"));
    // A file says who is expected, but not whose an answer is.
    Some(if lists.iter().any(|list| lacks_people(&list.incomplete)) {
        failure.advise(
            "let the app see what is missing, or use --roster FILE",
            "请授权此应用查看缺少的部分，或改用 --roster 指定名单",
        )
    } else {
        failure
    })
}

/// Whether people may be missing, which a file would name.
fn lacks_people(incomplete: &Incomplete) -> bool {
    let Incomplete { departments_not_seen, departments_unknown, .. } = incomplete;
    !departments_not_seen.is_empty()
        || !departments_unknown.is_empty()
        || incomplete.range_empty
        || incomplete.job_type_unknown
}

/// The reasons of all lists, each once. Departments are named by their ids, because this goes to stderr.
fn of_all(lists: &[&Absentees], language: Language) -> String {
    let id = |label: &DepartmentLabel| label.id.map(|id| id.to_string()).unwrap_or_default();
    let reasons = lists.iter().flat_map(|list| reasons(&list.incomplete, language, id));
    let mut seen = BTreeSet::new();
    let distinct: Vec<_> = reasons.filter(|reason| seen.insert(reason.clone())).collect();
    distinct.join(in_language(language, "; ", "；"))
}

/// A line for each reason why a list is incomplete, with departments named.
pub(super) fn in_words(incomplete: &Incomplete, language: Language) -> Vec<String> {
    reasons(incomplete, language, |label| named(label, language))
}

/// The name of a department with its id, or the one of them that is known.
pub(super) fn named(label: &DepartmentLabel, language: Language) -> String {
    match (&label.name, label.id) {
        (Some(name), Some(id)) if language == Language::English => format!("{name} ({id})"),
        (Some(name), Some(id)) => format!("{name}（{id}）"),
        (Some(name), None) => name.clone(),
        (None, Some(id)) => id.to_string(),
        (None, None) => in_language(language, "(none)", "（无）").to_owned(),
    }
}

fn reasons(incomplete: &Incomplete, language: Language, label: impl Fn(&DepartmentLabel) -> String) -> Vec<String> {
    let Incomplete { departments_not_seen, departments_unknown, .. } = incomplete;
    let mut reasons = Vec::new();
    if !departments_not_seen.is_empty() {
        let names = list(departments_not_seen, language, &label);
        reasons.push(match language {
            Language::English => format!("the server does not show the people of {names}"),
            Language::Chinese => format!("服务器不返回以下部门的人员：{names}"),
        });
    }
    if !departments_unknown.is_empty() {
        let names = list(departments_unknown, language, &label);
        reasons.push(match language {
            Language::English => format!("the app does not see {names} in the list of departments"),
            Language::Chinese => format!("此应用可见的部门列表中没有以下部门：{names}"),
        });
    }
    if incomplete.range_empty {
        reasons
            .push(in_language(language, "the job does not say to whom it applies", "任务没有写明适用范围").to_owned());
    }
    if incomplete.job_type_unknown {
        reasons.push(in_language(language, "the type of the job is unknown", "任务类型未知").to_owned());
    }
    let nameless = incomplete.answers_of_nobody;
    if nameless > 0 {
        reasons.push(match language {
            Language::English if nameless == 1 => "1 answer does not say who gave it".to_owned(),
            Language::English => format!("{nameless} answers do not say who gave them"),
            Language::Chinese => format!("有 {nameless} 份填报没有填写人"),
        });
    }
    reasons
}

/// Names departments: all, or the first ones and how many more there are.
fn list(labels: &[DepartmentLabel], language: Language, label: impl Fn(&DepartmentLabel) -> String) -> String {
    let names: Vec<_> = labels.iter().take(MOST_NAMED).map(label).collect();
    let names = names.join(in_language(language, ", ", "、"));
    let more = labels.len().saturating_sub(MOST_NAMED);
    match language {
        Language::English => {
            let departments = if labels.len() == 1 { "department" } else { "departments" };
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{departments} {names}{more}")
        }
        Language::Chinese if more > 0 => format!("{names}等 {} 个部门", labels.len()),
        Language::Chinese => names,
    }
}

fn in_language<'a>(language: Language, english: &'a str, chinese: &'a str) -> &'a str {
    if language == Language::English { english } else { chinese }
}
