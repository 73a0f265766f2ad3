//! The endpoints below `/cgi-bin/health/`.

use serde_json::{Value, json};

use crate::api::query::{Payload, Query};
use crate::config::{Ending, Settings};
use crate::data::{Answers, Usage, synthetic};

pub(super) fn job_ids(query: &Query<'_>) -> Payload {
    let (offset, limit) = query.page()?;
    let jobs = if query.app.is_listed { query.state.data.jobs.len() } else { 0 };
    let ids: Vec<_> = query.state.data.jobs.keys().take(jobs).skip(offset).take(limit).collect();
    let is_last_page = offset.saturating_add(ids.len()) >= jobs;
    Ok(match query.state.settings.choices.ending {
        Ending::Absent => json!({"jobids": ids}),
        Ending::LastPage => json!({"ending": u8::from(is_last_page), "jobids": ids}),
        Ending::EmptyPage => json!({"ending": u8::from(ids.is_empty()), "jobids": ids}),
    })
}

pub(super) fn job_info(query: &Query<'_>) -> Payload {
    let (_, job, _) = query.job_and_date()?;
    Ok(json!({"job_info": job.info}))
}

pub(super) fn answers(query: &Query<'_>) -> Payload {
    let (offset, limit) = query.page()?;
    let (id, job, date) = query.job_and_date()?;
    let info = job.info.as_ref().unwrap_or(&Value::Null);
    let people = query.state.data.directory_of(info).made_up.as_ref();
    let Settings { clock, seed, .. } = &query.state.settings;
    let answers: Vec<_> = match job.answers.on(date, clock.today()) {
        None => Vec::new(),
        Some(Answers::Listed(answers)) => answers.iter().skip(offset).take(limit).cloned().collect(),
        Some(Answers::Synthetic(count)) => {
            let count = people.map_or(*count, |people| people.count.min(*count));
            let numbers = offset..offset.saturating_add(limit).min(count);
            let answer = |number| {
                let mut answer = synthetic::answer(*seed, id, info, date, number);
                if let Some(people) = people {
                    people.sign(&mut answer, id, date, number);
                }
                answer
            };
            numbers.map(answer).collect()
        }
    };
    Ok(json!({"answers": answers}))
}

pub(super) fn usage(query: &Query<'_>) -> Payload {
    // Today and 30 days back.
    let date = query.date(31)?;
    let Settings { clock, seed, .. } = &query.state.settings;
    Ok(match query.state.data.usage.on(date, clock.today()) {
        Some(Usage::Fixed(usage)) => usage.clone(),
        Some(Usage::Synthetic) => synthetic::usage(*seed, date),
        None => json!({"pv": 0, "uv": 0}),
    })
}
