//! Types can be sent to other threads, shared between them, and moved: losing that would break users' programs.

use wecom_health_model::{
    ApiError, DecodeError, Endpoint, Given, RangeError, Reporter, Response, ResponseError, Shape, for_each_endpoint,
};

fn free<T: Send + Sync + Unpin + 'static>() {}

macro_rules! all {
    ($($request:ty),*) => {
        #[test]
        fn requests_answers_and_payloads_go_anywhere() {
            $(
                free::<$request>();
                free::<<$request as Endpoint>::Response>();
                free::<<<$request as Endpoint>::Response as Response>::Output>();
            )*
        }
    };
}
for_each_endpoint!(all);

#[test]
fn errors_and_views_go_anywhere() {
    free::<ApiError>();
    free::<DecodeError>();
    free::<RangeError>();
    free::<ResponseError>();
    free::<Shape>();
    free::<Given<'static>>();
    free::<Reporter<'static>>();
}
