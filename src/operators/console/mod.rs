//! The console: what operators see and do in a browser, on the same [`Office`](super::Office) as the
//! API.
//!
//! Promises: no page is shown without a live session, and nothing is done without its scope, a token
//! of its own form and a page of ours that it comes from; pages load nothing from elsewhere, run no
//! script but the one file that keeps them as things are now, and are whole without it.

mod audit;
mod books;
mod brakes;
mod callbacks;
mod dead;
mod desks;
mod discarding;
mod doubts;
mod editing;
mod erasing;
mod events;
mod forms;
mod incidents;
mod lists;
mod live;
mod login;
mod overview;
mod refusal;
mod replays;
mod session;
mod shown;
mod silences;
mod silencing;
mod sources;
mod templates;
mod tokens;

pub(super) use live::Streams;
pub(super) use templates::Pages;

use actix_web::{
    HttpResponse,
    middleware::from_fn,
    web::{self, ServiceConfig},
};

use self::{refusal::Turned, session::Visit};
use super::api::{admission::Read, refusal::Refusal};

/// A payload may be as long as one that is posted, and its form needs three bytes for some of its letters.
const LONGEST_EDIT: usize = 1024 * 1024;

const STYLE: &str = include_str!("pages/style.css");

const SCRIPT: &str = include_str!("pages/live.js");

/// All paths of the console.
pub(super) fn routes(app: &mut ServiceConfig) {
    app.service(
        web::scope("/console")
            .wrap(from_fn(session::receive))
            .service(web::resource("/style.css").get(style))
            .service(web::resource("/live.js").get(script))
            .service(
                web::resource("/login")
                    .route(web::get().to(login::form))
                    .route(web::post().to(login::log_in)),
            )
            .service(web::resource("/logout").post(login::log_out))
            .service(web::resource("/logout-everywhere").post(login::log_out_everywhere))
            .service(web::resource("").get(overview::overview))
            .configure(looking)
            .configure(acting)
            .configure(administering)
            .default_service(web::to(nothing)),
    );
}

fn looking(app: &mut ServiceConfig) {
    app.service(web::resource("/live").get(live::live))
        .service(web::resource("/events").get(events::events))
        .service(web::resource("/incidents").get(incidents::incidents))
        .service(web::resource("/books").get(books::books))
        .service(web::resource("/sources").get(sources::sources))
        .service(web::resource("/events/{source}/{id}").get(events::event))
        .service(web::resource("/dead").get(dead::issues))
        .service(web::resource("/dead/letters").get(dead::letters))
        .service(web::resource("/dead/doubts").get(doubts::doubts))
        .service(web::resource("/replays/plan").get(replays::plan))
        .service(web::resource("/replays/{name}").get(replays::replay))
        .service(web::resource("/silences/new").get(silencing::form))
        .service(web::resource("/silences/{id}").get(silences::silence))
        .service(web::resource("/desks").get(desks::desks))
        .service(web::resource("/brakes").get(brakes::brakes))
        .service(web::resource("/callbacks").get(callbacks::callbacks));
}

fn acting(app: &mut ServiceConfig) {
    app.service(web::resource("/dead/replay").post(dead::replay_group))
        .service(web::resource("/dead/discard").post(discarding::discard_group))
        .service(web::resource("/dead/issues/{desk}/{died_of}").post(dead::judge))
        .service(
            web::resource("/deliveries/{key}/edit")
                .app_data(web::FormConfig::default().limit(LONGEST_EDIT))
                .route(web::get().to(editing::form))
                .route(web::post().to(editing::edit)),
        )
        .service(web::resource("/deliveries/{key}/replay").post(dead::replay))
        .service(web::resource("/deliveries/{key}/discard").post(dead::discard))
        .service(web::resource("/deliveries/{key}/settle").post(doubts::settle))
        .service(
            web::resource("/replays")
                .route(web::get().to(replays::replays))
                .route(web::post().to(replays::begin)),
        )
        .service(web::resource("/replays/{name}/{act}").post(replays::steer))
        .service(
            web::resource("/silences")
                .route(web::get().to(silences::silences))
                .route(web::post().to(silencing::create)),
        )
        .service(web::resource("/silences/{id}/end").post(silences::end))
        .service(web::resource("/silences/{id}/release").post(silences::release))
        .service(web::resource("/deliveries/{key}/release").post(silences::release_delivery))
        .service(web::resource("/books/forget-gaps").post(books::forget_gaps))
        .service(web::resource("/callbacks/resend").post(callbacks::resend))
        .service(web::resource("/brakes/{desk}/{rule}/release").post(brakes::release))
        .service(web::resource("/desks/{desk}/pause").post(desks::pause))
        .service(web::resource("/desks/{desk}/resume").post(desks::resume));
}

fn administering(app: &mut ServiceConfig) {
    app.service(web::resource("/audit").get(audit::audit))
        .service(
            web::resource("/tokens")
                .route(web::get().to(tokens::tokens))
                .route(web::post().to(tokens::create)),
        )
        .service(web::resource("/tokens/{id}/revoke").post(tokens::revoke))
        .service(web::resource("/privacy").get(erasing::privacy))
        .service(web::resource("/privacy/plan").post(erasing::plan))
        .service(web::resource("/privacy/erase").post(erasing::erase));
}

async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(STYLE)
}

async fn script() -> HttpResponse {
    HttpResponse::Ok().content_type("text/javascript; charset=utf-8").body(SCRIPT)
}

/// Nothing is at this path: who has no session is not even told that.
async fn nothing(_: Visit<Read>) -> Result<HttpResponse, Turned> {
    Err(Turned::Refused(Refusal::NotFound))
}
