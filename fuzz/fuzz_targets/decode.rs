//! Any body, read as the response of every endpoint.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use wecom_health_model::{Endpoint, Response, for_each_endpoint, from_slice};

macro_rules! read {
    ($($request:ty),*) => {
        fuzz_target!(|body: &[u8]| {
            $( read::<<$request as Endpoint>::Response>(body); )*
        });
    };
}
for_each_endpoint!(read);

fn read<T: Response + Serialize + PartialEq>(body: &[u8]) {
    if let Err(error) = T::from_slice(body).and_then(Response::into_result) {
        assert!(!error.to_string().contains('\n'));
    }
    if let Ok(decoded) = from_slice::<T>(body) {
        let encoded = serde_json::to_vec(&decoded).unwrap();
        assert!(from_slice::<T>(&encoded).unwrap() == decoded);
    }
}
