//! What departments are called.

use std::collections::HashMap;

use wecom_health_report::{DepartmentLabel, DepartmentTally};

use crate::commands::unseen;
use crate::output::Output;
use crate::output::text::{cut, printable};

/// Columns of a name: longer ones are cut.
const LONGEST: usize = 40;

/// The names of a list of departments. Classes of different grades may have the same one.
pub(super) struct DepartmentNames {
    times: HashMap<String, usize>,
    output: Output,
}

impl DepartmentNames {
    pub(super) fn of(tallies: &[DepartmentTally], output: Output) -> Self {
        let mut times = HashMap::new();
        for tally in tallies {
            *times.entry(short(&tally.department, output)).or_default() += 1;
        }
        Self { times, output }
    }

    /// Returns the name of a department, with its id if another has the name, too.
    pub(super) fn get(&self, department: &DepartmentLabel) -> String {
        let name = short(department, self.output);
        let is_alone = self.times.get(&name) == Some(&1);
        let name = cut(&printable(&name), LONGEST);
        match department.id.filter(|_| !is_alone && department.name.is_some()) {
            Some(id) => self.output.pick(format!("{name} ({id})"), format!("{name}（{id}）")),
            None => name,
        }
    }
}

/// Returns the name of a department, or its id where it has no name.
pub(super) fn short(label: &DepartmentLabel, output: Output) -> String {
    match &label.name {
        Some(name) => name.clone(),
        None => unseen::named(label, output.language),
    }
}
