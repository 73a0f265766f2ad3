//! The audit finds where a page of the vendor and the schema differ. The page is made up, in the vendor's manner.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use xtask::audit::Audit;
use xtask::import::draft;
use xtask::page::read;
use xtask::schema::Deviation;

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
        |type|1：表示企业内部成员，2：表示家长|\n|apply_range|x|\n|apply_range.userids|type=1时表示x|\n|apply_range.partyids|type=1时表示x|\n\
        |report_to.userids|x|\n|report_type|1表示仅上报一次，2表示每天都上报|\n|skip_weekend|0表示周末需要上报，1表示周末不需要上报|\n|finish_cnt|x|\n\
        |question_templates|x|\n| question_templates.question_id | x |\n| question_templates.title | x |\n\
        | question_templates.question_type | 1：是填空题(x)，2：是单选题，3：多选题，4：收集文件/图片题，5：签名链接，6：行程卡截图 |\n\
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
    assert!(summary.contains("endpoints: 1, recorded deviations: 4, endpoints outside the schema: 0"), "{summary}");
}

/// A page about an endpoint that is called with GET: its only sample is that of the response.
fn get_page() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sample = std::fs::read_to_string(root.join("schema/samples/user_simplelist.response.json")).unwrap();
    format!(
        "**请求方式：**GET\n**地址：**https://qyapi.weixin.qq.com/cgi-bin/user/simplelist?access_token=ACCESS_TOKEN&department_id=ID\n\n\
        |参数|必须|说明|\n|--|--|--|\n|access_token|是|x|\n|department_id|是|x|\n\n**返回结果：**\n\n```\n{sample}```\n\n\
        |参数|说明|\n|--|--|\n|errcode|x|\n|errmsg|x|\n|userlist|x|\n|userid|x|\n|name|授权才返回|\n|department|x|\n|open_userid|授权才返回|\n"
    )
}

/// The findings at lines of a page that is no file of ours. The vendor prints other names, which is recorded.
fn findings(page: &str) -> Vec<String> {
    let (_, report) = audit(page);
    let lines = report.lines().filter_map(|line| line.split_once("page.md:"));
    lines.map(|(_, rest)| rest.to_owned()).collect()
}

#[test]
fn the_sample_of_a_get_page_is_that_of_the_response() {
    assert_eq!(findings(&get_page()), [""; 0]);
    let (_, report) = audit(&get_page());
    assert!(report.contains("samples/user_simplelist.response.json: no page prints other values any more"), "{report}");
}

#[test]
fn a_changed_row_of_a_query_gives_one_finding() {
    let row = "|department_id|是|x|\n";
    for (new, finding) in [
        ("", "2: /$defs/UserSimplelistRequest/properties/department_id: the page has it in the address alone"),
        ("|depth|是|x|\n", "7: /$defs/UserSimplelistRequest/properties/department_id: the page has depth instead"),
        (&format!("{row}|depth|是|x|\n"), "8: /$defs/UserSimplelistRequest/properties/depth: the page has the field"),
    ] {
        assert_eq!(findings(&get_page().replacen(row, new, 1)), [finding]);
    }
    let token = findings(&get_page().replacen("access_token=", "suite_token=", 1));
    assert!(
        token[0].contains("/$defs/UserSimplelistRequest/properties/suite_token: the page has the field"),
        "{token:?}"
    );
    assert!(token[1].contains("/links/6/href: the page has the query department_id, suite_token"), "{token:?}");
}

