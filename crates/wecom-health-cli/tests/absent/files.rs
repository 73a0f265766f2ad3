//! Files: rosters that are read, and rows that are written.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Output;

use serde_json::json;

use crate::world::{World, company, job, stderr, stdout};

/// What `absent` shows of a file as the roster.
async fn with_roster(file: &[u8], arguments: &[&str]) -> (Output, World) {
    let world = World::new(company(job(json!({})))).await;
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("roster.csv");
    std::fs::write(&path, file).unwrap();
    let output = world.absent(&[&["--roster", path.to_str().unwrap()], arguments].concat());
    (output, world)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_needs_no_address_book() {
    let file =
        "userid;name;department\r\nWANG;Wang;Sales\r\nzhang;Zhang;Sales\r\nzhang;Zhang;Board\r\nZhang;;Sales\r\n";
    let (output, world) = with_roster(file.as_bytes(), &[]).await;
    let list = "Not reported: 1 of 2 expected; reported: 1 (50%)\nDaily (job1), 2020-03-27\n\n\
                Name   Userid  Department\nZhang  zhang   Sales, Board\n";
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), list.to_owned()), "duplicates count once");
    let asked: BTreeSet<_> = world.0.requests().iter().map(|request| request.endpoint().to_owned()).collect();
    let expected = ["get_report_answer", "get_report_job_info", "get_report_jobids", "gettoken"].map(str::to_owned);
    assert_eq!(asked, expected.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_in_gbk_is_read() {
    // 账号,姓名,部门 and zhang,张雨晴,销售部
    let mut file = b"\xd5\xcb\xba\xc5,\xd0\xd5\xc3\xfb,\xb2\xbf\xc3\xc5\r\n".to_vec();
    file.extend(b"zhang,\xd5\xc5\xd3\xea\xc7\xe7,\xcf\xfa\xca\xdb\xb2\xbf\r\n");
    let (output, _world) = with_roster(&file, &["--csv"]).await;
    let rows = "\u{feff}jobid,date,userid,name,department\r\njob1,2020-03-27,zhang,张雨晴,销售部\r\n";
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), rows.to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_roster_is_refused_before_any_request() {
    for (file, message) in [
        (&b""[..], "roster.csv: the roster is empty: add a line for each person"),
        (b"userid,name,department\n", "roster.csv: the roster is empty: add a line for each person"),
        (b"userid,name\nzhang,Zhang\n", "roster.csv: the roster has no column `department` (or "),
        (b"zhang,Zhang,Sales\n", "roster.csv: the first line of the roster has no headings"),
    ] {
        let (output, world) = with_roster(file, &[]).await;
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), String::new()), "{output:?}");
        assert!(stderr(&output).contains(message), "{output:?}");
        assert_eq!(world.0.requests().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_for_a_spreadsheet_run_no_formulas() {
    let builder = company(job(json!({}))).member("evil", "=HYPERLINK(\"x\")", &[3]).member("-1", "+1", &[3]);
    let world = World::new(builder).await;
    let rows = stdout(&world.absent(&["--csv"]));
    assert!(rows.contains("\r\njob1,2020-03-27,evil,\"'=HYPERLINK(\"\"x\"\")\",3\r\n"), "{rows}");
    assert!(rows.contains("\r\njob1,2020-03-27,'-1,'+1,3\r\n"), "{rows}");
    let departments = stdout(&world.absent(&["--csv", "--by-department"]));
    let expected = "\u{feff}jobid,date,department_id,department,expected,reported,absent,rate\r\n\
                    job1,2020-03-27,2,,2,1,1,0.5000\r\njob1,2020-03-27,3,,3,0,3,0.0000\r\n";
    assert_eq!(departments, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_for_several_running_jobs_needs_the_name_of_one() {
    let world = World::new(company(job(json!({}))).job("job2", job(json!({})))).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "userid,name,department\nwang,Wang,Sales\n").unwrap();
    let path = file.path().to_str().unwrap();
    let output = world.absent(&["--roster", path]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("name the job before --roster"), "{output:?}");
    assert_eq!(world.absent(&["job2", "--roster", path]).status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_long_is_refused_and_not_cut() {
    let world = World::new(company(job(json!({})))).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "userid,name,department\nwang,Wang,Sales\n").unwrap();
    file.as_file().set_len((256 << 20) + 1).unwrap();
    let output = world.absent(&["--roster", file.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("is longer than 256 MiB"), "{output:?}");
}
