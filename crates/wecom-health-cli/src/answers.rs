//! `wecom-health answers`: everybody's answers, a line for each person and a column for each question.

use wecom_health::Client;
use wecom_health::model::{Answer, Given, JobInfo, QuestionId, QuestionTemplate, ReportValue, Reporter};

use crate::arguments::{JobOnDay, ListFormat};
use crate::day;
use crate::failure::Failure;
use crate::list;
use crate::view::{self, printable};

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
    let mut answers = Vec::new();
    while let Some(answer) = stream.try_next().await? {
        answers.push(answer);
    }
    view::print(&table(&info, &answers))
}

fn table(job: &JobInfo, answers: &[Answer]) -> String {
    let questions = questions(job, answers);
    let titles = questions.iter().map(|id| match job.question(*id) {
        Some(question) => printable(&question.title),
        None => format!("question {id}"),
    });
    let mut table =
        view::table(["reporter (填写人)".to_owned(), "time (填写时间)".to_owned()].into_iter().chain(titles));
    for answer in answers {
        let values = questions.iter().map(|id| {
            let given = answer.report_values.iter().filter(|value| value.question_id == *id);
            given.map(|value| in_words(job.question(*id), value)).collect::<Vec<_>>().join(" / ")
        });
        table.add_row([reporter(answer), time(answer)].into_iter().chain(values));
    }
    view::lines(&table)
}

/// The job's questions, then those that are only in answers: a job may have changed since.
fn questions(job: &JobInfo, answers: &[Answer]) -> Vec<QuestionId> {
    let mut questions: Vec<_> = job.question_templates.iter().map(|question| question.question_id).collect();
    for value in answers.iter().flat_map(|answer| &answer.report_values) {
        if !questions.contains(&value.question_id) {
            questions.push(value.question_id);
        }
    }
    questions
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
