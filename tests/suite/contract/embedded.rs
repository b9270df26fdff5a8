//! The embedded broker on the contract's bench.

use std::sync::Arc;

use deskbell::{
    broker::{
        Broker,
        embedded::{Embedded, JournalBounds},
    },
    clock::SystemClock,
};
use tempfile::TempDir;

use super::broker::Bench;

/// An embedded broker in a directory of its own.
pub(super) struct OneProcess {
    directory: TempDir,
    broker: Arc<Embedded>,
}

impl OneProcess {
    fn over(directory: TempDir) -> Self {
        let bounds = JournalBounds::default();
        let broker = Embedded::open(directory.path(), Arc::new(SystemClock), bounds).unwrap();
        Self { directory, broker }
    }
}

impl Bench for OneProcess {
    async fn fresh() -> Self {
        Self::over(tempfile::tempdir().unwrap())
    }

    fn broker(&self) -> Arc<dyn Broker> {
        Arc::clone(&self.broker) as Arc<dyn Broker>
    }

    /// The next process sees the files as they are now, and not what this one does on its way out.
    async fn begin_anew(&mut self) {
        let copy = tempfile::tempdir().unwrap();
        for file in ["broker.db", "broker.db-wal"] {
            std::fs::copy(self.directory.path().join(file), copy.path().join(file)).unwrap();
        }
        *self = Self::over(copy);
    }

    async fn clean_up(self) {}
}
