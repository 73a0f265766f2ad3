//! Types can be sent to other threads, shared between them, and moved: losing that would break users' programs.

use wecom_health_model::{
    ApiError, DecodeError, Endpoint, RangeError, Raw, Reporter, Response, ResponseError, Shape, TypedValue, Verbatim,
    for_each_endpoint,
};

fn free<T: Send + Sync + Unpin + 'static>() {}

macro_rules! all {
    ($($request:ty),*) => {
        #[test]
        fn requests_responses_and_payloads_are_send_and_sync() {
            $(
                free::<$request>();
                free::<<$request as Endpoint>::Response>();
                free::<<<$request as Endpoint>::Response as Response>::Output>();
                free::<Raw<$request>>();
                free::<<Raw<$request> as Endpoint>::Response>();
                free::<<<Raw<$request> as Endpoint>::Response as Response>::Output>();
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
    free::<Verbatim>();
    free::<TypedValue<'static>>();
    free::<Reporter<'static>>();
}
