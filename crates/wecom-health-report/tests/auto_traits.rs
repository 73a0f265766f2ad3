//! Types can be sent to other threads, shared between them, and moved: losing that would break users' programs.

use wecom_health_report::{Absentees, Roster, RosterError};

fn free<T: Send + Sync + Unpin + 'static>() {}

#[test]
fn rosters_results_and_errors_go_anywhere() {
    free::<Roster>();
    free::<Absentees>();
    free::<RosterError>();
}
