//! CSV files, in UTF-8 with a byte order mark, which Excel needs, and otherwise by RFC 4180.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use csv::{Terminator, Writer, WriterBuilder};
use serde_json::Value;
use wecom_health::model::{Described, JobInfo, Shape};
use wecom_health_report::Person;
use wecom_health_report::rows::{Cell, Wide, long_rows};

use super::Rendering;
use crate::commands::export::folder::{Part, file_name};
use crate::commands::export::manifest::Entry;
use crate::disk::unwritable;
use crate::failure::Failure;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Writes the answers of each day, all answers in a long table, and the jobs.
pub(super) async fn render(rendering: &Rendering<'_>) -> Result<(), Failure> {
    for entry in rendering.manifest.days() {
        wide(rendering, entry).await?;
    }
    long(rendering).await?;
    jobs(rendering).await
}

/// `answers_{jobid}_{date}.csv`: a row for each answer.
async fn wide(rendering: &Rendering<'_>, entry: &Entry) -> Result<(), Failure> {
    let (job, others) = rendering.others(entry).await?;
    let wide = Wide::new(&job, &others, rendering.roster, rendering.language);
    let name = format!("answers_{}_{}.csv", file_name(&entry.jobid), entry.date);
    write(rendering, &name, async |out| {
        out.record(wide.titles().iter().map(String::as_str)).await?;
        let mut spooled = rendering.open(entry)?;
        while let Some(answer) = spooled.next()? {
            out.cells(&wide.row(&answer)).await?;
        }
        Ok(())
    })
    .await
}

/// `answers_long.csv`: a row for each option or file, for databases.
async fn long(rendering: &Rendering<'_>) -> Result<(), Failure> {
    write(rendering, "answers_long.csv", async |out| {
        let named = ["name", "department"].into_iter().filter(|_| rendering.roster.is_some());
        out.record(LONG.into_iter().chain(named)).await?;
        for entry in rendering.manifest.days() {
            let mut spooled = rendering.open(entry)?;
            while let Some(answer) = spooled.next()? {
                let person = rendering.reporter(&answer);
                for row in long_rows(&entry.jobid, &spooled.job, entry.date, &answer, rendering.language) {
                    out.cells(&long_cells(&row, person.as_ref().map(Option::as_ref))).await?;
                }
            }
        }
        Ok(())
    })
    .await
}

const LONG: [&str; 12] = [
    "jobid",
    "date",
    "id_type",
    "userid",
    "student_userid",
    "parent_userid",
    "report_time",
    "question_id",
    "title",
    "kind",
    "option_id",
    "value",
];

fn long_cells<'a>(row: &'a wecom_health_report::rows::LongRow<'_>, person: Option<Option<&Person>>) -> Vec<Cell<'a>> {
    let text = |text: &'a str| Cell::Text(text.into());
    let id = |id: Option<&'a wecom_health::model::UserId>| id.map_or(Cell::Empty, |id| text(id.as_ref()));
    let mut cells = vec![
        text(row.jobid.as_ref()),
        Cell::Text(row.date.to_string().into()),
        Cell::Integer(row.id_type),
        id(row.userid),
        id(row.student_userid),
        id(row.parent_userid),
        text(&row.report_time),
        row.question_id.map_or(Cell::Empty, |id| Cell::Integer(id.into())),
        row.title.map_or(Cell::Empty, text),
        text(row.kind),
        row.option_id.map_or(Cell::Empty, |id| Cell::Integer(id.into())),
        text(&row.value),
    ];
    if let Some(person) = person {
        let name = person.and_then(|person| person.name.clone());
        cells.push(name.map_or(Cell::Empty, |name| Cell::Text(name.into())));
        cells.push(person.map_or(Cell::Empty, |person| Cell::Text(person.department_names().into())));
    }
    cells
}

/// `jobs.csv`: the jobs, as their details were on the last day.
async fn jobs(rendering: &Rendering<'_>) -> Result<(), Failure> {
    let Shape::Object { fields, .. } = JobInfo::SHAPE else { return Ok(()) };
    let fields: Vec<_> =
        fields.iter().filter(|field| !matches!(field.shape, Shape::Object { .. } | Shape::List(_))).collect();
    write(rendering, "jobs.csv", async |out| {
        let own = ["jobid", "first_day", "last_day", "answers"];
        out.record(own.into_iter().chain(fields.iter().map(|field| field.name))).await?;
        for days in rendering.manifest.jobs().values() {
            let (Some(first), Some(last)) = (days.first(), days.last()) else { continue };
            let job = serde_json::to_value(rendering.open(last)?.job);
            let job = job.map_err(|error| unwritable(out.path, &error.into()))?;
            let rows: u64 = days.iter().map(|entry| entry.rows).sum();
            let mut cells = vec![
                Cell::Text(last.jobid.as_ref().into()),
                Cell::Text(first.date.to_string().into()),
                Cell::Text(last.date.to_string().into()),
                Cell::Integer(rows.try_into().unwrap_or(i64::MAX)),
            ];
            cells.extend(fields.iter().map(|field| match &job[field.name] {
                Value::Null => Cell::Empty,
                Value::String(text) => Cell::Text(text.as_str().into()),
                Value::Number(number) => number.as_i64().map_or(Cell::Empty, Cell::Integer),
                other => Cell::Text(other.to_string().into()),
            }));
            out.cells(&cells).await?;
        }
        Ok(())
    })
    .await
}

/// Writes a file of the result whole.
async fn write(
    rendering: &Rendering<'_>,
    name: &str,
    rows: impl AsyncFnOnce(&mut Rows<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let path = rendering.folder.result(name);
    let failed = |error| unwritable(&path, &error);
    let mut part = Part::of(path.clone()).map_err(failed)?;
    let mut file = BufWriter::with_capacity(1 << 16, part.file());
    file.write_all(BYTE_ORDER_MARK.as_bytes()).map_err(failed)?;
    let writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(file);
    let mut out = Rows { writer, path: &path, rendering };
    rows(&mut out).await?;
    out.writer.flush().map_err(failed)?;
    drop(out);
    part.rename().map_err(failed)
}

/// The rows of a CSV file.
struct Rows<'a> {
    writer: Writer<BufWriter<&'a mut File>>,
    path: &'a Path,
    rendering: &'a Rendering<'a>,
}

impl Rows<'_> {
    async fn record<'b>(&mut self, texts: impl IntoIterator<Item = &'b str>) -> Result<(), Failure> {
        let cells: Vec<_> = texts.into_iter().map(|text| Cell::Text(text.into())).collect();
        self.cells(&cells).await
    }

    async fn cells(&mut self, cells: &[Cell<'_>]) -> Result<(), Failure> {
        self.write(cells).map_err(|error| unwritable(self.path, &io_error(error)))?;
        self.rendering.count_row().await;
        Ok(())
    }

    fn write(&mut self, cells: &[Cell<'_>]) -> csv::Result<()> {
        for cell in cells {
            match cell {
                Cell::Text(text) if !self.rendering.raw && looks_like_a_formula(text) => {
                    self.writer.write_field(format!("'{text}"))?
                }
                Cell::Text(text) => self.writer.write_field(text.as_bytes())?,
                other => self.writer.write_field(other.to_string())?,
            }
        }
        self.writer.write_record(None::<&[u8]>)
    }
}

fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::ErrorKind::InvalidData.into(),
    }
}

/// Whether a spreadsheet would run a text that somebody filled in.
fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}
