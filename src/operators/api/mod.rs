//! The operators' API, version 1. Handlers read what is asked, and [`Office`](super::Office) answers.
//!
//! Promises: nothing is looked at before a live token is shown, and nothing done without its scope;
//! every refusal is a problem document; a parameter or a member that is not known is refused.

pub(super) mod acting;
pub(super) mod admin;
pub(super) mod admission;
pub(super) mod body;
pub(super) mod bulk;
pub(super) mod callbacks;
pub(super) mod described;
pub(super) mod editing;
pub(super) mod erasing;
pub(super) mod issues;
pub(super) mod looking;
pub(super) mod overview;
pub(super) mod parameters;
pub(super) mod refusal;
pub(super) mod replays;
pub(super) mod silencing;
pub(super) mod steering;

use actix_web::{
    HttpRequest, HttpResponse,
    middleware::from_fn,
    web::{self, Json, ServiceConfig},
};

use self::{parameters::MOST, refusal::Refusal};

/// What was asked for, or why it is not told.
type Answer<T> = Result<Json<T>, Refusal>;

/// All paths of the API.
pub(super) fn routes(app: &mut ServiceConfig) {
    let config = web::PathConfig::default().error_handler(|_, _| Refusal::NotFound.into());
    app.service(
        web::scope("/api/v1")
            .app_data(config)
            .wrap(from_fn(admission::admit))
            .configure(reading)
            .configure(operating)
            .configure(replaying)
            .configure(administering)
            .default_service(web::to(nothing)),
    );
}

fn reading(app: &mut ServiceConfig) {
    let get = |path| web::resource(path).default_service(web::to(get_only));
    app.service(get("/events").route(web::get().to(looking::events)))
        .service(get("/events/{source}/{id}").route(web::get().to(looking::event)))
        .service(get("/deliveries").route(web::get().to(looking::deliveries)))
        .service(get("/deliveries/{key}").route(web::get().to(looking::delivery)))
        .service(get("/deliveries/{key}/edits").route(web::get().to(editing::edits)))
        .service(get("/dead-letters").route(web::get().to(looking::dead_letters)))
        .service(get("/issues").route(web::get().to(issues::issues)))
        .service(get("/overview").route(web::get().to(overview::overview)))
        .service(get("/desks").route(web::get().to(overview::desks)))
        .service(get("/desks/{desk}").route(web::get().to(overview::desk)))
        .service(get("/incidents").route(web::get().to(overview::incidents)))
        .service(get("/brakes").route(web::get().to(overview::brakes)))
        .service(get("/books").route(web::get().to(overview::books)))
        .service(get("/journal").route(web::get().to(overview::journal)))
        .service(get("/callbacks").route(web::get().to(callbacks::callbacks)))
        .service(get("/retention").route(web::get().to(overview::retention)))
        .service(get("/silences/{id}").route(web::get().to(silencing::silence)))
        .service(get("/sources").route(web::get().to(overview::sources)));
}

fn operating(app: &mut ServiceConfig) {
    let post = |path| web::resource(path).default_service(web::to(post_only));
    app.service(post("/issues/{desk}/{died_of}").route(web::post().to(issues::judge)))
        .service(post("/deliveries/{key}/edit").route(web::post().to(editing::edit)))
        .service(post("/deliveries/{key}/replay").route(web::post().to(acting::replay)))
        .service(post("/deliveries/{key}/discard").route(web::post().to(acting::discard)))
        .service(post("/deliveries/{key}/settle").route(web::post().to(acting::settle)))
        .service(post("/dead-letters/replay").route(web::post().to(acting::replay_all)))
        .service(post("/dead-letters/discard").route(web::post().to(acting::discard_all)))
        .service(post("/brakes/{desk}/{rule}/release").route(web::post().to(steering::release)))
        .service(post("/callbacks/resend").route(web::post().to(callbacks::resend)))
        .service(post("/books/forget-gaps").route(web::post().to(steering::forget_gaps)))
        .service(post("/desks/{desk}/pause").route(web::post().to(steering::pause)))
        .service(post("/desks/{desk}/resume").route(web::post().to(steering::resume)))
        .service(post("/silences/{id}/end").route(web::post().to(silencing::end)))
        .service(post("/silences/{id}/release").route(web::post().to(silencing::release)))
        .service(
            post("/deliveries/{key}/release").route(web::post().to(silencing::release_delivery)),
        )
        .service(
            web::resource("/silences")
                .route(web::get().to(silencing::silences))
                .route(web::post().to(silencing::create))
                .default_service(web::to(get_or_post)),
        );
}

fn replaying(app: &mut ServiceConfig) {
    let post = |path| web::resource(path).default_service(web::to(post_only));
    app.service(
        web::resource("/replays")
            .route(web::get().to(replays::list))
            .route(web::post().to(replays::begin))
            .default_service(web::to(get_or_post)),
    )
    // Before the names: no replay is called so.
    .service(post("/replays/plan").route(web::post().to(replays::plan)))
    .service(
        web::resource("/replays/{name}")
            .route(web::get().to(replays::show))
            .default_service(web::to(get_only)),
    )
    .service(post("/replays/{name}/pause").route(web::post().to(replays::pause)))
    .service(post("/replays/{name}/resume").route(web::post().to(replays::resume)))
    .service(post("/replays/{name}/cancel").route(web::post().to(replays::cancel)));
}

fn administering(app: &mut ServiceConfig) {
    app.service(
        web::resource("/erase")
            .route(web::post().to(erasing::erase))
            .default_service(web::to(post_only)),
    )
    .service(
        web::resource("/audit")
            .route(web::get().to(admin::audit))
            .default_service(web::to(get_only)),
    )
    .service(
        web::resource("/tokens")
            .route(web::get().to(admin::tokens))
            .route(web::post().to(admin::create_token))
            .default_service(web::to(get_or_post)),
    )
    .service(
        web::resource("/tokens/{id}/revoke")
            .route(web::post().to(admin::revoke_token))
            .default_service(web::to(post_only)),
    );
}

async fn get_only(request: HttpRequest) -> HttpResponse {
    Refusal::Method { allowed: "GET" }.answer(&request)
}

async fn post_only(request: HttpRequest) -> HttpResponse {
    Refusal::Method { allowed: "POST" }.answer(&request)
}

async fn get_or_post(request: HttpRequest) -> HttpResponse {
    Refusal::Method { allowed: "GET, POST" }.answer(&request)
}

/// Nothing is at this path.
pub(super) async fn nothing(request: HttpRequest) -> HttpResponse {
    Refusal::NotFound.answer(&request)
}
