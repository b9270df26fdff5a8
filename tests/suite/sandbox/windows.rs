//! The vendors' rate windows, with a clock that is moved by hand.

use std::time::Duration;

use deskbell::sandbox::{LimitSettings, Window};
use reqwest::Method;
use serde_json::json;

use super::{Answer, Desks, TICKETS, read, supportdesk::example};

async fn whoami(desks: &Desks) -> Answer {
    read(desks.supportdesk(Method::GET, "/auth/whoami")).await
}

#[tokio::test]
async fn supportdesk_takes_3_a_second_20_in_10_seconds_and_100_a_minute() {
    let desks = Desks::documented();
    let mut taken_at = Vec::new();
    // Four tries in every third of a second, for 70 seconds.
    for third in 0..210 {
        for _ in 0..4 {
            let answer = whoami(&desks).await;
            match answer.status.as_u16() {
                200 => taken_at.push(third),
                429 => {
                    assert_eq!(answer.body["code"], "TOO_MANY_REQUESTS");
                    assert_eq!(answer.headers.get("retry-after"), None);
                    break;
                }
                other => panic!("status {other}"),
            }
        }
        desks.clock.advance(Duration::from_millis(334));
    }
    let in_window = |length: u32, from: i32| {
        let length = i32::try_from(length).unwrap();
        taken_at.iter().filter(|at| (from..from + length).contains(*at)).count()
    };
    // 334 ms a step: a second holds 3 steps at most, ten hold 30, a minute 180.
    assert_eq!((0..210).map(|from| in_window(3, from)).max(), Some(3));
    assert_eq!((0..210).map(|from| in_window(30, from)).max(), Some(20));
    assert_eq!((0..210).map(|from| in_window(180, from)).max(), Some(100));
}

#[tokio::test]
async fn the_log_shows_when_each_call_came_and_what_it_got() {
    let desks = Desks::documented();
    for _ in 0..3 {
        desks.open_at_supportdesk(&example()).await;
    }
    desks.open_at_supportdesk(&example()).await;
    desks.clock.advance(Duration::from_secs(1));
    desks.open_at_supportdesk(&example()).await;
    let calls = desks.sandbox.supportdesk().calls(0);
    let statuses: Vec<_> = calls.iter().map(|call| call.status.unwrap()).collect();
    assert_eq!(statuses, [201, 201, 201, 429, 201]);
    let later = calls[4].at.duration_since(calls[3].at);
    assert_eq!(Duration::try_from(later).unwrap(), Duration::from_secs(1));
    assert_eq!(desks.sandbox.supportdesk().calls(4), calls[4..]);
}

#[tokio::test]
async fn hubspot_takes_190_in_10_seconds_and_names_the_policy() {
    let desks = Desks::documented();
    for left in (0..190).rev() {
        let answer = desks.get_from_hubspot(TICKETS).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["X-HubSpot-RateLimit-Remaining"], left.to_string());
        assert_eq!(answer.headers["X-HubSpot-RateLimit-Max"], "190");
        assert_eq!(answer.headers["X-HubSpot-RateLimit-Interval-Milliseconds"], "10000");
        assert_eq!(answer.headers["X-HubSpot-RateLimit-Daily"], "625000");
    }
    let refused = desks.get_from_hubspot(TICKETS).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.body["policyName"], "TEN_SECONDLY_ROLLING");
    assert_eq!(refused.body["errorType"], "RATE_LIMIT");
    assert!(refused.body["correlationId"].is_string());
    assert_eq!(refused.headers.get("retry-after"), None);
    desks.clock.advance(Duration::from_secs(10));
    assert_eq!(desks.get_from_hubspot(TICKETS).await.status, 200);
}

#[tokio::test]
async fn hubspots_search_has_a_window_of_its_own_and_no_headers() {
    let desks = Desks::documented();
    let search = format!("{TICKETS}/search");
    for _ in 0..5 {
        let answer = desks.post_to_hubspot(&search, &json!({})).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers.get("X-HubSpot-RateLimit-Remaining"), None);
    }
    let refused = desks.post_to_hubspot(&search, &json!({})).await;
    assert_eq!((refused.status.as_u16(), &refused.body["policyName"]), (429, &json!("SECONDLY")));
    let answer = desks.get_from_hubspot(TICKETS).await;
    assert_eq!(answer.headers["X-HubSpot-RateLimit-Remaining"], "189");
}

#[tokio::test]
async fn windows_can_be_set_and_the_daily_quota_has_its_own_policy() {
    let desks = Desks::documented();
    desks.sandbox.hubspot().limits(LimitSettings {
        calls: vec![Window::new(2, Duration::from_secs(10))],
        search: Vec::new(),
        daily: Some(3),
    });
    let statuses = async |count: usize| {
        let mut statuses = Vec::new();
        for _ in 0..count {
            statuses.push(desks.get_from_hubspot(TICKETS).await.status.as_u16());
        }
        statuses
    };
    assert_eq!(statuses(3).await, [200, 200, 429]);
    desks.clock.advance(Duration::from_secs(10));
    assert_eq!(statuses(1).await, [200]);
    let refused = desks.get_from_hubspot(TICKETS).await;
    assert_eq!(refused.body["policyName"], "DAILY");
    desks.clock.advance(Duration::from_hours(14));
    assert_eq!(statuses(1).await, [200]);
}
