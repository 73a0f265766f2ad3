//! Generated jobs, answers and usage figures, the same for the same seed.

use chrono::NaiveDate;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::clock;
use crate::data::directory::Directory;
use crate::random::rng;

/// The kinds of questions, each with titles that fit.
const QUESTIONS: [(u8, [&str; 3]); 6] = [
    (1, ["今天的体温", "常驻地址", "补充说明"]),
    (2, ["是否到岗", "身体状况", "目前所在地"]),
    (3, ["有哪些症状", "去过哪些地方", "同住人员"]),
    (4, ["检测报告", "隔离证明", "请假条"]),
    (5, ["签名", "家长签名", "承诺书"]),
    (6, ["行程卡", "通信行程卡截图", "今日行程卡"]),
];
const OPTIONS: [&str; 5] = ["是", "否", "不清楚", "其他", "不适用"];

/// Returns the `job_info` of a job, with questions of all six kinds.
///
/// Audience and frequency depend on the number in the id. Of two jobs in a row, one is for employees and one for parents, one
/// asks once and one daily. If people are made up, it is for all of them.
pub(crate) fn job(seed: u64, id: &str, company: &Directory, school: &Directory) -> Value {
    let mut rng = rng(seed, id);
    let number = number_in(id);
    let mut kinds: Vec<_> = QUESTIONS.iter().collect();
    kinds.extend((0..rng.u8(0..3)).map(|_| &QUESTIONS[usize::from(rng.u8(0..6))]));
    rng.shuffle(&mut kinds);
    let questions: Vec<_> = (1..).zip(kinds).map(|(id, kind)| question(&mut rng, id, kind)).collect();
    let audience = number % 2 + 1;
    let title = if audience == 1 { "员工健康上报" } else { "学生健康上报" };
    let member = |number: u64| format!("user{number:07}");
    let members = company.made_up.as_ref().map_or(100, |people| people.count.clamp(1, 100)) as u64;
    let mut job = json!({
        "title": format!("{title} {id}"),
        "creator": member(rng.u64(..members)),
        "type": audience,
        "apply_range": {
            "userids": (0..rng.u64(1..4)).map(member).collect::<Vec<_>>(),
            // Ids of departments can exceed 32 bits.
            "partyids": [1, (1_u64 << 32) + number],
        },
        "report_to": {"userids": [member(rng.u64(..members))]},
        "report_type": (number + number / 2) % 2 + 1,
        "skip_weekend": rng.u8(0..2),
        "finish_cnt": rng.u32(..1_000),
        "question_templates": questions,
    });
    let directory = if audience == 1 { company } else { school };
    if let Some(people) = &directory.made_up {
        // Nobody is in the root itself if there are other departments.
        let departments = Some(directory.children(1)).filter(|ids| !ids.is_empty()).unwrap_or(&[1]);
        job["apply_range"] = json!({"userids": people.userids(3), "partyids": departments});
    }
    job
}

fn question(rng: &mut Rng, id: u8, (kind, titles): &(u8, [&str; 3])) -> Value {
    let title = titles[usize::from(rng.u8(0..3))];
    let mut question = json!({"question_id": id, "title": title, "question_type": kind, "is_required": rng.u8(0..2)});
    if matches!(kind, 2 | 3) {
        let options = (1..=rng.u8(2..6)).zip(OPTIONS);
        question["option_list"] = options.map(|(id, text)| json!({"option_id": id, "option_text": text})).collect();
    }
    question
}

/// Returns the answer with this number to a job on a day.
pub(crate) fn answer(seed: u64, jobid: &str, job_info: &Value, day: NaiveDate, number: usize) -> Value {
    let mut rng = rng(seed, &format!("{jobid}/{day}/{number}"));
    let mut answer = if job_info["type"] == 2 {
        json!({"id_type": 2, "student_userid": format!("student{number:07}"), "parent_userid": format!("parent{number:07}")})
    } else {
        json!({"id_type": 1, "userid": format!("user{number:07}")})
    };
    answer["report_time"] = json!(clock::start_of(day) + rng.i64(0..86_400));
    let questions = job_info["question_templates"].as_array().into_iter().flatten();
    answer["report_values"] = questions.filter_map(|question| value(&mut rng, question, number)).collect();
    answer
}

/// Returns the value for a question, or `None` if its kind is not one of the six.
fn value(rng: &mut Rng, question: &Value, number: usize) -> Option<Value> {
    let mut options: Vec<&Value> =
        question["option_list"].as_array().into_iter().flatten().map(|option| &option["option_id"]).collect();
    rng.shuffle(&mut options);
    let mut value = match question["question_type"].as_u64()? {
        1 => json!({"text": format!("体温 {}.{}", rng.u8(36..39), rng.u8(0..10))}),
        2 => json!({"single_choice": options.first()?}),
        3 => json!({"multi_choice": options.iter().take(usize::from(rng.u8(0..4))).collect::<Vec<_>>()}),
        4 => json!({"fileid": (0..rng.u8(1..3)).map(|file| format!("file{number}-{file}")).collect::<Vec<_>>()}),
        5 => json!({"url": format!("https://wecom.example/signature/{number}")}),
        6 => json!({"itinerary_card_type": rng.u8(0..6), "high_risk_area": []}),
        _ => return None,
    };
    value["question_id"] = question["question_id"].clone();
    Some(value)
}

/// Returns the usage figures of a day.
pub(crate) fn usage(seed: u64, day: NaiveDate) -> Value {
    let mut rng = rng(seed, &format!("usage/{day}"));
    let members = rng.u32(1..1_000);
    json!({"pv": members * rng.u32(1..5), "uv": members})
}

/// Returns the number at the end of an id.
fn number_in(id: &str) -> u64 {
    let digits = id.trim_end_matches(|last: char| last.is_ascii_digit()).len();
    id[digits..].parse().unwrap_or_default()
}
