//! Answers to several look-ups at once that are not what was asked for.

use super::*;

#[tokio::test]
async fn what_an_answer_to_several_does_not_tell_of_is_asked_for_alone() {
    let server = MockServer::start().await;
    let results = json!([{ "id": "201", "properties": { "email": email(0) } }]);
    answer(&server, "POST", READ, 200, json!({ "status": "COMPLETE", "results": results })).await;
    let path = |number| format!("{CONTACTS}/{}", email(number).replace('@', "%40"));
    answer(&server, "GET", &path(1), 200, json!({ "id": "202" })).await;
    let not_found = hubspot_error("OBJECT_NOT_FOUND", "Object not found");
    answer(&server, "GET", &path(2), 404, not_found).await;
    let drafts: Vec<_> = (0..9).map(|it| contact(it % 3, Missing::Skip)).collect();
    let outcomes = look_up(&*hubspot(&server), &drafts).await;
    for (number, outcome) in outcomes.into_iter().enumerate() {
        let expected = [record("201"), record("202"), Outcome::Skipped];
        assert_eq!(outcome.unwrap(), expected[number % 3]);
    }
    assert_eq!(asked(&server).await.len(), 3);
}

#[tokio::test]
async fn an_address_that_spoils_a_batch_fails_alone() {
    let server = MockServer::start().await;
    let refusal = hubspot_error("VALIDATION_ERROR", "Customer6@example.org is no address");
    Mock::given(matchers::method("POST"))
        .and(matchers::body_string_contains("Customer6"))
        .respond_with(ResponseTemplate::new(400).set_body_json(&refusal))
        .mount(&server)
        .await;
    Mock::given(matchers::method("POST")).respond_with(found_all).mount(&server).await;
    let reply = ResponseTemplate::new(400).set_body_json(&refusal);
    answer_with(&server, "GET", &format!("{CONTACTS}/Customer6%40example.org"), reply).await;
    let reply = ResponseTemplate::new(200).set_body_json(json!({ "id": "7" }));
    answer_with(&server, "GET", &format!("{CONTACTS}/Customer7%40example.org"), reply).await;
    let drafts: Vec<_> = (0..8).map(|it| contact(it, Missing::Skip)).collect();
    let outcomes = look_up(&*hubspot(&server), &drafts).await;
    for (number, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_err(), number == 6, "{number}: {outcome:?}");
    }
}

/// Every input of a `batch/read` is there.
fn found_all(request: &wiremock::Request) -> ResponseTemplate {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let result = |input: &Value| json!({ "id": "1", "properties": { "email": input["id"] } });
    let results: Vec<Value> = body["inputs"].as_array().unwrap().iter().map(result).collect();
    ResponseTemplate::new(200).set_body_json(json!({ "status": "COMPLETE", "results": results }))
}

#[tokio::test]
async fn companies_on_another_page_are_searched_for_again() {
    let server = MockServer::start().await;
    let page = |id: &str, domain: &str, more: bool| {
        let results = json!([{ "id": id, "properties": { "domain": domain } }]);
        let next = if more { json!({ "next": { "after": "200" } }) } else { Value::Null };
        ResponseTemplate::new(200)
            .set_body_json(json!({ "total": 2, "results": results, "paging": next }))
    };
    Mock::given(matchers::method("POST"))
        .and(matchers::body_string_contains("one.example"))
        .respond_with(page("1", "One.example", true))
        .mount(&server)
        .await;
    answer_with(&server, "POST", SEARCH, page("2", "two.example", false)).await;
    let domains = ["one.example", "Two.example", "absent.example"];
    let drafts: Vec<_> = (0..9).map(|it| company(domains[it % 3], Missing::Skip)).collect();
    let outcomes = look_up(&*hubspot(&server), &drafts).await;
    for (number, outcome) in outcomes.into_iter().enumerate() {
        assert_eq!(outcome.unwrap(), [record("1"), record("2"), Outcome::Skipped][number % 3]);
    }
    assert_eq!(asked(&server).await.len(), 2);
    let filter = &last_body(&server).await["filterGroups"][0]["filters"][0];
    let values = json!(["absent.example", "two.example", "Two.example"]);
    assert_eq!((&filter["operator"], &filter["values"]), (&json!("IN"), &values));
}

#[tokio::test]
async fn a_fault_of_the_desk_is_everybodys_and_nobody_is_called_missing() {
    let server = MockServer::start().await;
    answer(&server, "POST", READ, 500, json!({})).await;
    let drafts: Vec<_> = (0..8).map(|it| contact(it, Missing::Skip)).collect();
    for outcome in look_up(&*hubspot(&server), &drafts).await {
        assert!(matches!(outcome, Err(DeskError::Faulty(..))), "{outcome:?}");
    }
    assert_eq!(asked(&server).await.len(), 1);
}
