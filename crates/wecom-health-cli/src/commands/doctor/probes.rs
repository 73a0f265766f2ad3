//! One request for each endpoint that the schema knows.

use wecom_health::model::{
    DepartmentId, DepartmentSimplelistRequest, Endpoint, GetHealthReportStatRequest, GetReportAnswerRequest,
    GetReportJobIdsRequest, GetReportJobInfoRequest, GetTokenRequest, JobId, NaiveDate, Response, SchoolDepartmentId,
    SchoolDepartmentListRequest, SchoolUserListRequest, UserSimplelistRequest,
};

/// What earlier responses tell about: the first of each list, so that a request has something to ask about.
pub(super) struct Known {
    pub(super) date: NaiveDate,
    pub(super) job: Option<JobId>,
    department: Option<DepartmentId>,
    school_department: Option<SchoolDepartmentId>,
}

impl Known {
    pub(super) fn on(date: NaiveDate) -> Self {
        Self { date, job: None, department: None, school_department: None }
    }
}

/// What a request needs, and which endpoint lists it.
pub(super) struct Need {
    pub(super) from: &'static str,
    pub(super) english: &'static str,
    pub(super) chinese: &'static str,
}

const JOB: Option<Need> =
    Some(Need {
        from: GetReportJobIdsRequest::NAME, english: "it needs a running job", chinese: "需要有进行中的任务"
    });

const fn department_of(from: &'static str) -> Option<Need> {
    Some(Need { from, english: "it needs a department", chinese: "需要有可见的部门" })
}

/// A request that the doctor can send. The compiler asks for one for each endpoint of the schema.
pub(super) trait Probe: Endpoint + Sized {
    /// What the request needs.
    const NEEDS: Option<Need> = None;
    /// Whether only names and the list of absent people need the endpoint.
    const IS_FOR_NAMES: bool = false;

    /// Creates the request; `None` if what it needs is not known.
    fn create(known: &Known) -> Option<Self>;

    /// Keeps what other requests need.
    fn learn(_: <Self::Response as Response>::Output, _: &mut Known) {}
}

/// Never asked: the client does that for the others.
impl Probe for GetTokenRequest {
    fn create(_: &Known) -> Option<Self> {
        None
    }
}

impl Probe for GetReportJobIdsRequest {
    fn create(_: &Known) -> Option<Self> {
        Some(Self::new())
    }
}

impl Probe for GetReportJobInfoRequest {
    const NEEDS: Option<Need> = JOB;

    fn create(known: &Known) -> Option<Self> {
        Some(Self::new(known.job.clone()?, known.date))
    }
}

/// As few answers as possible: they are health data.
impl Probe for GetReportAnswerRequest {
    const NEEDS: Option<Need> = JOB;

    fn create(known: &Known) -> Option<Self> {
        Some(Self::new(known.job.clone()?, known.date).limit(1))
    }
}

impl Probe for GetHealthReportStatRequest {
    fn create(known: &Known) -> Option<Self> {
        Some(Self::new(known.date))
    }
}

impl Probe for DepartmentSimplelistRequest {
    const IS_FOR_NAMES: bool = true;

    fn create(_: &Known) -> Option<Self> {
        Some(Self::new())
    }

    fn learn(list: <Self::Response as Response>::Output, known: &mut Known) {
        known.department = list.department_id.first().map(|department| department.id);
    }
}

impl Probe for UserSimplelistRequest {
    const NEEDS: Option<Need> = department_of(DepartmentSimplelistRequest::NAME);
    const IS_FOR_NAMES: bool = true;

    fn create(known: &Known) -> Option<Self> {
        Some(Self::new(known.department?))
    }
}

impl Probe for SchoolDepartmentListRequest {
    const IS_FOR_NAMES: bool = true;

    fn create(_: &Known) -> Option<Self> {
        Some(Self::new())
    }

    fn learn(list: <Self::Response as Response>::Output, known: &mut Known) {
        known.school_department = list.departments.first().map(|department| department.id);
    }
}

impl Probe for SchoolUserListRequest {
    const NEEDS: Option<Need> = department_of(SchoolDepartmentListRequest::NAME);
    const IS_FOR_NAMES: bool = true;

    fn create(known: &Known) -> Option<Self> {
        Some(Self::new(known.school_department?))
    }
}
