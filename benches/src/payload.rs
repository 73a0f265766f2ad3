//! The largest responses that the vendor allows, compact as the server sends them.

use serde_json::json;

/// Returns a page of 100 answers, of which every fourth is a parent's, to one question of each kind.
#[must_use]
pub fn page_of_answers(page: u64) -> Vec<u8> {
    let answers: Vec<_> = (page * 100..(page + 1) * 100).map(answer).collect();
    json!({"errcode": 0, "errmsg": "ok", "answers": answers}).to_string().into_bytes()
}

fn answer(number: u64) -> serde_json::Value {
    let places = ["广东省广州市天河区", "广东省深圳市南山区", "湖北省武汉市洪山区", "北京市海淀区"];
    let mut answer = if number % 4 == 3 {
        json!({"id_type": 2, "student_userid": format!("student{number:05}"), "parent_userid": format!("parent{number:05}")})
    } else {
        json!({"id_type": 1, "userid": format!("ZhangSan{number:05}")})
    };
    answer["report_time"] = json!(1_646_092_800 + number * 37);
    answer["report_values"] = json!([
        {"question_id": 1, "single_choice": 1 + number % 2},
        {"question_id": 2, "text": places[usize::try_from(number % 4).unwrap_or_default()]},
        {"question_id": 3, "multi_choice": [1, 3]},
        {"question_id": 4, "fileid": [format!("WWFILEID_{number:032x}")]},
        {"question_id": 5, "url": format!("https://wework.qpic.cn/wwpic/{number:06}_AbCdEfGhIjKlMnO_1646092800/0")},
        {"question_id": 6, "itinerary_card_type": 1, "high_risk_area": []},
    ]);
    answer
}

/// Returns a page without answers, which ends a stream.
#[must_use]
pub fn empty_page() -> Vec<u8> {
    json!({"errcode": 0, "errmsg": "ok", "answers": []}).to_string().into_bytes()
}

/// Returns a job for 10,000 members and 200 departments, with ten questions.
#[must_use]
pub fn large_job() -> Vec<u8> {
    let members: Vec<_> = (0..10_000).map(|number| format!("ZhangSan{number:05}")).collect();
    let departments: Vec<_> = (0..200_u64).map(|number| 4_294_967_296 + number).collect();
    let options = json!([{"option_id": 1, "option_text": "有"}, {"option_id": 2, "option_text": "没有"}]);
    let questions: Vec<_> = (1..=10)
        .map(|id| {
            json!({
                "question_id": id, "title": "请问你有任何身体不适吗？", "question_type": 2, "is_required": 1,
                "option_list": options,
            })
        })
        .collect();
    let job = json!({
        "title": "职工收集任务", "creator": "creator_userid", "type": 1,
        "apply_range": {"userids": members, "partyids": departments},
        "report_to": {"userids": ["userid1", "userid2"]},
        "report_type": 2, "skip_weekend": 0, "finish_cnt": 9_876,
        "question_templates": questions,
    });
    json!({"errcode": 0, "errmsg": "ok", "job_info": job}).to_string().into_bytes()
}
