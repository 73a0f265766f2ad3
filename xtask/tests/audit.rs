//! The audit finds where a page of the vendor and the schema differ. The page is made up, in the vendor's manner.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A page about the details of a job, as the vendor would print it: relative names, a full-width colon, a comma missing.
fn page() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sample = std::fs::read_to_string(root.join("schema/samples/get_report_job_info.response.json")).unwrap();
    let request = std::fs::read_to_string(root.join("schema/samples/get_report_job_info.request.json")).unwrap();
    let printed = sample.replacen("\"creator\":", "\"creator\"：", 1).replacen(
        "},\n    \"report_type\"",
        "}\n    \"report_type\"",
        1,
    );
    assert!(serde_json::from_str::<serde_json::Value>(&printed).is_err(), "the printed sample is no JSON");
    format!(
        "**地址：**https://qyapi.weixin.qq.com/cgi-bin/health/get_report_job_info?access_token=ACCESS_TOKEN\n\n\
        ```json\n{request}```\n\n\
        | 参数 | 必须 | 说明 |\n| :-- | :-- | :-- |\n| access_token | 是 | x |\n| jobid | 是 | x |\n|date| 是| 最近14天|\n\n\
        ```\n{printed}```\n\n\
        | 参数 | 说明 |\n| :--- | :--- |\n| errcode | x |\n| errmsg | x |\n| title| x |\n| creator| x |\n\
        |type|1：表示甲，2：表示乙|\n|apply_range|x|\n|apply_range.userids|type=1时表示x|\n|apply_range.partyids|type=1时表示x|\n\
        |report_to.userids|x|\n|report_type|1表示甲，2表示乙|\n|skip_weekend|0表示甲，1表示乙|\n|finish_cnt|x|\n\
        |question_templates|x|\n| question_templates.question_id | x |\n| question_templates.title | x |\n\
        | question_templates.question_type | 1：甲(x)，2：乙，3：丙，4：丁，5：戊，6：己 |\n\
        | question_templates.is_required | 1：表示“是”，0：表示“否” |\n| question_templates.option_list| x|\n\
        | question_templates.option_list.option_id | x|\n| question_templates.option_list.option_text | x|\n"
    )
}

/// What the audit says of a page: whether it agrees, and the differences.
fn audit(page: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("page.md");
    std::fs::write(&file, page).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("audit").arg(&file).output().unwrap();
    let text = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[test]
fn a_page_that_says_the_same_agrees() {
    let (agrees, summary) = audit(&page());
    assert!(agrees, "{summary}");
    assert!(summary.contains("get_report_job_info: 23 rows and the sample agree"), "{summary}");
}

#[test]
fn every_difference_is_reported() {
    for (from, to, summary) in [
        ("| jobid | 是 |", "| jobid | 否 |", "GetReportJobInfoRequest.jobid: the page and \"required\" differ"),
        ("| jobid | 是 | x |\n", "", "GetReportJobInfoRequest.jobid is not on the page"),
        ("|date| 是|", "|day| 是|", "GetReportJobInfoRequest.day is not in the schema"),
        ("|finish_cnt|x|\n", "", "GetReportJobInfoResponse.job_info.finish_cnt is not on the page"),
        ("|finish_cnt|x|\n", "|finish_cnt|x|\n|score|x|\n", "GetReportJobInfoResponse.score is not in the schema"),
        (
            "6：己",
            "6：己，7：庚",
            "job_info.question_templates.question_type: the page has the values {1, 2, 3, 4, 5, 6, 7}",
        ),
        ("report_type|1表示甲，2表示乙", "report_type|1表示甲", "job_info.report_type: the page has the values {1}"),
        (
            "\"finish_cnt\": 10",
            "\"finish_cnt\": 11",
            "get_report_job_info.response.json is not the sample that the page prints",
        ),
        (
            "\"date\": \"2020",
            "\"date\": \"2021",
            "get_report_job_info.request.json is not the sample that the page prints",
        ),
        ("\"title\"", "title", "no JSON after the known repairs"),
        ("get_report_job_info?", "get_other?", "no endpoint of the schema has its path on this page"),
        ("| 必须 |", "| 需要 |", "a table of the request or of the response is missing"),
    ] {
        let page = page();
        assert!(page.contains(from), "{from}");
        let (agrees, report) = audit(&page.replacen(from, to, 1));
        assert!(!agrees && report.contains(summary), "{from} → {to}: {report}");
    }
}
