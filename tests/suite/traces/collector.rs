//! A minimal OpenTelemetry collector: it takes OTLP over HTTP and keeps every byte.

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value,
    trace::v1::{ResourceSpans, Span},
};
use prost::Message;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

pub(super) struct Collector(MockServer);

impl Collector {
    pub(super) async fn start() -> Self {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
        Self(server)
    }

    pub(super) fn url(&self) -> String {
        self.0.uri()
    }

    /// All that came.
    pub(super) async fn requests(&self) -> Vec<Request> {
        self.0.received_requests().await.unwrap()
    }

    async fn exports(&self) -> Vec<ResourceSpans> {
        let decode = |request: Request| {
            assert_eq!(request.url.path(), "/v1/traces");
            ExportTraceServiceRequest::decode(&request.body[..]).unwrap().resource_spans
        };
        self.requests().await.into_iter().flat_map(decode).collect()
    }

    /// The name of the service that exports.
    pub(super) async fn service(&self) -> String {
        let exports = self.exports().await;
        let attributes = &exports[0].resource.as_ref().unwrap().attributes;
        let name = attributes.iter().find(|attribute| attribute.key == "service.name").unwrap();
        match name.value.as_ref().unwrap().value.as_ref().unwrap() {
            Value::StringValue(name) => name.clone(),
            other => panic!("{other:?}"),
        }
    }

    pub(super) async fn spans(&self) -> Vec<Span> {
        let scopes = self.exports().await.into_iter().flat_map(|export| export.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

/// What the span says of `key`, as text; empty where it says nothing.
pub(super) fn says(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.as_ref()?.value.as_ref()) {
        None => String::new(),
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(other) => panic!("{key} is {other:?}"),
    }
}
