//! Tests share an emulator between tasks and threads.

use wecom_health_emulator::{
    App, Choices, ClientConfig, DataError, Emulator, EmulatorBuilder, Fault, FaultRule, FaultRuleError, RecordedRequest,
};

fn free<T: Send + Sync + Unpin + 'static>() {}

#[test]
fn public_types_can_be_shared_between_threads() {
    free::<App>();
    free::<Choices>();
    free::<ClientConfig>();
    free::<DataError>();
    free::<Emulator>();
    free::<EmulatorBuilder>();
    free::<Fault>();
    free::<FaultRule>();
    free::<FaultRuleError>();
    free::<RecordedRequest>();
}
