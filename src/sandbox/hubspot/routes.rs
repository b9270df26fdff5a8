//! The documented paths, under both shapes, and the operations that they are.

use actix_web::{
    Resource,
    http::Method,
    web::{self, ServiceConfig},
};

use super::{association_calls, batch_calls, object_calls, records::Kind, schema_calls, scopes};
use crate::sandbox::Operation;

/// The two ways of naming a version: `/crm/v3/objects` and `/crm/objects/2026-03`.
fn bases(api: &str, version: &str) -> [String; 2] {
    [format!("/crm/{version}/{api}"), format!("/crm/{api}/{{version:\\d{{4}}-\\d{{2}}}}")]
}

fn resource(config: &mut ServiceConfig, path: &str, with: impl FnOnce(Resource) -> Resource) {
    config.service(with(web::resource(path)));
}

/// Adds the paths.
pub(super) fn add(config: &mut ServiceConfig) {
    resource(config, scopes::TOKEN_INFO, |path| {
        path.route(web::post().to(schema_calls::token_info))
    });
    for base in bases("objects", "v3") {
        add_objects(config, &base);
        add_batches(config, &base);
    }
    for base in bases("properties", "v3") {
        resource(config, &format!("{base}/{{kind}}"), |path| {
            path.route(web::get().to(schema_calls::list_properties))
                .route(web::post().to(schema_calls::create_property))
        });
        resource(config, &format!("{base}/{{kind}}/groups"), |path| {
            path.route(web::get().to(schema_calls::list_groups))
        });
        resource(config, &format!("{base}/{{kind}}/{{name}}"), |path| {
            path.route(web::get().to(schema_calls::read_property))
        });
    }
    for base in bases("pipelines", "v3") {
        resource(config, &format!("{base}/{{kind}}"), |path| {
            path.route(web::get().to(schema_calls::list_pipelines))
        });
        resource(config, &format!("{base}/{{kind}}/{{id}}"), |path| {
            path.route(web::get().to(schema_calls::read_pipeline))
        });
        resource(config, &format!("{base}/{{kind}}/{{id}}/stages"), |path| {
            path.route(web::get().to(schema_calls::list_stages))
        });
    }
    let [v4, dated] = bases("associations", "v4");
    for base in [v4, dated, "/crm/associations/v4".to_owned()] {
        resource(config, &format!("{base}/{{from}}/{{to}}/labels"), |path| {
            path.route(web::get().to(association_calls::list_labels))
                .route(web::post().to(association_calls::create_label))
        });
    }
    for base in bases("objects", "v4") {
        add_v4_associations(config, &base);
    }
}

fn add_objects(config: &mut ServiceConfig, base: &str) {
    resource(config, &format!("{base}/{{kind}}/search"), |path| {
        path.route(web::post().to(object_calls::search))
    });
    resource(config, &format!("{base}/{{kind}}"), |path| {
        path.route(web::get().to(object_calls::list)).route(web::post().to(object_calls::create))
    });
    resource(config, &format!("{base}/{{kind}}/{{id}}"), |path| {
        path.route(web::get().to(object_calls::read))
            .route(web::patch().to(object_calls::update))
            .route(web::delete().to(object_calls::archive))
    });
    let tie = format!("{base}/{{kind}}/{{id}}/associations/{{to}}/{{to_id}}/{{type_id}}");
    resource(config, &tie, |path| {
        path.route(web::put().to(association_calls::tie_by_type))
            .route(web::delete().to(association_calls::untie_by_type))
    });
}

fn add_batches(config: &mut ServiceConfig, base: &str) {
    let batch = format!("{base}/{{kind}}/batch");
    let mut add =
        |what: &str, route| resource(config, &format!("{batch}/{what}"), |path| path.route(route));
    add("create", web::post().to(batch_calls::create));
    add("read", web::post().to(batch_calls::read));
    add("update", web::post().to(batch_calls::update));
    add("upsert", web::post().to(batch_calls::upsert));
    add("archive", web::post().to(batch_calls::archive));
}

