//! Lists as comma-separated values: with a byte order mark, which Excel needs, and otherwise by RFC 4180.

use std::io;

use csv::{Terminator, Writer, WriterBuilder};
use wecom_health_report::DepartmentTally;

use super::Listed;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Returns a row for each absent person, or for each department.
pub(super) fn csv(lists: &[Listed], by_department: bool) -> io::Result<String> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    if by_department {
        departments(lists, &mut writer)?;
    } else {
        people(lists, &mut writer)?;
    }
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn people(lists: &[Listed], writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
    writer.write_record(["jobid", "date", "userid", "name", "department"])?;
    for Listed { absentees, .. } in lists {
        for person in &absentees.absent {
            let (name, departments) = (person.name.as_deref().unwrap_or_default(), person.department_names());
            let date = absentees.date.to_string();
            let row = [absentees.jobid.as_ref(), &date, person.userid.as_ref(), name, &departments];
            writer.write_record(row.map(harmless))?;
        }
    }
    Ok(())
}

fn departments(lists: &[Listed], writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
    writer.write_record(["jobid", "date", "department_id", "department", "expected", "reported", "absent", "rate"])?;
    for Listed { absentees, .. } in lists {
        for DepartmentTally { department, counts, .. } in &absentees.by_department {
            let row = [
                absentees.jobid.as_ref().to_owned(),
                absentees.date.to_string(),
                department.id.map(|id| id.to_string()).unwrap_or_default(),
                department.name.clone().unwrap_or_default(),
                counts.expected.to_string(),
                counts.reported.to_string(),
                counts.absent.to_string(),
                counts.rate.map(|rate| format!("{rate:.4}")).unwrap_or_default(),
            ];
            writer.write_record(row.iter().map(|cell| harmless(cell)))?;
        }
    }
    Ok(())
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}
