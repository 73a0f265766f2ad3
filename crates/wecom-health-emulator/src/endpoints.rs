//! The endpoints that are imitated: their names, paths and methods, and what their refusals hold.

/// An endpoint of the vendor's server.
#[derive(Clone, Copy)]
pub(crate) struct Endpoint {
    /// The last part of the path, or as much of the path as tells it from other endpoints.
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) method: &'static str,
    /// The list of the payload, which a refusal has too, but empty.
    pub(crate) list: Option<&'static str>,
}

pub(crate) const ENDPOINTS: [Endpoint; 9] = [
    get("gettoken", "/cgi-bin/gettoken", None),
    post("get_report_jobids", "/cgi-bin/health/get_report_jobids", Some("jobids")),
    post("get_report_job_info", "/cgi-bin/health/get_report_job_info", None),
    post("get_report_answer", "/cgi-bin/health/get_report_answer", Some("answers")),
    post("get_health_report_stat", "/cgi-bin/health/get_health_report_stat", None),
    get("department_simplelist", "/cgi-bin/department/simplelist", Some("department_id")),
    get("user_simplelist", "/cgi-bin/user/simplelist", Some("userlist")),
    get("school_department_list", "/cgi-bin/school/department/list", Some("departments")),
    get("school_user_list", "/cgi-bin/school/user/list", Some("students")),
];

const fn get(name: &'static str, path: &'static str, list: Option<&'static str>) -> Endpoint {
    Endpoint { name, path, method: "GET", list }
}

const fn post(name: &'static str, path: &'static str, list: Option<&'static str>) -> Endpoint {
    Endpoint { name, path, method: "POST", list }
}

/// Returns the endpoint with this path.
pub(crate) fn at(path: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.path == path)
}

/// Checks that there is an endpoint with this name. The error is one line.
pub(crate) fn check(name: &str) -> Result<(), String> {
    let known = ENDPOINTS.map(|endpoint| endpoint.name);
    let problem = || format!("there is no endpoint {name}; write one of {}", known.join(", "));
    if known.contains(&name) { Ok(()) } else { Err(problem()) }
}
