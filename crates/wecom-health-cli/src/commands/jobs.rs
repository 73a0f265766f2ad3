//! `wecom-health jobs`: the running jobs.

use std::pin::pin;

use futures_util::TryStreamExt;
use wecom_health::model::JobId;
use wecom_health::{Client, Error};

use crate::arguments::ListFormat;
use crate::day;
use crate::failure::Failure;
use crate::output::text::{cut, printable};
use crate::output::{Output, list, print, table};

/// How many titles are fetched at once.
const CONCURRENCY: usize = 8;
/// Columns of an id or a title over all its lines: longer ones are cut.
const MAX_TEXT_WIDTH: usize = 200;

/// Lists the jobs and prints them; as a table, with their titles.
pub(crate) async fn run(client: &Client, format: &ListFormat, output: Output) -> Result<(), Failure> {
    let mut ids = client.report_job_ids().stream();
    if format.json {
        return list::print_json(&mut ids).await;
    }
    if format.ndjson {
        return list::print_ndjson(&mut ids).await;
    }
    let mut rows = Vec::new();
    let mut fetched = pin!(ids.map_ok(|id| row(client, id)).try_buffered(CONCURRENCY));
    while let Some(row) = fetched.try_next().await? {
        rows.push(row);
    }
    if rows.is_empty() {
        notice_none(output);
        return Ok(());
    }
    let headings = output.pick(["Job", "Title"], ["任务ID", "任务名称"]);
    print(&table::complete(&headings, &rows, output, output.width))
}

/// Says that there are no jobs. A token without permission gets an empty list too, and no error.
pub(crate) fn notice_none(output: Output) {
    output.notice(
        "no running jobs; if there should be some, add the app in the admin console under 健康上报 › 可调用接口的应用",
        "没有进行中的任务；如果实际有任务，请在管理后台「健康上报 › 可调用接口的应用」中添加此应用",
    );
}

/// Returns id and title of a job.
async fn row(client: &Client, id: JobId) -> Result<[String; 2], Error> {
    let title = match client.report_job_info(id.clone(), day::today()).await {
        Ok(info) => cut(&printable(&info.title), MAX_TEXT_WIDTH),
        // A job that has ended since it was listed.
        Err(error) if error.is_invalid_request() => String::new(),
        Err(error) => return Err(error),
    };
    Ok([cut(&printable(id.as_ref()), MAX_TEXT_WIDTH), title])
}