fn add_v4_associations(config: &mut ServiceConfig, base: &str) {
    let default = format!("{base}/{{kind}}/{{id}}/associations/default/{{to}}/{{to_id}}");
    resource(config, &default, |path| path.route(web::put().to(association_calls::tie_by_default)));
    let labelled = format!("{base}/{{kind}}/{{id}}/associations/{{to}}/{{to_id}}");
    resource(config, &labelled, |path| {
        path.route(web::put().to(association_calls::tie_by_labels))
            .route(web::delete().to(association_calls::untie_all))
    });
    let list = format!("{base}/{{kind}}/{{id}}/associations/{{to}}");
    resource(config, &list, |path| path.route(web::get().to(association_calls::list_ties)));
}

/// Names the operation that a request asks for.
pub(super) fn operation(method: &Method, path: &str) -> Operation {
    if path == scopes::TOKEN_INFO {
        return Operation::Whoami;
    }
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let is_version = |text: &str| {
        text.starts_with(['v', '2']) && text.contains(|letter: char| letter.is_ascii_digit())
    };
    let (api, rest) = match segments.as_slice() {
        ["crm", version, api, rest @ ..] if is_version(version) => (*api, rest),
        ["crm", api, version, rest @ ..] if is_version(version) => (*api, rest),
        _ => return Operation::Any,
    };
    match (api, rest) {
        ("properties" | "pipelines", _) | ("associations", [_, _, "labels"]) => Operation::Schema,
        ("associations", _) | ("objects", [_, _, "associations", ..]) => Operation::Associate,
        ("objects", [_, "search"]) => Operation::Search,
        ("objects", [kind, rest @ ..]) if Kind::parse(kind) == Some(Kind::Ticket) => {
            match (method, rest) {
                (&Method::POST, [] | ["batch", "create"]) => Operation::Create,
                (&Method::GET, []) => Operation::List,
                (&Method::GET, [_]) | (&Method::POST, ["batch", "read"]) => Operation::Get,
                (&Method::PATCH, [_]) | (&Method::POST, ["batch", "update" | "upsert"]) => {
                    Operation::Update
                }
                (&Method::DELETE, [_]) | (&Method::POST, ["batch", "archive"]) => {
                    Operation::Archive
                }
                _ => Operation::Any,
            }
        }
        ("objects", [kind, rest @ ..]) if Kind::parse(kind) == Some(Kind::Note) => {
            if rest.is_empty() && method == Method::POST {
                Operation::Comment
            } else {
                Operation::List
            }
        }
        ("objects", [_, ..]) => Operation::Customers,
        _ => Operation::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_path_shapes_are_the_same_operation() {
        for base in ["/crm/v3/objects/tickets", "/crm/objects/2026-03/tickets"] {
            let one = format!("{base}/1");
            assert_eq!(operation(&Method::POST, base), Operation::Create);
            assert_eq!(operation(&Method::GET, base), Operation::List);
            assert_eq!(operation(&Method::GET, &one), Operation::Get);
            assert_eq!(operation(&Method::PATCH, &one), Operation::Update);
            assert_eq!(operation(&Method::DELETE, &one), Operation::Archive);
            assert_eq!(operation(&Method::POST, &format!("{base}/search")), Operation::Search);
            let batch = format!("{base}/batch/create");
            assert_eq!(operation(&Method::POST, &batch), Operation::Create);
            let tie = format!("{base}/1/associations/contacts/201/16");
            assert_eq!(operation(&Method::PUT, &tie), Operation::Associate);
        }
        assert_eq!(operation(&Method::GET, "/crm/v3/objects/contacts/1"), Operation::Customers);
        assert_eq!(operation(&Method::POST, "/crm/v3/objects/notes"), Operation::Comment);
        let read = "/crm/v3/objects/notes/batch/read";
        assert_eq!(operation(&Method::POST, read), Operation::List);
        assert_eq!(operation(&Method::GET, "/crm/v3/properties/tickets"), Operation::Schema);
    }
}
