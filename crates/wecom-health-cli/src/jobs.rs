//! `wecom-health jobs`: the running jobs.

use std::pin::pin;

use futures_util::TryStreamExt;
use wecom_health::model::JobId;
use wecom_health::{Client, Error};

use crate::arguments::ListFormat;
use crate::day;
use crate::failure::Failure;
use crate::list;
use crate::text::{cut, printable};
use crate::view;

/// No column is wider, however long its texts are: they are cut.
const WIDEST: usize = 64;

/// How many titles are asked for at once.
const TITLES: usize = 8;

/// Lists the jobs and prints them; in words, with their titles.
pub(crate) async fn run(client: &Client, format: ListFormat) -> Result<(), Failure> {
    let mut ids = client.report_job_ids().stream();
    if format.json || format.ndjson {
        return list::print(&mut ids, &format).await;
    }
    let mut table = view::table(["job", "title (任务名称)"]);
    let mut rows = pin!(ids.map_ok(|id| row(client, id)).try_buffered(TITLES));
    while let Some(row) = rows.try_next().await? {
        table.add_row(row);
    }
    if table.is_empty() {
        // A token without permission gets an empty list too, and no error.
        let advice = "if there should be some, add the app in the admin console under 健康上报 › 可调用接口的应用";
        day::notice(&format!("no running jobs; {advice}"));
        return Ok(());
    }
    view::print(&view::lines(&table))
}

/// Id and title of a job.
async fn row(client: &Client, id: JobId) -> Result<[String; 2], Error> {
    let title = match client.report_job_info(id.clone(), day::today()).await {
        Ok(info) => cut(&printable(&info.title), WIDEST),
        // A job that has ended since it was listed.
        Err(error) if error.is_invalid_request() => String::new(),
        Err(error) => return Err(error),
    };
    Ok([cut(&printable(id.as_ref()), WIDEST), title])
}