#[test]
fn one_changed_row_gives_one_finding_at_its_line() {
    for (from, to, at, finding) in [
        ("| jobid | 是 |", "| jobid | 否 |", "GetReportJobInfoRequest/properties/jobid", "does not require it"),
        ("|date| 是|", "|day| 是|", "GetReportJobInfoRequest/properties/date", "has day instead"),
        ("|finish_cnt|x|", "|finish_cnt|x|\n|score|x|", "JobInfo/properties/score", "has the field"),
        (
            "，6：行程卡截图",
            "，6：行程卡截图，7：庚",
            "QuestionTemplate/properties/question_type",
            "gives a meaning to 1, 2, 3, 4, 5, 6, 7",
        ),
        (
            "1表示仅上报一次，2表示每天都上报",
            "1表示仅上报一次",
            "JobInfo/properties/report_type",
            "gives no value a meaning",
        ),
        ("1：表示企业内部成员", "1：表示外部联系人", "JobInfo/properties/type", "calls 1 外部联系人"),
        ("2表示每天都上报", "2表示不是每天都上报", "JobInfo/properties/report_type", "calls 2 不是每天都上报"),
        (
            "0表示周末需要上报，1表示周末不需要上报",
            "0表示周末需要上报，1表示周末也要上报",
            "JobInfo/properties/skip_weekend",
            "calls 0 周末需要上报, 1 周末也要上报",
        ),
    ] {
        let page = page();
        assert!(page.contains(from), "{from}");
        let (agrees, report) = audit(&page.replacen(from, to, 1));
        let line = 1 + page[..page.find(from).unwrap()].lines().count() - usize::from(!from.starts_with('|'));
        let line = line + usize::from(to.contains("score"));
        let findings: Vec<_> =
            report.lines().filter_map(|line| line.split_once("page.md:")).map(|(_, rest)| rest).collect();
        assert!(!agrees);
        assert_eq!(findings, [format!("{line}: /$defs/{at}: the page {finding}")], "{from} → {to}: {report}");
    }
}

#[test]
fn a_missing_row_is_found_where_the_sample_shows_the_field() {
    for (row, at) in [
        ("| jobid | 是 | x |\n", "GetReportJobInfoRequest/properties/jobid"),
        ("|finish_cnt|x|\n", "JobInfo/properties/finish_cnt"),
        ("|apply_range|x|\n", "JobInfo/properties/apply_range"),
        ("|question_templates|x|\n", "JobInfo/properties/question_templates"),
    ] {
        let page = page();
        let (agrees, report) = audit(&page.replacen(row, "", 1));
        let findings: Vec<_> = report.lines().skip(1).collect();
        assert!(!agrees && findings.len() == 1, "{report}");
        assert!(findings[0].ends_with(&format!("/$defs/{at}: the page has it in a sample alone")), "{report}");
    }
}

#[test]
fn a_row_that_is_there_twice_and_differs_is_found() {
    let twice = |row: &str, other: &str| findings(&page().replacen(row, &format!("{row}{other}"), 1));
    assert_eq!(twice("| title| x |\n", "| title| x |\n"), [""; 0]);
    for (row, other, at) in [
        ("| title| x |\n", "| title| y |\n", "JobInfo/properties/title"),
        ("| jobid | 是 | x |\n", "| jobid | 是 | y |\n", "GetReportJobInfoRequest/properties/jobid"),
    ] {
        let found = twice(row, other);
        let expected = format!("/$defs/{at}: the page has several rows about it, which differ");
        assert!(found.len() == 1 && found[0].ends_with(&expected), "{found:?}");
    }
    let row = "|department_id|是|x|\n";
    let found = findings(&get_page().replacen(row, &format!("{row}|department_id|是|y|\n"), 1));
    assert_eq!(
        found,
        ["7: /$defs/UserSimplelistRequest/properties/department_id: the page has several rows about it, which differ"]
    );
}

#[test]
fn other_samples_than_the_printed_ones_are_found() {
    for (from, to, finding) in [
        (
            "\"finish_cnt\": 10",
            "\"finish_cnt\": 11",
            "samples/get_report_job_info.response.json: the page prints other values",
        ),
        (
            "\"date\": \"2020",
            "\"date\": \"2021",
            "samples/get_report_job_info.request.json: the page prints other values",
        ),
        ("\"userids\": [", "\"userids\": [\"userid9\",", "the page prints another structure"),
    ] {
        let page = page();
        assert!(page.contains(from), "{from}");
        let (agrees, report) = audit(&page.replacen(from, to, 1));
        assert!(
            !agrees && report.trim_end().ends_with(finding) && report.lines().count() == 2,
            "{from} → {to}: {report}"
        );
    }
}

