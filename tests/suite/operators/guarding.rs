//! What holds for every answer of the private port.

use reqwest::header::HOST;

use crate::support::world::World;

const PATHS: [&str; 8] = [
    "/metrics",
    "/health/live",
    "/docs",
    "/openapi.json",
    "/asyncapi.json",
    "/nothing",
    "/api/v1/books",
    "/api/v1/nothing",
];

#[tokio::test]
async fn a_page_cannot_reach_the_port_under_another_name() {
    let world = World::embedded().await;
    let address = world.operators_address();
    for path in PATHS {
        let url = format!("http://{address}{path}");
        for (host, is_own) in [
            ("localhost:8081", true),
            ("127.0.0.1", true),
            ("[::1]:8081", true),
            ("evil.example", false),
            ("127.0.0.1.evil.example:8081", false),
        ] {
            let request = world.sender.client.get(&url).header(HOST, host);
            let status = request.send().await.unwrap().status().as_u16();
            assert_eq!(status != 421, is_own, "{path} {host}: {status}");
        }
    }
}

#[tokio::test]
async fn every_answer_of_the_private_port_has_the_security_headers() {
    let world = World::embedded().await;
    let address = world.operators_address();
    for path in PATHS {
        let answer = world.sender.client.get(format!("http://{address}{path}")).send().await;
        let headers = answer.unwrap().headers().clone();
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(headers.contains_key("x-request-id"), "{path}");
    }
}
