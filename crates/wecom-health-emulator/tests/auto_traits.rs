//! Tests share an emulator between tasks and threads.

use wecom_health_emulator::{
    App, Choices, ClientConfig, DataError, Emulator, EmulatorBuilder, Fault, FaultRule, FaultRuleError, RecordedRequest,
};

fn free<T: Send + Sync + Unpin + 'static>() {}

#[test]
fn an_emulator_and_what_it_gives_go_anywhere() {
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