#[test]
fn deviations_accept_what_they_record_and_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let file = root.join(xtask::schema::PATH);
    let schema: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let deviation = |at: &str, page: &str| Deviation { at: at.into(), page: page.into(), reason: "Meant.".into() };
    let recorded = xtask::schema::deviations::read(&file).unwrap();
    let outcome = |deviations: Vec<Deviation>, page: &str| {
        let deviations = recorded.iter().cloned().chain(deviations).collect();
        let mut audit = Audit::new(&file, schema.clone(), deviations);
        audit.page(&draft(&[("page.md".to_owned(), read(page.as_bytes()).unwrap())]));
        audit.outcome().map_err(|error| error.to_string())
    };
    let more = page().replacen("|finish_cnt|x|", "|finish_cnt|x|\n|score|x|", 1);
    let score = || deviation("/$defs/JobInfo/properties/score", "has the field");

    assert!(outcome(vec![score()], &more).unwrap().contains("recorded deviations: 5"));
    let stale = outcome(vec![score()], &page()).unwrap_err();
    assert!(stale.contains("/$defs/JobInfo/properties/score: no page has the field any more"));
    // The page of another endpoint could still confirm this one.
    outcome(vec![deviation("/$defs/Answer/properties/report_time", "requires it")], &page()).unwrap();
    let other = outcome(vec![deviation("/$defs/JobInfo/properties/title", "requires it")], &more).unwrap_err();
    assert!(
        other.contains("score: the page has the field") && other.contains("title: no page requires it any more"),
        "{other}"
    );
}

#[test]
fn what_was_recorded_agrees_once_it_has_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("schema");
    std::fs::create_dir_all(schema.join("samples")).unwrap();
    std::fs::copy(root.join(xtask::schema::PATH), folder.path().join(xtask::schema::PATH)).unwrap();
    std::fs::copy(root.join("schema/deviations.json"), schema.join("deviations.json")).unwrap();
    for sample in std::fs::read_dir(root.join("schema/samples")).unwrap().flatten() {
        std::fs::copy(sample.path(), schema.join("samples").join(sample.file_name())).unwrap();
    }
    let file = folder.path().join("page.md");
    let renamed = page().replacen("|finish_cnt|", "|finish_cntx|", 1).replacen("| jobid | 是 |", "| jobid | 否 |", 1);
    std::fs::write(&file, renamed).unwrap();
    let audit = |record| {
        xtask::audit::audit(folder.path(), std::slice::from_ref(&file), record).map_err(|error| format!("{error:#}"))
    };

    let recorded = audit(true).unwrap_err();
    assert!(recorded.starts_with("recorded in deviations.json (entries: 2): write each reason"), "{recorded}");
    assert!(recorded.contains("has finish_cntx instead"), "{recorded}");
    let refused = audit(true).unwrap_err();
    assert!(refused.contains("write the reason as a sentence"), "{refused}");
    let deviations = schema.join("deviations.json");
    let text = std::fs::read_to_string(&deviations).unwrap();
    std::fs::write(&deviations, text.replace("TODO", "It is meant.")).unwrap();
    let agreed = audit(true).unwrap();
    assert!(agreed.contains("recorded deviations: 6"), "{agreed}");
}

#[test]
fn a_file_that_is_no_page_gets_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for (bytes, message) in [
        (&b""[..], "the page is empty: save it again"),
        (b"\xff\xfe", "the page is not in UTF-8: save it as Markdown in UTF-8"),
        (b"# A page", "the page names no address of an endpoint: give a page that describes one"),
        (&vec![b'x'; 9 << 20], "the page is longer than 8 MB: give a page of the vendor as Markdown"),
        (
            b"https://qyapi.weixin.qq.com/cgi-bin/other/get?access_token=X",
            "no page describes an endpoint of the schema: give the vendor's pages about one",
        ),
    ] {
        let file = folder.path().join("page.md");
        std::fs::write(&file, bytes).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("audit").arg(&file).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.lines().next().unwrap().contains(message), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_a_page_makes_the_audit_panic(
        cuts in prop::collection::vec((0..4000_usize, 0..60_usize, "[|`{}\\[\\]\"：,\n#└]{0,3}"), 1..8),
    ) {
        let mut page: Vec<char> = page().chars().collect();
        for (at, count, junk) in cuts {
            let end = (at + count).min(page.len());
            page.splice(at.min(end)..end, junk.chars());
        }
        let page: String = page.into_iter().collect();
        if let Ok(page) = read(page.as_bytes()) {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(xtask::schema::PATH);
            let schema = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            let mut audit = Audit::new(&file, schema, Vec::new());
            audit.page(&draft(&[("page.md".to_owned(), page)]));
            let _ = audit.outcome();
        }
    }
}
