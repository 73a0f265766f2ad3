//! Who has not reported, by department.

use std::collections::HashMap;

use maud::{Markup, html};
use wecom_health_report::{Absentees, DepartmentLabel, Person, Tally};

use super::left_out::LeftOut;
use super::{bar, within};
use crate::commands::absent::view::short;
use crate::output::Output;
use crate::output::text::{cut, printable};

/// At most so many names of people.
const MOST_PEOPLE: usize = 2_000;
/// All groups together have at most so many bytes.
const MOST_BYTES: usize = 400_000;
/// At most so many departments where everybody has reported are named.
const MOST_COMPLETE: usize = 200;
/// Columns of a name: longer ones are cut.
const LONGEST_NAME: usize = 40;

pub(super) fn section(absentees: &Absentees, left_out: &mut LeftOut, output: Output) -> Markup {
    let mut people: HashMap<DepartmentLabel, Vec<&Person>> = HashMap::new();
    for person in &absentees.absent {
        // Somebody in no department is counted under the empty label.
        let nowhere = [DepartmentLabel::default()];
        let departments = if person.departments.is_empty() { &nowhere[..] } else { &person.departments };
        for department in departments {
            people.entry(department.clone()).or_default().push(person);
        }
    }
    let names = Names::of(&absentees.absent);
    let mut room = MOST_PEOPLE;
    let mut shown = Vec::new();
    let groups = absentees.by_department.iter().filter(|tally| tally.counts.absent > 0).map(|tally| {
        let all = people.get(&tally.department).map(Vec::as_slice).unwrap_or_default();
        let some = &all[..all.len().min(room)];
        room -= some.len();
        shown.extend_from_slice(some);
        group(&tally.department, tally.counts, some, all.len() - some.len(), &names, output)
    });
    let (groups, _) = within(MOST_BYTES, groups);
    let distinct: std::collections::HashSet<&str> = shown.iter().map(|person| person.userid.as_ref()).collect();
    left_out.absent = absentees.absent.len() - distinct.len();
    html! {
        section {
            h2 { (output.pick("Not reported", "未填报")) }
            @if absentees.absent.is_empty() { p { (output.pick("Nobody.", "无。")) } }
            div.groups { (groups) }
            @if left_out.absent > 0 {
                p.quiet { (output.pick(
                    format!("{} further people are left out.", left_out.absent),
                    format!("另有 {} 人未显示。", left_out.absent),
                )) }
            }
            (complete(absentees, output))
            (not_expected(&absentees.not_expected, output))
        }
    }
}

/// The absent of a department.
fn group(
    department: &DepartmentLabel,
    counts: Tally,
    absent: &[&Person],
    more: usize,
    names: &Names<'_>,
    output: Output,
) -> Markup {
    let Tally { expected, absent: count, reported, .. } = counts;
    let name = cut(&printable(&short(department, output)), LONGEST_NAME);
    html! {
        div.group {
            h3 { (name) " " span.quiet { (output.pick(
                format!("{count} of {expected} not reported"),
                format!("应填报 {expected} 人，未填报 {count} 人"),
            )) } }
            (bar(reported, expected))
            ul.people {
                @for person in absent { (names.chip(person)) }
                @if more > 0 { li { (output.pick(format!("and {more} more"), format!("另有 {more} 人"))) } }
            }
        }
    }
}

/// How often each name occurs.
struct Names<'a>(HashMap<&'a str, usize>);

impl<'a> Names<'a> {
    fn of(people: &'a [Person]) -> Self {
        let mut counts = HashMap::new();
        for name in people.iter().filter_map(|person| person.name.as_deref()) {
            *counts.entry(name).or_default() += 1;
        }
        Self(counts)
    }

    /// The name of somebody, with the userid where others have the name too; the userid alone where there is no name.
    fn chip(&self, person: &Person) -> Markup {
        let id = printable(person.userid.as_ref());
        let Some(name) = person.name.as_deref() else { return html! { li { (id) } } };
        let is_alone = self.0.get(name) == Some(&1);
        let name = cut(&printable(name), LONGEST_NAME);
        html! { li { (name) @if !is_alone { " " small { (id) } } } }
    }
}

/// The departments where everybody has reported.
fn complete(absentees: &Absentees, output: Output) -> Markup {
    let complete = || absentees.by_department.iter().filter(|tally| tally.counts.absent == 0);
    let names: Vec<_> = complete()
        .take(MOST_COMPLETE)
        .map(|tally| cut(&printable(&short(&tally.department, output)), LONGEST_NAME))
        .collect();
    let more = complete().count() - names.len();
    html! {
        @if !names.is_empty() {
            p.quiet {
                (output.pick("All have reported: ", "全部已填报：")) (names.join(output.comma()))
                @if more > 0 { (output.pick(format!(" and {more} more"), format!("等 {} 个部门", more + names.len()))) }
            }
        }
    }
}

fn not_expected(people: &[Person], output: Output) -> Markup {
    let names = Names::of(people);
    let chips = people.iter().take(MOST_PEOPLE).map(|person| names.chip(person));
    let (chips, count) = within(MOST_BYTES / 4, chips);
    let more = people.len() - count;
    html! {
        @if !people.is_empty() {
            div.group {
                h3 { (output.pick("Reported, but not expected: ", "已填报，但不在应填报之列：")) (people.len()) }
                ul.people {
                    (chips)
                    @if more > 0 { li { (output.pick(format!("and {more} more"), format!("另有 {more} 人"))) } }
                }
            }
        }
    }
}
