//! Lists in words: first how many are absent, then what may be wrong with the list, then who is absent.

use wecom_health::model::{JobId, JobInfo, NaiveDate, ReportType};
use wecom_health_report::{Absentees, DepartmentTally, Person, Tally};

use super::Listed;
use crate::commands::department_names::{DepartmentNames, short};
use crate::commands::kept::Kept;
use crate::commands::unseen;
use crate::output::chart::{bar, percent};
use crate::output::text::{cut, printable};
use crate::output::{Output, table};

/// Columns of a title or a name: longer ones are cut.
const MAX_NAME_WIDTH: usize = 40;
/// Columns of all departments of somebody, over several lines.
const MAX_DEPARTMENTS_WIDTH: usize = 200;
/// Columns of a full bar.
const BAR_WIDTH: usize = 20;

/// Returns a block for each job.
pub(super) fn in_words(lists: &[Listed], by_department: bool, output: Output) -> String {
    let blocks: Vec<_> = lists.iter().map(|list| block(list, by_department, output)).collect();
    blocks.join("\n\n")
}

fn block(list: &Listed, by_department: bool, output: Output) -> String {
    let Listed { job, absentees } = list;
    let headline = output.paragraph(&headline(absentees, output), "");
    let mut block: String = headline.lines().map(|line| output.heading(line) + "\n").collect();
    block += &output.paragraph(&what_and_when(&absentees.jobid, job, absentees.date, output), "");
    block += &doubts(job, absentees, output).iter().map(|doubt| output.paragraph(doubt, "")).collect::<String>();
    if by_department && !absentees.by_department.is_empty() {
        block += &format!("\n{}", departments(&absentees.by_department, output));
    }
    if !absentees.absent.is_empty() {
        block += &format!("\n{}", people(&absentees.absent, output));
    }
    block + &not_expected(&absentees.not_expected, output)
}

/// How many are absent, of how many.
pub(in crate::commands) fn headline(absentees: &Absentees, output: Output) -> String {
    if absentees.day_off {
        return output.pick("Nobody has to report: it is a weekend", "周末，无需填报").to_owned();
    }
    let Tally { expected, reported, absent, .. } = absentees.counts;
    let incomplete =
        if unseen::is_partial(absentees) { output.pick("Incomplete. ", "（名单不完整）") } else { "" };
    let percent =
        percent(reported, expected).map(|percent| output.pick(format!(" ({percent})"), format!("（{percent}）")));
    let percent = percent.unwrap_or_default();
    output.pick(
        format!("{incomplete}Not reported: {absent} of {expected} expected; reported: {reported}{percent}"),
        format!("{incomplete}未填报 {absent} 人，应填报 {expected} 人，已填报 {reported} 人{percent}"),
    )
}

/// Title, id and day of a job.
pub(in crate::commands) fn what_and_when(id: &JobId, job: &JobInfo, date: NaiveDate, output: Output) -> String {
    let title = cut(&printable(&job.title), MAX_NAME_WIDTH);
    let id = printable(id.as_ref());
    output.pick(format!("{title} ({id}), {date}"), format!("{title}（{id}），{date}"))
}

/// Why a list may be wrong, a sentence each.
pub(in crate::commands) fn doubts(job: &JobInfo, absentees: &Absentees, output: Output) -> Vec<String> {
    let label = output.pick("Incomplete, because ", "不完整的原因：");
    let reasons = unseen::in_words(&absentees.incomplete, output.language).into_iter();
    let mut doubts: Vec<_> = reasons.map(|reason| format!("{label}{}", printable(&reason))).collect();
    if job.report_type == ReportType::Once && absentees.incomplete.older_answers {
        let days = Kept::DAYS_OF_JOBS;
        doubts.push(output.pick(
            format!("Reported once: answers from before the latest {days} days cannot be seen, so some of the absent may have reported."),
            format!("仅上报一次：服务器只保留 {days} 天的填报内容，未填报名单中可能有人更早已填报。"),
        ));
    }
    doubts
}

/// A table of people, without the columns that would be empty.
fn people(people: &[Person], output: Output) -> String {
    let headings = output.pick(["Name", "Userid", "Department"], ["姓名", "账号", "部门"]);
    let rows: Vec<_> = people.iter().map(|person| row(person, output)).collect();
    let is_used = [0, 1, 2].map(|column| rows.iter().any(|row| !row[column].is_empty()));
    let used =
        |cells: Vec<String>| cells.into_iter().zip(is_used).filter_map(|(cell, used)| used.then_some(cell)).collect();
    let rows: Vec<Vec<_>> = rows.into_iter().map(|row| used(row.into())).collect();
    let headings: Vec<_> =
        headings.into_iter().zip(is_used).filter_map(|(heading, used)| used.then_some(heading)).collect();
    table::complete(&headings, &rows, output, output.width)
}

fn row(person: &Person, output: Output) -> [String; 3] {
    let departments: Vec<_> = person.departments.iter().map(|label| short(label, output)).collect();
    [
        cut(&printable(person.name.as_deref().unwrap_or_default()), MAX_NAME_WIDTH),
        printable(person.userid.as_ref()),
        cut(&printable(&departments.join(output.comma())), MAX_DEPARTMENTS_WIDTH),
    ]
}

fn departments(tallies: &[DepartmentTally], output: Output) -> String {
    let headings = output.pick(
        ["Department", "Expected", "Reported", "Not reported", "Rate", ""],
        ["部门", "应填报", "已填报", "未填报", "填报率", ""],
    );
    let names = DepartmentNames::of(tallies, output);
    let rows = tallies.iter().map(|tally| {
        let Tally { expected, reported, absent, .. } = tally.counts;
        let name = names.get(&tally.department);
        let percent = percent(reported, expected).unwrap_or_default();
        let [all, some, others] = [expected, reported, absent].map(|count| count.to_string());
        [name, all, some, others, percent, bar(reported, expected, BAR_WIDTH)]
    });
    let rows: Vec<[String; 6]> = rows.collect();
    table::complete(&headings, &rows, output, output.width)
}

fn not_expected(strangers: &[Person], output: Output) -> String {
    if strangers.is_empty() {
        return String::new();
    }
    let count = strangers.len();
    let heading =
        output.pick(format!("Reported, but not expected: {count}"), format!("已填报，但不在应填报之列：{count} 人"));
    format!("\n{}\n{}", output.heading(&heading), people(strangers, output))
}
