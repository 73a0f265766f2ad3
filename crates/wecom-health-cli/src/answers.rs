//! `wecom-health answers`: everybody's answers, a line for each person and a column for each question.

use unicode_width::UnicodeWidthStr;
use wecom_health::Client;
use wecom_health::model::{Answer, Given, JobInfo, QuestionTemplate, ReportValue, Reporter};

use crate::arguments::{JobOnDay, ListFormat};
use crate::day;
use crate::failure::Failure;
use crate::list;
use crate::text::{fitted, printable};

/// How many pages are fetched at once.
const CONCURRENCY: usize = 4;

/// Fetches the answers and prints them.
pub(crate) async fn run(client: &Client, job: JobOnDay, format: ListFormat) -> Result<(), Failure> {
    let date = job.day.date;
    day::warn_outside(date, crate::job::KEPT);
    let mut stream = client.report_answers(job.jobid.clone(), date).concurrency(CONCURRENCY).stream();
    if format.json || format.ndjson {
        return list::print(&mut stream, &format).await;
    }
    let info = client.report_job_info(job.jobid, date).await?;
    let table = Table::new(&info);
    list::lines(&mut stream, &table.heading(), |answer| Ok(table.row(answer))).await
}

/// No column is wider, however long its texts are: they are cut.
const WIDEST: usize = 34;
/// The column of a question without options has at least so much.
const NARROWEST: usize = 20;

/// The columns of the answers to a job, which are fixed before the first answer, so that rows can be written as they come.
struct Table<'a> {
    job: &'a JobInfo,
    /// Heading and width: who, when, each question, and what was answered to other questions.
    columns: Vec<(String, usize)>,
}

impl<'a> Table<'a> {
    fn new(job: &'a JobInfo) -> Self {
        let mut columns = vec![("reporter (填写人)".to_owned(), WIDEST), ("time (填写时间)".to_owned(), 19)];
        for question in &job.question_templates {
            let options = question.option_list.iter().map(|option| option.option_text.width()).max();
            let title = printable(&question.title);
            let width = title.width().max(options.unwrap_or(NARROWEST)).clamp(1, WIDEST);
            columns.push((title, width));
        }
        columns.push(("other questions (其他问题)".to_owned(), WIDEST));
        Self { job, columns }
    }

    fn heading(&self) -> String {
        self.line(self.columns.iter().map(|(heading, _)| heading.clone()))
    }

    fn row(&self, answer: &Answer) -> String {
        let cells = [reporter(answer), time(answer)].into_iter();
        let asked = self.job.question_templates.iter().map(|question| {
            let values = answer.report_values.iter().filter(|value| value.question_id == question.question_id);
            values.map(|value| in_words(Some(question), value)).collect::<Vec<_>>().join(" / ")
        });
        // A job may have changed since.
        let others = answer.report_values.iter().filter(|value| self.job.question(value.question_id).is_none());
        let others = others.map(|value| format!("{}: {}", value.question_id, in_words(None, value)));
        self.line(cells.chain(asked).chain([others.collect::<Vec<_>>().join(" / ")]))
    }

    fn line(&self, cells: impl Iterator<Item = String>) -> String {
        let cells = cells.zip(&self.columns).map(|(cell, (_, width))| fitted(&cell, *width));
        let mut line = format!(" {}", cells.collect::<Vec<_>>().join("  "));
        line.truncate(line.trim_end().len());
        line + "\n"
    }
}

fn reporter(answer: &Answer) -> String {
    printable(&match answer.reporter() {
        Reporter::Member(member) => member.to_string(),
        Reporter::Parent { student, parent: Some(parent) } => format!("{student} ({parent})"),
        Reporter::Parent { student, parent: None } => student.to_string(),
        _ => format!("id_type {}", answer.id_type.value()),
    })
}

fn time(answer: &Answer) -> String {
    let time = answer.reported_at().map(|time| time.with_timezone(&day::time_zone()));
    time.map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

fn in_words(question: Option<&QuestionTemplate>, value: &ReportValue) -> String {
    let option = |id| match question.and_then(|question| question.option(id)) {
        Some(option) => option.option_text.clone(),
        None => id.to_string(),
    };
    printable(&match value.answer() {
        Given::Nothing => String::new(),
        Given::Text(text) => text.to_owned(),
        Given::SingleChoice(choice) => option(choice),
        Given::MultiChoice(choices) => choices.iter().map(|choice| option(*choice)).collect::<Vec<_>>().join(", "),
        Given::Files(files) => files.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        Given::Signature(link) => link.to_owned(),
        Given::ItineraryCard { card, high_risk_area } => {
            let card = card.map(|card| card.meaning().map_or_else(|| card.value().to_string(), str::to_owned));
            let area = high_risk_area.map(|area| area.get().to_owned()).filter(|area| area != "[]" && area != "\"\"");
            card.into_iter().chain(area).collect::<Vec<_>>().join(" ")
        }
        // What does not fit the schema is shown as it came.
        _ => serde_json::to_string(value).unwrap_or_default(),
    })
}
