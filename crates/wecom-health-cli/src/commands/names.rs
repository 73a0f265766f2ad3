//! Names beside userids, where the user asks for them.

use wecom_health::Client;
use wecom_health::model::{Answer, JobInfo, JobType, UserId};
use wecom_health_report::{Person, Roster};

use crate::arguments::Names;
use crate::commands::{address_book, roster};
use crate::failure::Failure;
use crate::output::Output;

/// Returns a roster with the names of those who answer a job; nothing if nobody asked for names.
pub(crate) async fn of_reporters(
    client: &Client,
    job: &JobInfo,
    names: &Names,
    output: Output,
) -> Result<Option<Roster>, Failure> {
    if let Some(file) = &names.roster {
        return roster::read(file).map(Some);
    }
    if !names.names {
        return Ok(None);
    }
    from_address_book(client, job, output).await.map(Some)
}

/// Returns a roster of those who answer a job, from the address book.
pub(crate) async fn from_address_book(client: &Client, job: &JobInfo, output: Output) -> Result<Roster, Failure> {
    let book = address_book::read(client, &[job]).await?;
    warn_of_missing(&book, output);
    Ok(book.roster)
}

/// Puts names beside the userids of a job, if asked to.
pub(crate) async fn into_job(client: &Client, job: &mut JobInfo, names: &Names, output: Output) -> Result<(), Failure> {
    let of_students = job.type_ == JobType::Parents;
    let roster = match &names.roster {
        Some(file) => roster::read(file)?,
        None if names.names => {
            let (mut members, students) = if of_students {
                (vec![], &job.apply_range.userids[..])
            } else {
                (job.apply_range.userids.clone(), &[][..])
            };
            members.extend(job.report_to.userids.iter().chain([&job.creator]).cloned());
            let book = address_book::find(client, &members, students).await?;
            warn_of_missing(&book, output);
            book.roster
        }
        None => return Ok(()),
    };
    for id in job.report_to.userids.iter_mut().chain([&mut job.creator]) {
        *id = beside(id, roster.member(id), output);
    }
    for id in &mut job.apply_range.userids {
        let person = if of_students { roster.student(id) } else { roster.member(id) };
        *id = beside(id, person, output);
    }
    Ok(())
}

/// Returns who gave an answer, with the name.
pub(crate) fn of_reporter(roster: &Roster, answer: &Answer) -> Option<String> {
    roster.reporter(answer).and_then(|person| person.name)
}

fn beside(id: &UserId, person: Option<Person>, output: Output) -> UserId {
    match person.and_then(|person| person.name) {
        Some(name) => UserId::from(output.pick(format!("{id} ({name})"), format!("{id}（{name}）"))),
        None => id.clone(),
    }
}

pub(crate) fn warn_of_missing(book: &address_book::AddressBook, output: Output) {
    if let Some(code) = book.refused {
        let code = i64::from(code);
        output.notice(
            &format!("some names are missing: the server refuses a part of the address book (errcode {code})"),
            &format!("部分姓名无法显示：服务器拒绝访问部分通讯录（错误码 {code}）"),
        );
    }
}
