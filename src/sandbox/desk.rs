//! One simulated desk: the vendor's state with its clock, faults, windows and log around it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    Absence, Call, Exceeded, FaultPlan, FaultStanding, LimitSettings, Operation, SandboxTicket,
    Standing, Vendor,
    calls::CallLog,
    faults::{Drawn, Faults},
    limits::Limits,
    presence::Presence,
};
use crate::clock::Clock;

/// A simulated desk, seen from inside the process: what the admin path offers, without HTTP.
#[derive(Debug)]
pub struct SimulatedDesk<V> {
    clock: Arc<dyn Clock>,
    address: Option<SocketAddr>,
    vendor: Mutex<V>,
    limits: Mutex<Limits>,
    faults: Mutex<Faults>,
    calls: Mutex<CallLog>,
    presence: watch::Sender<Presence>,
    stop: CancellationToken,
}

impl<V: Vendor> SimulatedDesk<V> {
    pub(super) fn new(
        vendor: V,
        address: Option<SocketAddr>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            clock,
            address,
            vendor: Mutex::new(vendor),
            limits: Mutex::new(Limits::new(V::default_limits())),
            faults: Mutex::default(),
            calls: Mutex::default(),
            presence: watch::Sender::new(Presence::Here),
            stop,
        }
    }

    /// Where the desk listens; none where it was not asked for.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// What a desk's `base_url` is set to; none where it was not asked for.
    pub fn base_url(&self) -> Option<String> {
        self.address.map(|address| format!("http://{address}{}", V::BASE_PATH))
    }

    /// Where the admin paths begin; none where the desk was not asked for.
    pub fn admin_url(&self) -> Option<String> {
        self.address.map(|address| format!("http://{address}/_sandbox"))
    }

    /// All tickets, in the order of creation, with the archived ones.
    pub fn tickets(&self) -> Vec<SandboxTicket> {
        self.vendor().tickets()
    }

    /// The tickets that carry `key`: more than one means that a delivery was doubled.
    pub fn tickets_with(&self, key: &str) -> Vec<SandboxTicket> {
        self.vendor().tickets_with(key)
    }

    /// The calls that came after the one numbered `after`; 0 for all that are kept.
    pub fn calls(&self, after: u64) -> Vec<Call> {
        lock(&self.calls).after(after)
    }

    /// Puts `plan` in the place of the faults before.
    pub fn faults(&self, plan: FaultPlan) {
        lock(&self.faults).replace(plan);
    }

    /// How often each fault of the plan struck, and how often it still will.
    pub fn fault_standing(&self) -> BTreeMap<Operation, Vec<FaultStanding>> {
        lock(&self.faults).standing()
    }

    /// Puts `windows`, empty as yet, in the place of those before.
    pub fn limits(&self, windows: LimitSettings) {
        *lock(&self.limits) = Limits::new(windows);
    }

    /// Sets what the vendor can switch.
    pub fn switch(&self, switches: V::Switches) {
        self.vendor().switch(switches);
    }

    /// Adds customers, in the form of the admin path.
    pub fn seed(&self, customers: &serde_json::Value) -> Result<(), super::InvalidSeed> {
        let now = self.now();
        self.vendor().seed(customers, now).map(drop)
    }

    /// Goes away for `length` of real time.
    pub fn leave(&self, how: Absence, length: Duration) {
        self.presence.send_replace(Presence::away(how, length));
    }

    /// Comes back before the time.
    pub fn come_back(&self) {
        self.presence.send_replace(Presence::Here);
    }

    /// Back to how the desk was started: no tickets, no faults, the vendor's windows, an empty log.
    pub fn reset(&self) {
        let now = self.now();
        self.vendor().reset(now);
        self.limits(V::default_limits());
        self.faults(FaultPlan::none());
        *lock(&self.calls) = CallLog::default();
        self.come_back();
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn vendor(&self) -> MutexGuard<'_, V> {
        lock(&self.vendor)
    }

    pub(super) fn write(&self, call: Call) {
        lock(&self.calls).write(call);
    }

    pub(super) fn draw(&self, operation: Operation) -> Option<Drawn> {
        lock(&self.faults).draw(operation)
    }

    pub(super) fn give_back(&self, drawn: &Drawn) {
        lock(&self.faults).give_back(drawn);
    }

    pub(super) fn limit_settings(&self) -> LimitSettings {
        lock(&self.limits).settings().clone()
    }

    /// Counts a call. The clock is read under the lock, so that the windows see time in order.
    pub(super) fn admit(&self, operation: Operation) -> (Timestamp, Result<Standing, Exceeded>) {
        let mut limits = lock(&self.limits);
        let now = self.now();
        (now, limits.admit(operation, now))
    }

    pub(super) fn presence(&self) -> Presence {
        *self.presence.borrow()
    }

    pub(super) fn presence_changes(&self) -> watch::Receiver<Presence> {
        self.presence.subscribe()
    }

    pub(super) fn stop(&self) -> &CancellationToken {
        &self.stop
    }
}

/// A handler that panicked leaves state that is still whole enough to look at.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
