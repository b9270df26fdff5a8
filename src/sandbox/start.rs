//! Starts the desks on a thread of their own, and keeps them until the token is cancelled.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread,
    time::Duration,
};

use actix_web::{App, HttpServer, middleware::from_fn, web};
use tokio::{
    runtime,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use super::{
    SandboxSettings, SimulatedDesk, Vendor, admin, gate, hubspot::HubSpot, kf5::Kf5,
    supportdesk::SupportDesk, thulium::Thulium,
};
use crate::clock::Clock;

/// A simulated desk waits for the disk and the network of nobody: two workers carry all.
const WORKERS: usize = 2;

/// More than any documented body, so that a vendor's own limit is met first.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// How soon a desk that found its port taken tries again.
const BIND_AGAIN: Duration = Duration::from_millis(20);

/// The running desks. Dropping it stops them.
#[derive(Debug)]
pub struct Sandbox {
    supportdesk: web::Data<SimulatedDesk<SupportDesk>>,
    hubspot: web::Data<SimulatedDesk<HubSpot>>,
    thulium: web::Data<SimulatedDesk<Thulium>>,
    kf5: web::Data<SimulatedDesk<Kf5>>,
    closed: CancellationToken,
    _stop: DropGuard,
}

impl Sandbox {
    /// The simulated SupportDesk.
    pub fn supportdesk(&self) -> &SimulatedDesk<SupportDesk> {
        &self.supportdesk
    }

    /// The simulated HubSpot.
    pub fn hubspot(&self) -> &SimulatedDesk<HubSpot> {
        &self.hubspot
    }

    /// The simulated Thulium.
    pub fn thulium(&self) -> &SimulatedDesk<Thulium> {
        &self.thulium
    }

    /// The simulated KF5.
    pub fn kf5(&self) -> &SimulatedDesk<Kf5> {
        &self.kf5
    }

    /// Waits until all desks have stopped and their ports are free.
    pub async fn stopped(&self) {
        self.closed.cancelled().await;
    }
}

/// Starts the desks that `settings` ask for. All ports are bound when this returns.
///
/// The desks run on threads of their own, so that the caller's runtime may be of any kind or none.
/// They stop when `stop` is cancelled or the sandbox is dropped; calls under way are cut off.
#[expect(clippy::needless_pass_by_value, reason = "a token is a handle, made to be given away")]
pub fn start(settings: SandboxSettings, stop: CancellationToken) -> io::Result<Sandbox> {
    let stop = stop.child_token();
    let prepare = Prepare { clock: settings.clock.clone(), stop: stop.clone() };
    let vendor = SupportDesk::new(&settings);
    let (supportdesk, supportdesk_door) = prepare.desk(vendor, settings.supportdesk)?;
    let (hubspot, hubspot_door) = prepare.desk(HubSpot::new(&settings), settings.hubspot)?;
    let (thulium, thulium_door) = prepare.desk(Thulium::new(&settings), settings.thulium)?;
    let (kf5, kf5_door) = prepare.desk(Kf5::new(&settings), settings.kf5)?;

    let closed = CancellationToken::new();
    let open = closed.clone().drop_guard();
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    thread::Builder::new().name("sandbox".to_owned()).spawn(move || {
        let _open = open;
        let desks = TaskTracker::new();
        runtime.block_on(async {
            desks.close();
            supportdesk_door.map(|door| desks.spawn(door));
            hubspot_door.map(|door| desks.spawn(door));
            thulium_door.map(|door| desks.spawn(door));
            kf5_door.map(|door| desks.spawn(door));
            desks.wait().await;
        });
    })?;
    Ok(Sandbox { supportdesk, hubspot, thulium, kf5, closed, _stop: stop.drop_guard() })
}

/// What all desks are made with.
struct Prepare {
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
}

impl Prepare {
    /// A desk, and where it has an address what keeps it open there.
    fn desk<V: Vendor>(
        &self,
        vendor: V,
        address: Option<SocketAddr>,
    ) -> io::Result<(web::Data<SimulatedDesk<V>>, Option<impl Future<Output = ()> + Send + use<V>>)>
    {
        let listener = address.map(TcpListener::bind).transpose()?;
        let address = listener.as_ref().map(TcpListener::local_addr).transpose()?;
        let desk = SimulatedDesk::new(vendor, address, self.clock.clone(), self.stop.clone());
        let desk = web::Data::new(desk);
        let door = listener.map(|listener| keep(desk.clone(), listener));
        Ok((desk, door))
    }
}

/// Serves a desk until it is stopped; while it refuses connections, nobody holds its port.
async fn keep<V: Vendor>(desk: web::Data<SimulatedDesk<V>>, listener: TcpListener) {
    if let Err(cause) = keep_open(&desk, listener).await {
        let cause: &dyn std::error::Error = &cause;
        tracing::error!(cause, "A simulated desk stopped");
    }
}

async fn keep_open<V: Vendor>(
    desk: &web::Data<SimulatedDesk<V>>,
    mut listener: TcpListener,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    while let Some(until) = listen(desk, listener).await? {
        let mut changes = desk.presence_changes();
        tokio::select! {
            () = desk.stop().cancelled() => return Ok(()),
            () = sleep_until(until) => {}
            _ = changes.wait_for(|presence| presence.refuses_until().is_none()) => {}
        }
        listener = loop {
            match TcpListener::bind(address) {
                Ok(listener) => break listener,
                Err(_) if desk.stop().is_cancelled() => return Ok(()),
                Err(_) => sleep(BIND_AGAIN).await,
            }
        };
    }
    Ok(())
}

/// Serves until the desk is to refuse connections, and answers until when; none to end.
async fn listen<V: Vendor>(
    desk: &web::Data<SimulatedDesk<V>>,
    listener: TcpListener,
) -> io::Result<Option<Instant>> {
    let shared = desk.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .service(web::scope("/_sandbox").configure(admin::routes::<V>))
            .service(
                web::scope("")
                    .wrap(from_fn(gate::pass::<V>))
                    .configure(V::routes)
                    .default_service(web::to(|| async { V::unknown_path() })),
            )
    })
    .workers(WORKERS)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    let mut changes = desk.presence_changes();
    let mut server = std::pin::pin!(server);
    let until = tokio::select! {
        ended = &mut server => return ended.map(|()| None),
        () = desk.stop().cancelled() => None,
        change = changes.wait_for(|presence| presence.refuses_until().is_some_and(|until| Instant::now() < until)) => {
            change.ok().and_then(|presence| presence.refuses_until())
        }
    };
    tokio::join!(handle.stop(false), &mut server).1?;
    Ok(until)
}
