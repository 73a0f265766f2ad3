//! Who has not reported, by department.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};
use wecom_health_report::{Absentees, DepartmentLabel, DepartmentTally, Person, Tally};

use super::bar;
use super::left_out::LeftOut;
use super::pieces::Pieces;
use crate::commands::department_names::DepartmentNames;
use crate::commands::unseen;
use crate::output::Output;
use crate::output::text::{cut, printable};

/// At most so many people are named, of those who have not reported and of those who are not expected.
const MOST_PEOPLE: usize = 2_000;
/// All groups together have at most so many bytes.
const MOST_BYTES: usize = 400_000;
/// All departments where everybody has reported, and all who are not expected, have at most so many bytes each.
const MOST_BYTES_OF_OTHERS: usize = 50_000;
/// Columns of a name: longer ones are cut.
const LONGEST_NAME: usize = 40;

pub(super) fn section(absentees: &Absentees, left_out: &mut LeftOut, output: Output) -> Markup {
    let departments = DepartmentNames::of(&absentees.by_department, output);
    let groups = groups(absentees, &departments, left_out, output);
    let complete = complete(absentees, &departments, left_out);
    html! {
        section {
            h2 { (output.pick("Not reported", "未填报")) }
            @if absentees.absent.is_empty() && !unseen::is_partial(absentees) { p { (output.pick("Nobody.", "无。")) } }
            div.groups { (groups) }
            @if !complete.0.is_empty() {
                p.quiet { (output.pick("All have reported in: ", "全部已填报的部门：")) (complete) }
            }
            (not_expected(&absentees.not_expected, left_out, output))
        }
    }
}

/// A group for each department in which somebody is absent, with the names of as many as there is room for.
fn groups(absentees: &Absentees, departments: &DepartmentNames, left_out: &mut LeftOut, output: Output) -> Markup {
    let people = by_department(&absentees.absent);
    let names = Names::of(&absentees.absent);
    let mut groups = Pieces::new(MOST_BYTES);
    let (mut named, mut room) = (HashSet::new(), MOST_PEOPLE);
    for DepartmentTally { department, counts, .. } in
        absentees.by_department.iter().filter(|tally| tally.counts.absent > 0)
    {
        let all = people.get(department).map(Vec::as_slice).unwrap_or_default();
        let some = &all[..all.len().min(room)];
        let name = departments.get(department);
        // The company's departments have no names.
        let name = match department.name {
            None if department.id.is_some() => output.pick(format!("Department {name}"), format!("部门 {name}")),
            _ => name,
        };
        if groups.push(group(&name, *counts, some, &names, output)) {
            room -= some.len();
            named.extend(some.iter().map(|person| person.userid.as_ref()));
        }
    }
    left_out.departments += groups.left_out;
    left_out.absent = absentees.absent.len() - named.len();
    groups.into_markup()
}

/// The people of each department. Somebody in no department is counted under the empty label.
fn by_department(people: &[Person]) -> HashMap<DepartmentLabel, Vec<&Person>> {
    let nowhere = [DepartmentLabel::default()];
    let mut departments: HashMap<DepartmentLabel, Vec<&Person>> = HashMap::new();
    for person in people {
        let own = if person.departments.is_empty() { &nowhere[..] } else { &person.departments };
        for department in own {
            departments.entry(department.clone()).or_default().push(person);
        }
    }
    departments
}

/// The absent of a department.
fn group(name: &str, counts: Tally, named: &[&Person], names: &Names<'_>, output: Output) -> Markup {
    let Tally { expected, absent, reported, .. } = counts;
    let more = absent - named.len();
    html! {
        div.group {
            h3 { (name) " " span.quiet { (output.pick(
                format!("{absent} of {expected} not reported"),
                format!("应填报 {expected} 人，未填报 {absent} 人"),
            )) } }
            (bar(reported, expected))
            @if !named.is_empty() {
                ul.people {
                    @for person in named { (names.chip(person)) }
                    @if more > 0 { (and_more(more, output)) }
                }
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
fn complete(absentees: &Absentees, departments: &DepartmentNames, left_out: &mut LeftOut) -> Markup {
    let mut names = Pieces::new(MOST_BYTES_OF_OTHERS);
    for tally in absentees.by_department.iter().filter(|tally| tally.counts.absent == 0) {
        let separator = if names.is_empty() { "" } else { " · " };
        names.push(html! { (separator) (departments.get(&tally.department)) });
    }
    left_out.departments += names.left_out;
    names.into_markup()
}

/// Those who reported and are not expected: folded, because there may be many, and few want to see them.
fn not_expected(people: &[Person], left_out: &mut LeftOut, output: Output) -> Markup {
    let names = Names::of(people);
    let mut chips = Pieces::new(MOST_BYTES_OF_OTHERS);
    let named = people.iter().take(MOST_PEOPLE).filter(|person| chips.push(names.chip(person))).count();
    left_out.not_expected = people.len() - named;
    let count = people.len();
    html! {
        @if count > 0 {
            details {
                summary { (output.pick(
                    format!("Reported, but not expected: {count}"),
                    format!("已填报，但不在应填报之列：{count} 人"),
                )) }
                ul.people {
                    (chips.into_markup())
                    @if left_out.not_expected > 0 { (and_more(left_out.not_expected, output)) }
                }
            }
        }
    }
}

fn and_more(count: usize, output: Output) -> Markup {
    html! { li { (output.pick(format!("and {count} more"), format!("另有 {count} 人"))) } }
}
