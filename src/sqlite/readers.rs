//! A few connections for reading, each used by one blocking task at a time.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction};
use tokio::{
    sync::Semaphore,
    task::{JoinError, spawn_blocking},
};

use super::{StoreError, error::Trouble, open::Place};

/// Reads at a time; more wait for their turn.
const MOST_READERS: usize = 4;

pub(super) struct Readers {
    place: Place,
    idle: Mutex<Vec<Connection>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(place: Place) -> Self {
        let turns = Arc::new(Semaphore::new(MOST_READERS));
        Self { place, idle: Mutex::default(), turns }
    }

    /// Does `work` on one snapshot of the database.
    pub(super) async fn read<T, E, F>(self: Arc<Self>, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: std::error::Error + From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| StoreError::Closed)?;
        let reading = spawn_blocking(move || {
            let _turn = turn;
            self.read_now(work)
        });
        reading.await.unwrap_or_else(|error: JoinError| {
            Err(E::from(if error.is_panic() { StoreError::Panicked } else { StoreError::Closed }))
        })
    }

    /// Ends all reading and closes the connections.
    pub(super) async fn close(self: Arc<Self>) {
        // All turns together: no read is under way.
        let all = u32::try_from(MOST_READERS).unwrap_or(u32::MAX);
        let Ok(turns) = Arc::clone(&self.turns).acquire_many_owned(all).await else { return };
        self.turns.close();
        drop(turns);
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        // Where the runtime ends, the connections are dropped with the task.
        let _ = spawn_blocking(move || drop(idle)).await;
    }

    fn read_now<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: std::error::Error + From<StoreError> + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E>,
    {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.place.open_reader().map_err(StoreError::Reader)?,
        };
        let outcome = snapshot(&connection, work);
        let is_sound = outcome.as_ref().err().is_none_or(|error| Trouble::behind(error).is_none());
        if is_sound {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        outcome
    }
}

fn snapshot<T, E, F>(connection: &Connection, work: F) -> Result<T, E>
where
    E: From<StoreError>,
    F: FnOnce(&Transaction<'_>) -> Result<T, E>,
{
    let tx = connection.unchecked_transaction().map_err(StoreError::Read)?;
    work(&tx)
}
