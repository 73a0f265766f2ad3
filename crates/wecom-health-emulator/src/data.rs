//! What the server has to tell: jobs, their answers day by day, usage figures. JSON of its own, not the client's types.

use std::collections::BTreeMap;
use std::io;

use chrono::NaiveDate;
use serde_json::{Value, json};

/// Everything there is to ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Data {
    pub(crate) jobs: BTreeMap<String, Job>,
    pub(crate) usage: EveryDay<Value>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Job {
    pub(crate) info: Value,
    pub(crate) answers: EveryDay<Answers>,
}

/// Something that differs from day to day.
#[derive(Clone, Debug)]
pub(crate) struct EveryDay<T> {
    days: BTreeMap<NaiveDate, T>,
    other_days: Option<T>,
}

impl<T> Default for EveryDay<T> {
    fn default() -> Self {
        Self { days: BTreeMap::new(), other_days: None }
    }
}

impl<T> EveryDay<T> {
    pub(crate) fn set(&mut self, day: NaiveDate, value: T) {
        self.days.insert(day, value);
    }

    pub(crate) fn on(&self, day: NaiveDate) -> Option<&T> {
        self.days.get(&day).or(self.other_days.as_ref())
    }
}

/// The answers to a job on a day.
#[derive(Clone, Debug)]
pub(crate) enum Answers {
    Listed(Vec<Value>),
    /// That many, made when asked for.
    Synthetic(usize),
}

impl Answers {
    pub(crate) fn page(&self, offset: usize, limit: usize) -> Vec<Value> {
        match self {
            Self::Listed(answers) => answers.iter().skip(offset).take(limit).cloned().collect(),
            Self::Synthetic(count) => {
                (offset..offset.saturating_add(limit).min(*count)).map(synthetic_answer).collect()
            }
        }
    }
}

impl Data {
    /// The vendor's sample, the same on every day, and a job of our own with all six kinds of questions.
    pub(crate) fn sample() -> io::Result<Self> {
        let mut sample: Value = serde_json::from_str(include_str!("../data/sample.json"))?;
        let mut data = Self::default();
        for job in sample["jobs"].as_array_mut().into_iter().flatten() {
            let answers = job["answers"].as_array().cloned().unwrap_or_default();
            let answers = EveryDay { days: BTreeMap::new(), other_days: Some(Answers::Listed(answers)) };
            let id = job["jobid"].as_str().unwrap_or_default().to_owned();
            data.jobs.insert(id, Job { info: job["job_info"].take(), answers });
        }
        data.usage.other_days = Some(sample["usage"].take());
        Ok(data)
    }

    pub(crate) fn job(&mut self, id: &str) -> &mut Job {
        self.jobs.entry(id.to_owned()).or_insert_with(|| Job { info: synthetic_job(id), answers: EveryDay::default() })
    }
}

/// A job with a question of each kind, which the synthetic answers fit.
fn synthetic_job(id: &str) -> Value {
    let question = |id: u8, title: &str, kind: u8| json!({"question_id": id, "title": title, "question_type": kind, "is_required": 1});
    let with_options = |mut question: Value| {
        let option = |id: u8, text: &str| json!({"option_id": id, "option_text": text});
        question["option_list"] = json!([option(1, "甲"), option(2, "乙"), option(3, "丙")]);
        question
    };
    json!({
        "title": format!("任务 {id}"), "creator": "creator_userid", "type": 1, "apply_range": {"partyids": [1]},
        "report_to": {"userids": ["userid1"]}, "report_type": 2, "skip_weekend": 0, "finish_cnt": 0,
        "question_templates": [
            question(1, "填空", 1), with_options(question(2, "单选", 2)), with_options(question(3, "多选", 3)),
            question(4, "文件", 4), question(5, "签名", 5), question(6, "行程卡", 6),
        ],
    })
}

/// The answer with this number: always the same, and different from every other.
fn synthetic_answer(number: usize) -> Value {
    let (choice, other) = (number % 3 + 1, (number + 1) % 3 + 1);
    let mut answer = match number % 4 {
        3 => {
            json!({"id_type": 2, "student_userid": format!("student{number:07}"), "parent_userid": format!("parent{number:07}")})
        }
        _ => json!({"id_type": 1, "userid": format!("user{number:07}")}),
    };
    answer["report_time"] = json!(1_585_267_200 + number);
    answer["report_values"] = json!([
        {"question_id": 1, "text": format!("体温 36.{}", number % 10)},
        {"question_id": 2, "single_choice": choice},
        {"question_id": 3, "multi_choice": [choice, other]},
        {"question_id": 4, "fileid": [format!("file{number}")]},
        {"question_id": 5, "url": format!("https://wecom.example/signature/{number}")},
        {"question_id": 6, "itinerary_card_type": number % 6, "high_risk_area": []},
    ]);
    answer
}
